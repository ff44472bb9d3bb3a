import { expect, it } from "vitest";
import { frameNumber, framesOf, tiesIn } from "./bursts.ts";
import { burst, byId, photo } from "./photo-fixture.ts";

const rows = [
  photo(1, { burstId: 7, capturedAt: 3000 }),
  photo(2, { burstId: 7, capturedAt: 1000, name: "B.JPG" }),
  photo(3, { burstId: 7, capturedAt: 1000, name: "A.JPG" }),
  photo(4, { burstId: 7, capturedAt: null }),
  photo(5, { burstId: 7, capturedAt: 2000, state: "skipped" }),
  photo(6, { burstId: 8 }),
];

it("numbers frames as main does: by time, then by name, those without a time last, unread ones not at all", () => {
  const photos = byId(...rows);
  expect(framesOf(photos, 7).map(({ id }) => id)).toEqual([3, 2, 1, 4]);
  expect(rows.map((row) => frameNumber(photos, row))).toEqual([3, 2, 1, 4, 1, 1]);
  expect(framesOf(photos, 99)).toEqual([]);
});

it("finds ties anew when bursts change", () => {
  const photos = byId(...rows);
  const tie = { ...burst(7, 1), verdict: "tooCloseToCall" } as const;
  expect([...tiesIn(photos, byId(tie))]).toEqual([7]);
  expect([...tiesIn(photos, byId(burst(7, 1)))]).toEqual([]);
});
