import { beforeEach, expect, test } from "vitest";
import { useLibrary } from "./library-store.ts";
import { burst, byId, photo } from "./photo-fixture.ts";
import { framesToSplit } from "./split.ts";
import { noFilters, useView } from "./view-store.ts";

beforeEach(() => {
  const members = [1, 2, 3, 4].map((id) => photo(id, { burstId: 1, stars: id === 3 ? 0 : 1 }));
  useLibrary.setState({
    photos: byId(...members, photo(5)),
    bursts: byId(burst(1, 1), burst(5, 5)),
  });
  useView.setState({ mode: "grid", filters: noFilters, toggledBursts: new Set() });
});

function splitAt(...ids: readonly number[]): number[] {
  useView.setState({ activeId: ids[0] ?? null, selection: new Set(ids) });
  return framesToSplit();
}

test("one frame is split off with all behind it", () => {
  expect(splitAt(3)).toEqual([3, 4]);
  expect(splitAt(4)).toEqual([4]);
});

test("several selected frames are split off as they are", () => {
  expect(splitAt(1, 3)).toEqual([1, 3]);
});

test("there is nothing to split at the first frame, in a lone photo, of a whole burst, of nothing", () => {
  expect(splitAt(1)).toEqual([]);
  expect(splitAt(5)).toEqual([]);
  expect(splitAt(1, 2, 3, 4)).toEqual([]);
  expect(splitAt()).toEqual([]);
});

test("a frame that a filter hides goes along with those before and behind it", () => {
  useView.setState({ filters: { ...noFilters, minStars: 1 } });
  expect(splitAt(2)).toEqual([2, 3, 4]);
});
