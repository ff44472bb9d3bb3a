import { expect, test } from "vitest";
import { burst, byId, photo } from "./photo-fixture.ts";
import { changedPhotos, type Rows } from "./undone.ts";

const rows = (
  photos: readonly ReturnType<typeof photo>[],
  bursts: readonly ReturnType<typeof burst>[],
): Rows => ({ photos: byId(...photos), bursts: byId(...bursts) });

test("a decision that is taken back is a change; a new rank or a measure is none", () => {
  const before = rows([photo(1, { stars: 3 }), photo(2), photo(3, { flag: "pick" })], []);
  const now = rows([photo(1), photo(2, { rank: 2, score: 7 }), photo(3)], []);
  expect([...changedPhotos(before, now)]).toEqual([1, 3]);
});

test("a photo that comes meanwhile was not changed", () => {
  expect(changedPhotos(rows([], []), rows([photo(1, { stars: 5 })], [])).size).toBe(0);
});

test("what a person split goes back; what a reading regroups is left out", () => {
  const byHand = { ...burst(9, 2), isManual: true };
  const before = rows(
    [photo(1, { burstId: 1 }), photo(2, { burstId: 9 }), photo(3, { burstId: 3 })],
    [burst(1, 1), byHand, burst(3, 3)],
  );
  const now = rows(
    [photo(1, { burstId: 1 }), photo(2, { burstId: 1 }), photo(3, { burstId: 4 })],
    [burst(1, 1), burst(4, 3)],
  );
  expect([...changedPhotos(before, now)]).toEqual([2]);
});

test("another best frame counts where a person chose, not where Kiln proposes anew", () => {
  const chosen = { ...burst(1, 2), pickIsManual: true };
  const photos = [photo(1, { burstId: 1 }), photo(2, { burstId: 1 })];
  expect([...changedPhotos(rows(photos, [chosen]), rows(photos, [burst(1, 1)]))]).toEqual([1]);
  expect(changedPhotos(rows(photos, [burst(1, 2)]), rows(photos, [burst(1, 1)])).size).toBe(0);
});
