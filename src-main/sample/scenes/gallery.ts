import type { Random } from "../random.ts";
import type { Scene, Size } from "../scene.ts";
import { hills, sea, town } from "./landscapes.ts";
import { leaves, page, pebbles, tiles } from "./patterns.ts";
import { flower, fruit, pottery } from "./still-lifes.ts";

export type SceneName =
  | "hills"
  | "sea"
  | "town"
  | "pebbles"
  | "leaves"
  | "page"
  | "tiles"
  | "pottery"
  | "fruit"
  | "flower";

/** Every scene that there is, by name: what is drawn from `random` (palette, places) is the scene's own. */
export const GALLERY: Readonly<Record<SceneName, (random: Random, size: Size) => Scene>> = {
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
};
