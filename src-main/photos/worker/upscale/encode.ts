import { mkdir, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Sharp as Pipeline } from "sharp";
import {
  addFields,
  describeTarget,
  findRaster,
  needSpace,
  type OutputFormat,
  outputLimit,
  type Raster,
  rowBytes,
  tiffType,
} from "../../../upscale/rasters/index.ts";
import type { Sharp } from "../sharp.ts";
import { changeExif, exifFields } from "./exif-block.ts";
import { exifSlot, fillExifSlot, MAX_EXIF_BYTES } from "./exif-slot.ts";
import { isGreyProfile, loadMetadata, type PhotoMetadata, wrappedIptc } from "./metadata.ts";
import { rasterProblem, writeOutput } from "./output-file.ts";
import type { EncodedPhoto, EncodeInput } from "./protocol.ts";
import { reduceRaster } from "./resample.ts";
import { changeXmp } from "./xmp-packet.ts";

/** What one segment of a JPEG holds beside its signature. */
const MAX_JPEG_XMP = 65_502;
const MAX_JPEG_IPTC = 65_000;

/** A TIFF of 32-bit offsets ends at 4 GiB; what does not compress may even grow a little. */
const MAX_CLASSIC_TIFF = 3.75 * 2 ** 30;

const MM_PER_INCH = 25.4;

/**
 * A finished raster as a file for the person. Rows stream from the raster through the filter to the encoder; only
 * WebP and AVIF hold the whole picture.
 *
 * The filter is Lanczos over three lobes on the values as they are stored, not on linear light: that works in every
 * profile without knowing its curve, adds no second rounding, keeps overshoot even in lights and shadows (in linear
 * light dark halos about highlights show), and is what photographers' programs do.
 */
export async function encode(
  sharp: Sharp,
  input: EncodeInput,
  signal: AbortSignal,
): Promise<EncodedPhoto> {
  const { file, format, width, height } = input;
  const limit = outputLimit(format, width, height);
  if (limit !== null) throw limit;
  const saved = await loadMetadata(input.directory);
  const density = input.density ?? saved.density;
  const said = tell(saved, input);
  const raster = await finished(input, { saved, said, density }, signal).catch(
    async (error: unknown) => {
      throw await rasterProblem(error, dirname(input.raster.path));
    },
  );
  const slot = said.exif !== null && format !== "tiff" ? exifSlot(said.exif.length) : null;
  return writeOutput(file, async () => {
    const pipeline = reduced(open(sharp, raster), { ...input, raster });
    if (raster.channels % 2 === 0 && format === "jpeg") {
      pipeline.flatten({ background: input.background ?? "white" });
    }
    inColours(pipeline, input, saved.icc);
    if (said.iptc !== null && format === "jpeg") pipeline.keepMetadata();
    if (said.xmp !== null) pipeline.keepXmp();
    if (slot !== null) pipeline.withExif(slot.fields);
    // Without EXIF libvips leaves the density out of a JPEG, unless it is asked for it.
    if (slot === null && format === "jpeg" && density !== null) pipeline.withDensity(density);
    await encoded(pipeline, input, density).toFile(file);
    if (slot !== null && said.exif !== null) await fillExifSlot(file, slot, said.exif);
    if (format === "tiff") await describeTiff(file, said);
    signal.throwIfAborted();
    return { width, height, bytes: (await stat(file)).size, leftOut: said.leftOut };
  }).finally(() => (raster === input.raster ? undefined : rm(raster.path, { force: true })));
}

/** The raster that the file's pixels are read from, with what it is to say besides pixels. */
async function finished(
  { raster, format, width, height, resample }: EncodeInput,
  {
    saved,
    said,
    density,
  }: {
    readonly saved: PhotoMetadata;
    readonly said: Told;
    readonly density: number | null;
  },
  signal: AbortSignal,
): Promise<Raster> {
  const size = { path: `${raster.path}.reduced`, width, height };
  const last = isFiltered({ raster, width, height, resample })
    ? await reduceRaster(raster, size, signal)
    : raster;
  await describeTarget(last, {
    icc: saved.icc,
    xmp: said.xmp,
    iptc: said.iptc !== null && format === "jpeg" ? wrappedIptc(said.iptc) : null,
    density,
  });
  return last;
}

/** A smaller raster of the same picture. */
export async function reduce(
  sharp: Sharp,
  input: Pick<EncodeInput, "raster" | "width" | "height" | "resample"> & { readonly file: string },
  signal: AbortSignal,
): Promise<Raster> {
  const { raster, file, width, height } = input;
  try {
    await mkdir(dirname(file), { recursive: true });
    if (isFiltered(input)) return await reduceRaster(raster, { path: file, width, height }, signal);
    await needSpace(dirname(file), rowBytes({ ...raster, width }) * height);
    await reduced(open(sharp, raster), input)
      .toColourspace(colourspace(raster.channels <= 2, raster.bits))
      .tiff({ compression: "none", predictor: "none", bigtiff: true })
      .toFile(file);
    return await findRaster(file);
  } catch (error) {
    throw await rasterProblem(error, dirname(file));
  }
}

/** Whether there is something to filter, and of 16 bits. */
function isFiltered({
  raster,
  width,
  height,
  resample,
}: Pick<EncodeInput, "raster" | "width" | "height" | "resample">): boolean {
  refuseEnlarging(raster, width, height);
  const isSmaller = width < raster.width || height < raster.height;
  return raster.bits === 16 && resample === "lanczos3" && isSmaller;
}

function refuseEnlarging(raster: Raster, width: number, height: number): void {
  if (width <= raster.width && height <= raster.height) return;
  throw new TypeError(`${width} × ${height} is more than the network made`);
}

/** A raster to be read once, from the top down; it may be larger than anything that people open. */
function open(sharp: Sharp, { path }: Raster): Pipeline {
  return sharp(path, { failOn: "error", limitInputPixels: false, sequentialRead: true });
}

function reduced(
  pipeline: Pipeline,
  {
    raster,
    width,
    height,
    resample,
  }: Pick<EncodeInput, "raster" | "width" | "height" | "resample">,
): Pipeline {
  refuseEnlarging(raster, width, height);
  return pipeline.resize({ width, height, fit: "fill", kernel: resample });
}

interface Told {
  readonly exif: Buffer | null;
  readonly xmp: Buffer | null;
  readonly iptc: Buffer | null;
  readonly leftOut: EncodedPhoto["leftOut"];
}

/** What is said in the file besides its profile: true of the new pixels, and no more than its format holds. */
function tell(
  { exif, xmp, iptc, density }: PhotoMetadata,
  input: Pick<EncodeInput, "format" | "width" | "height" | "metadata" | "density">,
): Told {
  const { format, width, height } = input;
  if (input.metadata === "none") return { exif: null, xmp: null, iptc: null, leftOut: [] };
  const keepGps = input.metadata === "all";
  const change = { width, height, keepGps, density: input.density ?? density };
  const newExif = exif && changeExif(exif, change);
  const newXmp = xmp && changeXmp(xmp, change);
  const isJpeg = format === "jpeg";
  const told = {
    exif: newExif && (format === "tiff" || newExif.length <= MAX_EXIF_BYTES) ? newExif : null,
    xmp:
      newXmp && (!isJpeg || Buffer.byteLength(newXmp) <= MAX_JPEG_XMP) ? Buffer.from(newXmp) : null,
    iptc: iptc && (format === "tiff" || (isJpeg && iptc.length <= MAX_JPEG_IPTC)) ? iptc : null,
  };
  const leftOut = (["exif", "xmp", "iptc"] as const).filter(
    (kind) => told[kind] === null && { exif, xmp, iptc }[kind] !== null,
  );
  return { ...told, leftOut };
}

/** Grey has formats that know it; elsewhere it becomes RGB, and so does its profile. */
function inColours(
  pipeline: Pipeline,
  { raster, format, bits = raster.bits }: EncodeInput,
  icc: Buffer | null,
): void {
  const isGrey = raster.channels <= 2;
  const isGreyHere = isGrey && format !== "webp" && format !== "avif";
  const depth = format === "jpeg" || format === "webp" ? 8 : bits;
  if (isGrey && !isGreyHere && icc !== null && isGreyProfile(icc)) {
    // libvips applies profiles of grey to 8 bits only.
    pipeline.pipelineColourspace("b-w").withIccProfile("srgb").toColourspace("srgb");
  } else {
    pipeline.keepIccProfile().toColourspace(colourspace(isGreyHere, depth));
  }
}

function colourspace(isGrey: boolean, bits: number): string {
  if (isGrey) return bits === 16 ? "grey16" : "b-w";
  return bits === 16 ? "rgb16" : "srgb";
}

function encoded(
  pipeline: Pipeline,
  { raster, format, quality, width, height, bits = raster.bits }: EncodeInput,
  density: number | null,
): Pipeline {
  const encoders: Readonly<Record<OutputFormat, () => Pipeline>> = {
    // Tables of its own for one picture would need a pass with all of it in memory, for 3 % of the bytes.
    jpeg: () =>
      pipeline.jpeg({
        quality,
        chromaSubsampling: quality >= 80 ? "4:4:4" : "4:2:0",
        optimiseCoding: false,
      }),
    png: () => pipeline.png({ compressionLevel: PNG_LEVEL, adaptiveFiltering: true }),
    webp: () =>
      pipeline.webp({ quality, lossless: quality === 100, effort: 4, smartSubsample: true }),
    avif: () =>
      pipeline.avif({
        quality,
        lossless: quality === 100,
        chromaSubsampling: "4:4:4",
        bitdepth: bits === 16 ? 10 : 8,
        effort: 4,
      }),
    tiff: () => {
      const perMm = (density ?? 72) / MM_PER_INCH;
      return pipeline.tiff({
        compression: "deflate",
        predictor: "horizontal",
        bigtiff: rowBytes({ ...raster, width, bits }) * height > MAX_CLASSIC_TIFF,
        xres: perMm,
        yres: perMm,
        resolutionUnit: "inch",
      });
    },
  };
  return encoders[format]();
}

const PNG_LEVEL = 3;

const PHOTO = 0x8769;
const GPS = 0x8825;
const IPTC = 33_723;

/** A TIFF says EXIF in its own directory and in two that it points at; of it and of IPTC libvips writes none or half. */
async function describeTiff(file: string, { exif, iptc }: Told): Promise<void> {
  const fields = exif && exifFields(exif);
  if (!fields && iptc === null) return;
  const record =
    iptc === null ? [] : [{ tag: IPTC, type: tiffType.undefined, count: iptc.length, value: iptc }];
  await addFields(file, {
    first: [...(fields?.image ?? []), ...record],
    pointed: new Map([
      [PHOTO, fields?.photo ?? []],
      [GPS, fields?.gps ?? []],
    ]),
  });
}
