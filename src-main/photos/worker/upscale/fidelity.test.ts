import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import readExif from "exif-reader";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTarget } from "../../../upscale/big-tiff.ts";
import { type OutputFormat, outputFormats } from "../../../upscale/output-limits.ts";
import { type Raster, rowBytes } from "../../../upscale/raster.ts";
import { type Bench, BUILDS, createBench, hasHeifEncoder } from "../photo-fixture.ts";
import {
  type Picture,
  type ProfileName,
  profile,
  profilesFor,
  type SourceKind,
  sourceKinds,
  turnsItself,
  upright,
  writeSource,
} from "./fidelity.fixture.ts";
import { loadMetadata } from "./metadata.ts";

// Files get the same names again and again here.
sharp.cache(false);

/** Every orientation of every profile of every kind, or one of each in turn. */
const isProof = process.env.KILN_PROOFS === "1";
const orientations = [1, 2, 3, 4, 5, 6, 7, 8];

interface Case extends SourceKind {
  readonly icc: ProfileName;
  readonly orientations: readonly number[];
}

const cases: readonly Case[] = sourceKinds
  .filter(({ format }) => format !== "heic" || hasHeifEncoder)
  .flatMap((source) => profilesFor(source.kind).map((icc) => ({ ...source, icc })))
  .map((one, i) => ({
    ...one,
    orientations: turnsItself(one.format)
      ? [1]
      : orientations.filter((orientation) => isProof || orientation === 1 + ((5 * i) % 8)),
  }));

describe.each(BUILDS)("with sharp's %s build", (build) => {
  let bench: Bench;
  const rows: string[] = [];

  beforeAll(() => {
    bench = createBench(build);
  });
  afterAll(async () => {
    await bench.close();
    mkdirSync("test-results", { recursive: true });
    writeFileSync(join("test-results", `upscale-fidelity-${build}.md`), table(rows));
  });

  test.each(cases)("$format, $kind, $bits bits, $icc", { timeout: 300_000 }, async (one) => {
    const cells = new Map<OutputFormat, number[]>(outputFormats.map((format) => [format, []]));
    for (const orientation of one.orientations) {
      const directory = bench.at("work");
      const path = bench.at(`source.${one.format}`);
      await writeSource(path, one, profile(one.icc), orientation);
      expect((await sharp(path).metadata()).orientation ?? 1).toBe(orientation);
      const photo = await bench.pool.run("rasterise", { path, directory, rotation: 0 });
      await expectRaster(photo.raster, one);
      expect(photo.isConverted).toBe(one.kind === "CMYK");
      expect([photo.hasAlpha, photo.isAlphaConstant]).toEqual([hasAlpha(one), false]);
      const target = await doubled(photo.raster, bench.at("target.tif"));
      // The original may leave now.
      rmSync(path);
      for (const format of outputFormats) {
        const file = bench.at(`result.${format}`);
        const { width, height } = target;
        const made = await bench.pool.run("encode", {
          raster: target,
          directory,
          file,
          format,
          quality: format === "jpeg" ? 97 : 100,
          width,
          height,
          resample: "lanczos3",
          density: 300,
          metadata: "all",
        });
        expect(made).toMatchObject({ width, height, leftOut: [] });
        cells.get(format)?.push(await expectPixels(file, format, photo.raster, one));
        await expectSaid(file, format, one, bench);
      }
    }
    const texts = outputFormats.map((format) => {
      const differences = cells.get(format) ?? [];
      return `${differences.length}/${one.orientations.length} ✓ ±${Math.max(...differences)}`;
    });
    rows.push(`| ${[one.format, one.kind, one.bits, one.icc, ...texts].join(" | ")} |`);
  });
});

/** Rows in the order of the cases, whichever was done first. */
function table(rows: readonly string[]): string {
  const head = ["in", "channels", "bits", "ICC", ...outputFormats];
  return [
    "Each cell: orientations that came out right of those that were tried, and the largest difference of a sample from",
    "the source's, in steps of the result's bits (8; PNG and TIFF of 16 bits: 16; AVIF of 16 bits: 10). Profile, EXIF,",
    "GPS, XMP, density and orientation are checked in each.",
    "",
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---").join("|")}|`,
    ...rows,
    "",
  ].join("\n");
}

function hasAlpha({ kind }: SourceKind): boolean {
  return kind === "grey+alpha" || kind === "RGBA";
}

/** What decoders of a format may be off, of 255: JPEG rounds, HEVC and 10-bit AVIF lose a little. */
function inputLoss({ format, kind, bits }: SourceKind): number {
  if (kind === "CMYK") return 255;
  if (format === "jpeg" || format === "heic") return 6;
  return format === "avif" && bits === 16 ? 3 : 0;
}

async function expectRaster(raster: Raster, one: SourceKind): Promise<void> {
  const { width, height, channels, samples } = upright(one);
  expect(raster).toMatchObject({ width, height, channels, bits: one.bits });
  const seen = samplesOf(raster);
  const unit = one.bits === 8 ? 1 : 257;
  const most = inputLoss(one) * unit;
  for (let i = 0; i < samples.length; i += 1) {
    const alpha = hasAlpha(one) ? samples[i - (i % channels) + channels - 1] : 1;
    const isHidden = alpha === 0 && i % channels !== channels - 1;
    // Black in the source: nothing that can be seen is nearly as dark.
    if (isHidden) expect(seen[i]).toBeGreaterThan(25 * unit);
    else expect(Math.abs((seen[i] ?? 0) - (samples[i] ?? 0))).toBeLessThanOrEqual(most);
  }
}

function samplesOf(raster: Raster): Picture["samples"] {
  const bytes = readFileSync(raster.path);
  const length = rowBytes(raster) * raster.height;
  const own = Uint8Array.from(bytes.subarray(raster.offset, raster.offset + length));
  return raster.bits === 8 ? own : new Uint16Array(own.buffer);
}

/** Stands in for a network: every pixel becomes two by two. */
async function doubled(raster: Raster, path: string): Promise<Raster> {
  const { width, height, channels, bits } = raster;
  const target = await createTarget(path, {
    width: 2 * width,
    height: 2 * height,
    channels,
    bits,
  });
  const from = samplesOf(raster);
  const to = bits === 8 ? new Uint8Array(4 * from.length) : new Uint16Array(4 * from.length);
  for (let y = 0; y < 2 * height; y += 1) {
    for (let x = 0; x < 2 * width; x += 1) {
      const pixel = ((y >> 1) * width + (x >> 1)) * channels;
      to.set(from.subarray(pixel, pixel + channels), (y * 2 * width + x) * channels);
    }
  }
  const file = readFileSync(path);
  Buffer.from(to.buffer).copy(file, target.offset);
  writeFileSync(path, file);
  return target;
}

/** @returns the largest difference from what the network made, in steps of the result's bits. */
async function expectPixels(
  file: string,
  format: OutputFormat,
  raster: Raster,
  one: Case,
): Promise<number> {
  const is16 = one.bits === 16 && (format === "png" || format === "tiff");
  const is10 = one.bits === 16 && format === "avif";
  const isConvertedGrey = one.icc === "grey gamma 2.2" && (format === "webp" || format === "avif");
  const { data, info } = await sharp(file, { ignoreIcc: true })
    .toColourspace(one.bits === 16 && (is16 || is10) ? "rgb16" : "srgb")
    .ensureAlpha()
    .raw({ depth: is16 || is10 ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([
    2 * raster.width,
    2 * raster.height,
    4,
  ]);
  const { depth } = await sharp(file).metadata();
  expect(depth).toBe(is16 || is10 ? "ushort" : "uchar");
  const seen = is16 || is10 ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  const source = samplesOf(raster);
  const { channels, bits } = raster;
  const colours = channels <= 2 ? 1 : 3;
  let largest = 0;
  for (let y = 0; y < 2 * raster.height; y += 1) {
    for (let x = 0; x < 2 * raster.width; x += 1) {
      const from = ((y >> 1) * raster.width + (x >> 1)) * channels;
      const at = (y * 2 * raster.width + x) * 4;
      const full = bits === 8 ? 255 : 65_535;
      const alpha = colours === channels ? 1 : (source[from + channels - 1] ?? 0) / full;
      for (let c = 0; c < 3; c += 1) {
        const value = (source[from + (colours === 1 ? 0 : c)] ?? 0) / full;
        const shown = format === "jpeg" ? value * alpha + 1 - alpha : value;
        if (alpha === 0 && format !== "jpeg") continue;
        const wanted = isConvertedGrey ? greyInSrgb(shown) : shown;
        const steps = is16 ? 65_535 : is10 ? 1023 : 255;
        const got = (seen[at + c] ?? 0) / (is16 || is10 ? 65_535 : 255);
        largest = Math.max(largest, Math.abs(got - wanted) * steps);
      }
      if (format === "jpeg") continue;
      const got = (seen[at + 3] ?? 0) / (is16 || is10 ? 65_535 : 255);
      largest = Math.max(largest, Math.abs(got - alpha) * (is16 ? 65_535 : 255));
    }
  }
  largest = Math.round(10 * largest) / 10;
  expect(largest, format).toBeLessThanOrEqual(outputLoss(format, one, isConvertedGrey));
  return largest;
}

/** The curve of a gamma of 2.2 and sRGB's own (IEC 61966-2-1) differ by some levels in the shadows. */
function greyInSrgb(value: number): number {
  const linear = value ** 2.2;
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}

function outputLoss(format: OutputFormat, { bits }: Case, isConvertedGrey: boolean): number {
  // Rounding down from 16 bits.
  const rounding = bits === 16 ? 1 : 0;
  if (format === "jpeg") return 8;
  // libvips converts to 8 bits, of which 10-bit AVIF has four steps.
  if (isConvertedGrey) return (3 + rounding) * (bits === 16 && format === "avif" ? 4 : 1);
  if (format === "avif") return 2 + rounding;
  return format === "webp" ? rounding : 0;
}

/** Profile, EXIF, GPS, XMP, density, orientation. */
async function expectSaid(
  file: string,
  format: OutputFormat,
  one: Case,
  bench: Bench,
): Promise<void> {
  const metadata = await sharp(file).metadata();
  const { width, height } = metadata;
  expect([undefined, 1]).toContain(metadata.orientation);
  if (format !== "webp" && format !== "avif") expect(metadata.density).toBe(300);

  const icc = profile(one.icc);
  const isConverted =
    one.kind === "CMYK" ||
    (one.icc === "grey gamma 2.2" && (format === "webp" || format === "avif"));
  if (isConverted) expect(metadata.icc?.toString("latin1", 16, 20)).toBe("RGB ");
  else expect(metadata.icc?.toString("base64")).toBe(icc?.toString("base64"));

  if (one.format === "heic") return;
  const xmp = metadata.xmpAsString ?? "";
  expect(xmp).toContain('xmp:Nickname="제주"');
  expect(xmp).toContain('tiff:Orientation="1"');
  expect(xmp).toContain(`exif:PixelXDimension="${width}"`);
  expect(xmp).toContain(`<tiff:ImageWidth>${width}</tiff:ImageWidth>`);
  expect(xmp).toContain('exif:GPSLatitude="33,30.0N"');

  let block = metadata.exif ?? null;
  if (format === "tiff") {
    // libvips reads none from a TIFF; ExifTool's word on it is in metadata.test.ts.
    const directory = bench.at("again");
    await bench.pool.run("rasterise", { path: file, directory, rotation: 0 });
    block = (await loadMetadata(directory)).exif;
  }
  expect(block).not.toBeNull();
  const { Image, Photo, GPSInfo } = readExif(block ?? Buffer.of());
  expect(Image?.Make).toBe("Kiln");
  expect([undefined, 1]).toContain(Image?.Orientation);
  expect(Photo?.DateTimeOriginal).toEqual(new Date("2026-11-21T10:00:00Z"));
  if (format !== "tiff" && one.format !== "tiff") {
    expect([Photo?.PixelXDimension, Photo?.PixelYDimension]).toEqual([width, height]);
  }
  expect(GPSInfo?.GPSLatitude).toEqual([33, 30, 0]);
}
