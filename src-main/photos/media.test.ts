import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test, vi } from "vitest";
import { Media, type MediaKind } from "./media.ts";
import { openReadingLibrary } from "./reading.fixture.ts";
import { takeJpeg, takePhotos, temporaryFolder } from "./takes.fixture.ts";

async function shownLibrary() {
  const library = await openReadingLibrary();
  const folder = await temporaryFolder();
  await takePhotos(folder, { "1.jpg": { at: 0 } });
  await sharp(await takeJpeg({ scene: 2 }))
    .tiff()
    .toFile(join(folder, "2.tif"));
  const root = await library.drop(folder);
  const media = new Media(library);
  const idOf = (name: string): number => {
    const row = library.photos.changes(root, 0).find((photo) => photo.name === name);
    if (row === undefined) throw new Error(`No photo ${name}`);
    return row.id;
  };
  return {
    ...library,
    folder,
    root,
    idOf,
    open: (kind: MediaKind, name: string, signal = new AbortController().signal) =>
      media.open(kind, idOf(name), 512, signal),
    rendered: () =>
      library.images.calls.filter((call) => call === "render" || call === "thumbnail"),
  };
}

test("a JPEG is shown by its own bytes, under its version", async () => {
  const { open, folder, rendered, photos, idOf } = await shownLibrary();
  const path = join(folder, "1.jpg");
  const version = photos.primaryFile(idOf("1.jpg"))?.version;
  for (const kind of ["photo", "preview"] as const) {
    expect(await open(kind, "1.jpg")).toEqual({ path, contentType: "image/jpeg", etag: version });
  }
  expect(rendered()).toEqual([]);
});

test("what Chromium can't show is rendered once, however many ask, and lies in the library", async () => {
  const { open, rendered, directory } = await shownLibrary();
  const shown = await Promise.all(Array.from({ length: 20 }, () => open("photo", "2.tif")));
  expect(rendered()).toEqual(["render"]);
  expect(new Set(shown.map((file) => file?.path)).size).toBe(1);
  const path = shown[0]?.path ?? "";
  expect(path.startsWith(join(directory, "cache"))).toBe(true);
  expect(await sharp(path).metadata()).toMatchObject({ format: "jpeg", width: 384, height: 256 });
  await open("photo", "2.tif");
  expect(rendered()).toHaveLength(1);
});

test("the thumbnail that a reading makes on the way is not made again; the cache may be deleted", async () => {
  const { images, idOf, photos, renditions, directory, rendered } = await shownLibrary();
  const media = new Media({ photos, images, renditions });
  const thumbnail = () => media.open("thumbnail", idOf("1.jpg"), 256, new AbortController().signal);
  const file = await thumbnail();
  expect(rendered()).toEqual([]);
  await rm(join(directory, "cache"), { recursive: true });
  expect(await thumbnail()).toEqual(file);
  expect(rendered()).toEqual(["thumbnail"]);
  expect((await sharp(file?.path).metadata()).format).toBe("jpeg");
});

test("nobody looks any more: the decode is dropped, and the next who looks gets the picture", async () => {
  const { open, directory, folder, images, rendered } = await shownLibrary();
  // Large pictures keep every child busy, so that the thumbnail waits its turn.
  const large = join(folder, "large.tif");
  await sharp({ create: { width: 6000, height: 5000, channels: 3, background: "#456" } })
    .tiff({ compression: "none" })
    .toFile(large);
  const busy = new AbortController();
  const rendering = [1, 2].map((n) =>
    images.run(
      "render",
      { path: large, file: join(directory, `${n}.jpg`), edge: null, format: "jpeg" },
      { signal: busy.signal, priority: 1000 },
    ),
  );
  const finished = Promise.allSettled(rendering);
  const [first, second] = [new AbortController(), new AbortController()];
  const waiting = [first, second].map(({ signal }) => open("thumbnail", "2.tif", signal));
  const outcomes = Promise.allSettled(waiting);
  await vi.waitUntil(() => rendered().includes("thumbnail"));
  first.abort();
  second.abort();
  expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  busy.abort();
  await finished;
  expect(await open("thumbnail", "2.tif")).not.toBeNull();
  expect(rendered().filter((call) => call === "thumbnail")).toHaveLength(2);
});

test("one of two stops looking: the other gets the picture", async () => {
  const { open, rendered } = await shownLibrary();
  const leaving = new AbortController();
  const stays = open("thumbnail", "2.tif");
  await vi.waitUntil(() => rendered().length > 0);
  const left = open("thumbnail", "2.tif", leaving.signal).catch(() => null);
  leaving.abort();
  expect(await stays).not.toBeNull();
  await left;
  expect(rendered()).toEqual(["thumbnail"]);
});

test("who left before it began starts no decode", async () => {
  const { open, rendered } = await shownLibrary();
  await expect(open("thumbnail", "2.tif", AbortSignal.abort())).rejects.toThrow();
  expect(rendered()).toEqual([]);
});

test("a photo that was written again is shown anew, under another version", async () => {
  const { open, folder, drop } = await shownLibrary();
  const before = await open("photo", "2.tif");
  await sharp(await takeJpeg({ scene: 5, blur: 1 }))
    .rotate(90)
    .tiff()
    .toFile(join(folder, "2.tif"));
  await drop(folder);
  const after = await open("photo", "2.tif");
  expect(after?.etag).not.toBe(before?.etag);
  expect(await sharp(after?.path).metadata()).toMatchObject({ width: 256, height: 384 });
});

test("unknown and missing photos are null; a damaged one shows what there is, or says what is wrong", async () => {
  const { open, folder, drop, idOf, photos, images, renditions } = await shownLibrary();
  const media = new Media({ photos, images, renditions });
  expect(await media.open("photo", 999, 512, new AbortController().signal)).toBeNull();

  await truncate(join(folder, "1.jpg"), 6000);
  await writeFile(join(folder, "2.tif"), "II*\0 and nothing behind it");
  await drop(folder);
  expect(await open("thumbnail", "1.jpg")).not.toBeNull();
  await expect(open("thumbnail", "2.tif")).rejects.toMatchObject({
    code: expect.stringMatching(/^file-/),
  });

  await rm(join(folder, "1.jpg"));
  await drop(folder);
  expect(photos.primaryFile(idOf("1.jpg"))).toBeNull();
  expect(await open("photo", "1.jpg")).toBeNull();
  expect(await readFile(join(folder, "2.tif"), "latin1")).toContain("nothing behind it");
});
