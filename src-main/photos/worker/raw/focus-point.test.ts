import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Box } from "../../../../src-preload/contract/photos.ts";
import { quarters } from "../photo-fixture.ts";
import { probe } from "../probe.ts";
import { openSource } from "../source.ts";
import {
  ASCII,
  exifBlock,
  type Field,
  jpegWithExif,
  makeRaw,
  type RawKind,
  type RawOptions,
  SHORT,
  UNDEFINED,
} from "./raw-fixture.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "kiln-focus-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function focusOf(name: string, bytes: Buffer): Promise<Box | null> {
  const path = join(directory, name);
  await writeFile(path, bytes);
  return (await probe(sharp, await openSource(path))).focus?.box ?? null;
}

async function rawFocus(kind: RawKind, options: RawOptions): Promise<Box | null> {
  return focusOf(`focus.${kind}`, (await makeRaw(kind, options)).bytes);
}

/** A JPEG of 960 × 576 as stored, with these EXIF fields. */
async function jpegFocus(fields: readonly Field[], orientation = 1): Promise<Box | null> {
  const jpeg = await quarters().resize(960, 576).jpeg().toBuffer();
  const image: readonly Field[] = [
    [0x010f, ASCII, "Kiln"],
    [0x0112, SHORT, [orientation]],
  ];
  return focusOf("focus.jpg", jpegWithExif(jpeg, exifBlock(image, fields)));
}

function near(box: readonly [number, number, number, number]): unknown {
  return box.map((value) => expect.closeTo(value, 4));
}

/** A square of 8 % of the long edge around a point of a picture of 960 × 576. */
function around(x: number, y: number): unknown {
  return near([x - 0.04, y - 0.04 * (960 / 576), 0.08, 0.08 * (960 / 576)]);
}

describe("EXIF's SubjectArea", () => {
  const area = (...values: readonly number[]): Field => [0x9214, SHORT, values];
  const size: readonly Field[] = [
    [0xa002, SHORT, [4800]],
    [0xa003, SHORT, [2880]],
  ];

  test("of two numbers is a point", async () => {
    expect(await jpegFocus([area(240, 144)])).toEqual(around(0.25, 0.25));
  });
  test("of three is a circle", async () => {
    expect(await jpegFocus([area(480, 288, 96)])).toEqual(near([0.45, 0.5 - 1 / 12, 0.1, 1 / 6]));
  });
  test("of four is a rectangle around its centre, in EXIF's own pixels", async () => {
    expect(await jpegFocus([...size, area(1200, 720, 480, 576)])).toEqual(
      near([0.2, 0.15, 0.1, 0.2]),
    );
  });
  test.each([
    [3, [0.7, 0.65, 0.1, 0.2]],
    [6, [0.65, 0.2, 0.2, 0.1]],
    [8, [0.15, 0.7, 0.2, 0.1]],
  ] as const)("turns with the photo: orientation %i", async (orientation, box) => {
    const fields = [...size, area(1200, 720, 480, 576)];
    expect(await jpegFocus(fields, orientation)).toEqual(near(box));
  });
  test("that reaches over the edge ends there", async () => {
    expect(await jpegFocus([area(0, 288, 96, 96)])).toEqual(near([0, 5 / 12, 0.05, 1 / 6]));
  });
  test.each([
    ["outside", [2000, 100]],
    ["nothing", [0, 0]],
    ["one number", [7]],
    ["five numbers", [1, 2, 3, 4, 5]],
    ["larger than the photo", [480, 288, 2000, 2000]],
  ])("that is nonsense is none: %s", async (_, values) => {
    expect(await jpegFocus([area(...values)])).toBeNull();
  });
  test("of a photo that was cropped since is none", async () => {
    expect(
      await jpegFocus([[0xa002, SHORT, [4000]], [0xa003, SHORT, [4000]], area(9, 9)]),
    ).toBeNull();
  });
});

/** Canon's AFInfo2 of nine areas in a picture of 6000 × 3600; each 300 × 360, on a grid of 600 × 720. */
function canonInfo(inFocus: readonly number[], selected: readonly number[]): Field {
  const nine = Array.from({ length: 9 }, (_, i) => i);
  const bits = (of: readonly number[]): number => of.reduce((sum, i) => sum | (1 << i), 0);
  const values = [
    0,
    2,
    9,
    9,
    6000,
    3600,
    6000,
    3600,
    ...nine.map(() => 300),
    ...nine.map(() => 360),
    ...nine.map((i) => ((i % 3) - 1) * 600),
    ...nine.map((i) => (1 - Math.floor(i / 3)) * 720),
    bits(inFocus),
    bits(selected),
  ];
  return [0x0026, SHORT, values.map((value) => value & 0xffff)];
}

describe("Canon's AF areas", () => {
  test.each(["cr2", "cr3"] as const)("in focus count, upwards being positive: %s", async (kind) => {
    // The upper left one: 600 to the left of the centre and 720 above it.
    expect(await rawFocus(kind, { note: [canonInfo([0], [8])] })).toEqual(
      near([0.375, 0.25, 0.05, 0.1]),
    );
  });
  test("are put together when there are several", async () => {
    expect(await rawFocus("cr2", { note: [canonInfo([0, 4], [])] })).toEqual(
      near([0.375, 0.25, 0.15, 0.3]),
    );
  });
  test("that were selected count when none is in focus", async () => {
    expect(await rawFocus("cr2", { note: [canonInfo([], [8])] })).toEqual(
      near([0.575, 0.65, 0.05, 0.1]),
    );
  });
  test("are read from the older note, too, which knows of those in focus alone", async () => {
    const info = [3, 3, 6000, 3600, 6000, 3600, 300, 360, -600, 0, 600, 0, 0, 720, 0b100];
    const note: readonly Field[] = [[0x0012, SHORT, info.map((value) => value & 0xffff)]];
    expect(await rawFocus("cr2", { note })).toEqual(near([0.575, 0.25, 0.05, 0.1]));
  });
  test("turn with the photo", async () => {
    const note = [canonInfo([0], [])];
    const turned: RawOptions = { orientation: 6, size: [960, 576], note };
    // Wider than the pictures inside, which stand: only the photo's size counts here.
    expect(await rawFocus("cr2", turned)).toEqual(near([0.65, 0.375, 0.1, 0.05]));
  });
  test("are none when none is marked or the list is cut short", async () => {
    expect(await rawFocus("cr2", { note: [canonInfo([], [])] })).toBeNull();
    const [tag, type, values] = canonInfo([0], []);
    const short = Array.isArray(values) ? values.slice(0, 40) : [];
    expect(await rawFocus("cr2", { note: [[tag, type, short]] })).toBeNull();
  });
});

describe("Nikon's AF area", () => {
  /** A centre of 1500, 900 and an area of 600 × 360 in a picture of 6000 × 3600. */
  function info(version: string, at: number, flagAt: number, flag = 1): Field {
    const bytes = Buffer.alloc(0x60);
    bytes.write(version, "latin1");
    bytes[flagAt] = flag;
    [6000, 3600, 1500, 900, 600, 360].forEach((value, i) => {
      bytes.writeUInt16BE(value, at + 2 * i);
    });
    return [0x00b7, UNDEFINED, bytes];
  }

  test.each([
    ["0100", 0x10, 4],
    ["0101", 0x46, 4],
    ["0300", 0x2a, 7],
    ["0400", 0x3e, 7],
  ] as const)("version %s", async (version, at, flagAt) => {
    const box = near([0.2, 0.2, 0.1, 0.1]);
    expect(await rawFocus("nef", { note: [info(version, at, flagAt)] })).toEqual(box);
    expect(await rawFocus("nef", { note: [info(version, at, flagAt, 0)] })).toBeNull();
  });
  test("of an unknown version is none", async () => {
    expect(await rawFocus("nef", { note: [info("0999", 0x2a, 7)] })).toBeNull();
  });
});

describe("Sony's focus location", () => {
  const location: Field = [0x2027, SHORT, [6000, 3600, 4500, 900]];
  test("is a point", async () => {
    expect(await rawFocus("arw", { note: [location] })).toEqual(around(0.75, 0.25));
  });
  test("has a frame around it where the camera says how large", async () => {
    const frame = Buffer.from([0x58, 0x02, 0x68, 0x01, 0x01, 0x01]);
    const note: readonly Field[] = [location, [0x2037, UNDEFINED, frame]];
    expect(await rawFocus("arw", { note })).toEqual(near([0.7, 0.2, 0.1, 0.1]));
  });
  test("of zeros is none", async () => {
    expect(await rawFocus("arw", { note: [[0x2027, SHORT, [0, 0, 0, 0]]] })).toBeNull();
  });
});

describe("Fujifilm's focus pixel", () => {
  test("is a point in EXIF's pixels", async () => {
    const note: readonly Field[] = [[0x1023, SHORT, [720, 432]]];
    expect(await rawFocus("raf", { note })).toEqual(around(0.75, 0.75));
  });
});

describe("a maker note", () => {
  test("of another brand than the camera's is left alone", async () => {
    const note = [canonInfo([0], [])];
    expect(await rawFocus("cr2", { note, make: "NIKON CORPORATION" })).toBeNull();
    expect(await rawFocus("cr3", { note, make: "SONY" })).toBeNull();
    const point: readonly Field[] = [[0x1023, SHORT, [720, 432]]];
    expect(await rawFocus("raf", { note: point, make: "Canon" })).toBeNull();
  });
  test("comes before SubjectArea, which speaks when it is silent", async () => {
    const exif: readonly Field[] = [[0x9214, SHORT, [240, 144]]];
    const note = [canonInfo([0], [])];
    expect(await rawFocus("cr2", { exif, note })).toEqual(near([0.375, 0.25, 0.05, 0.1]));
    expect(await rawFocus("cr2", { exif })).toEqual(around(0.25, 0.25));
  });
  test("that is cut off or empty is none", async () => {
    const jpeg = await quarters().jpeg().toBuffer();
    for (const length of [0, 1, 12, 19, 40]) {
      const note = Buffer.alloc(length, 0xff);
      const block = exifBlock([[0x010f, ASCII, "Canon"]], [], note);
      expect(await focusOf("cut.jpg", jpegWithExif(jpeg, block))).toBeNull();
    }
  });
});
