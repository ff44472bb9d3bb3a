import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUILDS, createBench, expectQuarters, quarters } from "../photo-fixture.ts";
import { probe } from "../probe.ts";
import { exportJpeg, makeThumbnail, render } from "../rendition.ts";
import { openSource } from "../source.ts";
import { bufferSource } from "./byte-source.ts";
import {
  exifBlock,
  FULL,
  jpegWithExif,
  makeRaw,
  RAW_KINDS,
  rawPictures,
  SHORT,
} from "./raw-fixture.ts";
import { orientationOf, type RawPhoto, readRawPhoto } from "./raw-photo.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "kiln-raw-"));
});
afterAll(() => rm(directory, { recursive: true }));

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** What ExifTool, the one that Kiln brings along, takes out of a file. */
async function extracted(path: string, tag: string): Promise<Buffer> {
  const perl: unknown = createRequire(require.resolve("exiftool-vendored"))("exiftool-vendored.pl");
  const { stdout } = await run(String(perl), ["-ee", "-b", `-${tag}`, path], {
    encoding: "buffer",
    maxBuffer: 2 ** 24,
  });
  return stdout;
}

/** The photo inside bytes that are known to be good. */
async function read(bytes: Buffer): Promise<RawPhoto> {
  const photo = await readRawPhoto(bufferSource(bytes));
  if (photo === null || photo === "cut") throw new Error("There is no photo.");
  return photo;
}

function previewBytes(file: Buffer, { preview: { at } }: RawPhoto): Buffer {
  return Buffer.isBuffer(at) ? at : file.subarray(at.offset, at.offset + at.length);
}

describe.each(RAW_KINDS)("a %s", (kind) => {
  test("holds the pictures that ExifTool finds in it, and the largest stands for it", async () => {
    const { bytes, pictures } = await makeRaw(kind);
    const path = join(directory, `same.${kind}`);
    await writeFile(path, bytes);
    for (const [tag, picture] of Object.entries(pictures)) {
      expect((await extracted(path, tag)).equals(picture), tag).toBe(true);
    }
    const photo = await read(bytes);
    const largest = Object.values(pictures).toSorted((a, b) => b.length - a.length)[0];
    expect(previewBytes(bytes, photo).equals(largest ?? Buffer.alloc(0))).toBe(true);
    expect(photo.smaller).toHaveLength(Object.keys(pictures).length - 1);
  });

  test.each([1, 3, 6, 8])("is upright everywhere: orientation %i", async (orientation) => {
    const path = join(directory, `turned.${kind}`);
    await writeFile(path, (await makeRaw(kind, { orientation })).bytes);
    const source = await openSource(path);
    const file = join(directory, `turned-${kind}.jpg`);
    // The middle one of its pictures, the small one that it has else, or the large one.
    await makeThumbnail(sharp, source, { file, edge: 256 });
    await expectQuarters(file);
    await render(sharp, source, { file, edge: null, format: "jpeg" });
    await expectQuarters(file);
    await exportJpeg(sharp, source, { file, edge: null, quality: 90, rotation: 0, marks: {} });
    await expectQuarters(file);
    const { width, height, orientation: left, exif } = await sharp(file).metadata();
    expect([width, height]).toEqual(FULL);
    expect([undefined, 1]).toContain(left);
    expect(exif?.toString("latin1")).toContain("2026:11:21 10:05:09");
    expect(await probe(sharp, source)).toMatchObject({
      format: "jpeg",
      isRaw: true,
      width: FULL[0],
      height: FULL[1],
      preview: null,
      orientation,
    });
  });

  test("says what the camera wrote", async () => {
    const path = join(directory, `says.${kind}`);
    await writeFile(path, (await makeRaw(kind)).bytes);
    expect(await probe(sharp, await openSource(path))).toMatchObject({
      capturedAt: { local: "2026-11-21T10:05:09.040", subSecond: true },
      cameraModel: expect.any(String),
      iso: 640,
      fNumber: 2.8,
      exposureSeconds: 1 / 250,
      latitude: expect.closeTo(37.5664, 3),
      longitude: expect.closeTo(126.978, 3),
    });
  });

  test.skipIf(kind === "raf")("has the rating that was given on the camera", async () => {
    const packet = (rating: number): string =>
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="${rating}"/></rdf:RDF></x:xmpmeta>`;
    const path = join(directory, `rated.${kind}`);
    await writeFile(path, (await makeRaw(kind, { xmp: packet(4) })).bytes);
    expect(await probe(sharp, await openSource(path))).toMatchObject({ rating: 4 });
  });

  test("with a preview smaller than the photo is said to have one", async () => {
    const pictures = await rawPictures(6, 800);
    const path = join(directory, `small.${kind}`);
    const { bytes } = await makeRaw(kind, { orientation: 6, size: [3600, 6000], pictures });
    await writeFile(path, bytes);
    expect(await probe(sharp, await openSource(path))).toMatchObject({
      width: 6000,
      height: 3600,
      preview: { width: 800, height: 480 },
    });
  });

  test("is opened by a few reads of a few kilobytes", async () => {
    const { bytes } = await makeRaw(kind);
    let reads = 0;
    let total = 0;
    const inner = bufferSource(bytes);
    await readRawPhoto({
      size: bytes.length,
      read: (position, length) => {
        reads += 1;
        total += length;
        return inner.read(position, length);
      },
    });
    expect(reads).toBeLessThan(250);
    expect(total).toBeLessThan(64 * 1024);
  });
});

describe("a preview's own orientation", () => {
  const lying = { width: 960, height: 576 };
  const upright = { width: 576, height: 960 };

  test.each([
    ["says nothing: the RAW's holds", lying, null, 6, 6],
    ["is the same: it holds once", lying, 6, 6, 6],
    ["is all there is", lying, 8, null, 8],
    ["was left at 1 by its writer", lying, 1, 6, 6],
    ["is 1, since its pixels have been turned", upright, 1, 6, 1],
    ["is missing, and its pixels have been turned", upright, null, 8, 1],
    ["was copied onto pixels that have been turned", upright, 6, 6, 1],
    ["says another turn than the RAW: it speaks of its own pixels", lying, 3, 1, 3],
    ["says upside up where the RAW says upside down", lying, 1, 3, 1],
    ["is missing everywhere", lying, null, null, 1],
  ])("%s", (_, preview, own, raw, expected) => {
    expect(orientationOf(preview, own, raw, lying)).toBe(expected);
  });

  test("is found in the file: pixels that a converter turned stay as they are", async () => {
    // The sensor lies on its side, the preview stands, and copied the tag.
    const standing = quarters(1)
      .resize(...FULL)
      .jpeg({ quality: 92 });
    const full = jpegWithExif(await standing.toBuffer(), exifBlock([[0x0112, SHORT, [6]]], []));
    const pictures = { ...(await rawPictures(1)), full };
    const { bytes } = await makeRaw("dng", { orientation: 6, size: [576, 960], pictures });
    const path = join(directory, "turned-by-a-converter.dng");
    await writeFile(path, bytes);
    const file = join(directory, "turned-by-a-converter.jpg");
    await render(sharp, await openSource(path), { file, edge: null, format: "jpeg" });
    await expectQuarters(file);
  });
});

test("a JPEG is one whatever it is called, a RAW without a telling name is one, too", async () => {
  const jpeg = join(directory, "really-a-jpeg.nef");
  await quarters().jpeg().toFile(jpeg);
  expect((await openSource(jpeg)).raw).toBeNull();
  for (const kind of ["cr2", "cr3", "raf", "orf", "rw2", "dng"] as const) {
    const path = join(directory, "no-extension");
    await writeFile(path, (await makeRaw(kind)).bytes);
    expect((await openSource(path)).raw, kind).not.toBeNull();
  }
});

describe.each(BUILDS)("with sharp's %s build", (build) => {
  const bench = createBench(build);
  afterAll(() => bench.close());

  test("every call of the worker takes a RAW", async () => {
    const path = bench.at("IMG_1.CR3");
    await writeFile(path, (await makeRaw("cr3", { orientation: 8 })).bytes);
    const { pool } = bench;
    const file = bench.at("out.jpg");
    expect(await pool.run("probe", { path })).toMatchObject({ isRaw: true, width: 960 });
    await pool.run("develop", { path, thumbnail: { file, edge: 256 }, measure: { faces: null } });
    await expectQuarters(file);
    await pool.run("thumbnail", { path, file, edge: 128 });
    await expectQuarters(file);
    await pool.run("render", { path, file, edge: 300, format: "webp" });
    await expectQuarters(file);
    await pool.run("export", { path, file, edge: null, quality: 90, rotation: 90, marks: {} });
    expect(await sharp(file).metadata()).toMatchObject({ width: FULL[1], height: FULL[0] });
    const { luma } = await pool.run("histogram", { path });
    expect(luma.reduce((sum, count) => sum + count, 0)).toBe(FULL[0] * FULL[1]);
  });
});

test("the full size of a RAW is what developing it gives, without the sensor's borders", async () => {
  const exif = [
    [0xa002, SHORT, [950]],
    [0xa003, SHORT, [570]],
  ] as const;
  const pictures = await rawPictures(1, 640);
  const { bytes } = await makeRaw("arw", { pictures, exif });
  expect(await read(bytes)).toMatchObject({ width: 950, height: 570 });
});

test("EXIF that gives the size of the upright photo turns nothing over", async () => {
  const exif = [
    [0xa002, SHORT, [960]],
    [0xa003, SHORT, [576]],
  ] as const;
  // The sensor and its preview stand, as orientation 6 of the fixture has it; the photo lies.
  const { bytes } = await makeRaw("arw", { orientation: 6, exif });
  expect(await read(bytes)).toMatchObject({ preview: { orientation: 6 }, width: 960, height: 576 });
});
