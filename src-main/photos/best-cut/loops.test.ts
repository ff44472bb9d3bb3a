import { expect, test } from "vitest";
import { sumEdges } from "./edges.ts";
import { gridOf } from "./grid.ts";
import type { Luma } from "./luma.ts";
import { sumTiles } from "./noise.ts";
import { plainEdges, plainTiles, plainTones } from "./plain-loops.fixture.ts";
import { sumTones } from "./tones.ts";

const sizes = [
  [1, 1],
  [3, 2],
  [14, 14],
  [15, 15],
  [16, 31],
  [17, 9],
  [40, 40],
  [63, 64],
  [65, 33],
  [127, 250],
  [300, 201],
  [601, 17],
  [19, 700],
  [1500, 64],
] as const;

test.each(sizes)(
  "%i × %i: compiled loops agree with plain ones to the last bit",
  (width, height) => {
    for (const seed of [1, 2, 3, 4]) {
      const luma = painted(width, height, seed);
      const grid = gridOf(width, height);
      for (const sigma of [0, 0.125, 1.3, 5.5]) {
        expect(sumEdges(luma, grid, sigma)).toEqual(plainEdges(luma, grid, sigma));
      }
      expect(Array.from(sumTiles(luma), (sums) => [...sums])).toEqual(plainTiles(luma));
      const { levels, laplacians } = sumTones(luma);
      expect({ levels: [...levels], laplacians }).toEqual(plainTones(luma));
    }
  },
);

test("edges are found at all: what agrees is not nothing", () => {
  const { contrast } = sumEdges(painted(300, 201, 1), gridOf(300, 201), 1.3);
  expect(contrast.filter((value) => value > 0).length).toBeGreaterThan(50);
});

/** Discs of many levels, soft and crisp, some lost to white or black, with noise; with colours for even seeds. */
function painted(width: number, height: number, seed: number): Luma {
  const random = randomNumbers(1000 * width + 10 * height + seed);
  const discs = Array.from({ length: 12 }, () => ({
    x: random() * width,
    y: random() * height,
    radius: 2 + (random() * Math.min(width, height)) / 3,
    soft: 0.3 + 3 * random() ** 2,
    level: 400 * random() - 200,
  }));
  const noise = 2 * seed;
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i += 1) {
    const [x, y] = [i % width, Math.floor(i / width)];
    let level = 128 + noise * (random() + random() - 1);
    for (const disc of discs) {
      const out = (Math.hypot(x - disc.x, y - disc.y) - disc.radius) / disc.soft;
      level += disc.level / (1 + Math.exp(2 * out));
    }
    data[i] = Math.min(255, Math.max(0, Math.round(level)));
  }
  if (seed % 2 === 1) return { width, height, data };
  const rgb = Uint8Array.from({ length: 3 * data.length }, (_, i) =>
    Math.min(255, (data[Math.floor(i / 3)] ?? 0) + 20 * random()),
  );
  return { width, height, data, rgb };
}

/** Mulberry32: the same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
