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

  it("goes by rank, and leaves out what was rejected", () => {
    const rows = [
      photo(5, { rank: 2, isTied: true }),
      photo(6, { rank: 1, isTied: true }),
      photo(7, { rank: 3 }),
    ];
    expect(tiedFrames(rows)).toEqual([6, 5]);
    expect(tiedFrames([...rows, photo(8, { rank: 4, isTied: true, flag: "reject" })])).toEqual([
      6, 5,
    ]);
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
