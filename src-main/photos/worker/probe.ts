import { readMetadata } from "./decode.ts";
import { exifDetails, parseExif, xmpRating } from "./exif.ts";
import { iccName } from "./icc-name.ts";
import type { ImageProbe } from "./protocol.ts";
import type { Sharp } from "./sharp.ts";
import { fastHash, type PhotoSource } from "./source.ts";

/** Reads what the header says; decodes nothing. */
export async function probe(sharp: Sharp, source: PhotoSource): Promise<ImageProbe> {
  const metadata = await readMetadata(sharp, source);
  const details = exifDetails(parseExif(metadata.exif), metadata.exif);
  return {
    ...details,
    format: source.format,
    bytes: source.bytes,
    modifiedMs: source.modifiedMs,
    fastHash: fastHash(source),
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
    orientation: metadata.orientation ?? 1,
    isRaw: false,
    preview: null,
    focus: null,
    iccName: iccName(metadata.icc),
    rating: xmpRating(metadata.xmp?.toString("utf8")) ?? details.rating,
  };
}
