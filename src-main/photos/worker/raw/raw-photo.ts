import type { Box } from "../../../../src-preload/contract/photos.ts";
import type { ByteSource } from "./byte-source.ts";
import type { ByteRange, RawContainer, Size } from "./container.ts";
import { readCr3 } from "./cr3.ts";
import {
  copyExif,
  type ExifDirectories,
  type ExifFields,
  exifDirectories,
  orientationIn,
} from "./exif-fields.ts";
import { focusPoint } from "./focus-point.ts";
import { type JpegHeader, MAX_SEGMENT_BYTES, readJpegHeader } from "./jpeg-header.ts";
import { readRaf } from "./raf.ts";
import { TiffReader } from "./tiff.ts";
import { readTiffRaw } from "./tiff-raw.ts";

/** A JPEG inside a RAW that can be shown. */
export interface RawPreview extends Size {
  /** In the file; bytes that only ExifTool could get at come along. */
  readonly at: ByteRange | Buffer;
  /** EXIF orientation, 1..8, that is still to be applied to its pixels, whatever it says itself. */
  readonly orientation: number;
}

/** What is known of a RAW without developing it. */
export interface RawPhoto {
  /** The largest, which stands for the photo. Its width and height are as stored. */
  readonly preview: RawPreview;
  /** The others, smallest first. */
  readonly smaller: readonly RawPreview[];
  /** Upright, of the photo that would be developed; of the preview where that is about as large. */
  readonly width: number;
  readonly height: number;
  /** What the camera wrote; null when nothing could be read. */
  readonly exif: ExifFields | null;
  /** The RAW's own packet; the preview may have one besides. */
  readonly xmp: Buffer | null;
  /** Where the camera focused, as fractions of the upright photo. */
  readonly focus: Box | null;
  /** The file ends before what it says that it holds. */
  readonly isCut: boolean;
}

/** A preview with a shorter long edge is a thumbnail: nothing to judge a photo by. */
export const MIN_PREVIEW_EDGE = 320;

/** A preview whose long edge is this share of the photo's is as good as the photo: sensors have borders. */
const AS_LARGE = 0.9;

/** Full-size previews of 100 megapixels have some 30 MB. */
const MAX_PREVIEW_BYTES = 64 * 2 ** 20;

/**
 * Finds what a RAW holds for looking at, by its directories alone: reads a few kilobytes here and there.
 *
 * @returns null when there is no JPEG inside that could be shown, `"cut"` when there would be one behind the file's end.
 */
export async function readRawPhoto(source: ByteSource): Promise<RawPhoto | "cut" | null> {
  const container = await readContainer(source);
  if (container === null) return null;
  const ends = container.candidates.map(({ offset, length }) => offset + length);
  const isCut = Math.max(container.end, ...ends) > source.size;
  const jpegs = await usableJpegs(source, container.candidates);
  const largest = jpegs[0];
  if (largest === undefined) return isCut ? "cut" : null;
  const own = await exifOfJpeg(source, largest);
  // Fujifilm keeps all of it in the preview, and Panasonic did.
  const exif = container.exif?.photo ? container.exif : (own ?? container.exif);
  const photo = await describe(exif, {
    orientation: container.orientation,
    size: container.size,
    largest,
    ownOrientation: await orientationOfJpeg(own),
  });
  const smaller: RawPreview[] = [];
  for (const jpeg of jpegs.slice(1).reverse()) {
    const said = await orientationOfJpeg(await exifOfJpeg(source, jpeg));
    const orientation = orientationOf(jpeg, said, container.orientation, container.size);
    smaller.push({ ...sizeOf(jpeg), at: jpeg.at, orientation });
  }
  return { ...photo, smaller, xmp: await readXmp(source, container), isCut };
}

/**
 * The same for a JPEG that ExifTool got out of a RAW that Kiln can't take apart.
 *
 * @param said what ExifTool says of the photo.
 * @returns null when it is none that could be shown.
 */
export async function rawPhotoOf(
  source: ByteSource,
  bytes: Buffer,
  said: { readonly orientation: number | null; readonly size: Size | null },
): Promise<RawPhoto | null> {
  const header = await readJpegHeader(source, 0, bytes.length);
  if (header === null) return null;
  const own = await exifOfJpeg(source, header);
  const photo = await describe(own, {
    ...said,
    largest: { ...header, at: bytes },
    ownOrientation: await orientationOfJpeg(own),
  });
  return { ...photo, smaller: [], xmp: null, isCut: false };
}

async function readXmp(source: ByteSource, { xmp }: RawContainer): Promise<Buffer | null> {
  if (xmp === null || xmp.length > MAX_SEGMENT_BYTES) return null;
  const bytes = await source.read(xmp.offset, xmp.length);
  return bytes.length > 0 && bytes.length === xmp.length ? bytes : null;
}

/** By content: names lie, and most brands use TIFF's own beginning. */
async function readContainer(source: ByteSource): Promise<RawContainer | null> {
  const head = (await source.read(0, 16)).toString("latin1");
  if (head.startsWith("FUJIFILMCCD-RAW")) return readRaf(source);
  if (head.startsWith("ftypcrx ", 4)) return readCr3(source);
  return readTiffRaw(source);
}

interface FoundJpeg extends JpegHeader {
  readonly at: ByteRange | Buffer;
}

/** Largest first; those that the file holds as a whole before those that it ends in. */
async function usableJpegs(
  source: ByteSource,
  candidates: readonly ByteRange[],
): Promise<readonly FoundJpeg[]> {
  const found: (FoundJpeg & { isWhole: boolean; offset: number })[] = [];
  for (const { offset, length } of candidates) {
    if (found.some((known) => known.offset === offset)) continue;
    const header = await readJpegHeader(source, offset, length);
    const there = Math.min(length, source.size - offset);
    if (header === null || there > MAX_PREVIEW_BYTES) continue;
    const isWhole = there === length;
    found.push({ ...header, at: { offset, length: there }, offset, isWhole });
  }
  return found.toSorted(
    (a, b) => Number(b.isWhole) - Number(a.isWhole) || b.width * b.height - a.width * a.height,
  );
}

async function exifOfJpeg(
  source: ByteSource,
  { exifAt }: JpegHeader,
): Promise<ExifDirectories | null> {
  const opened = exifAt === null ? null : await TiffReader.open(source, exifAt);
  const image = await opened?.reader.directory(opened.first);
  return image ? exifDirectories(image) : null;
}

async function orientationOfJpeg(exif: ExifDirectories | null): Promise<number | null> {
  return exif && orientationIn(exif.image);
}

async function describe(
  exif: ExifDirectories | null,
  said: {
    readonly orientation: number | null;
    readonly size: Size | null;
    readonly largest: FoundJpeg;
    readonly ownOrientation: number | null;
  },
): Promise<Omit<RawPhoto, "smaller" | "xmp" | "isCut">> {
  const { largest, ownOrientation, size } = said;
  const orientation = orientationOf(largest, ownOrientation, said.orientation, size);
  const pixels = upright(largest, orientation);
  const isSmaller =
    size !== null &&
    Math.max(pixels.width, pixels.height) < AS_LARGE * Math.max(size.width, size.height);
  const stored = size ?? largest;
  return {
    preview: { ...sizeOf(largest), at: largest.at, orientation },
    // The photo lies as what is shown of it.
    ...(isSmaller ? shapedLike(size, pixels) : pixels),
    exif: exif && (await copyExif(exif)),
    focus: exif && (await focusPoint(exif, stored, said.orientation ?? orientation)),
  };
}

/**
 * How a preview is to be turned. Most brands store it as the sensor lies, with no word of its own: then the RAW's tag
 * holds. One that says something itself (Fujifilm, phones) says it of its own pixels: that holds, but for a "1" that
 * its writer never touched and for a tag that was copied onto pixels that had been turned already; the shape tells
 * both apart, since sensor and preview lie across each other only when the preview has been turned.
 *
 * @param own the preview's tag, `raw` the RAW's
 * @param sensor size of the photo as the sensor lies
 */
export function orientationOf(
  preview: Size,
  own: number | null,
  raw: number | null,
  sensor: Size | null,
): number {
  const isQuarterTurn = (orientation: number | null): boolean => (orientation ?? 1) >= 5;
  const isAcross = sensor !== null && isPortrait(preview) !== isPortrait(sensor);
  if (isQuarterTurn(raw) && isAcross) return 1;
  if (own === null) return raw ?? 1;
  return own === 1 && isQuarterTurn(raw) ? (raw ?? 1) : own;
}

function isPortrait({ width, height }: Size): boolean {
  return height > width;
}

function upright({ width, height }: Size, orientation: number): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** Shapes that differ by more than 16:9 does from 4:3 are no crop: some sensors count half of their rows. */
const MAX_CROP = 1.4;

function shapedLike(size: Size, pixels: Size): Size {
  const long = Math.max(size.width, size.height);
  const said = Math.min(size.width, size.height);
  const share = Math.min(pixels.width, pixels.height) / Math.max(pixels.width, pixels.height);
  const off = said / (long * share);
  const short = off > MAX_CROP || off < 1 / MAX_CROP ? Math.round(long * share) : said;
  return isPortrait(pixels) ? { width: short, height: long } : { width: long, height: short };
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}
