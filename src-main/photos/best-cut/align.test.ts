import fc from "fast-check";
import { expect, test } from "vitest";
import { findShift, patternOf } from "./align.ts";
import { analyseFrame } from "./analyse.ts";
import { readDetail } from "./detail.ts";
import { drawing, plane, soften } from "./frames.fixture.ts";
import type { Luma } from "./luma.ts";

const wide = drawing(720, 480, 11);

/** A part of it, 480×320, whose top left is at these pixels. */
function seen(x: number, y: number): Luma {
  return plane(480, 320, (column, row) => wide.data[(row + y) * 720 + column + x] ?? 0);
}

function pattern(luma: Luma) {
  const detail = readDetail(analyseFrame(luma).detail);
  if (detail === null) throw new Error("no detail");
  return patternOf(detail.picture);
}

const home = pattern(seen(120, 80));

test("a frame that wandered by up to a quarter is found to a fraction of a cell", () => {
  const across = fc.integer({ min: -110, max: 110 });
  const down = fc.integer({ min: -70, max: 70 });
  fc.assert(
    fc.property(across, down, (x, y) => {
      const shift = findShift(home, pattern(seen(120 + x, 80 + y)));
      // The camera went right: what it sees went left.
      expect(Math.abs(shift.x * 480 + x)).toBeLessThan(5);
      expect(Math.abs(shift.y * 320 + y)).toBeLessThan(5);
      expect(shift.agreement).toBeGreaterThan(0.5);
    }),
    { seed: 3, numRuns: 25 },
  );
});

test("blur does not hide a scene; another scene does not agree", () => {
  expect(findShift(home, pattern(soften(seen(120, 80), 8))).agreement).toBeGreaterThan(0.95);
  expect(findShift(home, pattern(drawing(480, 320, 99))).agreement).toBeLessThan(0.35);
  expect(findShift(home, pattern(drawing(320, 480, 11))).agreement).toBe(0);
});
