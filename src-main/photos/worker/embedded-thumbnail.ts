import type { Metadata, Sharp as Pipeline } from "sharp";
import { readDressed } from "./decode.ts";
import { parseExif } from "./exif.ts";
import { decodeHeicThumbnail } from "./heic.ts";
import type { Sharp } from "./sharp.ts";
import type { PhotoSource } from "./source.ts";

/** Two shapes count as one when their aspect ratios differ by less than this; 4:3 in 3:2 is a letterbox. */
const ASPECT_TOLERANCE = 0.02;

/**
 * The small picture that the camera put into a JPEG's EXIF, or beside a HEIC's or a RAW's large one, upright; null when there is
 * none with a long edge of `edge` or more and the photo's own shape, or when its colours can't be trusted.
 */
export async function embeddedThumbnail(
  sharp: Sharp,
  source: PhotoSource,
  { autoOrient, orientation = 1, exif, icc }: Metadata,
  edge: number,
): Promise<Pipeline | null> {
  if (source.format !== "jpeg" && source.format !== "heic") return null;
  const fits = (width: number, height: number): boolean =>
    Math.max(width, height) >= edge &&
    Math.abs((width * autoOrient.height) / (height * autoOrient.width) - 1) < ASPECT_TOLERANCE;

  if (source.raw !== null && icc === undefined) {
    const preview = source.raw.smaller.find(({ width, height, orientation: turn }) =>
      turn >= 5 ? fits(height, width) : fits(width, height),
    );
    const bytes = preview && (await readDressed(source, source.raw, preview));
    return bytes ? sharp(bytes, { failOn: "error" }).autoOrient() : null;
  }
  if (source.format === "heic") {
    const decoded = await decodeHeicThumbnail(source.path, icc, fits);
    return decoded && sharp(decoded);
  }
  const jpeg = exifThumbnail(exif);
  // It has no profile of its own: right for sRGB alone.
  if (jpeg === null || icc !== undefined) return null;
  const pipeline = sharp(withOrientation(jpeg, orientation), { failOn: "error" }).autoOrient();
  const size = await pipeline.metadata().catch(() => null);
  return size && fits(size.autoOrient.width, size.autoOrient.height) ? pipeline : null;
}

/** EXIF 2.3, 4.5.8: the second directory points at a JPEG inside the block. */
function exifThumbnail(block: Buffer | undefined): Buffer | null {
  const tags = parseExif(block)?.Thumbnail;
  const offset = tags?.JPEGInterchangeFormat;
  const length = tags?.JPEGInterchangeFormatLength;
  if (block === undefined || typeof offset !== "number" || typeof length !== "number") return null;
  // Offsets count from the TIFF header, which follows "Exif\0\0".
  const start = offset + (block.toString("latin1", 0, 4) === "Exif" ? 6 : 0);
  const jpeg = block.subarray(start, start + length);
  return jpeg.length === length && jpeg.readUInt16BE(0) === 0xffd8 ? jpeg : null;
}

/** The thumbnail lies as the photo does but does not say so: it gets an EXIF block with that one tag. */
function withOrientation(jpeg: Buffer, orientation: number): Buffer {
  // APP1, 34 bytes; "Exif"; big-endian TIFF; one entry: tag 0x0112, one short; no further directory.
  const block = Buffer.from(
    "ffe100224578696600004d4d002a00000008000101120003000000010000000000000000",
    "hex",
  );
  block.writeUInt16BE(orientation, 28);
  return Buffer.concat([jpeg.subarray(0, 2), block, jpeg.subarray(2)]);
}
