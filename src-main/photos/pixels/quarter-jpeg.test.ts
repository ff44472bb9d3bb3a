import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import { lumaOf } from "../worker/luma.ts";
import { encodeExif } from "../worker/raw/exif-fields.ts";
import { withMetadata } from "../worker/raw/jpeg-header.ts";
import { writeBaselineJpeg } from "./baseline-jpeg.fixture.ts";
import { decodeQuarter, turnUpright } from "./index.ts";

describe("the same bytes as sharp", () => {
  const sizes = [
    [12, 4],
    [16, 8],
    [12, 100],
    [36, 4],
    [132, 68],
    [260, 204],
  ] as const;

  test.each(["4:2:0", "4:4:4"].flatMap((chroma) => sizes.map(([w, h]) => [chroma, w, h] as const)))(
    "%s, %i × %i, of every quality",
    async (chromaSubsampling, width, height) => {
      const picture = await noisy(width, height);
      for (const quality of [20, 70, 82, 95, 100]) {
        for (const optimiseCoding of [true, false]) {
          const file = await picture
            .clone()
            .jpeg({ quality, chromaSubsampling, optimiseCoding })
            .toBuffer();
          await expectSame(file, `${quality}`);
        }
      }
    },
  );

  test.each([
    [1, 1],
    [2, 1],
    [2, 2],
  ] as const)("coefficients of every kind, chroma %i × %i", async (across, down) => {
    const random = randomNumbers(across + 10 * down);
    for (let round = 0; round < 60; round += 1) {
      const quantiser = 1 + Math.floor(20 * random() ** 2);
      // From flat blocks to full ones, and numbers from 1 digit to all that 8-bit pixels can make.
      const share = random() ** 3;
      const most = 1000 / quantiser / (1 + 16 * share);
      await expectSame(
        writeBaselineJpeg({
          width: 8 + 4 * Math.ceil(random() * 24),
          height: 4 * Math.ceil(random() * 24),
          across,
          down,
          restartInterval: [0, 1, 2, 7][round % 4] ?? 0,
          quantiser,
          block: () =>
            Array.from({ length: 64 }, (_, place) => {
              if (place > 0 && random() > share) return 0;
              const reach = place === 0 ? 500 / quantiser : most * random() ** 4;
              return Math.round((2 * random() - 1) * reach);
            }),
        }),
        `round ${round}`,
      );
    }
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("orientation %i", async (orientation) => {
    const picture = await noisy(52, 36);
    const exif = encodeExif({ order: "II", image: [], photo: [], gps: [] }, orientation);
    const file = withMetadata(await picture.jpeg().toBuffer(), exif, null);
    await expectSame(file, "turned", orientation);
  });
});

describe("what is left to sharp", () => {
  const plain = (): Promise<Sharp> => noisy(64, 48);

  test.each<[string, () => Promise<Buffer>]>([
    ["a progressive JPEG", async () => (await plain()).jpeg({ progressive: true }).toBuffer()],
    ["a grey one", async () => (await plain()).toColourspace("b-w").jpeg().toBuffer()],
    ["one in CMYK", async () => (await plain()).toColourspace("cmyk").jpeg().toBuffer()],
    ["one with a profile", async () => (await plain()).withIccProfile("p3").jpeg().toBuffer()],
    ["a width that four does not divide", async () => (await noisy(66, 48)).jpeg().toBuffer()],
    ["a strip", async () => (await noisy(8, 48)).jpeg().toBuffer()],
    ["a PNG", async () => (await plain()).png().toBuffer()],
    ["nothing", async () => Buffer.alloc(0)],
  ])("%s", async (_, make) => {
    expect(decodeQuarter(await make())).toBeNull();
  });

  test.each([
    ["a code of all ones", (table: Buffer) => table.writeUInt16BE(0x02_00, 1 + 7)],
    ["a coefficient of 16 digits", (table: Buffer) => table.writeUInt8(16, 1 + 16 + 11)],
  ])("a Huffman table with %s, which is nowhere used: sharp refuses it", async (_, change) => {
    const file = await (await plain()).jpeg({ optimiseCoding: false }).toBuffer();
    expect(decodeQuarter(file)).not.toBeNull();
    change(file.subarray(file.indexOf(Buffer.from([0xff, 0xc4])) + 4));
    expect(decodeQuarter(file)).toBeNull();
    await expect(sharp(file, { failOn: "error" }).raw().toBuffer()).rejects.toThrow(/Huffman/);
  });

  test("a byte before a marker that fills nothing but space", async () => {
    const filled = await (await plain()).jpeg().toBuffer();
    const other = await (await noisy(32, 24)).jpeg().toBuffer();
    // Taken for a marker, it would make the next one its length, and what lies so far behind the photo.
    const file = Buffer.concat([filled.subarray(0, 2), Buffer.from([0xff]), filled.subarray(2)]);
    const gap = Buffer.alloc(4 + file.readUInt16BE(4) - file.length);
    expect(decodeQuarter(Buffer.concat([file, gap, other.subarray(2)]))).toBeNull();
  });

  test("a marker that nobody knows, other than text and data of applications", async () => {
    const file = await (await plain()).jpeg().toBuffer();
    const withMarker = (marker: number) =>
      Buffer.concat([file.subarray(0, 2), Buffer.of(0xff, marker, 0, 3, 0), file.subarray(2)]);
    for (const known of [0xe0, 0xef, 0xfe]) {
      expect(decodeQuarter(withMarker(known)), `${known}`).not.toBeNull();
    }
    for (const unknown of [0xf0, 0xfd]) {
      expect(decodeQuarter(withMarker(unknown)), `${unknown}`).toBeNull();
      await expect(sharp(withMarker(unknown)).raw().toBuffer()).rejects.toThrow();
    }
  });

  test("levels that no pixels have", () => {
    const picture = { width: 32, height: 32, across: 2, down: 2, restartInterval: 0 } as const;
    const flat = (quantiser: number, mean: number) =>
      writeBaselineJpeg({ ...picture, quantiser, block: () => [mean] });
    expect(decodeQuarter(flat(16, 127))).not.toBeNull();
    expect(decodeQuarter(flat(16, -127))).not.toBeNull();
    expect(decodeQuarter(flat(16, 128))).toBeNull();
    expect(decodeQuarter(flat(16, -128))).toBeNull();
  });

  test("one that ends early, wherever that is", async () => {
    const file = await (await plain()).jpeg().toBuffer();
    for (let end = 0; end < file.length; end += 1) {
      expect(decodeQuarter(file.subarray(0, end)), `${end}`).toBeNull();
    }
  });

  test("bytes turned over: what is taken all the same is what sharp makes of it", async () => {
    const random = randomNumbers(7);
    const whole = await (await plain()).jpeg({ quality: 90 }).toBuffer();
    let taken = 0;
    let others = 0;
    for (let round = 0; round < 1500; round += 1) {
      const file = Buffer.from(whole);
      for (let n = 0; n <= round % 3; n += 1) {
        file[Math.floor(random() * file.length)] = Math.floor(256 * random());
      }
      if (decodeQuarter(file) === null) continue;
      taken += 1;
      const { own, theirs } = await both(file, `round ${round}`, 1);
      if (!own.rgb.equals(theirs.rgb)) others += 1;
    }
    expect(taken).toBeGreaterThan(100);
    // Coefficients that no pixels have: beyond white or black libjpeg begins anew at the other end.
    expect(others / taken).toBeLessThan(0.005);
  });
});

async function expectSame(file: Buffer, name: string, orientation = 1): Promise<void> {
  const { own, theirs } = await both(file, name, orientation);
  expect(own.rgb.equals(theirs.rgb), name).toBe(true);
  expect(own.luma.equals(theirs.luma), `${name}, luma`).toBe(true);
}

type Pixels = Record<"rgb" | "luma", Buffer>;

async function both(
  file: Buffer,
  name: string,
  orientation: number,
): Promise<{ own: Pixels; theirs: Pixels }> {
  const quarter = decodeQuarter(file);
  if (quarter === null) throw new Error(`Not decoded: ${name}`);
  const { width, height, rgb, luma } = turnUpright(quarter, orientation);
  const own = { rgb: Buffer.from(rgb), luma: Buffer.from(luma) };
  const { data } = await sharp(file, { failOn: "error", sequentialRead: true })
    .autoOrient()
    .resize({ width, height, fit: "fill", kernel: "nearest" })
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const theirs = { rgb: data, luma: Buffer.from(lumaOf({ width, height, data }).data) };
  return { own, theirs };
}

/** Something with edges, colours and noise; a copy without noise would compress to nothing. */
async function noisy(width: number, height: number): Promise<Sharp> {
  const random = randomNumbers(width * 1000 + height);
  const data = Buffer.from(
    Uint8Array.from({ length: 3 * width * height }, (_, i) => {
      const pixel = Math.floor(i / 3);
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      const edge = (x >> 4) + (y >> 3) + (i % 3) * 2;
      return 40 + 60 * (edge % 4) + 30 * random();
    }),
  );
  return sharp(data, { raw: { width, height, channels: 3 } });
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
