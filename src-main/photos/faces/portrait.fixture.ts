import { join } from "node:path";
import sharp from "sharp";
import type { Box } from "../../../src-preload/contract/photos.ts";
import {
  createRandom,
  GALLERY,
  paintRaster,
  type SceneName,
  STRAIGHT_VIEW,
} from "../../sample/index.ts";
import type { Frame } from "../worker/decode.ts";

/** Its README.md says whose they are. */
const fixtures = join(import.meta.dirname, "..", "..", "..", "tests", "fixtures", "faces");

/** In the portrait's pixels: the head, and the face from the brows to the chin. */
const PORTRAIT = join(fixtures, "astronaut.jpg");
const HEAD = { left: 150, top: 12, width: 154, height: 182 };
const FACE = { left: 180, top: 83, side: 94 };

/** A frame of the gallery without anybody in it. */
export function paintScene(name: SceneName, seed: number, width: number, height: number): Frame {
  const scene = GALLERY[name](createRandom(seed), { width, height });
  const area = { x: 0, y: 0, width, height };
  const { data } = paintRaster(scene.background, scene, STRAIGHT_VIEW, area, 3);
  return { width, height, data: Buffer.from(data) };
}

export interface Sitter {
  /** Of the face, in pixels. */
  readonly side: number;
  /** Upper left corner of the head. */
  readonly left: number;
  readonly top: number;
  readonly isMirrored?: boolean;
}

/** Puts a person's head before a scene. @returns the frame, and where the face is */
export async function portray(
  scene: Frame,
  { side, left, top, isMirrored = false }: Sitter,
): Promise<{ frame: Frame; face: Box }> {
  const scale = side / FACE.side;
  const width = Math.round(HEAD.width * scale);
  const height = Math.round(HEAD.height * scale);
  const oval = `<svg width="${width}" height="${height}"><ellipse cx="50%" cy="50%" rx="50%" ry="50%"/></svg>`;
  const head = await sharp(PORTRAIT)
    .extract(HEAD)
    .resize(width, height, { fit: "fill" })
    .flop(isMirrored)
    .ensureAlpha()
    .composite([{ input: Buffer.from(oval), blend: "dest-in" }])
    .png()
    .toBuffer();
  const frame = await layOver(scene, head, left, top);
  const fromLeft = isMirrored
    ? HEAD.left + HEAD.width - FACE.left - FACE.side
    : FACE.left - HEAD.left;
  const face: Box = [
    (left + fromLeft * scale) / scene.width,
    (top + (FACE.top - HEAD.top) * scale) / scene.height,
    side / scene.width,
    side / scene.height,
  ];
  return { frame, face };
}

/** Puts the painted head before a scene. @param place side and upper left corner of the painting, in pixels */
export async function hangPainting(
  scene: Frame,
  place: { readonly edge: number; readonly left: number; readonly top: number },
): Promise<Frame> {
  const painting = await sharp(join(fixtures, "painted.svg")).resize(place.edge).png().toBuffer();
  return layOver(scene, painting, place.left, place.top);
}

async function layOver(scene: Frame, input: Buffer, left: number, top: number): Promise<Frame> {
  const raw = { width: scene.width, height: scene.height, channels: 3 } as const;
  const data = await sharp(scene.data, { raw })
    .composite([{ input, left, top }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { ...scene, data };
}

/** Darker by a factor, with noise of a standard deviation in levels. */
export function spoil(frame: Frame, light: number, sigma: number, seed: number): Frame {
  const random = createRandom(seed);
  const data = Buffer.alloc(frame.data.length);
  for (let i = 0; i < data.length; i += 1) {
    const noise = 2 * sigma * (random() + random() + random() - 1.5);
    data[i] = Math.min(255, Math.max(0, light * (frame.data[i] ?? 0) + noise));
  }
  return { ...frame, data };
}

/** Intersection over union. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  const both = Math.max(0, width) * Math.max(0, height);
  return both / (a[2] * a[3] + b[2] * b[3] - both);
}
