import type { Random } from "../random.ts";
import type { Scene, Size } from "../scene.ts";
import { flower } from "./flower.ts";
import { fruit } from "./fruit.ts";
import { hills } from "./hills.ts";
import { leaves } from "./leaves.ts";
import { page } from "./page.ts";
import { pebbles } from "./pebbles.ts";
import { pottery } from "./pottery.ts";
import { sea } from "./sea.ts";
import { tiles } from "./tiles.ts";
import { town } from "./town.ts";

/** Every scene that there is; what is drawn from `random` (palette, places, textures) is the scene's own. */
export const GALLERY = {
  hills,
  sea,
  town,
  pebbles,
  leaves,
  page,
  tiles,
  pottery,
  fruit,
  flower,
} satisfies Readonly<Record<string, (random: Random, size: Size) => Scene>>;

export type SceneName = keyof typeof GALLERY;

/** All of them, to draw from. */
export const SCENES = [
  "hills",
  "sea",
  "town",
  "pebbles",
  "leaves",
  "page",
  "tiles",
  "pottery",
  "fruit",
  "flower",
] as const satisfies readonly SceneName[];

/** Those with a subject before a background. */
export const WITH_SUBJECT = [
  "pottery",
  "fruit",
  "flower",
  "sea",
] as const satisfies readonly SceneName[];
