import type { Metadata } from "sharp";
import type { Luma } from "../best-cut/index.ts";
import { decodeQuarter, type QuarterFrame, readQuarter, turnUpright } from "../pixels/index.ts";
import { type Frame, openImage } from "./decode.ts";
import { lumaOf } from "./luma.ts";
import type { Sharp } from "./sharp.ts";
import { type PhotoSource, readPreview } from "./source.ts";

/** Long edges from which on a photo is halved once, twice and three times. */
const HALVED_FROM = [2_400, 4_000, 9_600];

/**
 * A photo at the size at which it is measured, and its grey. Both may lie in memory that the next photo will use: whoever
 * waits for something copies them first.
 */
export interface MeasuredFrame {
  readonly frame: Frame;
  readonly luma: Luma;
}

/**
 * Decodes a photo to the size at which best cut measures it: its own, halved until the long edge is 1,000 to 2,400 px
 * (1,500 of 6 and of 24 MP). libjpeg does all halvings but the last while it decodes; of what it makes every second pixel
 * of every second row is taken, which leaves edges as crisp as they are. What frames of equal pixel size lose is the
 * same.
 *
 * Strict: it fails where pixels are missing.
 */
export async function decodeMeasured(
  sharp: Sharp,
  source: PhotoSource,
  metadata: Metadata,
): Promise<MeasuredFrame> {
  const { autoOrient, format, icc } = metadata;
  const factor = 2 ** HALVED_FROM.filter((edge) => longEdge(autoOrient) >= edge).length;
  // What most cameras write goes a shorter way to the same pixels.
  const isPlain = source.format === "jpeg" && icc === undefined && metadata.isProgressive !== true;
  if (factor === 4 && isPlain && source.raw?.isCut !== true) {
    const quarter =
      source.raw === null
        ? await readQuarter(source.path)
        : decodeQuarter(await readPreview(source, source.raw.preview));
    if (quarter !== null) return measuredOf(turnUpright(quarter, metadata.orientation ?? 1));
  }
  const pipeline = await openImage(sharp, source, metadata, "strict");
  if (factor > 1) {
    // Rounded down: sharp lets libjpeg scale by as much as leaves no less than what is wanted.
    const width = Math.max(1, Math.floor(autoOrient.width / factor));
    const height = Math.max(1, Math.floor(autoOrient.height / factor));
    const kernel = format === "jpeg" ? "nearest" : "lanczos3";
    pipeline.resize({ width, height, fit: "fill", kernel });
  }
  const { data, info } = await pipeline
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const frame = { width: info.width, height: info.height, data };
  return { frame, luma: lumaOf(frame) };
}

function measuredOf({ width, height, rgb, luma }: QuarterFrame): MeasuredFrame {
  const data = Buffer.from(rgb.buffer, rgb.byteOffset, rgb.length);
  return { frame: { width, height, data }, luma: { width, height, data: luma, rgb } };
}

function longEdge({ width, height }: { width: number; height: number }): number {
  return Math.max(width, height);
}
