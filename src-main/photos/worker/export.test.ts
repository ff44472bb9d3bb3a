import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
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
