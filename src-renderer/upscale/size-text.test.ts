import { expect, test } from "vitest";
import {
  centimetresText,
  megapixelsText,
  pixelsText,
  secondsText,
  targetText,
  timesText,
} from "./size-text.ts";

test("sizes as people say them", () => {
  expect(pixelsText(24_000, 16_000, "en")).toBe("24,000 × 16,000");
  expect(megapixelsText(24_000, 16_000, "en")).toBe("384 MP");
  expect(megapixelsText(400, 300, "ko")).toBe("0.1 MP");
  expect(megapixelsText(3800, 2500, "en")).toBe("9.5 MP");
  expect(megapixelsText(3990, 2500, "en")).toBe("10 MP");
});

test("paper is measured in centimetres", () => {
  // A3 at 300 dpi is 4961 × 3508 px.
  expect(centimetresText(4961, 3508, 300, "en")).toBe("42.0 × 29.7");
});

test("what was asked for, briefly", () => {
  expect(targetText({ by: "scale", scale: 4 }, "en")).toBe("×4");
  expect(targetText({ by: "scale", scale: 1.5 }, "ko")).toBe("×1.5");
  expect(targetText({ by: "width", pixels: 6000 }, "en")).toBe("↔ 6,000 px");
  expect(targetText({ by: "height", pixels: 6000 }, "en")).toBe("↕ 6,000 px");
  expect(targetText({ by: "print", paper: "A3", dpi: 300 }, "en")).toBe("A3 · 300 dpi");
});

test("how much larger, how long", () => {
  expect(timesText(1500, 6000, "en")).toBe("×4");
  expect(timesText(1600, 2500, "en")).toBe("×1.56");
  expect(timesText(0, 2500, "en")).toBe("");
  expect(secondsText(0.83, "en")).toBe("0.8");
  expect(secondsText(12.4, "en")).toBe("12");
});
