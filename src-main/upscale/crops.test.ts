/** Pieces of photos for looking at models: asked for at once, broken off, tidied away. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test, vi } from "vitest";
import type { PhotoStore } from "../library/index.ts";
import { takeJpeg, temporaryFolder } from "../photos/takes.fixture.ts";
import { Crops } from "./crops.ts";
import { UpscaleBench } from "./upscale.fixture.ts";

const bench = new UpscaleBench();
const network = bench.network({ architecture: "compact", scale: 2 });
afterAll(() => bench[Symbol.asyncDispose]());

/** Pieces of photos that lie in a folder as `<id>.jpg`; all of one version, as files of one size and time are. */
async function openCrops(ids: readonly number[], model = network) {
  const [library, folder] = [await temporaryFolder(), await temporaryFolder()];
  const place = (id: number) => join(folder, `${id}.jpg`);
  for (const id of ids) await writeFile(place(id), await takeJpeg({ scene: id }));
  let version = "1";
  const photos = {
    primaryFile: (id: number) => (existsSync(place(id)) ? { path: place(id), version } : null),
    rows: () => [{ rotation: 0 }],
  };
  const crops = new Crops({
    directory: library,
    // What is asked of a store here.
    photos: photos as unknown as PhotoStore,
    images: bench.images,
    upscaler: bench.pool,
    openModel: () => Promise.resolve(model),
    currentProvider: () => Promise.resolve("cpu"),
  });
  return {
    crops,
    library,
    place,
    work: () => readdir(join(library, "work", "crops")).catch(() => []),
    change: () => {
      version = "2";
    },
  };
}

const piece = (photoId: number, x = 0.5) => ({
  photoId,
  model: "random",
  denoise: 1,
  x,
  y: 0.5,
  edge: 64,
});

async function pixels(path: string): Promise<Buffer> {
  return sharp(await readFile(path))
    .raw()
    .toBuffer();
}

test("one piece asked for many times at once: everyone gets it, and one who leaves takes it from nobody", async () => {
  const { crops, work, library } = await openCrops([1]);
  const leaving = new AbortController();
  const left = crops.make(piece(1), leaving.signal);
  const asked = [crops.make(piece(1)), crops.make(piece(1)), crops.make(piece(1))];
  await vi.waitFor(async () => expect(await work()).toHaveLength(1), 60_000);
  leaving.abort();
  await expect(left).rejects.toMatchObject({ name: "AbortError" });
  const made = await Promise.all(asked);
  expect(new Set(made.map(({ key }) => key)).size).toBe(1);
  const key = made[0]?.key ?? "";
  expect(await sharp(crops.file(key, "before")).metadata()).toMatchObject({ width: 64 });
  expect(await sharp(crops.file(key, "after")).metadata()).toMatchObject({ width: 128 });
  // Nothing of the making is left but the photo's own pixels.
  const [folder = ""] = await work();
  const inside = await readdir(join(library, "work", "crops", folder));
  expect(inside.toSorted()).toEqual(["metadata.json", "source.tif"]);
});

test("a model that takes another's place makes pieces of its own; one that was only used does not", async () => {
  const path = join(await temporaryFolder(), "network.onnx");
  await copyFile(network.path, path);
  const { crops } = await openCrops([1], { ...network, path });
  const first = await crops.make(piece(1));
  expect(first.seconds).toBeGreaterThan(0);
  await utimes(path, 1, 1);
  expect(await crops.make(piece(1))).toEqual({ ...first, seconds: null });
  // Beside the old one, so that it can't have its inode.
  await copyFile(network.path, `${path}.new`);
  await rename(`${path}.new`, path);
  const second = await crops.make(piece(1));
  expect(second.key).not.toBe(first.key);
  expect(second.seconds).toBeGreaterThan(0);
});

test("photos of one size and time have pieces of their own", async () => {
  const { crops } = await openCrops([1, 2]);
  const [one, two] = await Promise.all([crops.make(piece(1)), crops.make(piece(2))]);
  expect(one.key).not.toBe(two.key);
  expect(await pixels(crops.file(one.key, "before"))).not.toEqual(
    await pixels(crops.file(two.key, "before")),
  );
});

test("pixels of the last two photos are kept, those in use and no others besides", async () => {
  const ids = [1, 2, 3, 4];
  const { crops, work, change, place } = await openCrops(ids);
  // All four at once: none is taken away from under another's piece.
  await Promise.all(ids.map((id) => crops.make(piece(id))));
  await vi.waitFor(async () => expect(await work()).toHaveLength(2));
  // A file that changed while a piece of it is cut.
  const before = crops.make(piece(4, 0.2));
  await writeFile(place(4), await takeJpeg({ scene: 5 }));
  change();
  const [old, now] = await Promise.all([before, crops.make(piece(4, 0.2))]);
  expect(old.key).not.toBe(now.key);
  await vi.waitFor(async () => expect(await work()).toHaveLength(2));
  // One that can't be decoded leaves nothing.
  await writeFile(place(1), "no photo");
  await expect(crops.make(piece(1))).rejects.toMatchObject({ code: "not-a-photo" });
  await vi.waitFor(async () => expect(await work()).toEqual([expect.stringMatching(/^4-2-/)]));
  await crops.clear();
  expect(await work()).toEqual([]);
});

test("what a killed Kiln left is tidied away, what is looked at stays", async () => {
  const { crops, library, work } = await openCrops([1]);
  const [left, cache] = [
    join(library, "work", "crops", "9-1-0-1"),
    join(library, "cache", "crops"),
  ];
  await mkdir(left, { recursive: true });
  await mkdir(cache, { recursive: true });
  await writeFile(join(left, "source.tif"), "pixels");
  await writeFile(join(cache, `${"0".repeat(32)}-after.png`), "piece");
  const { key } = await crops.make(piece(1));
  await crops.tidy();
  expect((await readdir(cache)).toSorted()).toEqual([`${key}-after.png`, `${key}-before.png`]);
  expect(await work()).toHaveLength(1);
  expect(await readdir(join(library, "work", "crops"))).not.toContain("9-1-0-1");
  // Its pixels are still there to be cut.
  await crops.make(piece(1, 0.1));
  await new Crops({ directory: library } as never).tidy();
  expect(await readdir(cache)).toEqual([]);
  expect(await work()).toEqual([]);
});
