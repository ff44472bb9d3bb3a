import { describe, expect, it } from "vitest";
import { countDecisions, type DeriveInput, deriveItems } from "./derive.ts";
import { burst, byId, photo } from "./photo-fixture.ts";
import { noFilters } from "./view-store.ts";

const input: DeriveInput = {
  photos: byId(
    photo(1, { burstId: 10 }),
    photo(2, { burstId: 11, stars: 3, flag: "pick" }),
    photo(3, { burstId: 11, stars: 1 }),
    photo(4, { burstId: 11, flag: "reject" }),
    photo(5, { burstId: 12, name: "A5.JPG", camera: "Camera B", iso: 1600, label: "red" }),
    photo(6, { state: "skipped", burstId: null }),
    photo(7, { state: "missing", burstId: 13 }),
  ),
  bursts: byId(burst(10, 1), burst(11, 3), burst(12, 5), burst(13, null)),
  filters: noFilters,
  sort: { key: "time", descending: false },
  stacksCollapsed: false,
  toggledBursts: new Set(),
};

function ids(changes: Partial<DeriveInput> = {}): number[] {
  return deriveItems({ ...input, ...changes }).map((item) => item.photoId);
}

function filtered(filters: Partial<DeriveInput["filters"]>): number[] {
  return ids({ filters: { ...noFilters, ...filters } });
}

describe("what is shown", () => {
  it("is every photo that can be looked at", () => {
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
  });

  it("passes all filters at once", () => {
    expect(filtered({ minStars: 1 })).toEqual([2, 3]);
    expect(filtered({ flags: ["pick", "reject"] })).toEqual([2, 4]);
    expect(filtered({ labels: ["red"] })).toEqual([5]);
    expect(filtered({ camera: "Camera B" })).toEqual([5]);
    expect(filtered({ isoFrom: 200 })).toEqual([5]);
    expect(filtered({ isoTo: 200 })).toEqual([1, 2, 3, 4]);
    expect(filtered({ picksOnly: true })).toEqual([1, 3, 5]);
    expect(filtered({ text: " a5" })).toEqual([5]);
    expect(filtered({ minStars: 1, flags: ["none"] })).toEqual([3]);
  });
});

describe("a tie", () => {
  const bursts = byId(
    burst(10, 1),
    { ...burst(11, 3), verdict: "tooCloseToCall" },
    burst(12, 5),
    burst(13, null),
  );
  const photos = new Map(
    [...input.photos].map(([id, row]) => [id, { ...row, flag: "none" as const }]),
  );

  it("is marked on its frames, and can be all that is shown", () => {
    const items = deriveItems({ ...input, photos, bursts });
    expect(items.filter(({ isTie }) => isTie).map(({ photoId }) => photoId)).toEqual([2, 3, 4]);
    const filters = { ...noFilters, tiesOnly: true };
    expect(ids({ photos, bursts, filters })).toEqual([2, 3, 4]);
    // One of its frames is picked in the library as it was: decided.
    expect(ids({ bursts, filters })).toEqual([]);
  });

  it("keeps the numbers that reasons use when a filter takes frames out of sight", () => {
    const filters = { ...noFilters, flags: ["reject" as const] };
    const [only] = deriveItems({ ...input, filters });
    expect(only).toMatchObject({ photoId: 4, frame: 3, burstSize: 1 });
  });
});

describe("the order", () => {
  it("keeps frames of a burst side by side, at the place of the first", () => {
    expect(ids({ sort: { key: "name", descending: false } })).toEqual([5, 1, 2, 3, 4]);
    expect(ids({ sort: { key: "stars", descending: true } })).toEqual([2, 3, 4, 5, 1]);
  });

  it("counts in names as people do", () => {
    const photos = byId(photo(1, { name: "P10.JPG" }), photo(2, { name: "P9.JPG" }));
    expect(ids({ photos, sort: { key: "name", descending: false } })).toEqual([2, 1]);
  });

  it("puts photos without a time last", () => {
    const photos = byId(photo(1, { capturedAt: null }), photo(2));
    expect(ids({ photos })).toEqual([2, 1]);
  });
});

describe("stacks", () => {
  it("show their pick alone when they are closed", () => {
    expect(ids({ stacksCollapsed: true })).toEqual([1, 3, 5]);
    expect(ids({ toggledBursts: new Set([11]) })).toEqual([1, 3, 5]);
    expect(ids({ stacksCollapsed: true, toggledBursts: new Set([11]) })).toEqual([1, 2, 3, 4, 5]);
  });

  it("know the place of every frame and which is the best", () => {
    const [, first, second] = deriveItems(input);
    expect(first).toMatchObject({ burstPosition: 1, burstSize: 3, isPick: false, isStack: false });
    expect(second).toMatchObject({ burstPosition: 2, burstSize: 3, isPick: true });
  });

  it("show a frame that passes when the pick does not", () => {
    const filters = { ...noFilters, flags: ["pick", "reject"] as const };
    expect(ids({ filters, stacksCollapsed: true })).toEqual([2]);
  });
});

it("counts what is decided, whatever the filters", () => {
  expect(countDecisions(input.photos)).toEqual({
    picked: 1,
    rejected: 1,
    undecided: 3,
    skipped: 1,
    missing: 1,
  });
});
