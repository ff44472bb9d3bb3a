import { readFileSync } from "node:fs";
import { mkdtemp, open, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { KilnError } from "../../../errors.ts";
import { openImage, readMetadata } from "../decode.ts";
import { exifDetails, parseExif } from "../exif.ts";
import { createBench } from "../photo-fixture.ts";
import { probe } from "../probe.ts";
import { makeThumbnail } from "../rendition.ts";
import { openSource } from "../source.ts";
import { type ByteSource, bufferSource, fileSource } from "./byte-source.ts";
import { encodeExif } from "./exif-fields.ts";
import { ASCII, exifBlock, jpegWithExif, makeRaw, RAW_KINDS, rawPictures } from "./raw-fixture.ts";
import { type RawPhoto, readRawPhoto } from "./raw-photo.ts";

const isProof = process.env.KILN_PROOFS === "1";
/** Containers with bytes turned over. */
const MUTATIONS = isProof ? 20_000 : 1_500;

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "kiln-bad-raw-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** What can be shown of it. */
async function read(source: ByteSource): Promise<RawPhoto | null> {
  const photo = await readRawPhoto(source);
  return photo === "cut" ? null : photo;
}

/** What comes of a file where every pixel counts: the code of a sentence, or null when it is fine. */
async function failure(path: string): Promise<string | null> {
  try {
    const source = await openSource(path);
    await probe(sharp, source);
    await openImage(sharp, source, await readMetadata(sharp, source), "strict");
    return null;
  } catch (error) {
    if (error instanceof KilnError) return error.code;
    throw error;
  }
}

describe.each(RAW_KINDS)("a %s", (kind) => {
  test("that ends at the beginning of any of its parts, or inside one, is said to end early", async () => {
    const { bytes, boundaries } = await makeRaw(kind);
    const path = join(directory, `cut.${kind}`);
    for (const boundary of boundaries) {
      for (const end of [boundary, boundary + 1, boundary + 7]) {
        if (end === 0) continue;
        await writeFile(path, bytes.subarray(0, end));
        expect(await failure(path), `${end} of ${bytes.length}`).toBe("file-truncated");
      }
    }
    await writeFile(path, bytes.subarray(0, bytes.length - 100));
    expect(await failure(path), "its very end").toBe("file-truncated");
  });

  test("that is cut behind its preview still shows it", async () => {
    const { bytes } = await makeRaw(kind);
    const path = join(directory, `shown.${kind}`);
    await writeFile(path, bytes.subarray(0, bytes.length - 100));
    const file = join(directory, "shown.jpg");
    expect(await makeThumbnail(sharp, await openSource(path), { file, edge: 256 })).toMatchObject({
      width: 256,
    });
  });
});

describe("offsets that lead nowhere good", () => {
  /** A CR2 whose first directory has this in place of one field's value. */
  async function changed(tag: number, value: number): Promise<Buffer> {
    const { bytes } = await makeRaw("cr2");
    const count = bytes.readUInt16LE(16);
    for (let at = 18; at < 18 + 12 * count; at += 12) {
      if (bytes.readUInt16LE(at) === tag) bytes.writeUInt32LE(value, at + 8);
    }
    return bytes;
  }

  test("directories that lead back to themselves", async () => {
    const { bytes } = await makeRaw("cr2");
    const next = 18 + 12 * bytes.readUInt16LE(16);
    for (const offset of [16, 0, 1, 2, next]) {
      bytes.writeUInt32LE(offset, next);
      const photo = await read(bufferSource(bytes));
      expect(photo?.preview.width, `${offset}`).toBe(960);
    }
    for (const pointer of [0x8769, 0x8825]) {
      const photo = await read(bufferSource(await changed(pointer, 16)));
      expect(photo?.preview.width).toBe(960);
    }
  });

  test("a preview of 4 GB is cut off where the file ends", async () => {
    const bytes = await changed(0x0117, 0xffff_ffff);
    const photo = await read(bufferSource(bytes));
    expect(photo).toMatchObject({ isCut: true });
    const path = join(directory, "4gb.cr2");
    await writeFile(path, bytes);
    expect(await failure(path)).toBe("file-truncated");
  });

  test.each([0, 1, 0x7fff_ffff, 0xffff_ffff])("a preview at %i", async (offset) => {
    const photo = await read(bufferSource(await changed(0x0111, offset)));
    // The thumbnail is all that is left.
    expect(photo?.preview.width).toBe(160);
  });

  test("lossless RAW data is no preview, and neither are several strips", async () => {
    const { bytes } = await makeRaw("dng");
    const photo = await read(bufferSource(bytes));
    expect([photo?.preview, ...(photo?.smaller ?? [])]).toHaveLength(2);
  });

  test("a preview longer than any camera's is not read into memory", async () => {
    const path = join(directory, "huge.cr2");
    await writeFile(path, await changed(0x0117, 2 ** 30));
    await truncate(path, 1.5 * 2 ** 30);
    const source = await openSource(path);
    expect(source.raw?.preview.width).toBe(160);
  });
});

test("a file is left alone after 256 reads", async () => {
  const path = join(directory, "long");
  await writeFile(path, Buffer.alloc(8 * 2 ** 20));
  await using file = await open(path, "r");
  const { size } = await stat(path);
  const source = fileSource(file, size, Buffer.alloc(0));
  let read = 0;
  for (let at = 0; at < size; at += 16_384) if ((await source.read(at, 1)).length > 0) read += 1;
  expect(read).toBe(256);
  expect(source.wasReadBeyond).toBe(false);
});

test("a RAW by name with nothing inside is set aside with a sentence", async () => {
  const path = join(directory, "diary.nef");
  await writeFile(path, "Dear diary, today I took no photo. ".repeat(20));
  expect(await failure(path)).toBe("raw-without-preview");
});

test.each(["0000:01:01 00:00:00", "2099:12:31 23:59:59", "    :  :     :  :  "])(
  "a time of %s is none",
  async (date) => {
    const { full } = await rawPictures();
    const { bytes } = await makeRaw("nef", { exif: [[0x9003, ASCII, date]] });
    const path = join(directory, "when.nef");
    await writeFile(path, bytes);
    expect((await probe(sharp, await openSource(path))).capturedAt).toBeNull();
    const jpeg = join(directory, "when.jpg");
    await writeFile(jpeg, jpegWithExif(full, exifBlock([], [[0x9003, ASCII, date]])));
    expect((await probe(sharp, await openSource(jpeg))).capturedAt).toBeNull();
  },
);

test("containers with bytes turned over: no crash, no hang, bounded reading", {
  timeout: 900_000,
}, async () => {
  const random = randomNumbers(20_261_121);
  const pictures = await rawPictures();
  const made = await Promise.all(RAW_KINDS.map((kind) => makeRaw(kind, { pictures })));
  let found = 0;
  for (let round = 0; round < MUTATIONS; round += 1) {
    const { bytes, boundaries } = made[round % made.length] ?? {
      bytes: Buffer.alloc(0),
      boundaries: [],
    };
    const mutated = mutate(bytes, boundaries, random);
    const counted = counting(bufferSource(mutated));
    const photo = await read(counted.source);
    if (photo !== null) found += 1;
    if (photo?.exif) {
      const block = encodeExif(photo.exif, photo.preview.orientation);
      // What fits into a JPEG's segment.
      expect(block.length).toBeLessThan(65_527);
      exifDetails(parseExif(block), block);
    }
    if (photo?.focus) for (const share of photo.focus) expect(share >= 0 && share <= 1).toBe(true);
    expect(counted.reads(), `reads of round ${round}`).toBeLessThan(20_000);
    expect(counted.largest(), `largest read of round ${round}`).toBeLessThanOrEqual(2 ** 16);
    for (const { at } of photo === null ? [] : [photo.preview, ...photo.smaller]) {
      if (Buffer.isBuffer(at)) continue;
      expect(at.offset + at.length, `round ${round}`).toBeLessThanOrEqual(mutated.length);
    }
  }
  // Most survive: the mutations reach beyond the signatures.
  expect(found).toBeGreaterThan(MUTATIONS / 4);
});

test("the worker survives them, in bounded memory", { timeout: 1_800_000 }, async () => {
  const bench = createBench("native");
  onTestFinished(() => bench.close());
  const random = randomNumbers(20_261_122);
  const pictures = await rawPictures();
  const made = await Promise.all(RAW_KINDS.map((kind) => makeRaw(kind, { pictures })));
  for (let round = 0; round < (isProof ? 20_000 : 90); round += 1) {
    const kind = RAW_KINDS[round % RAW_KINDS.length] ?? "cr2";
    const { bytes, boundaries } = made[round % made.length] ?? (await makeRaw(kind));
    const path = bench.at(`mutated.${kind}`);
    await writeFile(path, mutate(bytes, boundaries, random));
    const options = { timeoutMs: 25_000 };
    const code = await bench.pool
      .run("probe", { path }, options)
      .then(() =>
        bench.pool.run("thumbnail", { path, file: bench.at("m.jpg"), edge: 256 }, options),
      )
      .then(
        () => null,
        (error: unknown) => {
          if (error instanceof KilnError) return error.code;
          throw error;
        },
      );
    expect(code, `round ${round}`).not.toBe("worker-died");
  }
  if (process.platform !== "linux") return;
  const [pid] = bench.pool.pids;
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  expect(Number(peak) / 1024).toBeLessThan(400);
});

/** A few bytes of the structure turned over, a number made large, a part moved, or the end cut off. */
function mutate(original: Buffer, boundaries: readonly number[], random: () => number): Buffer {
  const bytes = Buffer.from(original);
  const below = (limit: number): number => Math.floor(random() * limit);
  for (let i = 1 + below(12); i > 0; i -= 1) {
    const part = boundaries[below(boundaries.length)] ?? 0;
    const at = Math.min(part + below(200), bytes.length - 4);
    const kind = below(4);
    if (kind === 0) bytes[at] = below(256);
    if (kind === 1) bytes.writeUInt32LE(below(2) === 0 ? 0xffff_ffff : below(bytes.length), at);
    if (kind === 2) bytes.writeUInt32BE(below(2) === 0 ? 0x7fff_ffff : below(bytes.length), at);
    if (kind === 3) bytes.copy(bytes, at, below(bytes.length), below(bytes.length));
  }
  return below(4) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
}

/** Counts what is asked of a source that, other than a file's, gives all of it. */
function counting(inner: ByteSource) {
  let reads = 0;
  let largest = 0;
  return {
    source: {
      size: inner.size,
      read: (position: number, length: number) => {
        reads += 1;
        largest = Math.max(largest, length);
        return inner.read(position, length);
      },
    },
    reads: () => reads,
    largest: () => largest,
  };
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
