import { describe, expect, test } from "vitest";
import { clippingOverlay, peakingOverlay } from "./overlays.ts";

const size = { width: 64, height: 48 };

/** A grey picture whose level at each place is given by `level`. */
function picture(level: (x: number, y: number) => number): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(size.width * size.height * 4);
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) {
      const at = (y * size.width + x) * 4;
      pixels.fill(level(x, y), at, at + 3);
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

function alphaAt(marks: Uint8ClampedArray, x: number, y: number): number {
  return marks[(y * size.width + x) * 4 + 3] ?? 0;
}

function marked(marks: Uint8ClampedArray): number {
  return marks.filter((value, index) => index % 4 === 3 && value > 0).length;
}

describe("clipping", () => {
  test("marks stripes where it is clipped and nothing elsewhere", () => {
    const marks = clippingOverlay(
      picture((x) => (x < 20 ? 255 : x < 40 ? 128 : 0)),
      size,
    );
    for (let y = 0; y < size.height; y += 1) {
      for (let x = 20; x < 40; x += 1) expect(alphaAt(marks, x, y)).toBe(0);
    }
    const share = marked(marks) / (size.width * size.height);
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.6);
  });

  test("one full channel is clipped; one empty channel is not", () => {
    const red = picture(() => 100);
    const noRed = picture(() => 100);
    for (let i = 0; i < red.length; i += 4) {
      red[i] = 255;
      noRed[i] = 0;
    }
    expect(marked(clippingOverlay(red, size))).toBeGreaterThan(0);
    expect(marked(clippingOverlay(noRed, size))).toBe(0);
  });

  test("highlights and shadows differ in colour and in the way of their stripes", () => {
    const full = clippingOverlay(
      picture(() => 255),
      size,
    );
    const empty = clippingOverlay(
      picture(() => 0),
      size,
    );
    expect([...full.slice(0, 3)]).not.toEqual([...empty.slice(0, 3)]);
    expect(full.filter((_, i) => i % 4 === 3)).not.toEqual(empty.filter((_, i) => i % 4 === 3));
  });
});

describe("focus peaking", () => {
  test("marks a sharp edge, even a weak one", () => {
    const marks = peakingOverlay(
      picture((x) => (x < 32 ? 100 : 140)),
      size,
    );
    expect(alphaAt(marks, 31, 20)).toBe(255);
    expect(alphaAt(marks, 32, 20)).toBe(255);
    expect(alphaAt(marks, 10, 20)).toBe(0);
  });

  test("marks edges that lie the other way", () => {
    expect(
      marked(
        peakingOverlay(
          picture((_, y) => (y < 24 ? 60 : 200)),
          size,
        ),
      ),
    ).toBeGreaterThan(50);
  });

  test("does not mark a soft edge, however strong", () => {
    const soft = (x: number) => Math.min(230, Math.max(20, 20 + (x - 26) * 18));
    expect(marked(peakingOverlay(picture(soft), size))).toBe(0);
  });

  test("does not mark a flat picture with noise", () => {
    let state = 12345;
    const noise = () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (state / 2_147_483_648) * 16 - 8;
    };
    expect(
      marked(
        peakingOverlay(
          picture(() => 120 + noise()),
          size,
        ),
      ),
    ).toBe(0);
  });
});
