import { cp } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openReadingLibrary } from "./reading.fixture.ts";
import { takePhotos, temporaryFolder } from "./takes.fixture.ts";

/** A burst and a lone photo. */
async function tripFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await takePhotos(folder, {
    "A1.jpg": { at: 0, scene: 1 },
    "A2.jpg": { at: 0.3, scene: 1, blur: 2 },
    "C1.jpg": { at: 500, scene: 3 },
  });
  return folder;
}

test("results that lie among their originals are no photos of their own; in another folder they are", async () => {
  const library = await openReadingLibrary();
  const folder = await tripFolder();
  const root = await library.drop(folder);
  const original = library.photos.changes(root, 0).find(({ name }) => name === "C1.jpg");
  const [id = 0] = library.upscales.add([
    {
      photoId: original?.id ?? null,
      sourcePath: join(folder, "C1.jpg"),
      folder,
      baseName: "C1-4x",
      settings: {
        model: "general-x4v3",
        denoise: 1,
        target: { by: "scale", scale: 4 },
        format: "jpeg",
        quality: 92,
        metadata: "all",
      },
      modelName: "General",
      sourceWidth: 10,
      sourceHeight: 10,
      width: 40,
      height: 40,
      note: null,
      version: "v1",
    },
  ]);
  const path = join(folder, "C1-4x.jpg");
  await cp(join(folder, "C1.jpg"), path);
  const result = { path, width: 40, height: 40, bytes: 1, seconds: 1, note: null };
  library.upscales.complete(id, result);
  await library.drop(folder);
  expect(library.photos.counts(root).readable).toBe(3);
  const elsewhere = await temporaryFolder();
  await cp(path, join(elsewhere, "C1-4x.jpg"));
  expect(library.photos.counts(await library.drop(elsewhere)).readable).toBe(1);
});

test("a reading of headers alone measures nothing; the next one does", async () => {
  const library = await openReadingLibrary();
  const folder = await tripFolder();
  const started = await library.imports.inPlace([folder], true);
  await library.finished(started);
  expect(new Set(library.images.calls)).toEqual(new Set(["probe"]));
  const states = () => library.photos.changes(started.rootId, 0).map(({ state }) => state);
  expect(new Set(states())).toEqual(new Set(["probed"]));
  await library.drop(folder);
  expect(new Set(states())).toEqual(new Set(["measured"]));
});
