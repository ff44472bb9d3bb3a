import { describe, expect, it } from "vitest";
import type { Box } from "../../src-preload/contract/photos.ts";
import { closeUp, type FaceFrame, faceRows } from "./faces.ts";

const size = { width: 6000, height: 4000 };
const frame = (id: number, subject: Box | null, faces: readonly Box[] | null): FaceFrame => ({
  photo: { id, ...size, subject: subject === null ? null : { kind: "face", box: subject } },
  detail: { faces: faces === null ? null : [...faces] },
});
const left: Box = [0.1, 0.2, 0.1, 0.15];
const right: Box = [0.6, 0.2, 0.12, 0.18];
const moved = ([x, y, width, height]: Box, by: number): Box => [x + by, y, width, height];

describe("faces through a burst", () => {
  it("begin with the one that was compared; the same face is not shown twice", () => {
    const rows = faceRows([frame(1, left, [right, moved(left, 0.01)]), frame(2, left, [right])]);
    expect(rows.map(({ boxes }) => boxes.get(1))).toEqual([left, right]);
  });

  it("are followed by place where a frame has them in another order, or not at all", () => {
    const rows = faceRows([
      frame(1, left, [right]),
      frame(2, moved(left, 0.05), [moved(right, 0.02)]),
      frame(3, null, [moved(right, -0.03)]),
      frame(4, null, null),
    ]);
    expect(rows.map(({ boxes }) => [2, 3, 4].map((id) => boxes.get(id)))).toEqual([
      [moved(left, 0.05), null, null],
      [moved(right, 0.02), moved(right, -0.03), null],
    ]);
  });

  it("are shown at one scale: that of the largest", () => {
    const [row] = faceRows([frame(1, left, null), frame(2, [0.08, 0.18, 0.2, 0.2], null)]);
    expect(row?.side).toBeCloseTo(1.7 * 1200);
  });

  it("are none where no frame has one, or sizes are unknown", () => {
    expect(faceRows([frame(1, null, []), frame(2, null, null)])).toEqual([]);
    const unknown = {
      photo: { id: 1, width: 0, height: 0, subject: null },
      detail: { faces: [left] },
    };
    expect(faceRows([unknown])).toEqual([]);
  });
});

describe("a close-up", () => {
  it("is a square of the photo around the face", () => {
    const [x, y, width, height] = closeUp([0.4, 0.4, 0.2, 0.2], 1200, size);
    expect(width * size.width).toBeCloseTo(1200);
    expect(height * size.height).toBeCloseTo(1200);
    expect(x + width / 2).toBeCloseTo(0.5);
    expect(y + height / 2).toBeCloseTo(0.5);
  });

  it("stays inside the photo", () => {
    expect(closeUp([0, 0.9, 0.1, 0.1], 1200, size).slice(0, 2)).toEqual([0, 0.7]);
    expect(closeUp([0.4, 0.4, 0.2, 0.2], 9000, size)).toEqual([0, 0, 1, 1]);
  });
});
