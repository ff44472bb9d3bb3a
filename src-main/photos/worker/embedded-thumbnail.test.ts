import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp as Pipeline } from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMetadata } from "./decode.ts";
import { embeddedThumbnail } from "./embedded-thumbnail.ts";
import { heifThumbnailIds } from "./heif-thumbnails.ts";
import { type Colour, expectQuarters, hasHeifEncoder, quarters } from "./photo-fixture.ts";
import { makeThumbnail } from "./rendition.ts";
import { openSource } from "./source.ts";

/** Unlike the photo's own, so that it shows which of the two was taken. */
const OTHER: readonly Colour[] = [
  [20, 200, 200],
  [200, 20, 200],
  [200, 200, 20],
  [90, 90, 90],
];

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "kiln-embedded-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function embedded(photo: Buffer, edge: number): Promise<Buffer | null> {
  const path = join(directory, "photo");
  await writeFile(path, photo);
  const source = await openSource(path);
  const found = await embeddedThumbnail(sharp, source, await readMetadata(sharp, source), edge);
  return found === null ? null : found.png().toBuffer();
}

describe("a JPEG's", () => {
  test.each([1, 3, 6, 8])("is turned as the photo is: orientation %i", async (orientation) => {
    const thumbnail = await quarters(orientation, OTHER).jpeg({ quality: 95 }).toBuffer();
    const photo = await withExifThumbnail(quarters(orientation), thumbnail, orientation);
    const found = await embedded(photo, 256);
    expect(found).not.toBeNull();
    if (found !== null) await expectQuarters(found, { colours: OTHER });
  });

  test("is left alone when it is smaller than wanted", async () => {
    const thumbnail = await quarters().resize(160).jpeg().toBuffer();
    expect(await embedded(await withExifThumbnail(quarters(), thumbnail, 1), 256)).toBeNull();
    expect(await embedded(await withExifThumbnail(quarters(), thumbnail, 1), 160)).not.toBeNull();
  });

  test("is left alone when it has another shape: letterboxed, or of before a crop", async () => {
    const thumbnail = await quarters().resize(320, 240, { fit: "contain" }).jpeg().toBuffer();
    expect(await embedded(await withExifThumbnail(quarters(), thumbnail, 1), 256)).toBeNull();
  });

  test("is left alone when the photo has a colour profile that it does not have", async () => {
    const thumbnail = await quarters().jpeg().toBuffer();
    const photo = quarters().withIccProfile("p3");
    expect(await embedded(await withExifThumbnail(photo, thumbnail, 1), 256)).toBeNull();
  });

  test("is left alone when it is broken", async () => {
    const thumbnail = await quarters().jpeg().toBuffer();
    for (const broken of [thumbnail.subarray(0, 30), Buffer.from("\xff\xd8 no", "latin1")]) {
      expect(await embedded(await withExifThumbnail(quarters(), broken, 1), 256)).toBeNull();
    }
    expect(await embedded(await quarters().jpeg().toBuffer(), 256)).toBeNull();
  });

  test("does no harm when it breaks off while it is decoded", async () => {
    const thumbnail = await quarters(1, OTHER).jpeg().toBuffer();
    const half = thumbnail.subarray(0, Math.floor(thumbnail.length * 0.7));
    const path = join(directory, "half-a-thumbnail.jpg");
    await writeFile(path, await withExifThumbnail(quarters(), half, 1));
    const file = join(directory, "made.jpg");
    await makeThumbnail(sharp, await openSource(path), { file, edge: 256 });
    await expectQuarters(file);
  });
});

describe.skipIf(!hasHeifEncoder)("a HEIC's (needs heif-enc of libheif-examples)", () => {
  test("is decoded in place of the photo when it is large enough", async () => {
    await quarters().resize(1280).png().toFile(join(directory, "large.png"));
    const path = join(directory, "large.heic");
    execFileSync("heif-enc", ["-t", "300", "-o", path, join(directory, "large.png")]);
    const photo = await readFile(path);
    expect(heifThumbnailIds(photo)).toHaveLength(1);
    const found = await embedded(photo, 256);
    expect(found && (await sharp(found).metadata()).width).toBe(300);
    if (found !== null) await expectQuarters(found, { tolerance: 12 });
    expect(await embedded(photo, 512)).toBeNull();
  });
});

test("broken boxes hold no thumbnails", () => {
  expect(heifThumbnailIds(Buffer.from("\0\0\0\x10ftypheic\0\0\0\0", "latin1"))).toEqual([]);
  expect(heifThumbnailIds(Buffer.from("\0\0\0\x10meta\0\0\0\0\0\0\0\x08", "latin1"))).toEqual([]);
  const empty = "\0\0\0\x20meta\0\0\0\0\0\0\0\x14iref\0\0\0\0\0\0\0\x08thmb";
  expect(heifThumbnailIds(Buffer.from(empty, "latin1"))).toEqual([]);
});

/** A JPEG as cameras write it: EXIF with a second directory that points at a small JPEG. */
async function withExifThumbnail(
  photo: Pipeline,
  thumbnail: Buffer,
  orientation: number,
): Promise<Buffer> {
  const tiff = Buffer.alloc(56);
  tiff.write("MM\0*\0\0\0\x08", "latin1");
  // First directory: the orientation, then where the second one is.
  tiff.writeUInt16BE(1, 8);
  writeEntry(tiff, 10, 0x0112, 3, orientation * 0x10000);
  tiff.writeUInt32BE(26, 22);
  tiff.writeUInt16BE(2, 26);
  writeEntry(tiff, 28, 0x0201, 4, tiff.length);
  writeEntry(tiff, 40, 0x0202, 4, thumbnail.length);
  const body = Buffer.concat([Buffer.from("Exif\0\0"), tiff, thumbnail]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(2 + body.length, 2);
  const jpeg = await photo.jpeg().toBuffer();
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

function writeEntry(tiff: Buffer, at: number, tag: number, type: number, value: number): void {
  tiff.writeUInt16BE(tag, at);
  tiff.writeUInt16BE(type, at + 2);
  tiff.writeUInt32BE(1, at + 4);
  tiff.writeUInt32BE(value, at + 8);
}
