import { describe, expect, it } from "vitest";
import { withChanges } from "./library-store.ts";
import { holdDecision, withHeldDecisions } from "./pending.ts";
import { burst, byId, photo } from "./photo-fixture.ts";

describe("rows that changed", () => {
  const known = { photos: byId(photo(1), photo(2)), bursts: byId(burst(1, 1), burst(2, 2)) };

  it("are laid over what is known", () => {
    const next = withChanges(known, {
      photos: [photo(2, { stars: 4 }), photo(3)],
      bursts: [{ ...burst(2, null), gone: true }],
    });
    expect([...next.photos.values()].map(({ id, stars }) => [id, stars])).toEqual([
      [1, 0],
      [2, 4],
      [3, 0],
    ]);
    expect([...next.bursts.keys()]).toEqual([1]);
  });

  it("drop what has gone, and keep a photo whose file is missing", () => {
    const { photos } = withChanges(known, {
      photos: [photo(1, { state: "gone" }), photo(2, { state: "missing" })],
      bursts: [],
    });
    expect([...photos.keys()]).toEqual([2]);
  });

  it("leave the same maps when there are none", () => {
    const next = withChanges(known, { photos: [], bursts: [] });
    expect(next.photos).toBe(known.photos);
    expect(next.bursts).toBe(known.bursts);
  });
});

describe("a decision on its way to main", () => {
  it("stays on the screen over rows that main sent before it arrived", () => {
    const letGo = holdDecision([1], { flag: "pick" });
    expect(withHeldDecisions(photo(1, { rank: 2 }))).toEqual(photo(1, { rank: 2, flag: "pick" }));
    expect(withHeldDecisions(photo(2))).toEqual(photo(2));
    letGo();
    expect(withHeldDecisions(photo(1))).toEqual(photo(1));
  });

  it("yields to a later one", () => {
    const first = holdDecision([1], { flag: "pick", stars: 2 });
    const second = holdDecision([1], { flag: "reject" });
    expect(withHeldDecisions(photo(1))).toMatchObject({ flag: "reject", stars: 2 });
    second();
    first();
  });
});
