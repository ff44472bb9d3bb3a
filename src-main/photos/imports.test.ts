import {
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { openReadingLibrary } from "./reading.fixture.ts";
import { snapshot, takeJpeg, takePhotos, temporaryFolder } from "./takes.fixture.ts";

/** Two bursts of three and a lone photo. */
const trip = {
  "A1.jpg": { at: 0, scene: 1, blur: 2 },
  "A2.jpg": { at: 0.3, scene: 1 },
  "A3.jpg": { at: 0.6, scene: 1, blur: 1 },
  "B1.jpg": { at: 60, scene: 2 },
  "B2.jpg": { at: 60.3, scene: 2, blur: 3 },
  "C1.jpg": { at: 500, scene: 3 },
};

async function tripFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await takePhotos(folder, trip);
  return folder;
}

test("every readable photo is in exactly one group, the sharpest first; nothing is written beside them", async () => {
  const library = await openReadingLibrary();
  const folder = await tripFolder();
  const before = await snapshot(folder);
  const root = await library.drop(folder);
  expect(library.groups(root)).toEqual([
    ["A2.jpg", "A1.jpg", "A3.jpg"],
    ["B1.jpg", "B2.jpg"],
    ["C1.jpg"],
  ]);
  expect(library.photos.counts(root)).toEqual({ readable: 6, bursts: 3, skipped: 0 });
  expect(await snapshot(folder)).toEqual(before);
});

test("the same folder twice, and a refresh: one root, no worker is asked, no row changes", async () => {
  const library = await openReadingLibrary();
  const folder = await tripFolder();
  const root = await library.drop(folder);
  const calls = library.images.calls.length;
  const revision = library.database.currentRevision();
  expect(await library.drop(`${folder}/.`)).toBe(root);
  const record = library.roots.get(root);
  if (record === null) throw new Error("The root is gone.");
  await library.finished({ jobId: library.imports.refresh(record) });
  expect(library.images.calls).toHaveLength(calls);
  expect(library.photos.changes(root, revision)).toEqual([]);
  expect(library.bursts.changes(root, revision)).toEqual([]);
});

test("a folder that is dropped again while its reading waits is read once", async () => {
  const library = await openReadingLibrary();
  const busy = await library.imports.inPlace([await tripFolder()]);
  const folder = await tripFolder();
  const [first, second] = [
    await library.imports.inPlace([folder]),
    await library.imports.inPlace([folder]),
  ];
  expect(second).toEqual(first);
  await Promise.all([library.finished(busy), library.finished(first)]);
});

test("a damaged file is listed with its reason and stops nothing", async () => {
  const library = await openReadingLibrary();
  const folder = await tripFolder();
  await writeFile(join(folder, "A4.jpg"), "");
  await writeFile(join(folder, "A5.jpg"), "This is a letter, not a photo.");
  await cp(join(folder, "A2.jpg"), join(folder, "A6.jpg"));
  await truncate(join(folder, "A6.jpg"), 6000);
  const root = await library.drop(folder);
  expect(library.skipped(root)).toEqual({
    "A4.jpg": "The file is empty (0 bytes).",
    "A5.jpg": "What is inside is not a photo.",
    "A6.jpg": "The file ends early: the last part of the photo is missing.",
  });
  expect(library.groups(root).flat()).toHaveLength(6);
  const calls = library.images.calls.length;
  await library.drop(folder);
  expect(library.images.calls).toHaveLength(calls);
});

test("a frame that is damaged later leaves its burst, and the others are ranked from 1 again", async () => {
  const library = await openReadingLibrary();
  const folder = await tripFolder();
  const root = await library.drop(folder);
  await truncate(join(folder, "A2.jpg"), 6000);
  await rm(join(folder, "B1.jpg"));
  await library.drop(folder);
  const rows = library.photos.changes(root, 0);
  const ranks = Object.fromEntries(rows.map(({ name, rank }) => [name, rank]));
  expect(ranks).toEqual({
    "A1.jpg": 2,
    "A2.jpg": null,
    "A3.jpg": 1,
    "B1.jpg": null,
    "B2.jpg": 1,
    "C1.jpg": 1,
  });
  expect(library.groups(root)[0]?.[0]).toBe("A3.jpg");
});

test("a reading that was broken off goes on where it was, and leaves what an unbroken one leaves", async () => {
  const folder = await tripFolder();
  const first = await openReadingLibrary();
  const { rootId, jobId } = await first.imports.inPlace([folder]);
  await new Promise<void>((resolve) => {
    first.engine.onChange(() => {
      if (first.images.calls.filter((call) => call === "develop").length >= 2) resolve();
    });
  });
  await first.close();

  const second = await openReadingLibrary(first.directory);
  await second.finished({ jobId });
  expect(second.groups(rootId)).toEqual([
    ["A2.jpg", "A1.jpg", "A3.jpg"],
    ["B1.jpg", "B2.jpg"],
    ["C1.jpg"],
  ]);
  expect(second.photos.counts(rootId)).toEqual({ readable: 6, bursts: 3, skipped: 0 });
});

test("a child that is killed fails its job by name and nothing else; tried again, the job goes on", async () => {
  const library = await openReadingLibrary();
  const { rootId, jobId } = await library.imports.inPlace([await tripFolder()]);
  await vi.waitUntil(() => library.images.calls.includes("develop"), { interval: 1 });
  for (const pid of library.images.pids) process.kill(pid, "SIGKILL");
  expect(await library.engine.whenEnded(jobId)).toMatchObject({
    state: "failed",
    problem: { code: "worker-died" },
  });
  expect(library.skipped(rootId)).toEqual({});
  library.engine.retry(jobId);
  await library.finished({ jobId });
  expect(library.skipped(rootId)).toEqual({});
  expect(library.groups(rootId)).toHaveLength(3);
});

test("a moved folder keeps its decisions, and nothing of it is decoded again", async () => {
  const library = await openReadingLibrary();
  const parent = await temporaryFolder();
  const [from, to] = [join(parent, "from"), join(parent, "to")];
  await takePhotos(from, trip);
  const root = await library.drop(from);
  const ids = library.photos.changes(root, 0).map(({ id }) => id);
  await rename(from, to);
  const before = library.database.currentRevision();
  const moved = await library.drop(to);
  expect(moved).not.toBe(root);
  expect(
    library.photos
      .changes(moved, 0)
      .filter((row) => row.state !== "gone")
      .map(({ id }) => id),
  ).toEqual(ids);
  expect(library.images.calls.filter((call) => call === "develop")).toHaveLength(6);
  expect(library.groups(moved)).toHaveLength(3);
  // A window that shows the new folder since before its photos came hears of their bursts as well.
  const bursts = library.bursts.changes(moved, before).filter(({ gone }) => !gone);
  expect(bursts.map(({ pickId }) => ids.includes(pickId ?? 0))).toEqual([true, true, true]);
});

test("a folder and a link to it are one root", async () => {
  const library = await openReadingLibrary();
  const folder = await tripFolder();
  const root = await library.drop(folder);
  const link = join(await temporaryFolder(), "link");
  await symlink(folder, link);
  expect(await library.drop(link)).toBe(root);
  const [row] = library.photos.changes(root, 0);
  const started = await library.imports.inPlace([join(link, row?.name ?? "")]);
  await library.finished(started);
  expect(library.photos.changes(started.rootId, 0).map(({ id }) => id)).toEqual([row?.id]);
});

test("of two copies of a file that left, one is the photo and the other is new", async () => {
  const library = await openReadingLibrary();
  const folder = await temporaryFolder();
  await takePhotos(folder, { "1.jpg": { at: 0 } });
  const root = await library.drop(folder);
  const [before] = library.photos.changes(root, 0);
  await cp(join(folder, "1.jpg"), join(folder, "2.jpg"));
  await rename(join(folder, "1.jpg"), join(folder, "3.jpg"));
  await library.drop(folder);
  const there = library.photos.changes(root, 0).filter(({ state }) => state === "measured");
  expect(there.map(({ name }) => name).toSorted()).toEqual(["2.jpg", "3.jpg"]);
  expect(there.map(({ id }) => id)).toContain(before?.id);
  expect(library.groups(root).flat().toSorted()).toEqual(["2.jpg", "3.jpg"]);
});

test("files dropped one after the other are one root that keeps them all", async () => {
  const library = await openReadingLibrary();
  const folder = await tripFolder();
  const root = await library.drop(join(folder, "A1.jpg"));
  expect(await library.drop(join(folder, "A2.jpg"), join(folder, "C1.jpg"))).toBe(root);
  expect(library.groups(root)).toEqual([["A2.jpg", "A1.jpg"], ["C1.jpg"]]);
  const record = library.roots.get(root);
  if (record === null) throw new Error("The root is gone.");
  await library.finished({ jobId: library.imports.refresh(record) });
  expect(library.groups(root).flat()).toHaveLength(3);
});

test("a folder that is not there, or leaves before it is read, is said to be missing", async () => {
  const library = await openReadingLibrary();
  const folder = await tripFolder();
  await expect(library.imports.inPlace([join(folder, "none")])).rejects.toMatchObject({
    code: "folder-missing",
  });
  const root = await library.drop(folder);
  await rename(folder, `${folder}-away`);
  const record = library.roots.get(root);
  if (record === null) throw new Error("The root is gone.");
  await expect(library.finished({ jobId: library.imports.refresh(record) })).rejects.toThrow(
    "folder-missing",
  );
  expect(library.roots.get(root)?.state).toBe("missing");
  expect(library.groups(root)).toHaveLength(3);
  await rename(`${folder}-away`, folder);
  await library.finished({ jobId: library.imports.refresh(record) });
  expect(library.roots.get(root)?.state).toBe("ready");
  expect(library.photos.counts(root).readable).toBe(6);
});

test("a library whose cache can't be written fails the reading by name, and blames no photo", async () => {
  const library = await openReadingLibrary();
  await writeFile(join(library.directory, "cache"), "in the way");
  const folder = await tripFolder();
  const started = await library.imports.inPlace([folder]);
  await expect(library.finished(started)).rejects.toThrow("cache-unwritable");
  expect(library.skipped(started.rootId)).toEqual({});
  await rm(join(library.directory, "cache"));
  library.engine.retry(started.jobId);
  await library.finished(started);
  expect(library.groups(started.rootId)).toHaveLength(3);
});

test("files of which none is a photo are refused; one is enough, whatever it is called", async () => {
  const library = await openReadingLibrary();
  const folder = await temporaryFolder();
  await takePhotos(folder, { "1.jpg": { at: 0 } });
  await rename(join(folder, "1.jpg"), join(folder, "scan.of.1998"));
  await writeFile(join(folder, "메모.txt"), "words");
  const note = join(folder, "메모.txt");
  await expect(library.imports.inPlace([note])).rejects.toMatchObject({
    code: "no-photo-dropped",
    happened: { en: "“메모.txt” is no photo that Kiln reads." },
  });
  expect(library.roots.list()).toEqual([]);
  const started = await library.imports.inPlace([note, join(folder, "scan.of.1998")]);
  await library.finished(started);
  expect(library.photos.changes(started.rootId, 0).map(({ name }) => name)).toEqual([
    "scan.of.1998",
  ]);
});

test("what a page sends is kept under the name of its folder; without a photo it is not kept", async () => {
  const library = await openReadingLibrary();
  const [first, second] = [
    await library.imports.receivingFolder("제주 🏝️/.."),
    await library.imports.receivingFolder("제주 🏝️/.."),
  ];
  expect([first, second].map((path) => basename(path))).toEqual(["제주 🏝️_", "제주 🏝️_-2"]);
  await takePhotos(join(first, "day 1"), { "1.jpg": { at: 0 } });
  const started = await library.imports.asCopies([first]);
  await library.finished(started);
  expect(library.photos.changes(started.rootId, 0)).toHaveLength(1);
  await writeFile(join(second, "notes.txt"), "words");
  await expect(library.imports.asCopies([second])).rejects.toMatchObject({
    code: "no-photo-dropped",
  });
  expect(await readdir(dirname(second))).toEqual([basename(first)]);
});

test("copies keep folders, companions and times; the originals stay as they were", async () => {
  const library = await openReadingLibrary();
  const folder = await temporaryFolder();
  await takePhotos(folder, {
    "day 1/A1.jpg": { at: 0, scene: 1 },
    "day 2/A1.jpg": { at: 90, scene: 2 },
  });
  await writeFile(join(folder, "day 1", "A1.xmp"), "<x/>");
  await utimes(join(folder, "day 1", "A1.jpg"), 1_700_000_000, 1_700_000_000);
  const before = await snapshot(folder);
  const started = await library.imports.asCopies([folder]);
  await library.finished(started);
  expect(await snapshot(folder)).toEqual(before);
  const root = library.roots.get(started.rootId);
  expect(root?.path.startsWith(join(library.directory, "originals"))).toBe(true);
  const copies = await snapshot(root?.path ?? "");
  expect(Object.keys(copies)).toEqual([
    "day 1",
    "day 1/A1.jpg",
    "day 1/A1.xmp",
    "day 2",
    "day 2/A1.jpg",
  ]);
  expect(copies["day 1/A1.jpg"]).toBe(before["day 1/A1.jpg"]);
  expect(library.groups(started.rootId)).toHaveLength(2);
});

test("sources that want one name lose nothing, and a photo's files keep one base name", async () => {
  const library = await openReadingLibrary();
  const parent = await temporaryFolder();
  await takePhotos(parent, {
    "a/DCIM/1.jpg": { at: 0, scene: 1 },
    "b/DCIM/1.jpg": { at: 90, scene: 2 },
    "c/1.jpg": { at: 180, scene: 3 },
    "d/1.JPG": { at: 270, scene: 4 },
  });
  await writeFile(join(parent, "b/DCIM/1.xmp"), "<x/>");
  const started = await library.imports.asCopies(
    ["a/DCIM", "b/DCIM", "c/1.jpg", "d/1.JPG"].map((path) => join(parent, path)),
  );
  await library.finished(started);
  const path = library.roots.get(started.rootId)?.path ?? "";
  expect(Object.keys(await snapshot(path))).toEqual([
    "1-2.JPG",
    "1.jpg",
    "DCIM",
    "DCIM/1-2.jpg",
    "DCIM/1-2.xmp",
    "DCIM/1.jpg",
  ]);
  for (const [copy, source] of [
    ["DCIM/1-2.jpg", "b/DCIM/1.jpg"],
    ["1-2.JPG", "d/1.JPG"],
  ] as const) {
    expect((await readFile(join(path, copy))).equals(await readFile(join(parent, source)))).toBe(
      true,
    );
  }
  expect(library.groups(started.rootId).flat()).toHaveLength(4);
});

test("an import that was broken off goes on: whole copies are kept, half ones are made again", async () => {
  const first = await openReadingLibrary();
  const folder = await temporaryFolder();
  const takes = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [`${at}.jpg`, { at: at * 60, scene: at }]),
  );
  await takePhotos(folder, takes);
  const { rootId, jobId } = await first.imports.asCopies([folder]);
  const target = first.roots.get(rootId)?.path ?? "";
  await first.close();
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "0.jpg.kiln-part"), "half");

  const second = await openReadingLibrary(first.directory);
  await second.finished({ jobId });
  const names = Object.keys(takes).toSorted();
  expect((await readdir(target)).toSorted()).toEqual(names);
  for (const name of names) {
    expect((await readFile(join(target, name))).equals(await readFile(join(folder, name)))).toBe(
      true,
    );
  }
  expect(second.groups(rootId).flat()).toHaveLength(12);
});

test("what could not be copied is listed, and the rest is there", async ({ skip }) => {
  const library = await openReadingLibrary();
  const folder = await tripFolder();
  const notText = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xc7, 0xd1, 0x2e, 0x6a])]);
  await writeFile(notText, "").catch(() => skip("This file system takes only valid names."));
  const started = await library.imports.asCopies([folder]);
  await library.finished(started);
  const [root] = library.roots.list();
  expect(root?.unreadFolders.map(({ path }) => path)).toEqual([join(folder, "\ufffd\ufffd.j")]);
  expect(library.groups(started.rootId).flat()).toHaveLength(6);
});

test("what an older Kiln measured in another way is measured again", async () => {
  const first = await openReadingLibrary();
  const folder = await tripFolder();
  const root = await first.drop(folder);
  first.database.sql.exec("UPDATE measures SET algorithm = 0");
  await first.close();
  const second = await openReadingLibrary(first.directory);
  await second.drop(folder);
  expect(second.images.calls.filter((call) => call === "develop")).toHaveLength(6);
  expect(second.groups(root)[0]).toEqual(["A2.jpg", "A1.jpg", "A3.jpg"]);
  expect(await takeJpeg(trip["A1.jpg"])).toEqual(await readFile(join(folder, "A1.jpg")));
});
