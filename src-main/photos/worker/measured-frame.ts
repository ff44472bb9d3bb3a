import type { Metadata, Sharp as Pipeline } from "sharp";
import type { Frame } from "./decode.ts";

/** Long edges from which on a photo is halved once, twice and three times. */
const HALVED_FROM = [2_400, 4_000, 9_600];

/**
 * Decodes a photo to the size at which best cut measures it: its own, halved until the long edge is 1,000 to 2,400 px
 * (1,500 of 6 and of 24 MP). Powers of two, since libjpeg scales by them while it decodes and nothing has to be
 * resampled after it: a quarter of a JPEG costs a fifth less than any other size near it, and what frames of equal
 * pixel size lose to the filter is the same.
 */
export async function decodeMeasured(
  pipeline: Pipeline,
  { format, autoOrient }: Pick<Metadata, "format" | "autoOrient">,
): Promise<Frame> {
  const factor = 2 ** HALVED_FROM.filter((edge) => longEdge(autoOrient) >= edge).length;
  if (factor > 1) {
    // Rounded down: sharp lets libjpeg scale by as much as leaves no less than what is wanted.
    const width = Math.max(1, Math.floor(autoOrient.width / factor));
    const height = Math.max(1, Math.floor(autoOrient.height / factor));
    // What libjpeg leaves to do is a row or a column at most.
    const kernel = format === "jpeg" ? "nearest" : "lanczos3";
    pipeline.resize({ width, height, fit: "fill", kernel });
  }
  const { data, info } = await pipeline
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function longEdge({ width, height }: { width: number; height: number }): number {
  return Math.max(width, height);
}
