/** What stands before the bench's camera: backgrounds and subjects, painted or taken from photos, sharp to the pixel. */
import sharp from "sharp";
import {
  type Box,
  between,
  blurRaster,
  createRandom,
  deriveSeed,
  frameArea,
  GALLERY,
  paintRaster,
  pick,
  type Random,
  type Raster,
  SCENES,
  type Size,
  STRAIGHT_VIEW,
  WITH_SUBJECT,
} from "../../src-main/sample/index.ts";
import { type Layer, toLayer } from "./bestcut-layers.ts";
import { paintLeaves } from "./bestcut-leaves.ts";
import type { PlannedSubject } from "./bestcut-plan.ts";
import { paintPortrait } from "./bestcut-portrait.ts";
import { cutOut, even, type Sprite, within } from "./bestcut-sprite.ts";

export interface Background {
  /** Larger than the frame by {@link marginOf} on each side. */
  readonly layer: Layer;
  /** `leaves`, a scene of the sample's gallery, or the photo's path. */
  readonly name: string;
}

export interface Subject {
  readonly layer: Layer;
  /** Its top left in the frame that did not wander, whole and even. */
  readonly at: { readonly x: number; readonly y: number };
  /** What a camera's focus point would lie on, in pixels of that frame. */
  readonly heart: Box;
  readonly name: string;
}

/**
 * Room about a frame for a hand's wander: shift, turn and zoom together stay below 1.3 % of the long edge, and
 * interpolation takes a few pixels more.
 */
export function marginOf({ width, height }: Size): number {
  return 2 * Math.ceil(0.0075 * Math.max(width, height)) + 8;
}

/** Room about a subject for what its blur spreads. */
function spreadOf({ width, height }: Size): number {
  return 2 * Math.ceil(0.004 * Math.max(width, height));
}

/** Details of a scene grow with the frame that it fills, but none is finer than a pixel. */
function unitOf({ width, height }: Size): number {
  return Math.max(1, Math.max(width, height) / 3000);
}

/** No lens and no demosaicing shows a single pixel: what is in focus is about this soft on the sensor. */
const LENS = { least: 0.45, most: 0.7 };

function throughLens(raster: Raster, random: Random): Layer {
  const lens = { kind: "gaussian", sigma: between(random, LENS.least, LENS.most) } as const;
  const layer = toLayer(raster);
  const { cover } = layer;
  return {
    ...layer,
    luma: blurRaster(layer.luma, lens),
    cover: cover && { ...cover, full: blurRaster(cover.full, lens) },
  };
}

/** The background of burst number `index` of every set; every fourth is one of the sample's scenes. */
export function paintBackground(seed: number, index: number, size: Size): Background {
  const random = createRandom(deriveSeed(deriveSeed(seed, index), 11));
  const margin = marginOf(size);
  const wide = { width: size.width + 2 * margin, height: size.height + 2 * margin };
  if (index % 4 !== 3) {
    const leaves = paintLeaves(random, wide, unitOf(size), { isBusy: false });
    return { name: "leaves", layer: throughLens(leaves, random) };
  }
  const name = pick(random, SCENES);
  const scene = GALLERY[name](random, wide);
  const area = { x: 0, y: 0, ...wide };
  const raster = paintRaster(scene.background, scene, STRAIGHT_VIEW, area, 3);
  return { name, layer: throughLens(raster, random) };
}

/** A photo as a background, cut to the frame's shape. */
export async function photoBackground(path: string, size: Size): Promise<Background> {
  return { name: path, layer: toLayer(await readPhoto(path, size)) };
}

/**
 * Whether a photo at this size has edges narrow enough to be blurred step by step: what is soft already loses nothing
 * by the first.
 */
export async function isSharpEnough(path: string, size: Size): Promise<boolean> {
  const { luma } = toLayer(await readPhoto(path, size));
  return edgeSigma(luma) < Math.max(1.2, 0.42e-3 * Math.max(size.width, size.height));
}

async function readPhoto(path: string, size: Size): Promise<Raster> {
  const margin = marginOf(size);
  const wide = { width: size.width + 2 * margin, height: size.height + 2 * margin };
  const data = await sharp(path, { failOn: "none" })
    .autoOrient()
    .resize({ ...wide, fit: "cover" })
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer();
  return { ...wide, channels: 3, data: new Uint8ClampedArray(data) };
}

/**
 * How wide the steepest half percent of all edges across rows is, as the sigma of a blurred step in px (its height by
 * its steepest slope); the lower quartile, since what lies beside an edge only makes it look wider.
 */
export function edgeSigma({ width, height, data }: Layer["luma"]): number {
  const reach = 5;
  const slope = (at: number): number => Math.abs((data[at + 1] ?? 0) - (data[at - 1] ?? 0));
  const places: number[] = [];
  const counts = new Uint32Array(256);
  for (let row = 0; row < height; row += 2) {
    for (let at = row * width + reach + 1; at < (row + 1) * width - reach - 1; at += 1) {
      counts[slope(at)] = (counts[slope(at)] ?? 0) + 1;
      places.push(at);
    }
  }
  let steepest = 0;
  let least = 255;
  for (; least > 0 && steepest < 0.005 * places.length; least -= 1) steepest += counts[least] ?? 0;
  const sigmas = places.flatMap((at) => {
    const own = slope(at);
    if (own <= least || own < slope(at - 1) || own < slope(at + 1)) return [];
    const about = data.subarray(at - reach, at + reach + 1);
    const step = Math.max(...about) - Math.min(...about);
    return [(2 * step) / own / Math.sqrt(2 * Math.PI)];
  });
  return (
    sigmas.toSorted((a, b) => a - b)[Math.floor(sigmas.length / 4)] ?? Number.POSITIVE_INFINITY
  );
}

/**
 * What a burst of missed focus is of.
 *
 * @param skin photo that some subjects are covered with; null for none
 */
export async function paintSubject(
  planned: PlannedSubject,
  { seed, index, skin = null }: { seed: number; index: number; skin?: string | null },
  size: Size,
): Promise<Subject> {
  const random = createRandom(deriveSeed(deriveSeed(seed, index), 13));
  const spread = spreadOf(size);
  const height = planned.height * size.height;
  const sprite =
    planned.kind === "face"
      ? await paintPortrait(random, height, spread)
      : random() < 0.5
        ? skin === null
          ? galleryThing(random, height, spread)
          : thing(random, height, spread, cutFrom(await readPhoto(skin, size), random))
        : thing(random, height, spread, (area) =>
            paintLeaves(random, area, unitOf(size), { isBusy: true }),
          );
  const { inner, heart } = sprite;
  // The inner part lies anywhere in the frame, whole.
  const place = (share: number, room: number, from: number): number =>
    2 * Math.round((share * Math.max(0, room) - from) / 2);
  const at = {
    x: place(planned.x, size.width - inner.width, inner.x),
    y: place(planned.y, size.height - inner.height, inner.y),
  };
  return {
    name: sprite.name,
    layer: throughLens(sprite.raster, random),
    at,
    heart: { ...heart, x: heart.x + at.x, y: heart.y + at.y },
  };
}

/** A pot, fruit, a flower or a boat of the sample's scenes, made in the size that is wanted. */
function galleryThing(random: Random, height: number, spread: number): Sprite {
  const name = pick(random, WITH_SUBJECT);
  const seed = Math.floor(random() * 2 ** 31);
  const trial = GALLERY[name](createRandom(seed), { width: 3000, height: 2000 });
  const long = Math.round((3000 * height) / (trial.subject?.box.height ?? 2000));
  const scene = GALLERY[name](createRandom(seed), { width: long, height: Math.round(long / 1.5) });
  const { subject } = scene;
  if (subject === null) throw new Error(`${name} has no subject`);
  const box = frameArea(subject.box, { width: 1e6, height: 1e6 }, STRAIGHT_VIEW, spread);
  const area = { ...box, width: even(box.width), height: even(box.height) };
  const inSprite = ({ x, y, width, height: tall }: Box): Box => ({
    x: x - area.x,
    y: y - area.y,
    width,
    height: tall,
  });
  return {
    name,
    raster: paintRaster(subject.paint, scene, STRAIGHT_VIEW, area, 4),
    inner: inSprite(subject.box),
    heart: inSprite(subject.heart),
  };
}

/** Pieces of a photo: of a few, the one with most to see. */
function cutFrom(photo: Raster, random: Random): (area: Size) => Raster {
  return ({ width, height }) => {
    const pieces = Array.from({ length: 8 }, () => {
      const left = Math.floor(random() * (photo.width - width));
      const top = Math.floor(random() * (photo.height - height));
      const data = new Uint8ClampedArray(width * height * 3);
      for (let row = 0; row < height; row += 1) {
        const from = ((top + row) * photo.width + left) * 3;
        data.set(photo.data.subarray(from, from + width * 3), row * width * 3);
      }
      return { width, height, channels: 3, data } as const;
    });
    return pieces.reduce((best, piece) => (bustle(piece) > bustle(best) ? piece : best));
  };
}

/** Mean absolute difference of neighbours. */
function bustle({ data }: Raster): number {
  let sum = 0;
  for (let at = 3; at < data.length; at += 3)
    sum += Math.abs((data[at] ?? 0) - (data[at - 3] ?? 0));
  return sum;
}

/** Something round or lobed in a skin of its own, lit from one side. */
function thing(
  random: Random,
  height: number,
  spread: number,
  skinOf: (area: Size) => Raster,
): Sprite {
  const width = height * between(random, 0.7, 1.3);
  const size = { width: even(width + 2 * spread), height: even(height + 2 * spread) };
  const skin = skinOf(size);
  const lobes = Math.floor(between(random, 2, 6));
  const depth = between(random, 0, 0.22);
  const turn = random() * 2 * Math.PI;
  const middle = { x: size.width / 2, y: size.height / 2 };
  const raster = cutOut(skin, (x, y) => {
    const dx = (x - middle.x) / (width / 2);
    const dy = (y - middle.y) / (height / 2);
    const edge = 1 - depth * (0.5 + 0.5 * Math.cos(lobes * Math.atan2(dy, dx) + turn));
    const reach = Math.sqrt(dx * dx + dy * dy);
    return {
      cover: 0.5 + ((edge - reach) * Math.min(width, height)) / 2,
      // A ball's shading, from the upper left.
      light: 1.1 - 0.25 * reach * reach - 0.2 * (dx + dy),
    };
  });
  const inner = { x: spread, y: spread, width, height };
  return { name: "thing", raster, inner, heart: within(inner, 0.5) };
}
