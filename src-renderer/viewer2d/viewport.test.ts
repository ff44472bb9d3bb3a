import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Rotation } from "../../src-preload/contract/photos.ts";
import {
  drawingOf,
  fitLook,
  type Look,
  type Point,
  pan,
  place,
  type Size,
  toggleZoom,
  turnBox,
  turnedSize,
  turnLook,
  zoomAt,
} from "./viewport.ts";

const seed = 20261121;
function check<Inputs>(property: fc.IRawProperty<Inputs>): void {
  void fc.assert(property, { seed, numRuns: 400 });
}

const photoSize = fc.record({
  width: fc.integer({ min: 1, max: 12_000 }),
  height: fc.integer({ min: 1, max: 12_000 }),
});
const boxSize = fc.record({
  width: fc.integer({ min: 40, max: 4000 }),
  height: fc.integer({ min: 40, max: 4000 }),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });
const look: fc.Arbitrary<Look> = fc.record({
  zoom: fc.oneof(
    fc.constantFrom("fit" as const, "fill" as const),
    fc.record({ scale: fc.double({ min: 0.02, max: 32, noNaN: true }) }),
  ),
  center: fc.record({ x: share, y: share }),
});
const rotation = fc.constantFrom<Rotation>(0, 90, 180, 270);

const photo: Size = { width: 6000, height: 4000 };
const box: Size = { width: 1440, height: 900 };
const middle: Point = { x: 720, y: 450 };

/** Share of the photo that lies at a point of the box. */
function shareAt(view: Look, at: Point, of: Size = photo, within: Size = box): Point {
  const { x, y, width, height } = place(view, of, within);
  return { x: (at.x - x) / width, y: (at.y - y) / height };
}

test("a box turns with its photo, and comes back after four quarters", () => {
  const box = [0.1, 0.2, 0.3, 0.05] as const;
  const close = (one: readonly number[], other: readonly number[]): void => {
    for (const [index, value] of one.entries()) expect(value).toBeCloseTo(other[index] ?? NaN);
  };
  expect(turnBox(box, 0)).toEqual(box);
  close(turnBox(box, 90), [0.75, 0.1, 0.05, 0.3]);
  close(turnBox(box, 180), [0.6, 0.75, 0.3, 0.05]);
  close(turnBox(box, 270), [0.2, 0.6, 0.05, 0.3]);
  close(turnBox(turnBox(box, 90), 270), box);
  close(turnBox(turnBox(box, 90), 90), turnBox(box, 180));
});

describe("fit, fill and 100 %", () => {
  test("fit shows all of the photo, centred", () => {
    expect(place(fitLook, photo, box)).toEqual({
      scale: 0.225,
      width: 1350,
      height: 900,
      x: 45,
      y: 0,
    });
  });

  test("a small photo is blown up to twice its size and no more", () => {
    expect(place(fitLook, { width: 1000, height: 600 }, box).scale).toBeCloseTo(1.44);
    expect(place(fitLook, { width: 64, height: 48 }, box).scale).toBe(2);
  });

  test("fill covers the box", () => {
    check(
      fc.property(photoSize, boxSize, (size, within) => {
        const { x, y, width, height } = place(
          { zoom: "fill", center: { x: 0.5, y: 0.5 } },
          size,
          within,
        );
        expect(x).toBeLessThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(0);
        expect(x + width).toBeGreaterThanOrEqual(within.width - 1);
        expect(y + height).toBeGreaterThanOrEqual(within.height - 1);
      }),
    );
  });

  test("at 100 % an image pixel is a device pixel, on the grid", () => {
    check(
      fc.property(photoSize, boxSize, share, share, (size, within, x, y) => {
        const placement = place({ zoom: { scale: 1 }, center: { x, y } }, size, within);
        expect(placement.width).toBe(size.width);
        expect(Number.isInteger(placement.x) && Number.isInteger(placement.y)).toBe(true);
      }),
    );
  });
});

describe("limits", () => {
  test("no gap beside a photo larger than the box; a smaller one is centred", () => {
    check(
      fc.property(look, photoSize, boxSize, (view, size, within) => {
        const { x, y, width, height } = place(view, size, within);
        for (const [at, length, room] of [
          [x, width, within.width],
          [y, height, within.height],
        ] as const) {
          if (length > room) {
            expect(at).toBeLessThanOrEqual(0);
            expect(at + length).toBeGreaterThanOrEqual(room - 1);
          } else {
            expect(Math.abs(at - (room - length) / 2)).toBeLessThanOrEqual(0.5);
          }
        }
      }),
    );
  });

  test("panning beyond an edge and back again answers at once", () => {
    const zoomed = zoomAt(fitLook, 1, middle, photo, box);
    const far = pan(zoomed, { x: 100_000, y: 0 }, photo, box);
    expect(place(far, photo, box).x).toBe(0);
    const back = pan(far, { x: -10, y: 0 }, photo, box);
    expect(place(back, photo, box).x).toBe(-10);
  });

  test("panning moves by exactly what the hand moved, inside the limits", () => {
    const zoomed = zoomAt(fitLook, 1, middle, photo, box);
    const before = place(zoomed, photo, box);
    const after = place(pan(zoomed, { x: -37, y: 21 }, photo, box), photo, box);
    expect(after.x - before.x).toBe(-37);
    expect(after.y - before.y).toBe(21);
  });
});

describe("zooming about a point", () => {
  test("what is under the pointer stays under it, as far as the edges let it", () => {
    check(
      fc.property(
        share,
        share,
        fc.double({ min: 0.3, max: 16, noNaN: true }),
        fc.double({ min: 1.01, max: 4, noNaN: true }),
        (x, y, scale, factor) => {
          const start = zoomAt(fitLook, scale, middle, photo, box);
          const at = { x: x * box.width, y: y * box.height };
          const before = shareAt(start, at);
          const next = zoomAt(start, scale * factor, at, photo, box);
          const after = shareAt(next, at);
          // Zooming in never pushes an edge into the box: half a device pixel of rounding is all that is lost.
          const tolerance = 1.5 / (Math.min(photo.width, photo.height) * scale);
          const isInside = before.x >= 0 && before.x <= 1 && before.y >= 0 && before.y <= 1;
          const wasLarger = photo.width * scale >= box.width && photo.height * scale >= box.height;
          if (isInside && wasLarger) {
            expect(Math.abs(after.x - before.x)).toBeLessThan(tolerance);
            expect(Math.abs(after.y - before.y)).toBeLessThan(tolerance);
          }
        },
      ),
    );
  });

  test("zooming out far enough shows the whole photo again", () => {
    const zoomed = zoomAt(fitLook, 1, { x: 10, y: 10 }, photo, box);
    expect(zoomAt(zoomed, 0.1, middle, photo, box)).toEqual(fitLook);
  });

  test("one key goes to 100 % at the pointer and back", () => {
    const at = { x: 1000, y: 300 };
    const before = shareAt(fitLook, at);
    const zoomed = toggleZoom(fitLook, at, photo, box);
    expect(place(zoomed, photo, box).scale).toBe(1);
    expect(shareAt(zoomed, at).x).toBeCloseTo(before.x, 3);
    expect(shareAt(zoomed, at).y).toBeCloseTo(before.y, 3);
    expect(toggleZoom(zoomed, at, photo, box)).toEqual(fitLook);
  });

  test("a photo that is at 100 % or more when it fits goes to twice that", () => {
    const small = { width: 1440, height: 900 };
    expect(place(toggleZoom(fitLook, middle, small, box), small, box).scale).toBe(2);
    expect(toggleZoom(toggleZoom(fitLook, middle, small, box), middle, small, box)).toEqual(
      fitLook,
    );
  });
});

describe("from photo to photo", () => {
  test("frames of one size keep the exact place", () => {
    const zoomed = pan(
      zoomAt(fitLook, 1, { x: 400, y: 200 }, photo, box),
      { x: 13, y: -7 },
      photo,
      box,
    );
    expect(place(zoomed, { ...photo }, box)).toEqual(place(zoomed, photo, box));
  });

  test("frames of another size show the same relative place in the middle", () => {
    check(
      fc.property(
        fc.double({ min: 0.3, max: 0.7, noNaN: true }),
        fc.double({ min: 0.3, max: 0.7, noNaN: true }),
        (x, y) => {
          const view: Look = { zoom: { scale: 1 }, center: { x, y } };
          const other = { width: 5000, height: 3500 };
          expect(shareAt(view, middle, other).x).toBeCloseTo(x, 3);
          expect(shareAt(view, middle, other).y).toBeCloseTo(y, 3);
        },
      ),
    );
  });

  test("laying a look over a photo does not change it: back at the first photo the place is the same", () => {
    const view: Look = { zoom: { scale: 1 }, center: { x: 0.02, y: 0.97 } };
    place(view, { width: 1200, height: 4000 }, box);
    expect(view.center).toEqual({ x: 0.02, y: 0.97 });
  });
});

describe("turning", () => {
  test("turning by four quarters changes nothing", () => {
    const view: Look = { zoom: { scale: 1 }, center: { x: 0.2, y: 0.9 } };
    let turned = view;
    for (const [from, to] of [
      [0, 90],
      [90, 180],
      [180, 270],
      [270, 0],
    ] as const) {
      turned = turnLook(turned, from, to);
    }
    expect(turned.center.x).toBeCloseTo(view.center.x);
    expect(turned.center.y).toBeCloseTo(view.center.y);
  });

  test("the top left corner of a photo is at the top right after a quarter clockwise", () => {
    const turned = turnLook({ zoom: "fill", center: { x: 0, y: 0 } }, 0, 90);
    expect(turned.center).toEqual({ x: 1, y: 0 });
    expect(turnLook(turned, 90, 0).center).toEqual({ x: 0, y: 0 });
  });
});

describe("what is drawn", () => {
  /** Where a point of the bitmap lands in the box. */
  function landing(
    view: Look,
    size: Size,
    turn: Rotation,
    bitmap: Size,
    at: Point,
    within: Size,
  ): Point {
    const placement = place(view, turnedSize(size, turn), within);
    const drawing = drawingOf(placement, size, turn, bitmap, within);
    if (drawing === null) throw new Error("nothing is seen");
    const { source, target, transform } = drawing;
    const [a, b, c, d, e, f] = transform;
    const u = target.x + ((at.x - source.x) / source.width) * target.width;
    const v = target.y + ((at.y - source.y) / source.height) * target.height;
    return { x: a * u + c * v + e, y: b * u + d * v + f };
  }

  test("the corners of the photo land at the corners of its place, for every turn", () => {
    for (const [turn, corner] of [
      [0, { x: 0, y: 0 }],
      [90, { x: 1, y: 0 }],
      [180, { x: 1, y: 1 }],
      [270, { x: 0, y: 1 }],
    ] as const) {
      const shown = turnedSize(photo, turn);
      const placement = place(fitLook, shown, box);
      const at = landing(fitLook, photo, turn, photo, { x: 0, y: 0 }, box);
      expect(at.x).toBeCloseTo(placement.x + corner.x * placement.width, 6);
      expect(at.y).toBeCloseTo(placement.y + corner.y * placement.height, 6);
    }
  });

  test("what is drawn covers all that is seen and little more", () => {
    check(
      fc.property(look, photoSize, boxSize, rotation, share, (view, size, within, turn, small) => {
        const bitmap = {
          width: Math.max(1, Math.round(size.width * (0.2 + 0.8 * small))),
          height: Math.max(1, Math.round(size.height * (0.2 + 0.8 * small))),
        };
        const placement = place(view, turnedSize(size, turn), within);
        const drawing = drawingOf(placement, size, turn, bitmap, within);
        if (drawing === null) throw new Error("a placed photo is always seen");
        const { source, target, transform } = drawing;
        expect(source.x).toBeGreaterThanOrEqual(0);
        expect(source.y).toBeGreaterThanOrEqual(0);
        expect(source.x + source.width).toBeLessThanOrEqual(bitmap.width);
        expect(source.y + source.height).toBeLessThanOrEqual(bitmap.height);
        const [a, b, c, d, e, f] = transform;
        const xs = [target.x, target.x + target.width];
        const ys = [target.y, target.y + target.height];
        const corners = xs.flatMap((u) =>
          ys.map((v) => ({ x: a * u + c * v + e, y: b * u + d * v + f })),
        );
        const drawn = {
          left: Math.min(...corners.map((corner) => corner.x)),
          right: Math.max(...corners.map((corner) => corner.x)),
          top: Math.min(...corners.map((corner) => corner.y)),
          bottom: Math.max(...corners.map((corner) => corner.y)),
        };
        const slack = 0.01;
        expect(drawn.left).toBeLessThanOrEqual(Math.max(0, placement.x) + slack);
        expect(drawn.top).toBeLessThanOrEqual(Math.max(0, placement.y) + slack);
        expect(drawn.right).toBeGreaterThanOrEqual(
          Math.min(within.width, placement.x + placement.width) - slack,
        );
        expect(drawn.bottom).toBeGreaterThanOrEqual(
          Math.min(within.height, placement.y + placement.height) - slack,
        );
        const pixel = Math.max(
          (size.width / bitmap.width) * placement.scale,
          (size.height / bitmap.height) * placement.scale,
        );
        expect(drawn.right - drawn.left).toBeLessThanOrEqual(within.width + 4 * pixel + slack);
      }),
    );
  });
});
