import fc from "fast-check";
import { expect, test } from "vitest";
import { tile } from "./layout.ts";

const window = { width: 1400, height: 800 };
const landscape = 1.5;
const portrait = 2 / 3;

test("two photos: landscapes and portraits side by side in a wide window, landscapes above each other in a tall one", () => {
  expect(tile([landscape, landscape], window, 8, 24)).toEqual({ columns: 2, rows: 1 });
  expect(tile([portrait, portrait], window, 8, 24)).toEqual({ columns: 2, rows: 1 });
  expect(tile([landscape, landscape], { width: 800, height: 1400 }, 8, 24)).toEqual({
    columns: 1,
    rows: 2,
  });
});

test("portraits stand in one row where landscapes make two", () => {
  expect(tile(Array(5).fill(portrait), window, 8, 24)).toEqual({ columns: 5, rows: 1 });
  expect(tile(Array(5).fill(landscape), window, 8, 24)).toEqual({ columns: 3, rows: 2 });
});

test("one photo has it all, none is no error", () => {
  expect(tile([landscape], window, 8, 24)).toEqual({ columns: 1, rows: 1 });
  expect(tile([], window, 8, 24)).toEqual({ columns: 1, rows: 1 });
});

test("every photo has a cell and no grid is seen larger", () => {
  const aspect = fc.constantFrom(0.5, portrait, 0.75, 1, 4 / 3, landscape, 16 / 9, 3);
  const size = fc.record({
    width: fc.integer({ min: 500, max: 3000 }),
    height: fc.integer({ min: 400, max: 2000 }),
  });
  const area = (aspects: readonly number[], box: typeof window, columns: number): number => {
    const rows = Math.ceil(aspects.length / columns);
    const width = (box.width - 8 * (columns - 1)) / columns;
    const height = (box.height - 8 * (rows - 1)) / rows - 24;
    if (width <= 0 || height <= 0) return 0;
    return aspects.reduce((sum, each) => sum + Math.min(width, height * each) ** 2 / each, 0);
  };
  void fc.assert(
    fc.property(fc.array(aspect, { minLength: 1, maxLength: 24 }), size, (aspects, box) => {
      const { columns, rows } = tile(aspects, box, 8, 24);
      expect(columns * rows).toBeGreaterThanOrEqual(aspects.length);
      expect(columns * (rows - 1)).toBeLessThan(aspects.length);
      const found = area(aspects, box, columns);
      for (let other = 1; other <= aspects.length; other += 1) {
        expect(area(aspects, box, other)).toBeLessThanOrEqual(found * 1.002);
      }
    }),
    { seed: 11, numRuns: 300 },
  );
});
