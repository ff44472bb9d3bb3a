import { expect, it } from "vitest";
import { filterChoices, isFiltering } from "./filters.ts";
import { byId, photo } from "./photo-fixture.ts";
import { noFilters } from "./view-store.ts";

it("offers what the photos have, once and in order", () => {
  const photos = byId(
    photo(1, { camera: "B", lens: "50 mm", iso: 800 }),
    photo(2, { camera: "A", iso: 100 }),
    photo(3, { camera: "A", iso: 800 }),
    photo(4, { camera: "C", state: "skipped" }),
  );
  expect(filterChoices(photos)).toEqual({
    cameras: ["A", "B"],
    lenses: ["50 mm"],
    isos: [100, 800],
  });
});

it("knows when something is kept out of sight", () => {
  expect(isFiltering(noFilters)).toBe(false);
  expect(isFiltering({ ...noFilters, text: "  " })).toBe(false);
  expect(isFiltering({ ...noFilters, minStars: 1 })).toBe(true);
  expect(isFiltering({ ...noFilters, isoTo: 100 })).toBe(true);
});
