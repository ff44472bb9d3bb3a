import type { Metadata } from "sharp";
import type { Box } from "../../../src-preload/contract/photos.ts";
import { readMetadata } from "./decode.ts";
import { exifDetails, parseExif, xmpRating } from "./exif.ts";
import { iccName } from "./icc-name.ts";
import type { ImageProbe } from "./protocol.ts";
import { bufferSource } from "./raw/byte-source.ts";
import { exifDirectories } from "./raw/exif-fields.ts";
import { focusPoint } from "./raw/focus-point.ts";
import { TiffReader } from "./raw/tiff.ts";
import type { Sharp } from "./sharp.ts";
import { fastHash, type PhotoSource } from "./source.ts";

/** Reads what the header says; decodes nothing. */
export async function probe(sharp: Sharp, source: PhotoSource): Promise<ImageProbe> {
  const metadata = await readMetadata(sharp, source);
  const details = exifDetails(parseExif(metadata.exif), metadata.exif);
  const pixels = { width: metadata.autoOrient.width, height: metadata.autoOrient.height };
  const { width, height } = source.raw ?? pixels;
  const isSmaller = Math.max(width, height) > Math.max(pixels.width, pixels.height);
  const focus = source.raw === null ? await focusOf(metadata) : source.raw.focus;
  return {
    ...details,
    format: source.format,
    bytes: source.bytes,
    modifiedMs: source.modifiedMs,
    fastHash: fastHash(source),
    width,
    height,
    orientation: metadata.orientation ?? 1,
    isRaw: source.raw !== null,
    preview: isSmaller ? pixels : null,
    focus: focus && { box: focus },
    iccName: iccName(metadata.icc),
    rating: xmpRating(metadata.xmp?.toString("utf8")) ?? details.rating,
  };
}

async function focusOf({ exif, width, height, orientation }: Metadata): Promise<Box | null> {
  if (exif === undefined) return null;
  const base = exif.toString("latin1", 0, 6) === "Exif\0\0" ? 6 : 0;
  const opened = await TiffReader.open(bufferSource(exif), base);
  const image = await opened?.reader.directory(opened.first);
  if (!image) return null;
  return focusPoint(await exifDirectories(image), { width, height }, orientation ?? 1);
}
