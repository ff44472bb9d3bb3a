import { expect, test } from "vitest";
import { type Blur, blurRaster, expose } from "./camera.ts";
import { createRandom } from "./random.ts";
import type { Raster } from "./scene.ts";

const SIDE = 61;
const MIDDLE = 30;

function flat(level: number): Raster {
  return {
    width: SIDE,
    height: SIDE,
    channels: 3,
    data: new Uint8ClampedArray(SIDE * SIDE * 3).fill(level),
  };
}

/** A white square of 7 px in the middle, so that 8 bits suffice for what is left of it when it is spread. */
function spot(): Raster {
  const raster = flat(0);
  for (let row = MIDDLE - 3; row <= MIDDLE + 3; row += 1) {
    raster.data.fill(255, (row * SIDE + MIDDLE - 3) * 3, (row * SIDE + MIDDLE + 4) * 3);
  }
  return raster;
}

/** Total light, and its variances along x and y and between them, of the first channel. */
function moments({ data }: Raster): { total: number; xx: number; yy: number; xy: number } {
  let total = 0;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const light = data[(row * SIDE + column) * 3] ?? 0;
      total += light;
      xx += light * (column - MIDDLE) ** 2;
      yy += light * (row - MIDDLE) ** 2;
      xy += light * (column - MIDDLE) * (row - MIDDLE);
    }
  }
  return { total, xx: xx / total, yy: yy / total, xy: xy / total };
}

const before = moments(spot());

test.for<Blur>([
  { kind: "gaussian", sigma: 1.3 },
  { kind: "gaussian", sigma: 3 },
  { kind: "disc", sigma: 1.3 },
  { kind: "disc", sigma: 3 },
])("$kind of sigma $sigma spreads by that much in both directions, and keeps the light", (blur) => {
  const after = moments(blurRaster(spot(), blur));
  expect(after.total / before.total).toBeCloseTo(1, 1);
  expect(Math.sqrt(after.xx - before.xx)).toBeCloseTo(blur.sigma, 0);
  expect(Math.abs(Math.sqrt(after.xx - before.xx) - blur.sigma)).toBeLessThan(0.2);
  expect(Math.abs(Math.sqrt(after.yy - before.yy) - blur.sigma)).toBeLessThan(0.2);
});

test.for([0, 0.4, Math.PI / 4, 1.3, Math.PI / 2, 2, 2.9])(
  "motion at %f rad spreads along that line",
  (angle) => {
    const sigma = 3;
    const after = moments(blurRaster(spot(), { kind: "motion", sigma, angle }));
    const [xx, yy, xy] = [after.xx - before.xx, after.yy - before.yy, after.xy - before.xy];
    const c = Math.cos(angle);
    const s = Math.sin(angle);
    const along = xx * c * c + yy * s * s + 2 * xy * c * s;
    const aside = xx * s * s + yy * c * c - 2 * xy * c * s;
    expect(Math.abs(Math.sqrt(along) - sigma)).toBeLessThan(0.25);
    expect(aside).toBeLessThan(0.6);
  },
);

test("a blur of nothing changes nothing, and a flat picture has nothing to blur", () => {
  const raster = spot();
  expect(blurRaster(raster, { kind: "gaussian", sigma: 0 })).toBe(raster);
  expect(new Set(blurRaster(flat(99), { kind: "disc", sigma: 4 }).data)).toEqual(new Set([99]));
});

test("exposure has the gain and the noise that it was told", () => {
  const exposed = expose(flat(80), { gain: 1.25, noise: 6 }, createRandom(3)).data;
  const mean = exposed.reduce((sum, level) => sum + level, 0) / exposed.length;
  const variance = exposed.reduce((sum, level) => sum + (level - mean) ** 2, 0) / exposed.length;
  expect(mean).toBeCloseTo(100, 0);
  expect(Math.abs(Math.sqrt(variance) - 6)).toBeLessThan(0.2);
});
