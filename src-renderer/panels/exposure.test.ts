import { expect, test } from "vitest";
import {
  apertureText,
  captureText,
  differenceText,
  focalText,
  megapixelText,
  offsetText,
  placeText,
  shareText,
  shutterText,
} from "./exposure.ts";

test("shutter speeds as cameras show them", () => {
  expect(shutterText(1 / 250)).toBe("1/250 s");
  expect(shutterText(0.004)).toBe("1/250 s");
  expect(shutterText(1 / 8000)).toBe("1/8000 s");
  expect(shutterText(0.25)).toBe("1/4 s");
  expect(shutterText(0.3)).toBe("0.3 s");
  expect(shutterText(0.5)).toBe("0.5 s");
  expect(shutterText(1)).toBe("1 s");
  expect(shutterText(30)).toBe("30 s");
  expect(shutterText(0)).toBe("");
});

test("aperture and focal length", () => {
  expect(apertureText(2.8)).toBe("f/2.8");
  expect(apertureText(11)).toBe("f/11");
  expect(apertureText(1.7999999523)).toBe("f/1.8");
  expect(focalText(50)).toBe("50 mm");
  expect(focalText(4.25)).toBe("4.3 mm");
});

test("places", () => {
  expect(placeText(37.5665, 126.978)).toBe("37.56650° N, 126.97800° E");
  expect(placeText(-33.8688, -70.6693)).toBe("33.86880° S, 70.66930° W");
});

test("the wall clock stays what it was, wherever the reader is", () => {
  expect(captureText("2026-11-21T23:59:58.250", "en-GB")).toContain("23:59:58");
  expect(captureText("2026-11-21T23:59:58", "ko")).toContain("2026");
  expect(captureText("no date", "en")).toBe("no date");
  expect(offsetText(540)).toBe("+09:00");
  expect(offsetText(-210)).toBe("−03:30");
});

test("amounts", () => {
  expect(megapixelText(6000, 4000)).toBe("24.0 MP");
  expect(megapixelText(640, 480)).toBe("0.31 MP");
  expect(shareText(0, "en")).toBe("0\u00a0%");
  expect(shareText(0.0004, "en")).toBe("<\u00a00.1\u00a0%");
  expect(shareText(0.003, "en")).toBe("0.3\u00a0%");
  expect(shareText(0.124, "en")).toBe("12\u00a0%");
  expect(differenceText(0.82, "en")).toBe("−18\u00a0%");
  expect(differenceText(1.004, "en")).toBe("±0\u00a0%");
  expect(differenceText(1.25, "en")).toBe("+25\u00a0%");
  expect(shareText(0.124, "ko")).toBe("12%");
});
