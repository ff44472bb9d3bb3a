import { describe, expect, test } from "vitest";
import type { NetworkInfo } from "./network.ts";
import { planTile, tileCost } from "./plan-tile.ts";

const general: NetworkInfo = {
  architecture: "compact",
  scale: 4,
  multiple: 1,
  receptiveRadius: 34,
  padding: 34,
  flops: 2_418_048,
  parameters: 1_213_296,
};
const x4plus: NetworkInfo = {
  architecture: "rrdb",
  scale: 4,
  multiple: 1,
  receptiveRadius: 349,
  padding: 96,
  flops: 35_853_696,
  parameters: 16_697_987,
};
const twelveMegapixels = { width: 4000, height: 3000, bits: 8, provider: "cpu" } as const;

test.each([
  ["general", general, 1.2, 1.25e9],
  ["x4plus", x4plus, 2.2, 2e9],
])("a 12 MP photo with %s: what padding adds", (_, network, most, bytes) => {
  const input = { network, ...twelveMegapixels };
  const tile = planTile({ ...input, freeBytes: 8e9 });
  const cost = tileCost(input, tile);
  expect(cost.computed / 12e6).toBeLessThan(most);
  expect(cost.bytes).toBeLessThan(bytes);
});

describe.each([
  ["general", general],
  ["x4plus", x4plus],
])("%s", (_, network) => {
  test.each([0.3e9, 1e9, 2e9, 4e9, 64e9])("stays within half of %f bytes", (freeBytes) => {
    const input = { network, ...twelveMegapixels };
    const tile = planTile({ ...input, freeBytes });
    const { bytes } = tileCost(input, tile);
    // Where even the smallest does not fit, it is tried all the same.
    if (bytes > freeBytes / 2) expect(tile).toBe(16);
  });

  test("the more memory, the less is computed", () => {
    const input = { network, ...twelveMegapixels };
    const computed = [1.2e9, 1.8e9, 3e9, 6e9].map(
      (freeBytes) => tileCost(input, planTile({ ...input, freeBytes })).computed,
    );
    expect(computed).toEqual(computed.toSorted((a, b) => b - a));
    expect(computed[0]).toBeGreaterThan(computed[1] ?? 0);
  });

  test("a small picture is one tile", () => {
    const input = { network, width: 90, height: 60, bits: 16, provider: "cpu" } as const;
    expect(planTile({ ...input, freeBytes: 8e9 })).toBeGreaterThanOrEqual(90);
  });
});

test("a line of 100,000 pixels, and a single one", () => {
  const line = { network: general, width: 100_000, height: 1, bits: 8, provider: "cpu" } as const;
  const cost = tileCost(line, planTile({ ...line, freeBytes: 2e9 }));
  expect(cost.bytes).toBeLessThan(1e9);
  expect(cost.computed).toBeLessThan(1.05 * 100_068 * 69);
  const dot = { ...line, width: 1 };
  expect(planTile({ ...dot, freeBytes: 2e9 })).toBeGreaterThanOrEqual(1);
});
