import { describe, expect, test } from "vitest";
import type { Box } from "../../../src-preload/contract/photos.ts";
import { FACE_WINDOW_EDGE, type FaceWindow } from "../../inference/index.ts";
import type { Frame } from "../worker/decode.ts";
import { everywhere, glance, near } from "./windows.ts";

const edge = FACE_WINDOW_EDGE;

/** Red grows from left to right, green from top to bottom, blue is even. */
function ramp(width: number, height: number): Frame {
  const data = Buffer.alloc(3 * width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = 3 * (y * width + x);
      data[at] = Math.round((255 * (x + 0.5)) / width);
      data[at + 1] = Math.round((255 * (y + 0.5)) / height);
      data[at + 2] = 90;
    }
  }
  return { width, height, data };
}

/** Every pixel of a window shows what the ramp has at its place, or black beyond it. */
function expectTrue({ place: [left, top, width, height], pixels }: FaceWindow): void {
  expect(pixels).toHaveLength(3 * edge * edge);
  let worst = 0;
  for (let row = 0; row < edge; row += 1) {
    for (let column = 0; column < edge; column += 1) {
      const x = left + (width * (column + 0.5)) / edge;
      const y = top + (height * (row + 0.5)) / edge;
      const border = Math.min(x / width, (1 - x) / width, y / height, (1 - y) / height) * edge;
      // A pixel that the photo's border runs through is between the two.
      if (Math.abs(border) <= 1) continue;
      const wanted = border > 0 ? [255 * x, 255 * y, 90] : [0, 0, 0];
      const at = 3 * (row * edge + column);
      for (const [channel, level] of wanted.entries()) {
        worst = Math.max(worst, Math.abs((pixels[at + channel] ?? 0) - level));
      }
    }
  }
  expect(worst).toBeLessThan(3);
}

/** Windows are cut at whole pixels of a smaller picture: a pixel of the photo may be missing at its border. */
const hair = 0.002;

const holds = ({ place: [left, top, width, height] }: FaceWindow, box: Box): boolean =>
  left <= box[0] + hair &&
  top <= box[1] + hair &&
  left + width >= box[0] + box[2] - hair &&
  top + height >= box[1] + box[3] - hair;

describe("everywhere", () => {
  test.each([
    ["a usual photo", 1500, 1000],
    ["an upright one", 1000, 1500],
    ["a square", 900, 900],
    ["a small one", 240, 160],
    ["a tiny one", 3, 2],
    ["a panorama", 1500, 150],
  ])("windows of %s show what is at their place", (_, width, height) => {
    const windows = everywhere(ramp(width, height));
    expect(windows.length).toBeLessThanOrEqual(45);
    for (const window of windows) {
      expect(window.place[2] * width).toBeCloseTo(window.place[3] * height, 6);
      if (width > 100) expectTrue(window);
    }
  });

  test("the last one holds all of the photo", () => {
    const windows = everywhere(ramp(1500, 1000));
    expect(windows.filter((window) => holds(window, [0, 0, 1, 1]))).toEqual(windows.slice(-1));
  });

  test("a face wherever it is lies whole in a window in which it is neither small nor large", () => {
    const windows = everywhere(ramp(1500, 1000));
    for (const side of [60, 90, 120, 160, 200, 300, 500]) {
      for (let step = 0; step <= 40; step += 1) {
        const x = ((1500 - side) * step) / 40;
        const y = ((1000 - side) * ((step * 7) % 41)) / 40;
        const box: Box = [x / 1500, y / 1000, side / 1500, side / 1000];
        const shares = windows
          .filter((window) => holds(window, box))
          .map(({ place }) => box[2] / place[2]);
        expect(shares.some((share) => share > 0.14 && share < 0.7)).toBe(true);
      }
    }
  });

  test("a window's pixels are its own: nothing else travels with them", () => {
    for (const { pixels } of everywhere(ramp(300, 200))) {
      expect(pixels.buffer.byteLength).toBe(pixels.length);
    }
  });
});

test("a glance is less than everywhere, and still all of the photo", () => {
  const frame = ramp(1500, 1000);
  const windows = glance(frame);
  expect(windows.length).toBeLessThan(everywhere(frame).length / 3);
  expect(windows.some((window) => holds(window, [0, 0, 1, 1]))).toBe(true);
});

describe("near", () => {
  test.each<[string, Box]>([
    ["in the middle", [0.4, 0.4, 0.08, 0.12]],
    ["at the border", [0, 0.9, 0.06, 0.09]],
    ["over it", [0.96, -0.03, 0.08, 0.12]],
    ["larger than the photo", [-0.2, -0.3, 1.4, 1.5]],
  ])("windows about a box %s hold what of it is on the photo", (_, box) => {
    const windows = near(ramp(1500, 1000), [box]);
    expect(windows).toHaveLength(2);
    const [left, top] = [Math.max(0, box[0]), Math.max(0, box[1])];
    const right = Math.min(1, box[0] + box[2]);
    const bottom = Math.min(1, box[1] + box[3]);
    for (const window of windows) {
      expect(holds(window, [left, top, right - left, bottom - top])).toBe(true);
      expectTrue(window);
    }
  });

  test("no box, no windows; two boxes, four", () => {
    const frame = ramp(300, 200);
    expect(near(frame, [])).toEqual([]);
    expect(
      near(frame, [
        [0.1, 0.1, 0.2, 0.3],
        [0.6, 0.5, 0.2, 0.3],
      ]),
    ).toHaveLength(4);
  });
});
