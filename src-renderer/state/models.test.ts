import { expect, test } from "vitest";
import { areModels } from "./models.ts";

test("models are told from photos by all of their names", () => {
  expect(areModels(["4x-Model.PTH"])).toBe(true);
  expect(areModels(["a.param", "a.bin"])).toBe(true);
  expect(areModels(["a.pth", "IMG_0001.JPG"])).toBe(false);
  expect(areModels(["holiday"])).toBe(false);
  expect(areModels([])).toBe(false);
});
