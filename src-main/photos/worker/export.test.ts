import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exiftoolPath } from "exiftool-vendored";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { readSidecar, type SidecarValues, updateSidecar } from "../../xmp/index.ts";
import { exportJpeg } from "./rendition.ts";
import { loadSharp } from "./sharp.ts";
import { openSource } from "./source.ts";

/** A photo whose upper left quarter is red and the rest blue, stored as a camera held upright would (orientation 6). */
async function portrait(folder: string, xmp: string | null): Promise<string> {
  const path = join(folder, "photo.jpg");
  const red = await sharp({
    create: { width: 60, height: 40, channels: 3, background: "red" },
  })
    .png()
    .toBuffer();
  const picture = sharp({ create: { width: 120, height: 80, channels: 3, background: "blue" } })
    .composite([{ input: red, left: 0, top: 0 }])
    .withExif({ IFD0: { Make: "Kiln", Orientation: "6" } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95 });
  await (xmp === null ? picture : picture.withXmp(xmp)).toFile(path);
  return path;
}

async function exported(
  rotation: 0 | 90 | 180 | 270,
  edge: number | null,
  marks: SidecarValues = {},
  xmp: string | null = null,
) {
  const folder = mkdtempSync(join(tmpdir(), "kiln-export-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "out.part");
  const source = await openSource(await portrait(folder, xmp));
  await exportJpeg(await loadSharp(), source, { file, edge, quality: 90, rotation, marks });
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): string => {
    const [r = 0, , b = 0] = data.subarray((y * info.width + x) * info.channels);
    return r > b ? "red" : "blue";
  };
  const { width, height } = info;
  const corners = [at(3, 3), at(width - 4, 3), at(width - 4, height - 4), at(3, height - 4)];
  return { width, height, corners, metadata: await sharp(file).metadata() };
}

test("an export is upright, says so, and keeps the camera's metadata", async () => {
  const { width, height, corners, metadata } = await exported(0, null);
  // Orientation 6 turns the stored picture a quarter clockwise: its upper left goes to the upper right.
  expect([width, height]).toEqual([80, 120]);
  expect(corners).toEqual(["blue", "red", "blue", "blue"]);
  expect([undefined, 1]).toContain(metadata.orientation);
  expect(metadata.exif?.toString("latin1")).toContain("Kiln");
});

test.each([
  [90, [120, 80], 2],
  [180, [80, 120], 3],
  [270, [120, 80], 0],
] as const)("the person's turn by %i° is in the pixels", async (rotation, size, redCorner) => {
  const { width, height, corners } = await exported(rotation, null);
  expect([width, height]).toEqual(size);
  expect(corners.indexOf("red")).toBe(redCorner);
});

test("an export carries stars and label, beside what the photo's own XMP says", async () => {
  const fresh = await exported(0, null, { rating: 4, label: "Green" });
  expect(readSidecar(fresh.metadata.xmp ?? Buffer.of(), "x")).toMatchObject({
    rating: 4,
    label: "Green",
    foreign: false,
  });
  const own = Buffer.from(updateSidecar(null, { rating: 2, label: "Red" }, "x"))
    .toString()
    .replace('xmp:Rating="2"', 'xmp:Rating="2" xmp:Nickname="제주"');
  const kept = (await exported(0, 60, { rating: 5 }, own)).metadata.xmp ?? Buffer.of();
  expect(readSidecar(kept, "x")).toMatchObject({ rating: 5, label: "Red" });
  expect(kept.toString()).toContain('xmp:Nickname="제주"');
});

test("without marks an export has the photo's own XMP or none; broken XMP costs no export", async () => {
  expect((await exported(0, null, { rating: 0 })).metadata.xmp).toBeUndefined();
  const broken = (await exported(0, null, { rating: 3 }, "<x:broken")).metadata.xmp;
  expect(broken?.toString()).toContain("<x:broken");
});

test("a longest edge bounds the size and never enlarges", async () => {
  expect(await exported(90, 60)).toMatchObject({ width: 60, height: 40 });
  expect(await exported(0, 9000)).toMatchObject({ width: 80, height: 120 });
});

const exiftool = await exiftoolPath();
const hasHeifEncoder = canRun("heif-enc");

function canRun(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A photo on its side that says a good deal about itself, in this format, exported at a longest edge of 60. */
async function exportedTags(format: "jpeg" | "tiff" | "heic"): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "kiln-export-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const picture = sharp({ create: { width: 120, height: 80, channels: 3, background: "teal" } });
  const written = join(folder, format === "tiff" ? "photo.tif" : "photo.jpg");
  await (format === "tiff" ? picture.tiff() : picture.jpeg()).toFile(written);
  const tags = [
    "-Orientation#=6",
    "-Make=Kiln",
    "-Model=Kiln 1",
    "-LensModel=Kiln 35mm",
    "-ISO=400",
    "-DateTimeOriginal=2026:11:21 10:00:00",
    "-OffsetTimeOriginal=+09:00",
    "-ExifImageWidth=120",
    "-ExifImageHeight=80",
    "-GPSLatitude=33.5",
    "-GPSLatitudeRef=N",
    "-GPSLongitude=126.5",
    "-GPSLongitudeRef=E",
    "-XMP-dc:Creator=Kiln",
    "-XMP-tiff:Orientation#=6",
    "-IPTC:Caption-Abstract=Jeju",
  ];
  execFileSync(exiftool, ["-overwrite_original", "-q", ...tags, written]);
  const path = format === "heic" ? join(folder, "photo.heic") : written;
  if (format === "heic") execFileSync("heif-enc", ["-o", path, written], { stdio: "ignore" });
  const file = join(folder, "out.jpg");
  const target = { file, edge: 60, quality: 90, rotation: 0, marks: { rating: 4 } } as const;
  await exportJpeg(await loadSharp(), await openSource(path), target);
  const told = execFileSync(exiftool, ["-json", "-G1", "-n", "-all:all", "-validate", file]);
  return z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(String(told)))[0] ?? {};
}

const shot = {
  "File:ImageWidth": 40,
  "File:ImageHeight": 60,
  "IFD0:Orientation": 1,
  "IFD0:Make": "Kiln",
  "IFD0:Model": "Kiln 1",
  "ExifIFD:LensModel": "Kiln 35mm",
  "ExifIFD:ISO": 400,
  "ExifIFD:DateTimeOriginal": "2026:11:21 10:00:00",
  "ExifIFD:OffsetTimeOriginal": "+09:00",
  "GPS:GPSLatitude": 33.5,
  "GPS:GPSLongitude": 126.5,
  "XMP-xmp:Rating": 4,
};

test("an export says what the photo said, of the pixels that it has", async () => {
  expect(await exportedTags("jpeg")).toMatchObject({
    ...shot,
    "ExifIFD:ExifImageWidth": 40,
    "ExifIFD:ExifImageHeight": 60,
    "XMP-dc:Creator": "Kiln",
    "XMP-tiff:Orientation": 1,
    "IPTC:Caption-Abstract": "Jeju",
  });
});

test("an export of a TIFF keeps its camera, time and place", async () => {
  expect(await exportedTags("tiff")).toMatchObject({ ...shot, "XMP-dc:Creator": "Kiln" });
});

test.skipIf(!hasHeifEncoder)("an export of a HEIC keeps its camera, time and place", async () => {
  expect(await exportedTags("heic")).toMatchObject({
    ...shot,
    // What turns a HEIC is a property of its own; EXIF's orientation means nothing there (ISO/IEC 23008-12, A.2.1).
    "File:ImageWidth": 60,
    "File:ImageHeight": 40,
    "XMP-dc:Creator": "Kiln",
  });
});
