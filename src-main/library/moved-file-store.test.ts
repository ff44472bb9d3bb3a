import { expect, test } from "vitest";
import { EditStore, type FoundPhoto, MeasureStore, PlanStore, wholeNameKey } from "./index.ts";
import { jpeg, openLibrary } from "./readings.fixture.ts";

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

test("what the person decides on a moved file before it is followed counts, and can be undone", () => {
  const { database, read, addRoot, readings, photos, shown, star } = openLibrary();
  const edits = new EditStore(database);
  const root = addRoot("/a");
  read(root, [jpeg("/a", "1.jpg")]);
  const id = star(root, "1.jpg");
  const red = { entity: "photo", id, field: "label", value: "red" } as const;
  edits.record({ en: "Red", ko: "빨강" }, [red], 1);
  const there = [jpeg("/a/moved", "2.jpg")];
  const sameBytes = (): string => "hash of 1.jpg";
  readings.recordFound(root, there);
  const found = photos.changes(root, 0).find(({ name }) => name === "2.jpg")?.id ?? 0;
  const two = { entity: "photo", id: found, field: "stars", value: 2 } as const;
  const { editId } = edits.record({ en: "2 stars", ko: "별 2개" }, [two], 1);
  read(root, there, sameBytes);
  expect(shown(root)).toEqual({ "2.jpg": "measured 2" });
  expect(photos.rows([id])).toMatchObject([{ name: "2.jpg", label: "red" }]);
  edits.replay(editId ?? 0, "undo", null, 100);
  expect(photos.rows([id])).toMatchObject([{ stars: 0, label: "red" }]);
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

/** A folder that was read, with one starred photo of a JPEG and a sidecar. */
function openShoot() {
  const library = openLibrary();
  const root = library.addRoot("/a");
  library.read(root, [jpeg("/a", "1.jpg", { beside: ["1.xmp"] })]);
  const id = library.star(root, "1.jpg");
  const [main, sidecar] = library.photos.files(id).map(({ fileId }) => fileId);
  return { ...library, root, id, main: main ?? 0, sidecar: sidecar ?? 0 };
}

test("a photo that Kiln moved is where its files are now, and a reading finds it there", () => {
  const { read, database, photos, movedFiles, root, id, main, sidecar, shown } = openShoot();
  movedFiles.fileMoved(main, "/a/picks/제주_001.jpg");
  movedFiles.fileMoved(sidecar, "/a/picks/제주_001.xmp");
  const moved = ["/a/picks/제주_001.jpg", "/a/picks/제주_001.xmp"];
  expect(photos.files(id).map(({ path }) => path)).toEqual(moved);
  expect(photos.primaryFile(id)?.path).toBe(moved[0]);
  const before = database.currentRevision();
  read(root, [jpeg("/a/picks", "제주_001.jpg", { beside: ["제주_001.xmp"] })]);
  expect(photos.changes(root, before)).toEqual([]);
  expect(shown(root)).toEqual({ "제주_001.jpg": "measured 5" });
});

test("a sidecar that Kiln moved alone leaves its photo where it is", () => {
  const { photos, movedFiles, id, sidecar } = openShoot();
  movedFiles.fileMoved(sidecar, "/a/picks/1.xmp");
  expect(photos.primaryFile(id)?.path).toBe("/a/1.jpg");
  expect(photos.files(id).map(({ path }) => path)).toEqual(["/a/1.jpg", "/a/picks/1.xmp"]);
  movedFiles.fileMoved(sidecar, null);
  expect(photos.files(id).map(({ path }) => path)).toEqual(["/a/1.jpg"]);
  expect(photos.rows([id])[0]?.state).toBe("measured");
  movedFiles.fileMoved(sidecar, "/a/1.xmp");
  expect(photos.files(id).map(({ path }) => path)).toEqual(["/a/1.jpg", "/a/1.xmp"]);
});

test.each([
  { to: "the trash", path: null },
  { to: "a folder that Kiln does not show", path: "/ab/1.jpg" },
])("a photo that Kiln moved to $to is gone until it comes back", ({ path }) => {
  const { database, photos, movedFiles, root, id, main, shown } = openShoot();
  movedFiles.fileMoved(main, path);
  expect(photos.rows([id])[0]?.state).toBe("gone");
  expect(photos.primaryFile(id)).toBeNull();
  movedFiles.fileMoved(main, "/a/1.jpg");
  expect(shown(root)).toEqual({ "1.jpg": "found 5" });

  new MeasureStore(database, 1).save("hash of 1.jpg", noMeasures);
  movedFiles.fileMoved(main, path);
  movedFiles.fileMoved(main, "/a/1.jpg");
  expect(shown(root)).toEqual({ "1.jpg": "measured 5" });
});

test("a photo that Kiln moved takes the place of one that is missing, which stays in the library", () => {
  const { read, photos, movedFiles, root, id, main } = openShoot();
  read(root, [jpeg("/a", "1.jpg"), jpeg("/a/picks", "1.jpg")], (path) => `hash of ${path}`);
  const missing = photos.changes(root, 0).find((row) => row.id !== id)?.id ?? 0;
  read(root, [jpeg("/a", "1.jpg")]);
  movedFiles.fileMoved(main, "/a/picks/1.jpg");
  expect(photos.primaryFile(id)?.path).toBe("/a/picks/1.jpg");
  expect(photos.rows([id, missing]).map(({ state }) => state)).toEqual(["measured", "missing"]);
});

test("a second RAW that Kiln moved is a photo of its own there, too", () => {
  const { read, addRoot, photos, movedFiles } = openLibrary();
  const root = addRoot("/a");
  const second = (directory: string, name: string): FoundPhoto => ({
    directory,
    key: wholeNameKey(name),
    files: [{ name, kind: "raw", bytes: 1000, modifiedMs: 1 }],
    skip: null,
  });
  read(root, [jpeg("/a", "1.jpg"), second("/a", "1.DNG")]);
  const ids = photos.changes(root, 0).map((row) => row.id);
  for (const id of ids) {
    const [file] = photos.files(id);
    movedFiles.fileMoved(file?.fileId ?? 0, (file?.path ?? "").replace("/1.", "/picks/2."));
  }
  read(root, [jpeg("/a/picks", "2.jpg"), second("/a/picks", "2.DNG")]);
  expect(photos.changes(root, 0).map((row) => row.id)).toEqual(ids);
  expect(photos.rows(ids).map(({ state }) => state)).toEqual(["measured", "measured"]);
});

const noMeasures = {
  sharpness: 0,
  noise: 0,
  contrast: 0,
  brightness: 0,
  clippedHighlights: 0,
  clippedShadows: 0,
  laplacianVariance: 0,
  motion: 0,
  motionDegrees: 0,
  look: new Uint8Array(),
  detail: new Uint8Array(),
};
