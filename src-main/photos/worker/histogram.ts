import type { Histogram } from "../../../src-preload/contract/photos.ts";
import { decodeFrame, openImage, readMetadata } from "./decode.ts";
import { lumaAt } from "./luma.ts";
import type { Sharp } from "./sharp.ts";
import type { PhotoSource } from "./source.ts";

/** Long edge that is counted, in pixels: large enough for small clipped lights to show. */
const COUNTED_EDGE = 1024;

/** Scaling blends a clipped pixel with its neighbours: levels this near to the end count as lost. */
const CLIPPED_HIGH = 254;
const CLIPPED_LOW = 1;

/** Highlights are lost where one channel is full, shadows where all three are empty. */
export async function countHistogram(sharp: Sharp, source: PhotoSource): Promise<Histogram> {
  const metadata = await readMetadata(sharp, source);
  const image = await openImage(sharp, source, metadata, "lenient");
  const { width, height, data } = await decodeFrame(image, COUNTED_EDGE);
  const red = new Uint32Array(256);
  const green = new Uint32Array(256);
  const blue = new Uint32Array(256);
  const luma = new Uint32Array(256);
  let highlights = 0;
  let shadows = 0;
  for (let at = 0; at < data.length; at += 3) {
    const [r, g, b] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    count(red, r);
    count(green, g);
    count(blue, b);
    count(luma, lumaAt(data, at));
    if (Math.max(r, g, b) >= CLIPPED_HIGH) highlights += 1;
    if (Math.max(r, g, b) <= CLIPPED_LOW) shadows += 1;
  }
  const pixels = width * height;
  return {
    red: [...red],
    green: [...green],
    blue: [...blue],
    luma: [...luma],
    clippedHighlights: highlights / pixels,
    clippedShadows: shadows / pixels,
  };
}

function count(bins: Uint32Array, level: number): void {
  bins[level] = (bins[level] ?? 0) + 1;
}
