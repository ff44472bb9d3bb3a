import { expect, test } from "vitest";
import type { UpscaleForecast } from "../../src-preload/contract/upscale.ts";
import { tallyOf } from "./settings.ts";

const forecast = (photoId: number, patch: Partial<UpscaleForecast> = {}): UpscaleForecast => ({
  photoId,
  sourceWidth: 100,
  sourceHeight: 100,
  width: 400,
  height: 400,
  runs: 1,
  name: `${photoId}.png`,
  exists: false,
  isDone: false,
  problem: null,
  note: null,
  ...patch,
});
const problem = {
  code: "too-large",
  happened: { en: "Too large.", ko: "너무 큽니다." },
  todo: { en: "Choose less.", ko: "줄이세요." },
};

test("what can't be made is left out; what is there already only where it is to be skipped", () => {
  const all = [forecast(1), forecast(2, { exists: true }), forecast(3, { problem })];
  const ids = (rows: readonly UpscaleForecast[]) => rows.map(({ photoId }) => photoId);
  const skipping = tallyOf(all, "skip");
  expect(ids(skipping.made)).toEqual([1]);
  expect(ids(skipping.leftOut)).toEqual([2, 3]);
  const renaming = tallyOf(all, "rename");
  expect(ids(renaming.made)).toEqual([1, 2]);
  expect(ids(renaming.leftOut)).toEqual([3]);
});
