import fc from "fast-check";
import { expect, test } from "vitest";
import { finish, inTurns, sortInSteps } from "./in-turns.ts";

test("others have their turn in between, and work ends when it is told to", async () => {
  const busy = function* () {
    for (let step = 0; step < 40; step += 1) {
      const until = performance.now() + 2;
      while (performance.now() < until);
      yield;
    }
    return "done" as const;
  };
  let others = 0;
  const count = (): void => {
    others += 1;
    if (others < 1000) setImmediate(count);
  };
  setImmediate(count);
  expect(await inTurns(busy())).toBe("done");
  expect(others).toBeGreaterThan(4);
  const abort = new AbortController();
  setImmediate(() => abort.abort(new Error("enough")));
  await expect(inTurns(busy(), abort.signal)).rejects.toThrow("enough");
});

test("sorting in steps sorts as the language does, equals in their order", () => {
  const item = fc.record({ key: fc.nat(50), tag: fc.nat() });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 1500, size: "max" }), (items) => {
      const byKey = (a: { key: number }, b: { key: number }): number => a.key - b.key;
      expect(finish(sortInSteps(items, byKey))).toEqual(items.toSorted(byKey));
    }),
    { seed: 5, numRuns: 30 },
  );
});
