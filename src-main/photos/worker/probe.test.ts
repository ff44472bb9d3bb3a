import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Exif } from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quarters } from "./photo-fixture.ts";
import { probe } from "./probe.ts";
import type { ImageProbe } from "./protocol.ts";
import { openSource } from "./source.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "kiln-probe-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function probeBytes(bytes: Buffer): Promise<ImageProbe> {
  const path = join(directory, "photo.jpg");
  await writeFile(path, bytes);
  return probe(sharp, await openSource(path));
}

async function probeExif(exif: Exif): Promise<ImageProbe> {
  return probeBytes(await quarters().jpeg().withExif(exif).toBuffer());
}

/** EXIF with a time of capture and what belongs to it. */
function taken(time: string, more: Record<string, string> = {}): Exif {
  return { IFD2: { DateTimeOriginal: time, ...more } };
}

describe("time of capture", () => {
  test.each([
    ["2026:11:21 10:05:09", {}, "2026-11-21T10:05:09.000", false, null],
    ["2026:11:21 10:05:09", { SubSecTimeOriginal: "7" }, "2026-11-21T10:05:09.700", true, null],
    ["2026:11:21 10:05:09", { SubSecTimeOriginal: "04" }, "2026-11-21T10:05:09.040", true, null],
    [
      "2026:11:21 10:05:09",
      { SubSecTimeOriginal: "123456" },
      "2026-11-21T10:05:09.123",
      true,
      null,
    ],
    ["2026:11:21 10:05:09", { SubSecTimeOriginal: "   " }, "2026-11-21T10:05:09.000", false, null],
    [
      "2026:11:21 10:05:09",
      { OffsetTimeOriginal: "+09:00" },
      "2026-11-21T10:05:09.000",
      false,
      540,
    ],
    [
      "2026:11:21 10:05:09",
      { OffsetTimeOriginal: "-03:30" },
      "2026-11-21T10:05:09.000",
      false,
      -210,
    ],
    ["2026:11:21 10:05:09", { OffsetTimeOriginal: "-00:00" }, "2026-11-21T10:05:09.000", false, 0],
    [
      "2026:11:21 10:05:09",
      { OffsetTimeOriginal: "+99:00" },
      "2026-11-21T10:05:09.000",
      false,
      null,
    ],
    ["2024:02:29 23:59:59", {}, "2024-02-29T23:59:59.000", false, null],
    ["1998:01:01 00:00:00", {}, "1998-01-01T00:00:00.000", false, null],
  ])("%s %o", async (time, more, local, subSecond, offsetMinutes) => {
    const { capturedAt } = await probeExif(taken(time, more));
    expect(capturedAt).toEqual({ local, subSecond, offsetMinutes });
  });

  test.each([
    ["no clock", "0000:00:00 00:00:00"],
    ["year 1", "0001:01:01 00:00:00"],
    ["31 February", "2026:02:31 10:00:00"],
    ["month 13", "2026:13:01 10:00:00"],
    ["25 o'clock", "2026:11:21 25:00:00"],
    ["the far future", "2099:01:01 00:00:00"],
    ["blank", "    :  :     :  :  "],
    ["another notation", "2026-11-21T10:05:09"],
  ])("is unknown when EXIF says %s", async (_, time) => {
    expect((await probeExif(taken(time))).capturedAt).toBeNull();
  });

  test("is that of digitizing when there is no other", async () => {
    const { capturedAt } = await probeExif({
      IFD2: { DateTimeDigitized: "2020:05:06 07:08:09", SubSecTimeDigitized: "5" },
    });
    expect(capturedAt).toEqual({
      local: "2020-05-06T07:08:09.500",
      subSecond: true,
      offsetMinutes: null,
    });
  });

  test("is never the file's", async () => {
    expect((await probeExif({ IFD0: { DateTime: "2026:11:21 10:05:09" } })).capturedAt).toBeNull();
  });
});

test("camera and exposure", async () => {
  const details = await probeExif({
    IFD0: { Make: "FUJIFILM  ", Model: "X-T5" },
    IFD2: {
      LensModel: "XF33mmF1.4 R LM WR",
      ISOSpeedRatings: "640",
      ExposureTime: "1/250",
      FNumber: "28/10",
      FocalLength: "33/1",
    },
  });
  expect(details).toMatchObject({
    cameraMake: "FUJIFILM",
    cameraModel: "X-T5",
    lens: "XF33mmF1.4 R LM WR",
    iso: 640,
    exposureSeconds: 1 / 250,
    fNumber: 2.8,
    focalLengthMm: 33,
  });
});

test("zero and 0/0 mean unknown", async () => {
  const details = await probeExif({
    IFD0: { Make: "   " },
    IFD2: { ISOSpeedRatings: "0", ExposureTime: "0/0", FNumber: "0/1", FocalLength: "1/0" },
  });
  expect(details).toMatchObject({
    cameraMake: null,
    iso: null,
    exposureSeconds: null,
    fNumber: null,
    focalLengthMm: null,
  });
});

test.each([
  ["Seoul", ["37/1 33/1 5904/100", "N"], ["126/1 58/1 4080/100", "E"], [37.5664, 126.978]],
  ["Rio", ["22/1 57/1 0/1", "S"], ["43/1 12/1 0/1", "W"], [-22.95, -43.2]],
  ["nowhere yet", ["0/1 0/1 0/1", "N"], ["0/1 0/1 0/1", "E"], [null, null]],
  ["off the globe", ["91/1 0/1 0/1", "N"], ["10/1 0/1 0/1", "E"], [null, null]],
  ["no fix", ["0/0 0/0 0/0", "N"], ["0/0 0/0 0/0", "E"], [null, null]],
])(
  "a photo from %s",
  async (_, [lat = "", ns = ""], [lng = "", ew = ""], [latitude, longitude]) => {
    const found = await probeExif({
      IFD3: { GPSLatitude: lat, GPSLatitudeRef: ns, GPSLongitude: lng, GPSLongitudeRef: ew },
    });
    if (latitude == null || longitude == null) {
      expect(found).toMatchObject({ latitude: null, longitude: null });
    } else {
      expect(found.latitude).toBeCloseTo(latitude, 3);
      expect(found.longitude).toBeCloseTo(longitude, 3);
    }
  },
);

test("a rating comes from XMP, else from EXIF", async () => {
  const xmp = (rating: string): string =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${rating}</rdf:RDF></x:xmpmeta>`;
  const rated = (text: string) => quarters().jpeg().withXmp(xmp(text)).toBuffer();
  const attribute = `<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/>`;
  const element = `<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:Rating>-1</xmp:Rating></rdf:Description>`;
  expect((await probeBytes(await rated(attribute))).rating).toBe(4);
  expect((await probeBytes(await rated(element))).rating).toBe(-1);
  expect((await probeBytes(await rated(attribute.replace("4", "9")))).rating).toBeNull();
  expect((await probeBytes(await quarters().jpeg().toBuffer())).rating).toBeNull();
});

test("the profile's name is read from version 2 and version 4 profiles", async () => {
  const named = async (profile: string) =>
    (await probeBytes(await quarters().jpeg().withIccProfile(profile).toBuffer())).iccName;
  expect(await named("srgb")).toBe("sRGB");
  expect(await named("cmyk")).toMatch(/\S/);
  expect((await probeBytes(await quarters().jpeg().toBuffer())).iccName).toBeNull();
});

test("a broken EXIF block costs the details, never the photo", async () => {
  const whole = await quarters()
    .jpeg()
    .withExif({ IFD0: { Make: "Kiln" }, ...taken("2026:11:21 10:05:09") })
    .toBuffer();
  const start = whole.indexOf("Exif\0\0") + 6;
  const blocks = [
    Buffer.from("nonsense"),
    Buffer.from("II*\0\xff\xff\xff\xff", "latin1"),
    // One directory that counts 65,535 entries, one that is its own successor.
    Buffer.from("MM\0*\0\0\0\x08\xff\xff", "latin1"),
    Buffer.from("MM\0*\0\0\0\x08\0\0\0\0\0\x08", "latin1"),
  ];
  for (const block of blocks) {
    const broken = Buffer.from(whole);
    block.copy(broken, start);
    expect(await probeBytes(broken)).toMatchObject({ width: 320, height: 192, format: "jpeg" });
  }
});
