import { expect, test } from "vitest";
import { PlanStore } from "./index.ts";
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
