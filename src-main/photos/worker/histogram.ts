import type { Histogram } from "../../../src-preload/contract/photos.ts";
import { decodeFrame, openImage, readMetadata } from "./decode.ts";
import { lumaAt } from "./luma.ts";
import type { Sharp } from "./sharp.ts";
import type { PhotoSource } from "./source.ts";

/** Long edge that is counted, in pixels: large enough for small clipped lights to show. */
const COUNTED_EDGE = 1024;

/** Luma from which on, and up to which, tones count as lost: as best cut measures them (best-cut/tones.ts). */
const WHITE = 253;
const BLACK = 2;

export async function countHistogram(sharp: Sharp, source: PhotoSource): Promise<Histogram> {
  const metadata = await readMetadata(sharp, source);
  const image = await openImage(sharp, source, metadata, "lenient");
  const { width, height, data } = await decodeFrame(image, COUNTED_EDGE);
  const red = new Uint32Array(256);
  const green = new Uint32Array(256);
  const blue = new Uint32Array(256);
  const luma = new Uint32Array(256);
  for (let at = 0; at < data.length; at += 3) {
    const [r, g, b] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    count(red, r);
    count(green, g);
    count(blue, b);
    count(luma, lumaAt(data, at));
  }
  const pixels = width * height;
  return {
    red: [...red],
    green: [...green],
    blue: [...blue],
    luma: [...luma],
    clippedHighlights: sum(luma.subarray(WHITE)) / pixels,
    clippedShadows: sum(luma.subarray(0, BLACK + 1)) / pixels,
  };
}

function sum(bins: Uint32Array): number {
  return bins.reduce((total, count) => total + count, 0);
}

function count(bins: Uint32Array, level: number): void {
  bins[level] = (bins[level] ?? 0) + 1;
}
