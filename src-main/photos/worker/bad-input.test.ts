import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KilnError } from "../../errors.ts";
import { canBeNobody, nobody } from "../../nobody.fixture.ts";
import { canMountDisks, mountSmallDisk } from "../../small-disk.fixture.ts";
import {
  type Bench,
  BUILDS,
  createBench,
  expectQuarters,
  hasHeifEncoder,
  quarters,
} from "./photo-fixture.ts";
import type { ImageWorkerMethods } from "./protocol.ts";

/** Turned-over copies of each original. */
const FUZZ_ROUNDS = process.env.KILN_PROOFS === "1" ? 300 : 12;

describe.each(BUILDS)("with sharp's %s build", (build) => {
  let bench: Bench;

  beforeAll(() => {
    bench = createBench(build);
  });
  afterAll(() => bench.close());

  describe("what is no photo", () => {
    test.each([
      ["empty.jpg", "", "file-empty"],
      ["diary.jpg", "Dear diary, today I took no photo.", "not-a-photo"],
      ["anim.jpg", "GIF89a\x01\0\x01\0", "format-unsupported"],
      ["layers.png", "8BPS\0\x01", "format-unsupported"],
      ["shot.cr2", "II*\0\x10\0\0\0CR\x02\0", "file-truncated"],
      ["shot.tif", "II*\0\x10\0\0\0CR\x02\0", "file-truncated"],
      ["just-the-start.jpg", "\xff\xd8\xff", "file-truncated"],
      ["just-the-start.png", "\x89PNG\r\n\x1a\n", "file-truncated"],
      ["just-the-start.tif", "II*\0\x08\0\0\0", "file-truncated"],
      ["just-the-start.webp", "RIFF\xff\0\0\0WEBPVP8 ", "file-truncated"],
      ["garbage.jpg", `\xff\xd8\xff\xdb\0\x05${"\x55".repeat(500)}\xff\xd9`, "file-damaged"],
    ])("%s", async (name, content, code) => {
      writeFileSync(bench.at(name), content, "latin1");
      await expectEverywhere(bench.at(name), code);
    });

    test("a file that is gone", () => expectEverywhere(bench.at("gone.jpg"), "file-missing"));

    test("a folder with a photo's name", async () => {
      mkdirSync(bench.at("folder.jpg"));
      await expectEverywhere(bench.at("folder.jpg"), "not-a-photo");
    });

    test.skipIf(process.platform === "win32")("a pipe, which would be waited for", async () => {
      execFileSync("mkfifo", [bench.at("pipe.jpg")]);
      await expectEverywhere(bench.at("pipe.jpg"), "not-a-photo");
    });

    test.skipIf(process.platform === "win32")("a link to itself", async () => {
      symlinkSync(bench.at("loop.jpg"), bench.at("loop.jpg"));
      await expectEverywhere(bench.at("loop.jpg"), "file-unreadable");
    });
  });

  describe("what ends early", () => {
    const files = {
      "a JPEG": () => quarters().jpeg({ quality: 95 }).toBuffer(),
      "a progressive JPEG": () => quarters().jpeg({ quality: 95, progressive: true }).toBuffer(),
      "a PNG": () => quarters().png({ compressionLevel: 0 }).toBuffer(),
      "a WebP": () => quarters().webp({ lossless: true }).toBuffer(),
      "an AVIF": () => quarters().avif({ effort: 0 }).toBuffer(),
      "a TIFF": () => quarters().tiff({ compression: "none" }).toBuffer(),
      ...(hasHeifEncoder && { "a HEIC": () => heic() }),
    };

    test.each(Object.entries(files))("%s is set aside wherever it ends", async (_, make) => {
      const whole = await make();
      const path = bench.at("cut");
      for (const share of [0.3, 0.6, 0.9, 0.99]) {
        writeFileSync(path, whole.subarray(0, Math.floor(share * whole.length)));
        expect(await failure("develop", path), `${share}`).toBe("file-truncated");
      }
    });

    test.each(["a JPEG", "a PNG"] as const)("%s still shows its first part", async (name) => {
      const whole = await files[name]();
      const path = bench.at("half");
      const file = bench.at("out", "half.jpg");
      writeFileSync(path, whole.subarray(0, Math.floor(0.8 * whole.length)));
      await bench.pool.run("thumbnail", { path, file, edge: 256 });
      const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
      const at = 3 * (10 * info.width + 10);
      expect(data[at]).toBeGreaterThan(190);
      expect(data[at + 1]).toBeLessThan(50);
      await bench.pool.run("render", { path, file, edge: null, format: "jpeg" });
      await bench.pool.run("histogram", { path });
    });

    test("a JPEG whose last blocks were never written", async () => {
      const whole = await files["a JPEG"]();
      const path = bench.at("blank.jpg");
      const blank = Buffer.from(whole);
      blank.fill(0, Math.floor(blank.length / 3));
      writeFileSync(path, blank);
      expect(await failure("develop", path)).toBe("file-truncated");
      // Zeros behind the end are nobody's harm.
      writeFileSync(path, Buffer.concat([whole, Buffer.alloc(5000)]));
      expect(await failure("develop", path)).toBeNull();
    });

    test("a PNG with a broken part is damaged, not cut", async () => {
      const broken = await files["a PNG"]();
      broken[Math.floor(broken.length / 2)] = 0x5a;
      broken[Math.floor(broken.length / 2) + 1] = 0xa5;
      writeFileSync(bench.at("broken.png"), broken);
      expect(await failure("develop", bench.at("broken.png"))).toBe("file-damaged");
    });
  });

  describe("what is too large", () => {
    test("more than 2 GiB", async () => {
      const file = openSync(bench.at("huge.jpg"), "w");
      ftruncateSync(file, 2 ** 31 + 1);
      closeSync(file);
      await expectEverywhere(bench.at("huge.jpg"), "file-too-large");
    });

    test.each([
      ["a PNG of 1.6 gigapixels", 40_000, false],
      ["an interlaced PNG of 400 megapixels, which can't be read line by line", 20_000, true],
    ])("%s", async (_, edge, interlaced) => {
      writeFileSync(bench.at("bomb.png"), flatPng(edge, { interlaced, rows: 1 }));
      await expectEverywhere(bench.at("bomb.png"), "file-too-large");
    });

    test("a PNG of 30,000 × 30,000 is read in bounded memory", { timeout: 120_000 }, async () => {
      const path = bench.at("wide.png");
      writeFileSync(path, flatPng(30_000, { interlaced: false, rows: 30_000 }));
      const thumbnail = { file: bench.at("out", "wide.jpg"), edge: 256 };
      const { pool } = bench;
      expect(await pool.run("probe", { path })).toMatchObject({ width: 30_000, height: 30_000 });
      expect(
        await pool.run("develop", { path, thumbnail, measure: { faces: null } }),
      ).toMatchObject({
        thumbnail: { width: 256, height: 256 },
      });
      if (process.platform !== "linux") return;
      const [pid] = pool.pids;
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      // All of its pixels would be 0.9 GB.
      expect(Number(peak) / 1024).toBeLessThan(600);
    });
  });

  describe("a cache that can't be written", () => {
    test("something else is in the way", async () => {
      const path = bench.at("fine.png");
      await quarters().png().toFile(path);
      writeFileSync(bench.at("in-the-way"), "");
      const target = { file: bench.at("in-the-way", "a.jpg"), edge: 256 };
      const call = bench.pool.run("thumbnail", { path, ...target });
      await expect(call).rejects.toMatchObject({ code: "cache-unwritable" });
    });

    test.skipIf(!canMountDisks)("a full disk (needs root and mount)", async () => {
      const path = bench.at("noise.png");
      const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
      await sharp({ create: { width: 300, height: 200, channels: 3, background: "black", noise } })
        .png()
        .toFile(path);
      const small = await mountSmallDisk("size=4k");
      const file = join(small, "a.jpg");
      const call = bench.pool.run("render", { path, file, edge: null, format: "jpeg" });
      await expect(call).rejects.toMatchObject({ code: "disk-full" });
      expect(readdirSync(small)).toEqual([]);
    });
  });

  test("files with bytes turned over at random fail with a sentence and nobody dies", {
    timeout: 900_000,
  }, async () => {
    const random = randomNumbers(20_261_121);
    const originals = [
      await quarters().jpeg({ progressive: true }).withExif(exif).toBuffer(),
      await quarters().jpeg().withExif(exif).withIccProfile("p3").toBuffer(),
      await quarters().png().toBuffer(),
      await quarters().webp().toBuffer(),
      await quarters().avif({ effort: 0 }).toBuffer(),
      await quarters().tiff({ compression: "lzw" }).toBuffer(),
      ...(hasHeifEncoder ? [await heic()] : []),
    ];
    const path = bench.at("fuzzed");
    for (const original of originals) {
      for (let round = 0; round < FUZZ_ROUNDS; round += 1) {
        const fuzzed = Buffer.from(original);
        for (let i = 0; i < 1 + (round % 30); i += 1) {
          // Headers are where decoders trust what they read.
          const reach = random() < 0.5 ? Math.min(600, fuzzed.length) : fuzzed.length;
          fuzzed[Math.floor(random() * reach)] = Math.floor(random() * 256);
        }
        writeFileSync(path, fuzzed);
        for (const method of ["probe", "develop", "thumbnail"] as const) {
          const name = `${method}, original ${originals.indexOf(original)}, round ${round}`;
          expect((await failure(method, path)) ?? "fine", name).not.toBe("worker-died");
        }
      }
    }
  });

  /** The code with which a method fails; null when it does not. Failures that are no KilnError are bugs. */
  async function failure(method: keyof ImageWorkerMethods, path: string): Promise<string | null> {
    const { pool } = bench;
    const file = bench.at("out", "bad.jpg");
    const options = { timeoutMs: 20_000 };
    const calls: Partial<Record<keyof ImageWorkerMethods, () => Promise<unknown>>> = {
      probe: () => pool.run("probe", { path }, options),
      develop: () =>
        pool.run(
          "develop",
          { path, thumbnail: { file, edge: 256 }, measure: { faces: null } },
          options,
        ),
      thumbnail: () => pool.run("thumbnail", { path, file, edge: 256 }, options),
      render: () => pool.run("render", { path, file, edge: null, format: "jpeg" }, options),
      histogram: () => pool.run("histogram", { path }, options),
    };
    try {
      await calls[method]?.();
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

  async function expectEverywhere(path: string, code: string): Promise<void> {
    for (const method of ["probe", "develop", "thumbnail", "render", "histogram"] as const) {
      expect(await failure(method, path), method).toBe(code);
    }
  }

  async function heic(): Promise<Buffer> {
    await quarters().png().toFile(bench.at("heic.png"));
    execFileSync("heif-enc", ["-q", "90", "-o", bench.at("made.heic"), bench.at("heic.png")]);
    return readFileSync(bench.at("made.heic"));
  }
});

test.skipIf(!canBeNobody)("a file that may not be read", () => {
  const bench = createBench("native");
  chmodSync(bench.directory, 0o755);
  writeFileSync(bench.at("secret.jpg"), "\xff\xd8\xff", { mode: 0 });
  const script = `
    import { openSource } from ${JSON.stringify(new URL("source.ts", import.meta.url).href)};
    await openSource(process.argv[1]).catch((error) => process.stdout.write(error.code));
  `;
  const { stdout } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", script, bench.at("secret.jpg")],
    { encoding: "utf8", ...nobody },
  );
  expect(stdout).toBe("file-unreadable");
  return bench.close();
});

test("quarters survive their own fixture", async () => {
  await expectQuarters(await quarters().png().toBuffer());
});

const exif = { IFD0: { Make: "Kiln" }, IFD2: { DateTimeOriginal: "2026:11:21 10:00:00" } };

/** A black PNG of 1 bit a pixel. @param rows how many of its rows are really there. */
function flatPng(edge: number, options: { interlaced: boolean; rows: number }): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(edge, 0);
  header.writeUInt32BE(edge, 4);
  header[8] = 1;
  header[12] = options.interlaced ? 1 : 0;
  const pixels = Buffer.alloc(options.rows * (1 + Math.ceil(edge / 8)));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels, { level: 1 })),
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

/** Mulberry32: the same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
