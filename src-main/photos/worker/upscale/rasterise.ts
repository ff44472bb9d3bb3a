import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metadata } from "sharp";
import type { Rotation } from "../../../../src-preload/contract/photos.ts";
import { findRaster, needSpace, type Raster } from "../../../upscale/rasters/index.ts";
import { pixelsOf, readMetadata } from "../decode.ts";
import { decodeHeic } from "../heic.ts";
import { fileTruncated } from "../problems.ts";
import { MAX_PIXELS, type Sharp } from "../sharp.ts";
import type { PhotoSource } from "../source.ts";
import { bleedUnderAlpha } from "./bleed.ts";
import { isGreyThroughout } from "./greyness.ts";
import { photoMetadata, saveMetadata } from "./metadata.ts";
import { writeUpright } from "./orient.ts";
import { rasterProblem } from "./output-file.ts";
import { channelsUnsupported, samplesUnsupported } from "./problems.ts";
import type { RasterisedPhoto } from "./protocol.ts";

const RASTER = "source.tif";

/** A photo as a raster with all its bits and its own colours, decoded in pieces wherever its format allows that. */
export async function rasterise(
  sharp: Sharp,
  source: PhotoSource,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<RasterisedPhoto> {
  try {
    return await decode(sharp, source, wanted, signal);
  } catch (error) {
    throw await rasterProblem(error, wanted.directory);
  }
}

interface Wanted {
  /** Where the raster goes, and what the photo says besides pixels. */
  readonly directory: string;
  readonly rotation: Rotation;
}

async function decode(
  sharp: Sharp,
  source: PhotoSource,
  { directory, rotation }: Wanted,
  signal: AbortSignal,
): Promise<RasterisedPhoto> {
  if (source.raw?.isCut === true) throw fileTruncated();
  const metadata = await readMetadata(sharp, source);
  const stored = storedColours(metadata);
  // A HEIC comes out of its decoder upright.
  const orientation = turned(source.format === "heic" ? 1 : (metadata.orientation ?? 1), rotation);
  await mkdir(directory, { recursive: true });
  const { width, height } = metadata;
  const pictures = orientation === 1 ? 1 : 2;
  await needSpace(directory, pictures * width * height * 4 * (stored.bits / 8));

  const path = join(directory, RASTER);
  const file = `${path}.stored`;
  const decoded =
    source.format === "heic"
      ? await saveRaster(file, await decodeHeic(source.path, metadata.icc))
      : await decodeTo(sharp, await pixelsOf(source), stored, { file, limit: MAX_PIXELS });
  signal.throwIfAborted();
  const raster = await upright(decoded, orientation, path, signal);
  const hasAlpha = raster.channels === 2 || raster.channels === 4;
  const alpha = hasAlpha ? await bleedUnderAlpha(raster, signal) : null;
  const colours = raster.channels - (hasAlpha ? 1 : 0);
  const { isConverted } = stored;
  await saveMetadata(
    directory,
    await photoMetadata(sharp, source, metadata, { colours, isConverted }),
  );
  return {
    raster,
    hasAlpha,
    isAlphaConstant: alpha?.isConstant ?? false,
    isGrey: await isGreyThroughout(raster, signal),
    preview: previewOf(source, metadata),
    isConverted,
  };
}

interface StoredColours {
  /** By libvips' name. */
  readonly colourspace: string;
  readonly bits: Raster["bits"];
  readonly isConverted: boolean;
}

/**
 * How pixels are to be decoded so that nothing of them is lost.
 *
 * @throws KilnError for samples that no raster holds. Of floating point nobody says where white is.
 */
export function storedColours({ space, depth, channels }: Metadata): StoredColours {
  if (depth !== "uchar" && depth !== "ushort") throw samplesUnsupported();
  const bits = depth === "ushort" ? 16 : 8;
  const most: Readonly<Record<string, number>> = {
    "b-w": 2,
    grey16: 2,
    srgb: 4,
    rgb16: 4,
    cmyk: 5,
  };
  if (channels > (most[space] ?? 4)) throw channelsUnsupported(channels);
  const isGrey = space === "b-w" || space === "grey16";
  const isRgb = space === "srgb" || space === "rgb16" || space === "rgb";
  if (isGrey) return { colourspace: bits === 16 ? "grey16" : "b-w", bits, isConverted: false };
  return { colourspace: bits === 16 ? "rgb16" : "srgb", bits, isConverted: !isRgb };
}

/** EXIF orientations by what a quarter turn to the right makes of each: upright ones first, mirrored ones after. */
const turns = [
  [1, 6, 3, 8],
  [2, 7, 4, 5],
];

/** The EXIF orientation of a picture that is to be turned once more, clockwise, after it is upright. */
function turned(orientation: number, rotation: Rotation): number {
  const circle = turns.find((each) => each.includes(orientation)) ?? [1];
  return circle[(circle.indexOf(orientation) + rotation / 90) % circle.length] ?? 1;
}

/** Decodes into an uncompressed TIFF, whose rows lie one after the other as a raster's do. */
export async function decodeTo(
  sharp: Sharp,
  input: Buffer | string,
  { colourspace, isConverted }: StoredColours,
  { file, limit }: { file: string; limit: number | false },
): Promise<Raster> {
  const pipeline = sharp(input, {
    failOn: "error",
    limitInputPixels: limit,
    sequentialRead: true,
  });
  // With its profile kept, sharp leaves the colours alone.
  if (!isConverted) pipeline.keepIccProfile();
  await pipeline
    .toColourspace(colourspace)
    .tiff({ compression: "none", predictor: "none", bigtiff: true })
    .toFile(file);
  return findRaster(file);
}

/** What the HEIC decoder gives is such a TIFF already. */
async function saveRaster(file: string, tiff: Buffer): Promise<Raster> {
  await writeFile(file, tiff);
  return findRaster(file);
}

export async function upright(
  decoded: Raster,
  orientation: number,
  path: string,
  signal: AbortSignal,
): Promise<Raster> {
  if (orientation === 1) {
    await rename(decoded.path, path);
    return { ...decoded, path };
  }
  const raster = await writeUpright(decoded, orientation, path, signal);
  await rm(decoded.path);
  return raster;
}

function previewOf(
  { raw }: PhotoSource,
  { width, height, orientation = 1 }: Metadata,
): RasterisedPhoto["preview"] {
  if (raw === null) return null;
  const isOnItsSide = orientation >= 5;
  return {
    width: isOnItsSide ? height : width,
    height: isOnItsSide ? width : height,
    photoWidth: raw.width,
    photoHeight: raw.height,
  };
}
