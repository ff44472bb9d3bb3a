import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bandStarts, reflect, tileGrid } from "./tiles.ts";

const cases = fc.record({
  width: fc.integer({ min: 1, max: 500 }),
  height: fc.integer({ min: 1, max: 500 }),
  tile: fc.integer({ min: 0, max: 600 }),
  padding: fc.integer({ min: 0, max: 70 }),
  multiple: fc.constantFrom(1, 2, 4),
});

describe("a grid of tiles", () => {
  test("covers the picture, begins where the network can, and is never larger than asked for", () => {
    fc.assert(
      fc.property(cases, ({ width, height, tile, padding, multiple }) => {
        const picture = { width, height };
        const grid = tileGrid(picture, { padding, multiple }, tile);
        const tops = bandStarts(picture, { padding, multiple }, grid, 0);
        for (const [starts, edge, length] of [
          [grid.columns, grid.width, width],
          [tops, grid.height, height],
        ] as const) {
          expect(starts[0]).toBe(0);
          let covered = 0;
          for (const start of starts) {
            expect(start % multiple).toBe(0);
            expect(start).toBeLessThanOrEqual(covered);
            covered = start + edge;
          }
          expect(covered).toBeGreaterThanOrEqual(length);
          expect(covered).toBeLessThan(length + multiple);
          if (tile > 0) expect(edge).toBeLessThanOrEqual(Math.max(tile, multiple));
          else expect(starts).toHaveLength(1);
        }
        expect(grid.padding % multiple).toBe(0);
        expect(grid.padding).toBeGreaterThanOrEqual(padding);
      }),
    );
  });

  test("goes on after any band as if it had not stopped", () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ width, height, tile, padding, multiple }, stop) => {
        const picture = { width, height };
        const network = { padding, multiple };
        const grid = tileGrid(picture, network, tile);
        const tops = bandStarts(picture, network, grid, 0);
        const after = stop % tops.length;
        const finished = Math.min(height, (tops[after] ?? 0) + grid.height);
        const rest = finished === height ? [] : bandStarts(picture, network, grid, finished);
        expect(rest).toEqual(tops.slice(after + 1));
      }),
    );
  });
});

test("beyond its edges a picture goes on mirrored, however small it is", () => {
  const places = (length: number) => Array.from({ length: 13 }, (_, i) => reflect(i - 4, length));
  expect(places(4)).toEqual([2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2]);
  expect(places(2)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
  expect(places(1)).toEqual(Array(13).fill(0));
});
