import { expect, test } from "vitest";
import { numberOf } from "./number-text.ts";

test("a number counts inside its range, and whole where it has to be", () => {
  const dots = { min: 36, max: 1200, isWhole: true };
  expect(["36", "300", "1200"].map((text) => numberOf(text, dots))).toEqual([36, 300, 1200]);
  const wrong = ["", " ", "35", "1201", "-300", "300.5", "1e9", "three", "Infinity", "NaN"];
  expect(wrong.map((text) => numberOf(text, dots))).toEqual(wrong.map(() => null));
  const times = { min: 1, max: 16, isWhole: false };
  expect(["1", "1.25", "16", "16.01", "0.99"].map((text) => numberOf(text, times))).toEqual([
    1,
    1.25,
    16,
    null,
    null,
  ]);
});
