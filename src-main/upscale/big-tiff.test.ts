import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { createTarget, describeTarget, findRaster, smallTiff } from "./big-tiff.ts";
import { rowBytes } from "./raster.ts";

sharp.cache(false);

function place(): string {
  const path = mkdtempSync(join(tmpdir(), "kiln-tiff-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const silent = { icc: null, xmp: null, iptc: null, density: null };

const layout = fc.record({
  width: fc.integer({ min: 1, max: 900 }),
  height: fc.integer({ min: 1, max: 900 }),
  channels: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
  bits: fc.constantFrom(8 as const, 16 as const),
});

test("libvips reads every pixel of every layout where it was written", async () => {
  const path = join(place(), "target.tif");
  await fc.assert(
    fc.asyncProperty(layout, fc.nat(), async (wanted, seed) => {
      const raster = await createTarget(path, wanted);
      expect(await findRaster(path)).toEqual(raster);
      const pixels = Buffer.alloc(rowBytes(wanted) * wanted.height);
      for (let i = 0; i < pixels.length; i += 1) pixels[i] = (i * 31 + (i >> 8) + seed) & 0xff;
      await using file = await open(path, "r+");
      await file.write(pixels, 0, pixels.length, raster.offset);
      const isGrey = wanted.channels <= 2;
      const grey = wanted.bits === 16 ? "grey16" : "b-w";
      const space = isGrey ? grey : wanted.bits === 16 ? "rgb16" : "srgb";
      expect(await sharp(path).metadata()).toMatchObject({
        width: wanted.width,
        height: wanted.height,
        channels: wanted.channels,
        hasAlpha: wanted.channels === 2 || wanted.channels === 4,
        depth: wanted.bits === 8 ? "uchar" : "ushort",
        space,
      });
      // As RGB, since sharp gives raw grey without its alpha.
      const size = wanted.bits / 8;
      const { data, info } = await sharp(path)
        .toColourspace(wanted.bits === 16 ? "rgb16" : "srgb")
        .raw({ depth: wanted.bits === 8 ? "uchar" : "ushort" })
        .toBuffer({ resolveWithObject: true });
      const places = isGrey ? [0, 3] : [0, 1, 2, 3];
      const seen = Buffer.alloc(pixels.length);
      for (let pixel = 0; pixel < wanted.width * wanted.height; pixel += 1) {
        for (let channel = 0; channel < wanted.channels; channel += 1) {
          const from = (pixel * info.channels + (places[channel] ?? 0)) * size;
          data.copy(seen, (pixel * wanted.channels + channel) * size, from, from + size);
        }
      }
      expect(seen.equals(pixels)).toBe(true);
    }),
    { seed: 20_261_121, numRuns: process.env.KILN_PROOFS === "1" ? 400 : 30 },
  );
});

test("what is said of a raster can be said again, and leaves its pixels alone", async () => {
  const path = join(place(), "target.tif");
  const raster = await createTarget(path, { width: 333, height: 77, channels: 3, bits: 8 });
  const bytes = readFileSync(path);
  bytes.fill(0x5a, raster.offset);
  writeFileSync(path, bytes);
  const xmp = Buffer.from('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
  await describeTarget(raster, { ...silent, xmp: Buffer.alloc(100_000, 32), density: 72 });
  await describeTarget(raster, { ...silent, xmp, density: 300 });
  const metadata = await sharp(path).metadata();
  expect(metadata.density).toBe(300);
  expect(metadata.xmp?.equals(xmp)).toBe(true);
  expect(await findRaster(path)).toEqual(raster);
  expect((await sharp(path).raw().toBuffer()).every((value) => value === 0x5a)).toBe(true);
  // Nothing of what was said first is left.
  expect(statSync(path).size).toBeLessThan(raster.offset + 333 * 77 * 3 + 2000);
});

test("a raster beyond four gigabytes takes no space before it is written", async () => {
  const path = join(place(), "vast.tif");
  const raster = await createTarget(path, { width: 32_256, height: 24_192, channels: 3, bits: 16 });
  const { size, blocks } = statSync(path);
  expect(size).toBe(raster.offset + rowBytes(raster) * raster.height);
  expect(size).toBeGreaterThan(2 ** 32);
  expect(blocks * 512).toBeLessThan(2 ** 20);
  expect(raster.offset % 4096).toBe(0);
  await using file = await open(path, "r+");
  const row = Buffer.alloc(rowBytes(raster), 0xff);
  await file.write(row, 0, row.length, raster.offset + (raster.height - 1) * row.length);
  await describeTarget(raster, silent);
  // Its directory lies behind the rows, beyond what 32 bits can say.
  expect(await findRaster(path)).toEqual(raster);
  const { width, height, depth } = await sharp(path, { limitInputPixels: false }).metadata();
  expect([width, height, depth]).toEqual([32_256, 24_192, "ushort"]);
});

test("a small picture is the same file in memory", async () => {
  const pixels = Buffer.from([1, 2, 3, 4, 5, 6]);
  const tiff = smallTiff({ width: 2, height: 1, channels: 3, bits: 8 }, null, pixels);
  expect(await sharp(tiff).raw().toBuffer()).toEqual(pixels);
});

test("what is no plain raster is none", async () => {
  const path = join(place(), "other.tif");
  await sharp({ create: { width: 90, height: 90, channels: 3, background: "red" } })
    .tiff({ compression: "lzw" })
    .toFile(path);
  await expect(findRaster(path)).rejects.toThrow("no plain raster");
});
