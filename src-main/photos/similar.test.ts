import { rmSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { openFixtureLibrary } from "./library.fixture.ts";
import { SimilarPhotos } from "./similar.ts";

function openLibrary() {
  const library = openFixtureLibrary();
  onTestFinished(() => {
    library.database.close();
    rmSync(library.directory, { recursive: true });
  });
  return library;
}

test("frames of other bursts that look alike, one a burst; nothing of its own burst or of another scene", async () => {
  const library = openLibrary();
  const rootId = library.read("/photos/trip", [
    { name: "A1.JPG", at: 0, sharpness: 0.2, scene: 1 },
    { name: "A2.JPG", at: 300, sharpness: 0.5, scene: 1 },
    { name: "B1.JPG", at: 60_000, sharpness: 0.2, scene: 2 },
    { name: "C1.JPG", at: 120_000, sharpness: 0.2, scene: 1 },
    { name: "C2.JPG", at: 120_300, sharpness: 0.2, scene: 1 },
  ]);
  await library.group(rootId, 2000);
  const rows = new Map(library.photos.changes(rootId, 0).map((row) => [row.name, row]));
  const idOf = (name: string): number => rows.get(name)?.id ?? 0;
  const similar = new SimilarPhotos(library);
  const c = rows.get("C1.JPG")?.burstId;
  expect(await similar.find(rootId, idOf("A1.JPG"))).toEqual([
    { photoId: idOf("C1.JPG"), burstId: c, distance: 0 },
  ]);
  expect(await similar.find(rootId, idOf("B1.JPG"))).toEqual([]);
  expect(library.roots.holding(idOf("A1.JPG"))).toBe(rootId);
});

test("at most twelve, and photos that come later are found", async () => {
  const library = openLibrary();
  const frames = Array.from({ length: 20 }, (_, i) => ({
    name: `P${i}.JPG`,
    at: 60_000 * i,
    sharpness: 0.2,
    scene: 1,
  }));
  const similar = new SimilarPhotos(library);
  const rootId = library.read("/photos/trip", frames.slice(0, 2));
  await library.group(rootId, 2000);
  const [first] = library.photos.changes(rootId, 0);
  expect(await similar.find(rootId, first?.id ?? 0)).toHaveLength(1);
  library.read("/photos/trip", frames);
  await library.group(rootId, 2000);
  expect(await similar.find(rootId, first?.id ?? 0)).toHaveLength(12);
});
