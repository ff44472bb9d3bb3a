import { expect, test } from "vitest";
import { analyseFrame } from "./analyse.ts";
import { readDetail } from "./detail.ts";
import { drawing, expose, plane, smear, soften } from "./frames.fixture.ts";

const SIZE = [480, 320] as const;
const sharp = drawing(...SIZE, 3);

test("sharpness falls with every step of blur", () => {
  const values = [0, 1, 2, 4, 8].map((times) => analyseFrame(soften(sharp, times)).measures);
  for (const [i, { sharpness }] of values.slice(1).entries()) {
    expect(sharpness).toBeLessThan(0.97 * (values[i]?.sharpness ?? 0));
  }
});

test("exposure does not count, and noise neither raises sharpness nor passes for it", () => {
  const { sharpness } = analyseFrame(sharp).measures;
  for (const [sigma, gain] of [
    [0, 0.7],
    [0, 1.1],
    [5, 1],
  ] as const) {
    const changed = analyseFrame(expose(sharp, sigma, gain, 1)).measures;
    expect(Math.abs(changed.sharpness / sharpness - 1)).toBeLessThan(0.1);
  }
  const soft = soften(sharp, 6);
  const noisy = expose(soft, 6, 1, 2);
  expect(analyseFrame(noisy).measures.sharpness).toBeLessThan(0.75 * sharpness);
  const fooled = analyseFrame(noisy).measures.laplacianVariance;
  expect(fooled).toBeGreaterThan(3 * analyseFrame(soft).measures.laplacianVariance);
});

test("a frame of nothing, or of nothing but noise, has no sharpness", () => {
  const flat = plane(...SIZE, () => 120);
  const slope = plane(...SIZE, (column) => 60 + column / 8);
  for (const luma of [
    plane(...SIZE, () => 0),
    slope,
    expose(flat, 3, 1, 4),
    expose(flat, 9, 1, 5),
  ]) {
    expect(analyseFrame(luma).measures).toMatchObject({ sharpness: 0, motion: 0 });
  }
});

test("noise is measured in levels", () => {
  for (const sigma of [1, 3, 8]) {
    const { noise } = analyseFrame(
      expose(
        plane(...SIZE, () => 120),
        sigma,
        1,
        sigma,
      ),
    ).measures;
    expect(Math.abs(noise / sigma - 1)).toBeLessThan(0.2);
  }
});

test("motion is told from defocus, with its direction", () => {
  const moved = analyseFrame(smear(sharp, 8)).measures;
  expect(moved.motion).toBeGreaterThan(0.6);
  expect(Math.min(moved.motionDegrees, 180 - moved.motionDegrees)).toBeLessThan(12);
  expect(analyseFrame(soften(sharp, 8)).measures.motion).toBe(0);
  expect(analyseFrame(sharp).measures.motion).toBe(0);
});

test("tones are shares of the whole", () => {
  const thirds = plane(...SIZE, (column) => (column < 120 ? 0 : column < 360 ? 128 : 255));
  const { measures } = analyseFrame(thirds);
  expect(measures).toMatchObject({ clippedShadows: 0.25, clippedHighlights: 0.25 });
  expect(measures.brightness).toBeCloseTo(0.5, 2);
  expect(measures.contrast).toBeCloseTo(90.1, 0);
});

test("the record of a photo of any shape stays below 8 KiB and can be read back", () => {
  for (const [width, height] of [
    [1500, 1000],
    [1000, 1500],
    [1500, 1500],
    [1500, 100],
    [40, 1500],
    [1, 1],
    [9, 3],
  ] as const) {
    const { detail, measures } = analyseFrame(plane(width, height, (x, y) => (x * y) % 256));
    expect(detail.length).toBeLessThanOrEqual(8192);
    const read = readDetail(detail);
    expect(read?.crispness).toHaveLength(4 * (read?.columns ?? 0) * (read?.rows ?? 0));
    for (const value of Object.values(measures)) expect(Number.isFinite(value)).toBe(true);
  }
});

test("a record of another version, or cut short, is none", () => {
  const { detail } = analyseFrame(sharp);
  expect(readDetail(detail)).not.toBeNull();
  expect(readDetail(detail.subarray(0, detail.length - 1))).toBeNull();
  expect(readDetail(Uint8Array.of(1, ...detail.subarray(1)))).toBeNull();
  expect(readDetail(new Uint8Array())).toBeNull();
});
