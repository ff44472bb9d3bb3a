import { describe, expect, test } from "vitest";
import { matchesEtag, parseRange } from "./ranges.ts";

describe("parseRange", () => {
  test.each([
    [null, 10, null],
    ["bytes=0-0", 10, { start: 0, end: 0 }],
    ["bytes=2-5", 10, { start: 2, end: 5 }],
    ["bytes=2-", 10, { start: 2, end: 9 }],
    ["bytes=2-99", 10, { start: 2, end: 9 }],
    ["bytes=9-9", 10, { start: 9, end: 9 }],
    ["bytes=-3", 10, { start: 7, end: 9 }],
    ["bytes=-99", 10, { start: 0, end: 9 }],
    ["BYTES=1-2", 10, { start: 1, end: 2 }],
    [`bytes=0-${"9".repeat(400)}`, 10, { start: 0, end: 9 }],
    ["bytes=10-", 10, "unsatisfiable"],
    [`bytes=${"9".repeat(400)}-`, 10, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=0-", 0, "unsatisfiable"],
    ["bytes=-1", 0, "unsatisfiable"],
    ["bytes=5-2", 10, null],
    ["bytes=0-1,3-4", 10, null],
    ["bytes=-", 10, null],
    ["bytes=a-b", 10, null],
    ["bytes=0x1-2", 10, null],
    ["bytes=-1-2", 10, null],
    ["bytes 0-1", 10, null],
    ["lines=0-1", 10, null],
    ["bytes=1.5-2", 10, null],
  ] as const)("%j of %d bytes", (header, size, range) => {
    expect(parseRange(header, size)).toEqual(range);
  });
});

test("matchesEtag compares weakly, in lists", () => {
  expect(matchesEtag(null, '"a"')).toBe(false);
  expect(matchesEtag('"a"', '"a"')).toBe(true);
  expect(matchesEtag('W/"a"', '"a"')).toBe(true);
  expect(matchesEtag('"b", "a"', '"a"')).toBe(true);
  expect(matchesEtag("*", '"a"')).toBe(true);
  expect(matchesEtag('"A"', '"a"')).toBe(false);
  expect(matchesEtag("a", '"a"')).toBe(false);
});
