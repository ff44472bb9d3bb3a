import sharp from "sharp";
import { expect, test } from "vitest";
import { type BurstRecipe, createRandom, renderBurst } from "../../sample/index.ts";
import type { Luma, Region } from "./luma.ts";
import { isTooClose, measureFrame } from "./sharpness.ts";

const full = process.env.KILN_PROOFS === "1";

interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly data: Uint8ClampedArray;
}

/** As a camera and the image worker would: through JPEG to luma. */
async function develop(raster: Raster, quality: number): Promise<Luma> {
  const { width, height, channels } = raster;
  const jpeg = await sharp(raster.data, { raw: { width, height, channels } })
    .jpeg({ quality })
    .toBuffer();
  const grey = await sharp(jpeg).greyscale().toColourspace("b-w").raw().toBuffer();
  return { width, height, data: new Uint8Array(grey) };
}

/** JPEG qualities 60..95, another for each frame. */
function quality(seed: number, frame: number): number {
  return 60 + ((seed * 31 + frame * 17) % 36);
}

/** Of `count` bursts, the share in which each measure is highest at the sharp frame. */
async function topShare(
  count: number,
  recipe: Omit<BurstRecipe, "set" | "frames" | "blurUnit">,
): Promise<{ sharpness: number; laplacian: number; told: number }> {
  let right = 0;
  let laplacian = 0;
  let told = 0;
  for (let seed = 1; seed <= count; seed += 1) {
    const { frames, sharpest } = renderBurst(seed, {
      ...recipe,
      set: "mixed",
      frames: 5,
      blurUnit: 1,
    });
    const measures = await Promise.all(
      frames.map(async ({ raster }, i) => measureFrame(await develop(raster, quality(seed, i)))),
    );
    const best = (of: (i: number) => number): number =>
      measures.reduce((top, _, i) => (of(i) > of(top) ? i : top), 0);
    const pick = best((i) => measures[i]?.sharpness ?? 0);
    if (pick === sharpest) right += 1;
    if (best((i) => measures[i]?.laplacianVariance ?? 0) === sharpest) laplacian += 1;
    const top = measures[pick];
    if (top && measures.every((other) => other === top || !isTooClose(top, other))) told += 1;
  }
  return { sharpness: right / count, laplacian: laplacian / count, told: told / count };
}

test(
  "the sharp frame of a mixed burst is found where the variance of the Laplacian is fooled",
  async () => {
    const shares = await topShare(
      full ? 100 : 20,
      full ? { width: 900, height: 600 } : { width: 480, height: 320 },
    );
    expect(shares.sharpness).toBeGreaterThanOrEqual(0.95);
    expect(shares.told).toBeGreaterThanOrEqual(0.9);
    // Or the set would be too easy to prove anything.
    expect(shares.laplacian).toBeLessThanOrEqual(0.8);
  },
  full ? 3_600_000 : 180_000,
);

const SIZE = { width: 480, height: 320 };

/** Green of one frame, taken as luma: no JPEG, nothing but what the recipe says. */
function greyOf(raster: Raster): Luma {
  const { width, height } = raster;
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height }, (_, i) => raster.data[3 * i + 1] ?? 0),
  };
}

/** One frame of a scene, sharp and clean. */
function scene(seed: number): Luma {
  const varies = { noise: false, gain: false, framing: false };
  const { frames, sharpest } = renderBurst(seed, { ...SIZE, set: "mixed", frames: 2, varies });
  const frame = frames[sharpest ?? 0];
  if (frame === undefined) throw new Error("no frame");
  return greyOf(frame.raster);
}

/** A little softer: each pixel with its four neighbours, weighted 4, 1, 1, 1, 1. */
function soften({ width, height, data }: Luma): Luma {
  const at = (x: number, y: number): number =>
    data[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] ?? 0;
  const soft = data.map((level, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return Math.round((4 * level + at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1)) / 8);
  });
  return { width, height, data: soft };
}

function noisy(luma: Luma, sigma: number, gain = 1): Luma {
  const random = createRandom(17);
  const data = new Uint8ClampedArray(luma.data.length);
  luma.data.forEach((level, i) => {
    // Twelve uniform draws have a variance of one.
    let normal = -6;
    for (let draw = 0; draw < 12; draw += 1) normal += random();
    data[i] = gain * level + sigma * normal;
  });
  return { ...luma, data: new Uint8Array(data.buffer) };
}

function plane(level: (column: number, row: number) => number): Luma {
  const { width, height } = SIZE;
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    level(i % width, Math.floor(i / width)),
  );
  return { width, height, data };
}

test.for([2, 5, 9])("sharpness falls with every step of blur (scene of seed %i)", (seed) => {
  const steps = [scene(seed)];
  for (let step = 1; step < 6; step += 1) steps.push(soften(steps[step - 1] ?? scene(seed)));
  const values = steps.map((luma) => measureFrame(luma).sharpness);
  for (const [i, value] of values.slice(1).entries()) expect(value).toBeLessThan(values[i] ?? 0);
});

test("exposure does not count, and noise neither raises sharpness nor passes for it", () => {
  const sharp = scene(2);
  const soft = soften(soften(soften(soften(sharp))));
  const { sharpness } = measureFrame(sharp);
  for (const changed of [noisy(sharp, 0, 0.7), noisy(sharp, 0, 1.2), noisy(sharp, 6)]) {
    expect(Math.abs(measureFrame(changed).sharpness / sharpness - 1)).toBeLessThan(0.1);
  }
  expect(measureFrame(noisy(soft, 8)).sharpness).toBeLessThan(0.75 * sharpness);
  const fooled = measureFrame(noisy(soft, 8)).laplacianVariance;
  expect(fooled).toBeGreaterThan(3 * measureFrame(soft).laplacianVariance);
});

test("a frame of nothing, or of nothing but noise, has no sharpness", () => {
  expect(measureFrame(plane(() => 0)).sharpness).toBe(0);
  expect(measureFrame(plane((column) => 60 + column / 8)).sharpness).toBe(0);
  for (const sigma of [2, 6, 12]) {
    expect(
      measureFrame(
        noisy(
          plane(() => 120),
          sigma,
        ),
      ).sharpness,
    ).toBe(0);
  }
});

test("noise is measured in levels", () => {
  for (const sigma of [1, 3, 8]) {
    const { noise } = measureFrame(
      noisy(
        plane((column, row) => 80 + (column + row) / 10),
        sigma,
      ),
    );
    expect(Math.abs(noise / sigma - 1)).toBeLessThan(0.2);
  }
});

test("tones are shares of the whole", () => {
  const measures = measureFrame(plane((column) => (column < 120 ? 0 : column < 360 ? 128 : 255)));
  expect(measures).toMatchObject({ clippedShadows: 0.25, clippedHighlights: 0.25 });
  expect(measures.brightness).toBeCloseTo(0.5, 2);
  expect(measures.contrast).toBeCloseTo(90.1, 0);
});

test("where focus was missed, the subject's region finds the frame that the whole photo hides", () => {
  let inRegion = 0;
  let inWhole = 0;
  const seeds = [1, 2, 6, 7];
  for (const seed of seeds) {
    const { frames, sharpest, subject } = renderBurst(seed, {
      ...SIZE,
      set: "missedFocus",
      frames: 4,
      blurUnit: 1.5,
      varies: { noise: false, gain: true, framing: false },
    });
    if (subject === null) throw new Error("no subject");
    const best = (region?: Region): number => {
      const values = frames.map(({ raster }) => measureFrame(greyOf(raster), region).sharpness);
      return values.indexOf(Math.max(...values));
    };
    if (best(subject) === sharpest) inRegion += 1;
    if (best() === sharpest) inWhole += 1;
  }
  expect(inRegion).toBe(seeds.length);
  expect(inWhole).toBeLessThan(seeds.length / 2);
}, 60_000);

test("regions beyond the photo and photos of a few pixels give numbers", () => {
  const sharp = scene(2);
  const measured = [
    measureFrame(sharp, { x: 400, y: 300, width: 900, height: 900 }),
    measureFrame(sharp, { x: -50, y: -50, width: 20, height: 20 }),
    measureFrame({ width: 1, height: 1, data: new Uint8Array([200]) }),
    measureFrame({ width: 9, height: 3, data: new Uint8Array(27).fill(9) }),
  ];
  for (const measures of measured) {
    for (const value of Object.values(measures)) expect(Number.isFinite(value)).toBe(true);
  }
});
