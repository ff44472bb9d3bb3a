import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  BurstStore,
  EditStore,
  type FoundPhoto,
  foundKey,
  openDatabase,
  type PhotoProbe,
  PhotoStore,
  PlanStore,
  RootStore,
} from "./index.ts";

function openLibrary() {
  const directory = mkdtempSync(join(tmpdir(), "kiln-photo-store-"));
  const database = openDatabase(directory);
  onTestFinished(() => {
    database.close();
    rmSync(directory, { recursive: true });
  });
  const photos = new PhotoStore(database);
  const roots = new RootStore(database);
  const addRoot = (path: string): number => roots.add({ path, whole: true, kind: "referenced" }, 1);
  return {
    database,
    photos,
    roots,
    bursts: new BurstStore(database),
    edits: new EditStore(database),
    addRoot,
    /** What reading a folder does to its rows: what is found is probed and measured, what is not met is missing. */
    read(rootId: number, found: readonly FoundPhoto[], hashOf = hashOfName): void {
      photos.recordFound(rootId, found);
      photos.markMissing(
        rootId,
        new Set(found.map((each) => foundKey(each.directory, each.key))),
        [],
      );
      for (const { id, path } of photos.inState(rootId, ["found"])) {
        const probe = { ...plainProbe, fastHash: hashOf(path) };
        const moved = photos.twins(id, probe).find((twin) => !found.some(isAt(twin.path)));
        if (moved !== undefined) photos.followMove(moved.id, id);
        photos.saveProbe(moved?.id ?? id, probe);
        photos.markMeasured(moved?.id ?? id);
      }
    },
    shown: (rootId: number) =>
      Object.fromEntries(
        photos
          .changes(rootId, 0)
          .filter(({ state }) => state !== "gone")
          .map(({ name, state, stars }) => [name, `${state} ${stars}`]),
      ),
    star(rootId: number, name: string): number {
      const row = photos.changes(rootId, 0).find((photo) => photo.name === name);
      if (row === undefined) throw new Error(`No photo ${name}`);
      const change = { entity: "photo", id: row.id, field: "stars", value: 5 } as const;
      new EditStore(database).record({ en: "5 stars", ko: "별 5개" }, [change], 1);
      return row.id;
    },
  };
}

const isAt =
  (path: string) =>
  ({ directory, files }: FoundPhoto): boolean =>
    files.some(({ name }) => join(directory, name) === path);

const hashOfName = (path: string): string => `hash of ${path.slice(path.lastIndexOf("/") + 1)}`;

function jpeg(directory: string, name: string, change: { bytes?: number; beside?: string[] } = {}) {
  const { bytes = 1000, beside = [] } = change;
  return {
    directory,
    key: name.replace(/\.[^.]+$/, ""),
    files: [
      { name, kind: "jpeg", bytes, modifiedMs: 1 } as const,
      ...beside.map((each) => ({ name: each, kind: "xmp", bytes: 10, modifiedMs: 1 }) as const),
    ],
    skip: null,
  } satisfies FoundPhoto;
}

const plainProbe: PhotoProbe = {
  format: "jpeg",
  bytes: 1000,
  modifiedMs: 1,
  fastHash: "",
  width: 6000,
  height: 4000,
  orientation: 1,
  capturedAt: null,
  cameraMake: null,
  cameraModel: null,
  lens: null,
  iso: null,
  exposureSeconds: null,
  fNumber: null,
  focalLengthMm: null,
  latitude: null,
  longitude: null,
  iccName: null,
  isRaw: false,
  preview: null,
  focus: null,
};

const rawAlone = { code: "raw-alone", en: "A RAW alone.", ko: "RAW만 있습니다." };

test("reading again changes no row, photos that can't be read among them", () => {
  const { read, addRoot, photos, database } = openLibrary();
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
  expect(photos.inState(root, ["found"])).toEqual([]);
});

test("other bytes under the same name are read again, under another version", () => {
  const { read, addRoot, photos, star } = openLibrary();
  const root = addRoot("/a");
  read(root, [jpeg("/a", "1.jpg")]);
  const id = star(root, "1.jpg");
  const before = photos.primaryFile(id);
  photos.recordFound(root, [jpeg("/a", "1.jpg", { bytes: 1001 })]);
  const [found] = photos.inState(root, ["found"]);
  expect(found?.id).toBe(id);
  expect(found?.version).not.toBe(before?.version);
  expect(photos.rows([id])[0]?.stars).toBe(5);
});

test("a file that is written while it is read has the version of the bytes that were read", () => {
  const { addRoot, photos } = openLibrary();
  const root = addRoot("/a");
  photos.recordFound(root, [jpeg("/a", "1.jpg", { bytes: 500 })]);
  const [early] = photos.inState(root, ["found"]);
  photos.saveProbe(early?.id ?? 0, { ...plainProbe, fastHash: "whole" });
  const [probed] = photos.inState(root, ["probed"]);
  expect(probed?.version).not.toBe(early?.version);
  photos.recordFound(root, [jpeg("/a", "1.jpg")]);
  expect(photos.inState(root, ["probed"])).toEqual([probed]);
});

test("what is not met is missing, except below folders that could not be opened", () => {
  const { read, addRoot, photos, shown } = openLibrary();
  const root = addRoot("/a");
  read(root, [jpeg("/a", "1.jpg"), jpeg("/a/shut", "2.jpg"), jpeg("/a/shut-not", "3.jpg")]);
  photos.markMissing(root, new Set([foundKey("/a", "1")]), ["/a/shut"]);
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

test("a file that moved inside a root keeps its decisions", () => {
  const { read, addRoot, photos, shown, star } = openLibrary();
  const root = addRoot("/a");
  read(root, [jpeg("/a/x", "1.jpg"), jpeg("/a/x", "2.jpg")]);
  const id = star(root, "1.jpg");
  read(root, [jpeg("/a/제주", "1.jpg"), jpeg("/a/x", "2.jpg")]);
  expect(shown(root)).toEqual({ "1.jpg": "measured 5", "2.jpg": "measured 0" });
  expect(photos.primaryFile(id)?.path).toBe("/a/제주/1.jpg");
});

test("a file that moved to another root keeps its decisions there, and is no longer in the first", () => {
  const { read, addRoot, shown, star } = openLibrary();
  const a = addRoot("/a");
  const b = addRoot("/b");
  read(a, [jpeg("/a", "1.jpg")]);
  star(a, "1.jpg");
  read(b, [jpeg("/b", "1.jpg")]);
  expect(shown(b)).toEqual({ "1.jpg": "measured 5" });
  read(a, []);
  expect(shown(a)).toEqual({});
  expect(shown(b)).toEqual({ "1.jpg": "measured 5" });
  // A new photo in the old place is another one.
  read(a, [jpeg("/a", "1.jpg")], () => "other bytes");
  expect(shown(a)).toEqual({ "1.jpg": "measured 0" });
  expect(shown(b)).toEqual({ "1.jpg": "measured 5" });
});

test("a moved file is followed even when the journal of an applied plan names where it was", () => {
  const { read, addRoot, database, photos, shown, star } = openLibrary();
  const root = addRoot("/a");
  read(root, [jpeg("/a", "1.jpg")]);
  const photoId = star(root, "1.jpg");
  const [file] = photos.files(photoId);
  new PlanStore(database).create(
    root,
    {
      action: "copy",
      destination: "/out",
      secondCopy: null,
      exportQuality: 90,
      exportEdge: null,
      items: [
        {
          photoId,
          fileId: file?.fileId ?? 0,
          operation: "copy",
          source: "/a/1.jpg",
          target: "/out/1.jpg",
          secondTarget: null,
          renamed: false,
          bytes: 1000,
          modifiedMs: 1,
        },
      ],
    },
    1,
  );
  read(root, [jpeg("/a/moved", "1.jpg")]);
  expect(shown(root)).toEqual({ "1.jpg": "measured 5" });
  expect(photos.files(photoId).map(({ path }) => path)).toEqual(["/a/moved/1.jpg"]);
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
  const { addRoot, photos } = openLibrary();
  const root = addRoot("/a");
  const found = [jpeg("/a", "1.jpg"), jpeg("/a", "2.jpg")];
  photos.recordFound(root, found);
  const [damaged, shut] = photos.inState(root, ["found"]);
  photos.saveSkip(damaged?.id ?? 0, { code: "file-damaged", en: "Damaged.", ko: "손상." });
  photos.saveSkip(shut?.id ?? 0, { code: "file-unreadable", en: "Shut.", ko: "권한 없음." });
  photos.recordFound(root, found);
  expect(photos.inState(root, ["found"])).toEqual([shut]);
});

test("ranks are outdated when a frame leaves, comes back or is skipped, and not before", () => {
  const { read, addRoot, photos, bursts } = openLibrary();
  const root = addRoot("/a");
  const found = ["1.jpg", "2.jpg", "3.jpg"].map((name) => jpeg("/a", name));
  read(root, found);
  const ids = photos.inState(root, ["measured"]).map(({ id }) => id);
  const burst = bursts.create();
  for (const id of ids) bursts.assign(id, null, burst);
  const rank = (): void => {
    const frames = bursts.membersOfBurst(burst);
    bursts.saveRanks(burst, {
      frames: frames.map(({ id }, at) => ({
        photoId: id,
        rank: at + 1,
        score: 1 - at / 10,
        reason: { en: "Sharp.", ko: "선명합니다." },
        subject: { kind: "face", box: [0.4, 0.2, 0.1, 0.15] },
        isTied: true,
      })),
      proposedId: frames[0]?.id ?? 0,
      verdict: "tooCloseToCall",
    });
  };
  expect(bursts.outdated(root)).toEqual([burst]);
  rank();
  expect(bursts.outdated(root)).toEqual([]);

  read(root, found.slice(1));
  expect(bursts.outdated(root)).toEqual([burst]);
  rank();
  expect(bursts.outdated(root)).toEqual([]);
  expect(photos.rows(ids).map((row) => row.rank)).toEqual([null, 1, 2]);
  expect(photos.rows(ids).map((row) => row.subject?.kind)).toEqual([undefined, "face", "face"]);
  expect(bursts.get(burst)?.verdict).toBe("tooCloseToCall");

  read(root, found);
  expect(bursts.outdated(root)).toEqual([burst]);
  rank();
  const [, , third] = ids;
  photos.saveSkip(third ?? 0, { code: "file-damaged", en: "Damaged.", ko: "손상." });
  expect(bursts.outdated(root)).toEqual([]);
  const [first] = ids;
  photos.saveSkip(first ?? 0, { code: "file-damaged", en: "Damaged.", ko: "손상." });
  expect(bursts.outdated(root)).toEqual([burst]);
});

test("changes in parts are all changes, by id, whatever the size of a part", () => {
  const { read, addRoot, database, photos, star } = openLibrary();
  const [root, other] = [addRoot("/a"), addRoot("/b")];
  const names = ["3.jpg", "1.jpg", "5.jpg", "2.jpg", "4.jpg"];
  read(
    root,
    names.map((name) => jpeg("/a", name)),
  );
  read(other, [jpeg("/b", "9.jpg")]);
  const since = database.currentRevision();
  star(root, "2.jpg");
  star(root, "5.jpg");
  star(other, "9.jpg");
  for (const from of [0, since]) {
    const all = photos.changes(root, from).toSorted((a, b) => a.id - b.id);
    expect(all).toHaveLength(from === 0 ? 5 : 2);
    for (const limit of [1, 2, 3, 5, 9]) {
      const parts = [];
      for (let after = 0; ; ) {
        const part = photos.changesAfter(root, from, { after, limit });
        parts.push(...part);
        if (part.length < limit) break;
        after = part.at(-1)?.id ?? 0;
      }
      expect(parts).toEqual(all);
    }
  }
});
