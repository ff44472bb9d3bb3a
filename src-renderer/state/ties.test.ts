import { describe, expect, it } from "vitest";
import { burst, byId, photo } from "./photo-fixture.ts";
import { decidedBursts, openTies, tiedFrames } from "./ties.ts";

const tie = { ...burst(10, 1), verdict: "tooCloseToCall" } as const;
const frames = [1, 2, 3].map((id) => photo(id, { burstId: 10, rank: id, score: 101 - id }));

describe("a tie", () => {
  it("is open until a frame is picked or only one is left", () => {
    const open = (...rows: typeof frames) => [...openTies(byId(...rows), byId(tie, burst(11, 9)))];
    const [a, b, c] = [
      photo(1, { burstId: 10 }),
      photo(2, { burstId: 10 }),
      photo(3, { burstId: 10 }),
    ];
    expect(open(a, b, c)).toEqual([10]);
    expect(open(a, { ...b, flag: "reject" }, c)).toEqual([10]);
    expect(open(a, { ...b, flag: "pick" }, c)).toEqual([]);
    expect(open(a, { ...b, flag: "reject" }, { ...c, flag: "reject" })).toEqual([]);
    expect([...openTies(byId(a, b), byId(burst(10, 1)))]).toEqual([]);
  });

  it("is between the first two and whoever scores as high", () => {
    const scored = (...scores: number[]) =>
      tiedFrames(scores.map((score, index) => photo(index + 1, { rank: index + 1, score })));
    expect(scored(100, 80, 60)).toEqual([1, 2]);
    expect(scored(100, 99, 97.5, 90)).toEqual([1, 2, 3]);
  });

  it("goes by rank, and leaves out what was rejected", () => {
    const rows = [photo(5, { rank: 2, score: 99 }), photo(6, { rank: 1, score: 100 })];
    expect(tiedFrames(rows)).toEqual([6, 5]);
    const [first, ...others] = frames;
    expect(first).toBeDefined();
    expect(tiedFrames([photo(1, { rank: 1, flag: "reject" }), ...others])).toEqual([2, 3]);
  });
});

it("needs no decision any more once one is picked or all are rejected", () => {
  const photos = byId(
    photo(1, { burstId: 1, flag: "pick" }),
    photo(2, { burstId: 1 }),
    photo(3, { burstId: 2, flag: "reject" }),
    photo(4, { burstId: 3, flag: "reject" }),
    photo(5, { burstId: 3 }),
  );
  expect([...decidedBursts(photos)]).toEqual([1, 2]);
});
