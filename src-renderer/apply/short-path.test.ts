import { expect, test } from "vitest";
import { shortPath, splitPath } from "./short-path.ts";

test("what lies inside the folder loses it", () => {
  expect(shortPath("/photos/trip/a.jpg", "/photos")).toBe("trip/a.jpg");
  expect(shortPath("/photos/a.jpg", "/photos/")).toBe("a.jpg");
  expect(shortPath("C:\\사진\\여행\\a.jpg", "C:\\사진")).toBe("여행\\a.jpg");
  expect(shortPath("/a.jpg", "/")).toBe("a.jpg");
});

test("what lies elsewhere stays as it is", () => {
  expect(shortPath("/photos-old/a.jpg", "/photos")).toBe("/photos-old/a.jpg");
  expect(shortPath("/other/a.jpg", "/photos")).toBe("/other/a.jpg");
});

test("a path in two", () => {
  expect(splitPath("2026/05/a.jpg")).toEqual({ folder: "2026/05/", name: "a.jpg" });
  expect(splitPath("a.jpg")).toEqual({ folder: "", name: "a.jpg" });
  expect(splitPath("D:\\x\\a.jpg")).toEqual({ folder: "D:\\x\\", name: "a.jpg" });
});
