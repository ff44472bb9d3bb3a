import fc from "fast-check";
import { expect, test } from "vitest";
import { firstSpot, moveSpot, nextEdge, settleSpot } from "./spot.ts";

const photo = { width: 1600, height: 1200 };

test("begins at what best cut compared, turned as the photo is, else in the middle", () => {
  const middle = { x: 0.5, y: 0.5 };
  expect(firstSpot({ subject: null, rotation: 0 })).toEqual(middle);
  expect(firstSpot({ subject: { kind: "frame", box: [0, 0, 0.2, 0.2] }, rotation: 0 })).toEqual(
    middle,
  );
  const subject = { kind: "face", box: [0.25, 0.5, 0.25, 0.25] } as const;
  expect(firstSpot({ subject, rotation: 0 })).toEqual({ x: 0.375, y: 0.625 });
  expect(firstSpot({ subject, rotation: 90 })).toEqual({ x: 0.375, y: 0.375 });
});

test("the square grows and shrinks by steps, as far as the photo has room", () => {
  expect(nextEdge(192, 1, photo)).toBe(256);
  expect(nextEdge(192, -1, photo)).toBe(128);
  expect(nextEdge(64, -1, photo)).toBe(64);
  expect(nextEdge(192, 1, { width: 200, height: 4000 })).toBe(192);
});

test("the square stays inside the photo, on whole pixels, and settling again changes nothing", () => {
  fc.assert(
    fc.property(
      fc.record({
        width: fc.integer({ min: 1, max: 9000 }),
        height: fc.integer({ min: 1, max: 9000 }),
      }),
      fc.double({ min: -1, max: 2, noNaN: true }),
      fc.double({ min: -1, max: 2, noNaN: true }),
      fc.constantFrom(64, 192, 512),
      (size, x, y, edge) => {
        const spot = settleSpot({ x, y }, edge, size);
        const left = spot.x * size.width - edge / 2;
        if (size.width > edge) {
          expect(left).toBeGreaterThanOrEqual(-1e-6);
          expect(left).toBeLessThanOrEqual(size.width - edge + 1e-6);
          expect(Math.abs(left - Math.round(left))).toBeLessThan(1e-6);
        } else expect(spot.x).toBe(0.5);
        const again = settleSpot(spot, edge, size);
        expect(again.x).toBeCloseTo(spot.x, 12);
        expect(again.y).toBeCloseTo(spot.y, 12);
      },
    ),
    { seed: 20261121 },
  );
});

test("arrows move it by a share of itself", () => {
  const from = settleSpot({ x: 0.5, y: 0.5 }, 192, photo);
  const to = moveSpot(from, 0.25, 0, 192, photo);
  expect((to.x - from.x) * photo.width).toBeCloseTo(48);
  expect(to.y).toBe(from.y);
});
