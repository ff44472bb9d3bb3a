import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import readExif from "exif-reader";
import sharp, { type Metadata } from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  analyseFrame,
  DEFAULT_GAP_MS,
  describeLook,
  groupBursts,
  rankBurst,
} from "../photos/best-cut/index.ts";
import { generateSample, type SampleManifest } from "./sample.ts";

const full = process.env.KILN_PROOFS === "1";
/** Small in every run, as people get it in the proofs. */
const longEdge = full ? 1620 : 900;
const seed = 1;
const TIMEOUT = full ? 600_000 : 120_000;

let root: string;
let directory: string;
let manifest: SampleManifest;
let names: string[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kiln-sample-"));
  directory = join(root, "made", "here");
  manifest = await generateSample(directory, { sharp, seed, longEdge });
  names = (await readdir(directory)).toSorted();
}, TIMEOUT);

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function digest(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

async function read(
  name: string,
): Promise<{ exif: ReturnType<typeof readExif>; metadata: Metadata }> {
  const metadata = await sharp(join(directory, name)).metadata();
  if (metadata.exif === undefined) throw new Error(`${name} has no EXIF`);
  return { metadata, exif: readExif(metadata.exif) };
}

test("the manifest names every file once, bursts of four or five and single photos, and nothing else is there", async () => {
  const listed = [...manifest.bursts.flatMap((burst) => burst.files), ...manifest.singles];
  expect(listed.toSorted()).toEqual(names);
  expect(manifest.bursts.length).toBeGreaterThanOrEqual(6);
  expect(manifest.singles.length).toBeGreaterThanOrEqual(4);
  for (const { files, sharpest } of manifest.bursts) {
    expect([4, 5]).toContain(files.length);
    expect(files).toContain(sharpest);
  }
  const bytes = await Promise.all(
    names.map(async (name) => (await stat(join(directory, name))).size),
  );
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(20 * 2 ** 20);
});

test("every photo says who took it, when to the millisecond, and how", async () => {
  for (const name of names) {
    const { exif, metadata } = await read(name);
    expect(exif.Image).toMatchObject({ Make: "Kiln", Model: "Sample Camera" });
    expect(exif.Photo).toMatchObject({ OffsetTimeOriginal: "+09:00" });
    expect(exif.Photo?.SubSecTimeOriginal).toMatch(/^\d{3}$/);
    expect(exif.Photo?.DateTimeOriginal).toBeInstanceOf(Date);
    for (const field of ["ExposureTime", "FNumber", "FocalLength", "ISOSpeedRatings"] as const) {
      expect(exif.Photo?.[field]).toBeGreaterThan(0);
    }
    expect(exif.Photo?.LensModel).toContain("mm");
    expect([metadata.width, metadata.height]).toEqual([longEdge, Math.round((longEdge * 2) / 3)]);
  }
});

test("some have a place, one burst stands upright, one photo is in Display P3", async () => {
  const all = await Promise.all(names.map(read));
  const placed = all.filter(({ exif }) => exif.GPSInfo !== undefined);
  expect(placed.length).toBeGreaterThan(5);
  expect(placed[0]?.exif.GPSInfo).toMatchObject({
    GPSLatitudeRef: "N",
    GPSLatitude: [38, 7, 10.2],
  });
  expect(all.filter(({ metadata }) => metadata.orientation === 6)).toHaveLength(4);
  const profiles = all.map(({ metadata }) => metadata.icc?.toString("latin1") ?? "");
  expect(new Set(profiles).size).toBe(2);
  expect(
    profiles.filter((profile) => profile === profiles[names.indexOf("KILN_0017.JPG")]),
  ).toHaveLength(1);
});

test("best cut finds the bursts again, and in each its sharp frame but where focus was missed", async () => {
  const photos = await Promise.all(
    names.map(async (name, i) => {
      const { exif } = await read(name);
      const { data, info } = await sharp(join(directory, name))
        .greyscale()
        .toColourspace("b-w")
        .raw()
        .toBuffer({ resolveWithObject: true });
      const luma = { width: info.width, height: info.height, data: new Uint8Array(data) };
      const seconds = exif.Photo?.DateTimeOriginal?.getTime() ?? 0;
      const capturedAt = seconds + Number(exif.Photo?.SubSecTimeOriginal);
      return {
        id: i,
        name,
        capturedAt,
        subSecond: true,
        camera: "Kiln",
        look: describeLook(luma),
        place: i + 1,
        ...analyseFrame(luma),
        faces: null,
        focus: null,
      };
    }),
  );
  const groups = groupBursts(photos, { gapMs: DEFAULT_GAP_MS }).map((group) =>
    group.map((id) => names[id]),
  );
  expect(groups.filter((group) => group.length > 1)).toEqual(
    manifest.bursts.map((burst) => burst.files),
  );
  for (const { files, sharpest, shows } of manifest.bursts) {
    if (shows === "missedFocus") continue;
    const { ranked } = rankBurst(photos.filter((photo) => files.includes(photo.name)));
    expect(names[ranked[0]?.id ?? -1]).toBe(sharpest);
  }
});

test(
  "the same seed gives the same bytes, another one other pictures",
  async () => {
    const stop = async (into: string, own: number, files: number): Promise<string[]> => {
      const controller = new AbortController();
      const run = generateSample(into, {
        sharp,
        seed: own,
        longEdge,
        signal: controller.signal,
        onProgress: ({ done }) => {
          if (done === files) controller.abort();
        },
      });
      await expect(run).rejects.toThrow("aborted");
      return readdir(into);
    };
    const again = join(root, "again");
    const other = join(root, "other");
    expect(await stop(again, seed, 2)).toEqual(["KILN_0001.JPG", "KILN_0002.JPG"]);
    expect(await stop(other, seed + 1, 1)).toEqual(["KILN_0001.JPG"]);
    for (const name of ["KILN_0001.JPG", "KILN_0002.JPG"]) {
      expect(await digest(join(again, name))).toBe(await digest(join(directory, name)));
    }
    expect(await digest(join(other, "KILN_0001.JPG"))).not.toBe(
      await digest(join(directory, "KILN_0001.JPG")),
    );
  },
  TIMEOUT,
);

test(
  "a second run makes what is missing and leaves the rest alone",
  async () => {
    const kept = join(directory, "KILN_0003.JPG");
    const lost = join(directory, "KILN_0001.JPG");
    const before = { kept: await stat(kept), lost: await digest(lost) };
    await rm(lost);
    const progress: number[] = [];
    const second = await generateSample(directory, {
      sharp,
      seed,
      longEdge,
      onProgress: ({ done }) => progress.push(done),
    });
    expect(second).toEqual(manifest);
    expect(progress).toEqual(names.map((_, i) => i + 1));
    expect(await digest(lost)).toBe(before.lost);
    expect((await stat(kept)).mtimeMs).toBe(before.kept.mtimeMs);
  },
  TIMEOUT,
);

test("where the directory can't be made, the system says why and nothing is left behind", async () => {
  const blocked = join(root, "a file");
  await writeFile(blocked, "");
  await expect(generateSample(join(blocked, "below"), { sharp, seed, longEdge })).rejects.toThrow(
    "ENOTDIR",
  );
  expect(await readFile(blocked, "utf8")).toBe("");
});
