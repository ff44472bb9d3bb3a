import { describe, expect, test } from "vitest";
import type { Item } from "../state/derive.ts";
import { burstBeside, realBursts, togetherWith } from "./frames.ts";

const item = (photoId: number, burstId: number | null, burstSize: number): Item => ({
  photoId,
  burstId,
  burstSize,
  burstPosition: 1,
  isStack: false,
  isPick: false,
  frame: 1,
  isTie: false,
});
const items = [
  item(1, 10, 2),
  item(2, 10, 2),
  item(3, 11, 1),
  item(4, 12, 3),
  item(5, 12, 3),
  item(6, 12, 3),
  item(7, null, 1),
];

describe("photos that are looked at together", () => {
  test("are the selection in its order, when it is more than one", () => {
    expect(togetherWith(items, 6, new Set([6, 1, 3]))).toEqual([1, 3, 6]);
  });

  test("are the burst when one photo is selected, or none of the selection is active", () => {
    expect(togetherWith(items, 5, new Set([5]))).toEqual([4, 5, 6]);
    expect(togetherWith(items, 5, new Set([1, 2]))).toEqual([4, 5, 6]);
  });

  test("are the photo alone when it has no burst or passes no filter", () => {
    expect(togetherWith(items, 3, new Set([3]))).toEqual([3]);
    expect(togetherWith(items, 7, new Set([7]))).toEqual([7]);
    expect(togetherWith(items, 99, new Set([99]))).toEqual([99]);
  });
});

test("the burst beside is the next one of more than one frame, from its first frame", () => {
  expect(realBursts(items)).toEqual([10, 12]);
  expect(burstBeside(items, 1, 1)).toBe(4);
  expect(burstBeside(items, 3, 1)).toBe(4);
  expect(burstBeside(items, 4, 1)).toBeNull();
  expect(burstBeside(items, 7, 1)).toBeNull();
  expect(burstBeside(items, 6, -1)).toBe(1);
  expect(burstBeside(items, 7, -1)).toBe(4);
  expect(burstBeside(items, 2, -1)).toBeNull();
  expect(burstBeside(items, 99, 1)).toBeNull();
});
