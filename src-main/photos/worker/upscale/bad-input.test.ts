import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KilnError } from "../../../errors.ts";
import { canBeNobody, nobody } from "../../../nobody.fixture.ts";
import { canMountDisks, mountSmallDisk } from "../../../small-disk.fixture.ts";
import { createTarget } from "../../../upscale/big-tiff.ts";
import type { OutputFormat } from "../../../upscale/output-limits.ts";
import type { Raster } from "../../../upscale/raster.ts";
import { type Bench, BUILDS, createBench, quarters } from "../photo-fixture.ts";
import { makeRaw, rawPictures } from "../raw/raw-fixture.ts";

sharp.cache(false);

describe.each(BUILDS)("with sharp's %s build", (build) => {
  let bench: Bench;

  beforeAll(() => {
    bench = createBench(build);
  });
  afterAll(() => bench.close());

  describe("photos of odd sizes", () => {
    test.each([
      [1, 1],
      [100_000, 1],
      [1, 5000],
      [3, 2],
    ])("%i × %i", async (width, height) => {
      const path = bench.at("odd.png");
      writeFileSync(path, png(width, height));
      const { raster } = await rasterise(path);
      expect(raster).toMatchObject({ width, height, channels: 3, bits: 8 });
      const target = await larger(raster, 2);
      for (const format of ["png", "tiff", "jpeg"] as const) {
        if (format === "jpeg" && 2 * width > 65_535) continue;
        const file = bench.at(`odd.${format}`);
        const size = { width: 2 * width, height: 2 * height };
        expect(await encode(target, { file, format })).toMatchObject(size);
        expect(await sharp(file, { limitInputPixels: false }).metadata()).toMatchObject(size);
      }
    });

    test("on its side", async () => {
      const path = bench.at("side.jpg");
      await sharp({ create: { width: 60_000, height: 2, channels: 3, background: "red" } })
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toFile(path);
      const { raster } = await rasterise(path);
      expect(raster).toMatchObject({ width: 2, height: 60_000 });
    });

    test("of no pixels", async () => {
      const path = bench.at("none.png");
      writeFileSync(path, png(0, 10));
      expect(await failureOf(rasterise(path))).toBe("file-damaged");
    });

    test("of more than a gigapixel", async () => {
      const path = bench.at("vast.png");
      writeFileSync(path, png(40_000, 30_000, 1));
      expect(await failureOf(rasterise(path))).toBe("file-too-large");
    });

    test("wider than a format can say", async () => {
      const target = await createTarget(bench.at("wide.tif"), {
        width: 70_000,
        height: 2,
        channels: 3,
        bits: 8,
      });
      for (const format of ["jpeg", "webp", "avif"] as const) {
        const file = bench.at(`wide.${format}`);
        expect(await failureOf(encode(target, { file, format }))).toBe("output-too-large");
        expect(existsSync(file)).toBe(false);
      }
    });
  });

  describe("photos that are not whole", () => {
    test.each(["jpeg", "png", "webp", "tiff", "avif"] as const)(
      "a %s that ends early",
      async (format) => {
        const whole = await quarters()
          .toFormat(format, format === "tiff" ? { compression: "none" } : {})
          .toBuffer();
        const path = bench.at("cut");
        for (const share of [0.4, 0.7, 0.97]) {
          writeFileSync(path, whole.subarray(0, Math.floor(share * whole.length)));
          expect(await failureOf(rasterise(path)), `${share}`).toBe("file-truncated");
        }
      },
    );

    test("samples of 32 bits are refused, not guessed at", async () => {
      const path = bench.at("float.tif");
      await quarters().toColourspace("scrgb").tiff({ compression: "none" }).toFile(path);
      expect(await failureOf(rasterise(path))).toBe("upscale-samples-unsupported");
    });

    test("a file that is gone", async () => {
      expect(await failureOf(rasterise(bench.at("gone.jpg")))).toBe("file-missing");
    });
  });

  test("a RAW's preview is said to be one, with its size", async () => {
    const pictures = await rawPictures(6);
    const { bytes } = await makeRaw("cr2", { pictures, orientation: 6, size: [3000, 1800] });
    const path = bench.at("shot.cr2");
    writeFileSync(path, bytes);
    const { raster, preview } = await rasterise(path);
    expect(preview).toEqual({ width: 576, height: 960, photoWidth: 1800, photoHeight: 3000 });
    expect(raster).toMatchObject({ width: 576, height: 960 });
    writeFileSync(path, bytes.subarray(0, bytes.length - 1000));
    expect(await failureOf(rasterise(path))).toBe("file-truncated");
  });

  describe("a place that can't be written", () => {
    let target: Raster;

    beforeAll(async () => {
      const path = bench.at("noise.png");
      const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
      await sharp({ create: { width: 400, height: 300, channels: 3, background: "black", noise } })
        .png()
        .toFile(path);
      target = (await rasterise(path)).raster;
    });

    test("a folder that is gone", async () => {
      const file = bench.at("nowhere", "a.png");
      expect(await failureOf(encode(target, { file, format: "png" }))).toBe("output-folder-gone");
    });

    test.skipIf(!canBeNobody)("a folder without the right to write", () => {
      // As root everything may be written: a child under another user asks.
      chmodSync(bench.directory, 0o755);
      mkdirSync(bench.at("closed"), { mode: 0o555 });
      const script = `
        import { writeOutput } from ${JSON.stringify(new URL("output-file.ts", import.meta.url).href)};
        await writeOutput(process.argv[1], async () => {}).catch((error) => process.stdout.write(error.code));
      `;
      const { stdout } = spawnSync(
        process.execPath,
        ["--input-type=module", "-e", script, bench.at("closed", "a.png")],
        { encoding: "utf8", ...nobody },
      );
      expect(stdout).toBe("output-forbidden");
      expect(readdirSync(bench.at("closed"))).toEqual([]);
    });

    test.skipIf(!canMountDisks).each(["jpeg", "png", "webp", "avif", "tiff"] as const)(
      "a disk that becomes full half way through a %s (needs root and mount)",
      async (format) => {
        const small = await mountSmallDisk("size=128k");
        const file = join(small, "result");
        expect(await failureOf(encode(target, { file, format, quality: 100 }))).toBe("disk-full");
        expect(readdirSync(small)).toEqual([]);
      },
    );

    test.skipIf(!canMountDisks)(
      "a disk too small for a raster or for tiles (needs root and mount)",
      async () => {
        const small = await mountSmallDisk("size=128k");
        const path = bench.at("noise.png");
        const work = join(small, "work");
        const call = bench.pool.run("rasterise", { path, directory: work, rotation: 0 });
        expect(await failureOf(call)).toBe("disk-full");
        expect(readdirSync(work)).toEqual([]);
        const from = { raster: target, metadata: bench.at("work") };
        const tiles = bench.pool.run("pyramid", { from, directory: join(small, "tiles") });
        expect(await failureOf(tiles)).toBe("disk-full");
        expect(readdirSync(small)).toEqual(["work"]);
      },
    );

    test("a raster larger than the disk is refused before anything is written", async () => {
      const vast = { width: 4_000_000, height: 4_000_000, channels: 4, bits: 16 } as const;
      const path = bench.at("vast.tif");
      const problem = await createTarget(path, vast).catch((error: unknown) => error);
      expect(problem).toBeInstanceOf(KilnError);
      expect((problem as KilnError).happened.en).toMatch(
        /needs 128000\.\d GB, and [\d.]+ GB are free/,
      );
      expect(existsSync(path)).toBe(false);
    });
  });

  const rasterise = (path: string) =>
    bench.pool.run("rasterise", { path, directory: bench.at("work"), rotation: 0 });

  const encode = (
    raster: Raster,
    wanted: { readonly file: string; readonly format: OutputFormat; readonly quality?: number },
  ) =>
    bench.pool.run("encode", {
      raster,
      directory: bench.at("work"),
      quality: 90,
      width: raster.width,
      height: raster.height,
      resample: "lanczos3",
      density: null,
      metadata: "all",
      ...wanted,
    });

  /** A black raster, as a network would leave one. */
  const larger = ({ width, height, channels, bits }: Raster, scale: number) =>
    createTarget(bench.at("target.tif"), {
      width: scale * width,
      height: scale * height,
      channels,
      bits,
    });
});

/** The code that a call fails with. Failures that are no KilnError are bugs. */
async function failureOf(call: Promise<unknown>): Promise<string | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    for (const sentence of [error.happened, error.todo]) {
      expect(sentence.en).toMatch(/[.]$/);
      expect(sentence.ko).toMatch(/[가-힣].*[.]$/);
    }
    return error.code;
  }
}

/** A black PNG of 8-bit RGB. @param rows how many of its rows are really there. */
function png(width: number, height: number, rows = height): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(rows * (1 + 3 * width)), { level: 1 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const framed = Buffer.alloc(12 + body.length);
  framed.writeUInt32BE(body.length, 0);
  framed.write(type, 4, "latin1");
  body.copy(framed, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, 8 + body.length)), 8 + body.length);
  return framed;
}
