import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metadata, Region } from "sharp";
import type { Box } from "../../../../src-preload/contract/photos.ts";
import { findRaster, needSpace, type Raster } from "../../../upscale/rasters/index.ts";
import { pixelsOf, readMetadata } from "../decode.ts";
import { decodeHeic } from "../heic.ts";
import { fileTruncated } from "../problems.ts";
import { MAX_PIXELS, type Sharp } from "../sharp.ts";
import type { PhotoSource } from "../source.ts";
import { bleedUnderAlpha } from "./bleed.ts";
import { photoMetadata, saveMetadata } from "./metadata.ts";
import { writeUpright } from "./orient.ts";
import { channelsUnsupported, samplesUnsupported } from "./problems.ts";
import type { RasterisedPhoto } from "./protocol.ts";

const RASTER = "source.tif";

/** A photo as a raster with all its bits and its own colours, decoded in pieces wherever its format allows that. */
export async function rasterise(
  sharp: Sharp,
  source: PhotoSource,
  { directory, crop }: { readonly directory: string; readonly crop: Box | null },
  signal: AbortSignal,
): Promise<RasterisedPhoto> {
  if (source.raw?.isCut === true) throw fileTruncated();
  const metadata = await readMetadata(sharp, source);
  const stored = storedColours(metadata);
  // A HEIC comes out of its decoder upright.
  const orientation = source.format === "heic" ? 1 : (metadata.orientation ?? 1);
  const region = crop === null ? null : storedRegion(crop, metadata, orientation);
  await mkdir(directory, { recursive: true });
  const { width, height } = region ?? metadata;
  const pictures = orientation === 1 ? 1 : 2;
  await needSpace(directory, pictures * width * height * 4 * (stored.bits / 8));

  const path = join(directory, RASTER);
  const file = `${path}.stored`;
  const decoded =
    source.format === "heic" && region === null
      ? await saveRaster(file, await decodeHeic(source.path, metadata.icc))
      : await decodeTo(
          sharp,
          source.format === "heic"
            ? await decodeHeic(source.path, metadata.icc)
            : await pixelsOf(source),
          stored,
          { file, region, limit: MAX_PIXELS },
        );
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

/** A box of the upright photo as whole pixels of the stored one. */
function storedRegion([x, y, w, h]: Box, { width, height }: Metadata, orientation: number): Region {
  const span = (start: number, length: number, whole: number): [number, number] => {
    const low = Math.min(whole - 1, Math.max(0, Math.floor(start * whole)));
    const high = Math.min(whole, Math.max(low + 1, Math.round((start + length) * whole)));
    return [low, high];
  };
  const isOnItsSide = orientation >= 5;
  const [left, right] = span(x, w, isOnItsSide ? height : width);
  const [top, bottom] = span(y, h, isOnItsSide ? width : height);
  const columns = isOnItsSide ? [top, bottom] : [left, right];
  const rows = isOnItsSide ? [left, right] : [top, bottom];
  const [columnFrom = 0, columnTo = 0] = columns;
  const [rowFrom = 0, rowTo = 0] = rows;
  const isFromRight = [2, 3, 7, 8].includes(orientation);
  const isFromBottom = [3, 4, 6, 7].includes(orientation);
  return {
    left: isFromRight ? width - columnTo : columnFrom,
    top: isFromBottom ? height - rowTo : rowFrom,
    width: columnTo - columnFrom,
    height: rowTo - rowFrom,
  };
}

/** Decodes into an uncompressed TIFF, whose rows lie one after the other as a raster's do. */
export async function decodeTo(
  sharp: Sharp,
  input: Buffer | string,
  { colourspace, isConverted }: StoredColours,
  { file, region, limit }: { file: string; region: Region | null; limit: number | false },
): Promise<Raster> {
  const pipeline = sharp(input, {
    failOn: "error",
    limitInputPixels: limit,
    sequentialRead: true,
  });
  if (region !== null) pipeline.extract(region);
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
