import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathSegments } from "./path-segments.ts";

describe("pathSegments", () => {
  test("decodes plain names once", () => {
    expect(pathSegments("/")).toEqual([]);
    expect(pathSegments("/a/b.txt")).toEqual(["a", "b.txt"]);
    expect(pathSegments("/%EC%82%AC%EC%A7%84/%F0%9F%90%88.jpg")).toEqual(["사진", "🐈.jpg"]);
    expect(pathSegments("/100%25/...")).toEqual(["100%", "..."]);
    expect(pathSegments("/%252e%252e")).toEqual(["%2e%2e"]);
  });

  test.each([
    "",
    "a",
    "//a",
    "/a//b",
    "/a/",
    "/.",
    "/..",
    "/../a",
    "/a/../b",
    "/%2e%2e/a",
    "/%2E./a",
    "/.%2e/a",
    "/..%2fa",
    "/..%5ca",
    "/a%2Fb",
    "/a\\b",
    "/%5c..%5ca",
    "/a%00.txt",
    "/a%0ab",
    "/%7f",
    "/%",
    "/%zz",
    "/%c0%ae%c0%ae/a",
    "/%ff",
  ])("refuses %j", (pathname) => {
    expect(pathSegments(pathname)).toBeNull();
  });

  test("whatever comes out is a plain name, and what a client encoded comes back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const segment of pathSegments(`/${text}`) ?? []) {
          expect(segment).not.toMatch(/^\.{0,2}$|[/\\\0]/);
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
    const name = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((text) => !/[/\\]|^\.{1,2}$/.test(text) && !hasControl(text));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (names) => {
        expect(pathSegments(`/${names.map(encodeURIComponent).join("/")}`)).toEqual(names);
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

function hasControl(text: string): boolean {
  return [...text].some((letter) => letter < " " || letter === "\u007f");
}
