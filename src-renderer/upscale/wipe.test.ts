import fc from "fast-check";
import { expect, test } from "vitest";
import { shareAfterKey, shareAt } from "./wipe.ts";

test("the pointer puts the line where it is, and not past the ends", () => {
  const frame = { left: 100, width: 400 };
  expect(shareAt(300, frame)).toBe(0.5);
  expect(shareAt(20, frame)).toBe(0);
  expect(shareAt(900, frame)).toBe(1);
  expect(shareAt(10, { left: 0, width: 0 })).toBe(0.5);
});

test("arrows take small steps, Shift large ones, Home and End go to the ends", () => {
  const key = (code: string, shiftKey = false) => ({ code, shiftKey });
  expect(shareAfterKey(0.5, key("ArrowRight"))).toBe(0.52);
  expect(shareAfterKey(0.5, key("ArrowLeft"))).toBe(0.48);
  expect(shareAfterKey(0.5, key("ArrowLeft", true))).toBe(0.4);
  expect(shareAfterKey(0.5, key("PageUp"))).toBe(0.6);
  expect(shareAfterKey(0.5, key("Home"))).toBe(0);
  expect(shareAfterKey(0.5, key("End"))).toBe(1);
  expect(shareAfterKey(0.5, key("KeyA"))).toBeNull();
});

test("there and back again is where one began", () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 90 }), (hundredths) => {
      const share = hundredths / 100;
      const there = shareAfterKey(share, { code: "ArrowRight", shiftKey: true }) ?? 0;
      expect(shareAfterKey(there, { code: "ArrowLeft", shiftKey: true })).toBe(share);
    }),
    { seed: 20261121 },
  );
});
