import { papers, type UpscaleTarget } from "../../src-preload/contract/upscale.ts";
import type { KilnError } from "../errors.ts";
import { modelKeepsSize, tooFar } from "./problems.ts";

/** In pixels, upright; both at least 1. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Times that an edge grows at the most: past this a network paints what it made itself. */
export const MAX_ENLARGEMENT = 16;

const MM_PER_INCH = 25.4;

/**
 * The size that a person asked for, in the proportions of the source, to the nearest pixel. On paper the picture is
 * turned as it lies best and fits within: it fills the paper in one direction.
 */
export function targetSize(target: UpscaleTarget, source: Size): Size {
  const times = enlargement(target, source);
  const edge = (pixels: number): number => Math.max(1, Math.round(pixels * times));
  const size = { width: edge(source.width), height: edge(source.height) };
  // What was said in pixels is met to the pixel, whatever a product of rounded numbers says.
  if (target.by === "width") return { ...size, width: target.pixels };
  if (target.by === "height") return { ...size, height: target.pixels };
  return size;
}

/** Pixels an inch that the result says of itself; null where the person asked for none. */
export function targetDensity(target: UpscaleTarget): number | null {
  return target.by === "print" ? target.dpi : null;
}

function enlargement(target: UpscaleTarget, { width, height }: Size): number {
  switch (target.by) {
    case "scale":
      return target.scale;
    case "width":
      return target.pixels / width;
    case "height":
      return target.pixels / height;
    case "print": {
      const [short, long] = papers[target.paper].map((mm) =>
        Math.round((mm / MM_PER_INCH) * target.dpi),
      ) as [number, number];
      return Math.min(short / Math.min(width, height), long / Math.max(width, height));
    }
  }
}

/**
 * Why a network of this scale can't make this size of this source; null where it can.
 *
 * @returns KilnError `upscale-too-far` or `model-keeps-size`.
 */
export function enlargementLimit(source: Size, target: Size, scale: number): KilnError | null {
  const times = Math.max(target.width / source.width, target.height / source.height);
  if (!fits(target, grown(source, MAX_ENLARGEMENT))) return tooFar(times, MAX_ENLARGEMENT);
  if (scale === 1 && !fits(target, source)) return modelKeepsSize();
  return null;
}

/**
 * What each run of a network is given, the source first: as many runs as it takes to reach the target, each as small
 * as it can be. With scale 4, eight times is 1 → 4, reduced to 2 → 8 rather than 1 → 4 → 16, reduced to 8: a quarter of
 * the work. What the last run makes is the target's size or more, and is reduced once. The source itself is never
 * reduced, and one run is made even where the target is no larger: the network also cleans.
 *
 * @param scale of the network, at least 1.
 * @throws KilnError as {@link enlargementLimit} says.
 */
export function runSources(source: Size, target: Size, scale: number): readonly Size[] {
  const limit = enlargementLimit(source, target, scale);
  if (limit !== null) throw limit;
  let runs = 1;
  while (!fits(target, grown(source, scale ** runs))) runs += 1;
  const sizes: Size[] = [source];
  for (let run = 1; run < runs; run += 1) {
    const made = grown(sizes[run - 1] ?? source, scale);
    const left = scale ** (runs - run);
    sizes.push({
      width: Math.min(made.width, Math.ceil(target.width / left)),
      height: Math.min(made.height, Math.ceil(target.height / left)),
    });
  }
  return sizes;
}

/** How often a network has to run. @throws KilnError as {@link enlargementLimit} says. */
export function planRuns(source: Size, target: Size, scale: number): number {
  return runSources(source, target, scale).length;
}

function grown({ width, height }: Size, times: number): Size {
  return { width: width * times, height: height * times };
}

function fits(inner: Size, outer: Size): boolean {
  return inner.width <= outer.width && inner.height <= outer.height;
}
