import { expect, test } from "vitest";
import { likelyNext } from "./prefetch.ts";

const order = ["a1", "a2", "a3", "b1", "b2"];
const sameAs = (id: string) => (other: string) => other[0] === id[0];

test("two onward, one back, in the direction of travel", () => {
  expect(likelyNext(order, 1, 1, () => false)).toEqual(["a3", "b1", "a1"]);
  expect(likelyNext(order, 3, -1, () => false)).toEqual(["a3", "a2", "b2"]);
});

test("after the very next one, frames of the burst go first", () => {
  expect(likelyNext(order, 1, 1, sameAs("a2"))).toEqual(["a3", "a1", "b1"]);
});

test("ends end", () => {
  expect(likelyNext(order, 4, 1, () => false)).toEqual(["b1"]);
  expect(likelyNext(order, 0, -1, () => false)).toEqual(["a2"]);
  expect(likelyNext(order, -1, 1, () => false)).toEqual([]);
});
