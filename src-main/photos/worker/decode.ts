import { readFile } from "node:fs/promises";
import type { Metadata, Sharp as Pipeline } from "sharp";
import type { PhotoFormat } from "../formats.ts";
import { decodeHeic } from "./heic.ts";
import { fileTruncated, tooManyPixels } from "./problems.ts";
import { encodeExif } from "./raw/exif-fields.ts";
import { withMetadata } from "./raw/jpeg-header.ts";
import type { RawPhoto, RawPreview } from "./raw/raw-photo.ts";
import { MAX_PIXELS, type Sharp } from "./sharp.ts";
import { type PhotoSource, readPreview } from "./source.ts";

/** The same for formats and variants that decoders must hold in memory as a whole: about 1 GB at the most. */
const MAX_WHOLE_PIXELS = 200_000_000;

const MAX_BYTES_IN_MEMORY = 64 * 2 ** 20;

/** More than any camera puts before a preview's pixels. */
const PREVIEW_HEAD_BYTES = 256 * 1024;

/** `strict` fails where pixels are missing; `lenient` shows what is there. */
export type Tolerance = "strict" | "lenient";

/** Interleaved 8-bit sRGB without padding. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

/** @throws KilnError `file-too-large`; whatever sharp says about a header that it can't read. */
export async function readMetadata(sharp: Sharp, source: PhotoSource): Promise<Metadata> {
  const metadata = await readHeader(sharp, source);
  const { width, height } = metadata;
  const limit = mustBeWhole(source.format, metadata) ? MAX_WHOLE_PIXELS : MAX_PIXELS;
  if (width * height > limit) throw tooManyPixels(width, height, limit / 1e6);
  return metadata;
}

/** A JPEG's header mostly lies in what has been read already; for the WebAssembly build that is six times as fast. */
async function readHeader(sharp: Sharp, source: PhotoSource): Promise<Metadata> {
  const { path, format, head, raw } = source;
  const options = { limitInputPixels: false } as const;
  if (raw !== null) {
    const start = await readDressed(source, raw, raw.preview, PREVIEW_HEAD_BYTES);
    return sharp(start, options).metadata();
  }
  if (format === "jpeg") {
    try {
      return await sharp(head, options).metadata();
    } catch {
      // It goes on behind the head, or it is broken: then the whole file says so.
    }
  }
  return sharp(path, options).metadata();
}

/**
 * A photo about to be decoded: upright, colours and size as stored. Pixels are read when its output is asked for.
 *
 * @throws Error of the decoder for a HEIC, which is decoded right here.
 */
export async function openImage(
  sharp: Sharp,
  source: PhotoSource,
  { icc }: Metadata,
  tolerance: Tolerance,
): Promise<Pipeline> {
  if (source.format === "heic") {
    return sharp(await decodeHeic(source.path, icc), { limitInputPixels: MAX_PIXELS });
  }
  if (source.raw?.isCut === true && tolerance === "strict") throw fileTruncated();
  return sharp(await pixelsOf(source), {
    // Not "warning": libtiff and libpng warn about tags that hurt nobody.
    failOn: tolerance === "strict" ? "error" : "none",
    limitInputPixels: MAX_PIXELS,
    sequentialRead: true,
  }).autoOrient();
}

/** The WebAssembly build reads files in small steps through its main thread: memory is faster. */
export async function pixelsOf(source: PhotoSource): Promise<Buffer | string> {
  if (source.raw !== null) return readDressed(source, source.raw, source.raw.preview);
  return source.bytes <= MAX_BYTES_IN_MEMORY ? readFile(source.path) : source.path;
}

/** A RAW's preview that says what the RAW says of the photo, and how it is to be turned. */
export async function readDressed(
  source: PhotoSource,
  { exif, xmp }: RawPhoto,
  preview: RawPreview,
  most?: number,
): Promise<Buffer> {
  return withMetadata(
    await readPreview(source, preview, most),
    encodeExif(exif ?? { order: "II", image: [], photo: [], gps: [] }, preview.orientation),
    xmp,
  );
}

/**
 * Decodes no more than is needed: sharp lets libjpeg scale by 1/2, 1/4 or 1/8 while it decodes, down to the next
 * size above `edge`, and a Lanczos filter does the rest. Frames of equal pixel size, as those of one burst are, come
 * out at one scale.
 *
 * @param edge the long edge in pixels; smaller photos keep their size.
 */
export async function decodeFrame(pipeline: Pipeline, edge: number): Promise<Frame> {
  const { data, info } = await fitInside(pipeline, edge)
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** A frame scaled down to the long edge `edge`, never up. */
export async function shrinkFrame(
  sharp: Sharp,
  { width, height, data }: Frame,
  edge: number,
): Promise<Frame> {
  const small = await fitInside(sharp(data, { raw: { width, height, channels: 3 } }), edge)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: small.info.width, height: small.info.height, data: small.data };
}

/** Scales a picture down to `edge`, never up. */
export function fitInside(pipeline: Pipeline, edge: number): Pipeline {
  return pipeline.resize({ width: edge, height: edge, fit: "inside", withoutEnlargement: true });
}

/** Everything else is read line by line or tile by tile, in bounded memory. */
function mustBeWhole(format: PhotoFormat, { isProgressive, orientation = 1 }: Metadata): boolean {
  const isInterlaced = (format === "jpeg" || format === "png") && isProgressive === true;
  const isOnItsSide = orientation >= 5;
  return isInterlaced || isOnItsSide || !["jpeg", "png", "tiff"].includes(format);
}
