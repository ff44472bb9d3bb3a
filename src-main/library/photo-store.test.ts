import { expect, test } from "vitest";
import { jpeg, openLibrary } from "./readings.fixture.ts";

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
