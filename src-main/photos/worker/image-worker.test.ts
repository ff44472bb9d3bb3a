import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp, { type Sharp as Pipeline } from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOOK_BYTES } from "../best-cut/index.ts";
import {
  type Bench,
  BUILDS,
  type Colour,
  createBench,
  expectQuarters,
  HEIGHT,
  hasHeifEncoder,
  QUARTERS,
  quarters,
  WIDTH,
} from "./photo-fixture.ts";
import { rasterTiff } from "./raster-tiff.ts";

describe.each(BUILDS)("with sharp's %s build", (build) => {
  let bench: Bench;

  beforeAll(() => {
    bench = createBench(build);
  });
  afterAll(() => bench.close());

  test.skipIf(process.platform !== "linux")("that build and no other is loaded", async () => {
    await quarters().png().toFile(bench.at("any.png"));
    await bench.pool.run("probe", { path: bench.at("any.png") });
    const mapped = bench.pool.pids.map((pid) => readFileSync(`/proc/${pid}/maps`, "utf8")).join();
    expect(mapped.includes("libvips")).toBe(build === "native");
  });

  describe("formats", () => {
    const alpha = () => quarters().ensureAlpha();
    const wide = () => quarters().toColourspace("rgb16");
    const files = {
      "photo.jpg": () => quarters().jpeg({ quality: 95 }),
      "progressive.jpg": () => quarters().jpeg({ quality: 95, progressive: true }),
      "cmyk.jpg": () => quarters().toColourspace("cmyk").withIccProfile("cmyk").jpeg(),
      "photo.png": () => quarters().png(),
      "interlaced.png": () => quarters().png({ progressive: true }),
      "palette.png": () => quarters().png({ palette: true }),
      "alpha.png": () => alpha().png(),
      "deep.png": () => wide().png(),
      "photo.webp": () => quarters().webp({ quality: 95 }),
      "alpha.webp": () => alpha().webp({ lossless: true }),
      "photo.avif": () => quarters().avif({ quality: 90, effort: 0 }),
      // Its orientation is a box of the format, not EXIF.
      "turned.avif": () =>
        quarters(6).withMetadata({ orientation: 6 }).avif({ quality: 90, effort: 0 }),
      "photo.tif": () => quarters().tiff({ compression: "lzw" }),
      "deep.tif": () => wide().tiff({ compression: "deflate" }),
      "tiled.tif": () => quarters().tiff({ compression: "none", tile: true }),
      "jpeg.tif": () => quarters().tiff({ compression: "jpeg", quality: 95 }),
    };

    test.each(Object.entries(files))("%s is read and shown as it is", async (name, make) => {
      const path = bench.at(name);
      await make().toFile(path);
      // Inks can't show every colour of a screen.
      await expectShown(path, name.startsWith("cmyk") ? 80 : 8);
    });

    test("grey stays grey", async () => {
      const path = bench.at("grey.jpg");
      await quarters().greyscale().toColourspace("b-w").jpeg({ quality: 95 }).toFile(path);
      const file = bench.at("out", "grey.jpg");
      await bench.pool.run("develop", {
        path,
        thumbnail: { file, edge: 256 },
        measure: { faces: null },
      });
      const colours = QUARTERS.map(([r, g, b]): Colour => {
        const grey = Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b);
        return [grey, grey, grey];
      });
      // sharp weighs the channels in linear light; near enough to tell the quarters apart.
      await expectQuarters(file, { colours, tolerance: 40 });
      const { data } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
      expect(data[0]).toBe(data[1]);
    });

    test("what is transparent is shown on white", async () => {
      const path = bench.at("clear.png");
      await sharp({
        create: {
          width: 40,
          height: 30,
          channels: 4,
          background: { r: 255, g: 0, b: 0, alpha: 0 },
        },
      })
        .png()
        .toFile(path);
      const file = bench.at("out", "clear.jpg");
      await bench.pool.run("thumbnail", { path, file, edge: 256 });
      const { dominant } = await sharp(file).stats();
      expect(dominant).toEqual({ r: 248, g: 248, b: 248 });
    });

    test("the content counts, not the extension", async () => {
      const path = bench.at("really-a-png.jpg");
      await quarters().png().toFile(path);
      expect(await bench.pool.run("probe", { path })).toMatchObject({ format: "png" });
      await expectShown(path, 2);
    });

    describe.skipIf(!hasHeifEncoder)("HEIC (needs heif-enc of libheif-examples)", () => {
      const encode = (name: string, ...options: string[]): string => {
        const path = bench.at(name);
        execFileSync("heif-enc", ["-q", "95", ...options, "-o", path], { stdio: "ignore" });
        return path;
      };

      test("is read and shown as it is", async () => {
        await quarters().png().toFile(bench.at("heic.png"));
        const path = encode("photo.heic", bench.at("heic.png"));
        expect(await bench.pool.run("probe", { path })).toMatchObject({ format: "heic" });
        await expectShown(path, 8);
      });

      test("with alpha, by its embedded thumbnail too", async () => {
        await quarters().ensureAlpha().png().toFile(bench.at("heic-alpha.png"));
        const path = encode("alpha.heic", "-t", "256", bench.at("heic-alpha.png"));
        await expectShown(path, 8);
      });
    });

    async function expectShown(path: string, tolerance: number): Promise<void> {
      const probe = await bench.pool.run("probe", { path });
      expect(probe).toMatchObject({ width: WIDTH, height: HEIGHT, orientation: 1 });
      const thumbnail = { file: bench.at("out", "thumbnail.jpg"), edge: 256 };
      const rendered = bench.at("out", "rendered");
      const developed = await bench.pool.run("develop", {
        path,
        thumbnail,
        measure: { faces: null },
      });
      expect(developed.thumbnail).toMatchObject({ width: 256, height: 154 });
      expect(developed.measured?.look).toHaveLength(LOOK_BYTES);
      expect(developed.measured?.measures.brightness).toBeCloseTo(0.5, 1);
      await expectQuarters(thumbnail.file, { tolerance });
      expect(await sharp(thumbnail.file).metadata()).toMatchObject({ format: "jpeg", channels: 3 });
      await bench.pool.run("thumbnail", { path, ...thumbnail });
      await expectQuarters(thumbnail.file, { tolerance });
      for (const format of ["jpeg", "webp"] as const) {
        const written = await bench.pool.run("render", {
          path,
          file: rendered,
          edge: null,
          format,
        });
        expect(written).toMatchObject({ width: WIDTH, height: HEIGHT });
        expect(await sharp(rendered).metadata()).toMatchObject({ format });
        await expectQuarters(rendered, { tolerance });
      }
      const histogram = await bench.pool.run("histogram", { path });
      expect(histogram.luma.reduce((a, b) => a + b)).toBe(WIDTH * HEIGHT);
    }
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("orientation %i comes out upright", async (orientation) => {
    const path = bench.at(`turned-${orientation}.jpg`);
    await quarters(orientation).jpeg({ quality: 95 }).withMetadata({ orientation }).toFile(path);
    expect(await bench.pool.run("probe", { path })).toMatchObject({
      width: WIDTH,
      height: HEIGHT,
      orientation,
    });
    const file = bench.at("out", "turned.jpg");
    for (const measure of [{ faces: null }, null]) {
      await bench.pool.run("develop", { path, thumbnail: { file, edge: 128 }, measure });
      await expectQuarters(file);
    }
    expect(await bench.pool.run("thumbnail", { path, file, edge: 128 })).toMatchObject({
      width: 128,
      height: 77,
    });
    await expectQuarters(file);
    for (const edge of [null, 200]) {
      await bench.pool.run("render", { path, file, edge, format: "jpeg" });
      await expectQuarters(file);
      expect((await sharp(file).metadata()).orientation ?? 1).toBe(1);
    }
  });

  describe("colour", () => {
    /** Inside sRGB, so that it can be compared there. */
    const p3: readonly Colour[] = [
      [190, 70, 60],
      [90, 170, 80],
      [70, 80, 180],
      [128, 128, 128],
    ];

    test("Display P3 becomes sRGB in thumbnails, and keeps its profile at full size", async () => {
      const path = bench.at("p3.jpg");
      await (await withP3Profile(p3))
        .jpeg({ quality: 98, chromaSubsampling: "4:4:4" })
        .toFile(path);
      expect((await bench.pool.run("probe", { path })).iccName).not.toBeNull();

      const file = bench.at("out", "p3.jpg");
      for (const measure of [{ faces: null }, null]) {
        await bench.pool.run("develop", { path, thumbnail: { file, edge: 256 }, measure });
        expect((await sharp(file).metadata()).icc).toBeUndefined();
        await expectQuarters(file, { colours: p3.map(displayP3ToSrgb), tolerance: 4 });
      }
      await bench.pool.run("render", { path, file, edge: null, format: "webp" });
      const { icc } = await sharp(path).metadata();
      expect((await sharp(file).metadata()).icc).toEqual(icc);
      await expectQuarters(file, { colours: p3.map(displayP3ToSrgb), tolerance: 6 });
    });

    test("a wide 16-bit photo becomes Display P3 at full size", async () => {
      const path = bench.at("deep-p3.png");
      const deep = (await withP3Profile(p3)).toColourspace("rgb16");
      await deep.png().toFile(path);
      expect(await sharp(path).metadata()).toMatchObject({ depth: "ushort" });
      const file = bench.at("out", "deep-p3.jpg");
      await bench.pool.run("render", { path, file, edge: null, format: "jpeg" });
      expect((await sharp(file).metadata()).icc).toBeDefined();
      await expectQuarters(file, { colours: p3.map(displayP3ToSrgb), tolerance: 6 });
    });

    test.skipIf(!hasHeifEncoder)("a HEIC in Display P3 (needs heif-enc)", async () => {
      await (await withP3Profile(p3)).png().toFile(bench.at("p3-heic.png"));
      const path = bench.at("p3-colours.heic");
      execFileSync("heif-enc", ["-q", "95", "-o", path, bench.at("p3-heic.png")]);
      const file = bench.at("out", "p3-heic.jpg");
      await bench.pool.run("develop", { path, thumbnail: { file, edge: 256 }, measure: null });
      await expectQuarters(file, { colours: p3.map(displayP3ToSrgb), tolerance: 6 });
      await bench.pool.run("render", { path, file, edge: null, format: "jpeg" });
      expect((await sharp(file).metadata()).icc).toBeDefined();
      await expectQuarters(file, { colours: p3.map(displayP3ToSrgb), tolerance: 6 });
    });
  });

  test("frames of one size are measured at one scale, whatever the thumbnail", async () => {
    const path = bench.at("large.jpg");
    await sharp(await quarters().png().toBuffer())
      .resize(2400, 1440, { kernel: "nearest" })
      .jpeg()
      .toFile(path);
    const measure = async (edge: number) => {
      const thumbnail = { file: bench.at("out", "large.jpg"), edge };
      return (await bench.pool.run("develop", { path, thumbnail, measure: { faces: null } }))
        .measured;
    };
    expect(await measure(512)).toEqual(await measure(256));
  });

  test("what is lost is the same in the histogram and in best cut's measures", async () => {
    const path = bench.at("lost.png");
    const greys: readonly Colour[] = [
      [253, 253, 253],
      [252, 252, 252],
      [2, 2, 2],
      [3, 3, 3],
    ];
    await quarters(1, greys).png().toFile(path);
    const thumbnail = { file: bench.at("out", "lost.jpg"), edge: 256 };
    const histogram = await bench.pool.run("histogram", { path });
    const { measured } = await bench.pool.run("develop", {
      path,
      thumbnail,
      measure: { faces: null },
    });
    expect(histogram).toMatchObject({ clippedHighlights: 0.25, clippedShadows: 0.25 });
    expect(measured?.measures).toMatchObject({ clippedHighlights: 0.25, clippedShadows: 0.25 });
  });

  test("the histogram counts channels and what is clipped", async () => {
    const path = bench.at("clipped.png");
    const colours: readonly Colour[] = [
      [255, 255, 255],
      [0, 0, 0],
      [100, 100, 100],
      [0, 0, 120],
    ];
    await quarters(1, colours).png().toFile(path);
    const histogram = await bench.pool.run("histogram", { path });
    const quarter = (WIDTH * HEIGHT) / 4;
    expect(histogram.red[255]).toBe(quarter);
    expect(histogram.red[0]).toBe(2 * quarter);
    expect(histogram.blue[120]).toBe(quarter);
    expect(histogram.green[100]).toBe(quarter);
    expect(histogram.luma[100]).toBe(quarter);
    expect(histogram).toMatchObject({ clippedHighlights: 0.25, clippedShadows: 0.25 });
  });

  test("originals keep every byte, and nothing is written beside them", async () => {
    const path = bench.at("originals", "photo.jpg");
    mkdirSync(bench.at("originals"));
    await quarters().jpeg().toFile(path);
    const before = digest(path);
    const file = bench.at("out", "original.jpg");
    await bench.pool.run("probe", { path });
    await bench.pool.run("develop", {
      path,
      thumbnail: { file, edge: 256 },
      measure: { faces: null },
    });
    await bench.pool.run("thumbnail", { path, file, edge: 256 });
    await bench.pool.run("render", { path, file, edge: null, format: "webp" });
    await bench.pool.run("histogram", { path });
    expect(digest(path)).toBe(before);
    expect(readdirSync(bench.at("originals"))).toEqual(["photo.jpg"]);
    expect(readdirSync(bench.at("out")).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  test("the fast hash follows the bytes, not the name or the time", async () => {
    const bytes = await quarters().png({ compressionLevel: 0 }).toBuffer();
    const hashOf = async (name: string, content: Buffer): Promise<string> => {
      writeFileSync(bench.at(name), content);
      return (await bench.pool.run("probe", { path: bench.at(name) })).fastHash;
    };
    const original = await hashOf("a.png", bytes);
    expect(original).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf("b.png", bytes)).toBe(original);
    expect(await hashOf("c.png", Buffer.concat([bytes, Buffer.from([0])]))).not.toBe(original);
    const changed = Buffer.from(bytes);
    changed[changed.length - 9] = 1;
    expect(await hashOf("d.png", changed)).not.toBe(original);
  });

  test.each(["여름 휴가 사진.jpg", "👩‍👧 beach 🏖️.jpg", "a%20b #1 ?.jpg"])(
    "a file named %s",
    async (name) => {
      const path = bench.at(name);
      await quarters().jpeg({ quality: 95 }).toFile(path);
      const file = bench.at("out", `thumbnail of ${name}`);
      await bench.pool.run("develop", { path, thumbnail: { file, edge: 256 }, measure: null });
      await expectQuarters(file);
    },
  );

  test("the sample is painted by its generator, which goes on after the files that are there", async () => {
    const directory = bench.at("sample");
    mkdirSync(directory);
    for (let i = 1; i <= 200; i += 1) {
      writeFileSync(join(directory, `KILN_${String(i).padStart(4, "0")}.JPG`), "painted before");
    }
    const seen: { done: number; total: number }[] = [];
    const manifest = await bench.pool.run(
      "sample",
      { directory, seed: 1 },
      { onProgress: (progress) => seen.push(progress) },
    );
    const files = [...manifest.bursts.flatMap((burst) => burst.files), ...manifest.singles];
    expect(manifest.seed).toBe(1);
    expect(seen[0]?.total).toBe(files.length);
    expect(readFileSync(join(directory, files[0] ?? ""), "utf8")).toBe("painted before");
  });
});

/** The quarters, with a profile that says to read the numbers as Display P3. */
async function withP3Profile(colours: readonly Colour[]): Promise<Pipeline> {
  const { icc } = await sharp(await quarters().withIccProfile("p3").png().toBuffer()).metadata();
  const pixels = await quarters(1, colours).raw().toBuffer();
  const rowBytes = 3 * WIDTH;
  const tiff = rasterTiff({ width: WIDTH, height: HEIGHT, channels: 3, icc }, (row, target) =>
    pixels.copy(target, 0, row * rowBytes, (row + 1) * rowBytes),
  );
  return sharp(tiff).keepIccProfile();
}

/** By the definitions of both spaces: one curve, different primaries, one white. */
function displayP3ToSrgb([red, green, blue]: Colour): Colour {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  return [
    encoded(1.2249 * r - 0.2247 * g),
    encoded(-0.042 * r + 1.0419 * g),
    encoded(-0.0197 * r - 0.0786 * g + 1.0979 * b),
  ];
}

function linear(level: number): number {
  const value = level / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encoded(light: number): number {
  const value = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(255 * value);
}

function digest(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
