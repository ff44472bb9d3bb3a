import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTarget } from "../../../upscale/big-tiff.ts";
import { type Raster, rowBytes } from "../../../upscale/raster.ts";
import { type Bench, BUILDS, createBench } from "../photo-fixture.ts";
import { profile } from "./fidelity.fixture.ts";
import { saveMetadata } from "./metadata.ts";
import type { Pyramid } from "./protocol.ts";

sharp.cache(false);

const TILE = 512;

describe.each(BUILDS)("with sharp's %s build", (build) => {
  let bench: Bench;

  beforeAll(() => {
    bench = createBench(build);
  });
  afterAll(() => bench.close());

  test.each([
    { width: 1500, height: 1100, channels: 3, bits: 8, icc: "P3" },
    { width: 1025, height: 513, channels: 3, bits: 16, icc: "AdobeRGB-like" },
    { width: 700, height: 1300, channels: 4, bits: 8, icc: "none" },
    { width: 600, height: 600, channels: 2, bits: 16, icc: "none" },
    { width: 513, height: 40, channels: 1, bits: 8, icc: "grey gamma 2.2" },
    { width: 1, height: 1, channels: 3, bits: 8, icc: "none" },
    { width: 5000, height: 1, channels: 3, bits: 8, icc: "none" },
  ] as const)("$width × $height, $channels channels, $bits bits, $icc", async (one) => {
    const raster = await painted(bench.at("target.tif"), one);
    const icc = profile(one.icc);
    await saveMetadata(bench.directory, { icc, exif: null, xmp: null, iptc: null, density: null });
    const directory = bench.at("tiles");
    const seen: number[] = [];
    const from = { raster, metadata: bench.directory };
    const made = await bench.pool.run(
      "pyramid",
      { from, directory },
      { onProgress: ({ done, total }) => seen.push(done / total) },
    );
    expect(JSON.parse(readFileSync(join(directory, "pyramid.json"), "utf8"))).toEqual(made);
    expect(made).toMatchObject({ width: one.width, height: one.height, tile: TILE });
    expect(made.extension).toBe(one.channels % 2 === 0 ? "webp" : "jpg");
    expect(made.levels.at(-1)).toEqual({ width: one.width, height: one.height });
    expect(Math.max(made.levels[0]?.width ?? 0, made.levels[0]?.height ?? 0)).toBeLessThanOrEqual(
      TILE,
    );
    await expectTiles(directory, made, raster);
    // The newest alone is told, so that the last may be left out.
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.every((share) => share > 0 && share <= 1)).toBe(true);

    const tile = await sharp(join(directory, "0", `0_0.${made.extension}`)).metadata();
    if (one.icc === "none") expect(tile.icc).toBeUndefined();
    else if (one.icc === "P3") expect(tile.icc?.equals(icc ?? Buffer.of())).toBe(true);
    else expect(tile.icc?.toString("latin1", 16, 20)).toBe("RGB ");
  });

  test("from a finished file, in place of what was there", async () => {
    const raster = await painted(bench.at("target.tif"), {
      width: 900,
      height: 600,
      channels: 3,
      bits: 8,
    });
    const path = bench.at("result.jpg");
    // Turned by another program since: tiles are upright.
    await sharp(raster.path).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toFile(path);
    const directory = bench.at("again");
    mkdirSync(directory);
    writeFileSync(join(directory, "old.jpg"), "");
    const made = await bench.pool.run("pyramid", { from: { path }, directory });
    expect(made).toMatchObject({ width: 600, height: 900 });
    expect(readdirSync(directory).toSorted()).toEqual(["0", "1", "pyramid.json"]);
    expect(readdirSync(bench.directory).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("a file that is gone or is no picture leaves no tiles", async () => {
    const directory = bench.at("none");
    const path = bench.at("nothing.png");
    const call = () => bench.pool.run("pyramid", { from: { path }, directory });
    await expect(call()).rejects.toMatchObject({ code: "file-missing" });
    writeFileSync(path, "no picture");
    await expect(call()).rejects.toMatchObject({ code: "file-damaged" });
    const whole = await sharp({
      create: { width: 80, height: 800, channels: 3, background: "red" },
    })
      .png({ compressionLevel: 0 })
      .toBuffer();
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    await expect(call()).rejects.toMatchObject({ code: "file-damaged" });
    expect(existsSync(directory)).toBe(false);
    expect(readdirSync(bench.directory).filter((name) => name.includes("partial"))).toEqual([]);
  });
});

type Layout = Pick<Raster, "width" | "height" | "channels" | "bits">;

/** Soft shades, the same at every zoom but for what is averaged. */
function shade(
  { width, height }: Pick<Raster, "width" | "height">,
  x: number,
  y: number,
  c: number,
): number {
  const u = width === 1 ? 0 : x / (width - 1);
  const v = height === 1 ? 0 : y / (height - 1);
  return [0.2 + 0.6 * u, 0.3 + 0.4 * v, 0.8 - 0.5 * u * v, 0.4 + 0.5 * u][c] ?? 0;
}

async function painted(path: string, { width, height, channels, bits }: Layout): Promise<Raster> {
  const raster = await createTarget(path, { width, height, channels, bits });
  const count = width * height * channels;
  const samples = bits === 8 ? new Uint8Array(count) : new Uint16Array(count);
  for (let i = 0; i < count; i += 1) {
    const pixel = Math.floor(i / channels);
    const value = shade(raster, pixel % width, Math.floor(pixel / width), i % channels);
    samples[i] = Math.round(value * (bits === 8 ? 255 : 65_535));
  }
  await using file = await open(path, "r+");
  await file.write(Buffer.from(samples.buffer), 0, rowBytes(raster) * height, raster.offset);
  return raster;
}

/** Every tile is there, of the right size, and shows its part of the picture. */
async function expectTiles(directory: string, made: Pyramid, raster: Raster): Promise<void> {
  expect(readdirSync(directory).length).toBe(made.levels.length + 1);
  for (const [level, { width, height }] of made.levels.entries()) {
    const above = made.levels[level + 1];
    if (above !== undefined) {
      expect([width, height]).toEqual([Math.ceil(above.width / 2), Math.ceil(above.height / 2)]);
    }
    const [columns, rows] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
    expect(readdirSync(join(directory, String(level))).length).toBe(columns * rows);
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < columns; x += 1) {
        const file = join(directory, String(level), `${x}_${y}.${made.extension}`);
        // Back to the raster's own values where a tile has a profile of its own.
        const { data, info } = await sharp(file, { ignoreIcc: true })
          .toColourspace("srgb")
          .ensureAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true });
        expect([info.width, info.height]).toEqual([
          Math.min(TILE, width - x * TILE),
          Math.min(TILE, height - y * TILE),
        ]);
        if (raster.bits === 16 || raster.channels === 1) continue;
        const times = raster.width / width;
        const middle = Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2);
        const at = (position: number, start: number): number =>
          (start + position + 0.5) * times - 0.5;
        const u = Math.min(raster.width - 1, at(Math.floor(info.width / 2), x * TILE));
        const v = Math.min(
          raster.height - 1,
          at(Math.floor(info.height / 2), y * TILE) * (raster.height === 1 ? 0 : 1),
        );
        for (let c = 0; c < raster.channels; c += 1) {
          const wanted = 255 * shade(raster, u, v, c);
          expect(Math.abs((data[4 * middle + c] ?? 0) - wanted), `${file} ${c}`).toBeLessThan(6);
        }
      }
    }
  }
}
