import { expect, test } from "vitest";
import { type FoundPhoto, foundKey } from "./index.ts";
import { jpeg, openLibrary, plainProbe } from "./readings.fixture.ts";

const rawAlone = { code: "raw-alone", en: "A RAW alone.", ko: "RAW만 있습니다." };

test("reading again changes no row, photos that can't be read among them", () => {
  const { read, addRoot, readings, photos, database } = openLibrary();
  const root = addRoot("/a");
  const raw: FoundPhoto = {
    directory: "/a",
    key: "3",
    files: [{ name: "3.CR2", kind: "raw", bytes: 9, modifiedMs: 1 }],
    skip: rawAlone,
  };
  const found = [jpeg("/a", "1.jpg", { beside: ["1.xmp"] }), jpeg("/a", "2.jpg"), raw];
  read(root, found);
  const before = database.currentRevision();
  read(root, found);
  expect(photos.changes(root, before)).toEqual([]);
  expect(readings.inState(root, ["found"])).toEqual([]);
});

test("other bytes under the same name are read again, under another version", () => {
  const { read, addRoot, readings, photos, star } = openLibrary();
  const root = addRoot("/a");
  read(root, [jpeg("/a", "1.jpg")]);
  const id = star(root, "1.jpg");
  const before = photos.primaryFile(id);
  readings.recordFound(root, [jpeg("/a", "1.jpg", { bytes: 1001 })]);
  const [found] = readings.inState(root, ["found"]);
  expect(found?.id).toBe(id);
  expect(found?.version).not.toBe(before?.version);
  expect(photos.rows([id])[0]?.stars).toBe(5);
});

test("a file that is written while it is read has the version of the bytes that were read", () => {
  const { addRoot, readings } = openLibrary();
  const root = addRoot("/a");
  readings.recordFound(root, [jpeg("/a", "1.jpg", { bytes: 500 })]);
  const [early] = readings.inState(root, ["found"]);
  readings.saveProbe(early?.id ?? 0, { ...plainProbe, fastHash: "whole" });
  const [probed] = readings.inState(root, ["probed"]);
  expect(probed?.version).not.toBe(early?.version);
  readings.recordFound(root, [jpeg("/a", "1.jpg")]);
  expect(readings.inState(root, ["probed"])).toEqual([probed]);
});

test("what is not met is missing, except below folders that could not be opened", () => {
  const { read, addRoot, readings, shown } = openLibrary();
  const root = addRoot("/a");
  read(root, [jpeg("/a", "1.jpg"), jpeg("/a/shut", "2.jpg"), jpeg("/a/shut-not", "3.jpg")]);
  readings.markMissing(root, new Set([foundKey("/a", "1")]), ["/a/shut"]);
  expect(shown(root)).toEqual({
    "1.jpg": "measured 0",
    "2.jpg": "measured 0",
    "3.jpg": "missing 0",
  });
});

test("a missing photo that is found again has its decisions", () => {
  const { read, addRoot, shown, star } = openLibrary();
  const root = addRoot("/a");
  read(root, [jpeg("/a", "1.jpg")]);
  star(root, "1.jpg");
  read(root, []);
  expect(shown(root)).toEqual({ "1.jpg": "missing 5" });
  read(root, [jpeg("/a", "1.jpg")]);
  expect(shown(root)).toEqual({ "1.jpg": "measured 5" });
});

test("roots that overlap share their photos: one row, one decision, one burst", () => {
  const { read, addRoot, bursts, database, photos, shown, star } = openLibrary();
  const outer = addRoot("/a");
  read(outer, [jpeg("/a/in", "1.jpg"), jpeg("/a", "2.jpg")]);
  star(outer, "1.jpg");
  const burstId = bursts.create();
  const [shared] = photos.changes(outer, 0).filter(({ name }) => name === "1.jpg");
  bursts.assign(shared?.id ?? 0, null, burstId);
  const before = database.currentRevision();
  const inner = addRoot("/a/in");
  read(inner, [jpeg("/a/in", "1.jpg")]);
  expect(shown(inner)).toEqual({ "1.jpg": "measured 5" });
  expect(photos.changes(inner, before).map(({ name }) => name)).toEqual(["1.jpg"]);
  expect(bursts.changes(inner, before).map(({ id }) => id)).toEqual([burstId]);
  expect(bursts.changes(inner, database.currentRevision())).toEqual([]);
  read(inner, []);
  expect(shown(outer)).toEqual({ "1.jpg": "missing 5", "2.jpg": "measured 0" });
});

test("a companion that was taken away is no longer one of the photo's files", () => {
  const { read, addRoot, photos } = openLibrary();
  const root = addRoot("/a");
  read(root, [jpeg("/a", "1.jpg", { beside: ["1.xmp"] })]);
  const [row] = photos.changes(root, 0);
  const names = () => photos.detail(row?.id ?? 0)?.files.map(({ name }) => name);
  expect(names()).toEqual(["1.jpg", "1.xmp"]);
  read(root, [jpeg("/a", "1.jpg")]);
  expect(names()).toEqual(["1.jpg"]);
  read(root, [jpeg("/a", "1.jpg", { beside: ["1.xmp"] })]);
  expect(names()).toEqual(["1.jpg", "1.xmp"]);
});

test("a damaged file is left alone until it changes; one that was only shut is tried again", () => {
  const { addRoot, readings } = openLibrary();
  const root = addRoot("/a");
  const found = [jpeg("/a", "1.jpg"), jpeg("/a", "2.jpg")];
  readings.recordFound(root, found);
  const [damaged, shut] = readings.inState(root, ["found"]);
  readings.saveSkip(damaged?.id ?? 0, { code: "file-damaged", en: "Damaged.", ko: "손상." });
  readings.saveSkip(shut?.id ?? 0, { code: "file-unreadable", en: "Shut.", ko: "권한 없음." });
  readings.recordFound(root, found);
  expect(readings.inState(root, ["found"])).toEqual([shut]);
});
