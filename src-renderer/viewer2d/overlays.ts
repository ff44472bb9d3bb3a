import type { Size } from "./viewport.ts";

/** Colours laid over the photo, as 0xAABBGGRR: how an RGBA pixel reads as a little-endian number. */
const highlight = 0xff_30_40_ff;
const shadow = 0xff_ff_90_30;
const edge = 0xff_20_ff_60;

/** 8-bit levels at which a channel holds nothing any more; the same as best cut's. */
const white = 253;
const black = 2;

/** Stripes: what is marked is told from the photo's own reds and blues, and highlights from shadows without colour. */
const stripe = 4;

/**
 * Marks what is clipped: red stripes one way where a channel is full, blue stripes the other way where all channels are
 * empty.
 * @param pixels RGBA, 8 bits a channel, as read from the canvas
 * @returns RGBA of the same size, transparent where nothing is clipped
 */
export function clippingOverlay(
  pixels: Uint8ClampedArray,
  { width, height }: Size,
): Uint8ClampedArray<ArrayBuffer> {
  const marks = new Uint32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      const red = pixels[at * 4] ?? 0;
      const green = pixels[at * 4 + 1] ?? 0;
      const blue = pixels[at * 4 + 2] ?? 0;
      if (red >= white || green >= white || blue >= white) {
        if (((x + y) & (2 * stripe - 1)) < stripe + 1) marks[at] = highlight;
      } else if (red <= black && green <= black && blue <= black) {
        if (((x - y) & (2 * stripe - 1)) < stripe + 1) marks[at] = shadow;
      }
    }
  }
  return new Uint8ClampedArray(marks.buffer);
}

/** Least difference of luma across two pixels that can be an edge rather than noise, in a photo without noise. */
const leastStep = 20;
/** Noise makes differences of its own; so many times their usual size is an edge. */
const aboveNoise = 6;
/** Beyond this a photo full of detail would be taken for noise. */
const mostStep = 72;
/** How far around an edge the whole of its step is looked for, in pixels. */
const reach = 4;
/** Share of an edge's whole step that lies within two pixels: a sharp edge has most of it there, a soft one little. */
const leastShare = 0.62;

/**
 * Marks edges that are in focus. An edge is in focus when most of its step happens within two pixels; so a strong but
 * soft edge is not marked, and a weak but sharp one is (the idea of edge gradient over local contrast). Single pixels
 * are left out: an edge goes on, noise doesn't.
 * @param pixels RGBA, 8 bits a channel, as read from the canvas
 * @returns RGBA of the same size, transparent where nothing is in focus
 */
export function peakingOverlay(
  pixels: Uint8ClampedArray,
  { width, height }: Size,
): Uint8ClampedArray<ArrayBuffer> {
  const luma = lumaOf(pixels, width * height);
  const threshold = edgeThreshold(luma);
  const candidates = new Uint8Array(width * height);
  for (let y = reach; y < height - reach; y += 1) {
    for (let x = reach; x < width - reach; x += 1) {
      const at = y * width + x;
      const across = Math.abs((luma[at + 1] ?? 0) - (luma[at - 1] ?? 0));
      const down = Math.abs((luma[at + width] ?? 0) - (luma[at - width] ?? 0));
      const step = Math.max(across, down);
      if (step < threshold) continue;
      if (step >= leastShare * range(luma, at, across >= down ? 1 : width)) candidates[at] = 1;
    }
  }
  return new Uint8ClampedArray(joined(candidates, width).buffer);
}

/** What is left of the candidates when those without two neighbours are taken away, as marks. */
function joined(candidates: Uint8Array, width: number): Uint32Array<ArrayBuffer> {
  const marks = new Uint32Array(candidates.length);
  for (let at = width + 1; at < candidates.length - width - 1; at += 1) {
    if (candidates[at] === 0) continue;
    let neighbours = 0;
    for (const row of [at - width, at, at + width]) {
      for (let near = row - 1; near <= row + 1; near += 1) neighbours += candidates[near] ?? 0;
    }
    if (neighbours > 2) marks[at] = edge;
  }
  return marks;
}

/** The step that stands out of this photo's noise: from the median difference across two pixels, on a sample. */
function edgeThreshold(luma: Uint8Array): number {
  const counts = new Uint32Array(256);
  let total = 0;
  for (let at = 1; at < luma.length - 1; at += 7) {
    const step = Math.abs((luma[at + 1] ?? 0) - (luma[at - 1] ?? 0));
    counts[step] = (counts[step] ?? 0) + 1;
    total += 1;
  }
  let median = 0;
  for (let seen = counts[0] ?? 0; seen < total / 2; seen += counts[median] ?? 0) median += 1;
  return Math.min(mostStep, Math.max(leastStep, median * aboveNoise));
}

/** Rec. 709 luma of each pixel, 0..255. */
function lumaOf(pixels: Uint8ClampedArray, count: number): Uint8Array {
  const luma = new Uint8Array(count);
  // A pixel as one little-endian number: one read instead of three.
  const whole = new Uint32Array(pixels.buffer, pixels.byteOffset, count);
  for (let i = 0; i < count; i += 1) {
    const pixel = whole[i] ?? 0;
    luma[i] = ((pixel & 255) * 54 + ((pixel >> 8) & 255) * 183 + ((pixel >> 16) & 255) * 19) >> 8;
  }
  return luma;
}

/** Largest minus smallest luma along a line through `at`. */
function range(luma: Uint8Array, at: number, stride: number): number {
  let least = 255;
  let most = 0;
  for (let i = at - reach * stride; i <= at + reach * stride; i += stride) {
    const value = luma[i] ?? 0;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most - least;
}
