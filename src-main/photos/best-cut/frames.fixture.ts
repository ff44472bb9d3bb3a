import { createRandom } from "../../sample/index.ts";
import { analyseFrame } from "./analyse.ts";
import type { Box } from "./grid.ts";
import type { Luma } from "./luma.ts";
import type { RankCandidate } from "./rank.ts";

/** Green of a raster, taken as luma: no JPEG, nothing but what was painted. */
export function greenOf({
  width,
  height,
  data,
}: {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}): Luma {
  const green = Uint8Array.from({ length: width * height }, (_, i) => data[3 * i + 1] ?? 0);
  return { width, height, data: green };
}

export function plane(
  width: number,
  height: number,
  level: (column: number, row: number) => number,
): Luma {
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    level(i % width, Math.floor(i / width)),
  );
  return { width, height, data };
}

/** Lines of all directions, contrasts and widths, sharp to the pixel. */
export function drawing(width: number, height: number, seed: number): Luma {
  const random = createRandom(seed);
  const discs = Array.from({ length: 160 }, () => ({
    x: random() * width,
    y: random() * height,
    radius: 4 + random() ** 3 * (width / 5),
    level: 30 + random() * 190,
  })).sort((a, b) => b.radius - a.radius);
  return plane(width, height, (column, row) => {
    let level = 120;
    for (const disc of discs) {
      const cover = disc.radius + 0.5 - Math.hypot(column - disc.x, row - disc.y);
      level += Math.max(0, Math.min(1, cover)) * (disc.level - level);
    }
    return level;
  });
}

/** A little softer: each pixel with its four neighbours, weighted 4, 1, 1, 1, 1. */
export function soften({ width, height, data }: Luma, times = 1): Luma {
  let now = data;
  for (let round = 0; round < times; round += 1) {
    const at = (x: number, y: number): number =>
      now[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] ?? 0;
    now = now.map((level, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return Math.round(
        (4 * level + at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1)) / 8,
      );
    });
  }
  return { width, height, data: now };
}

/** As if the camera had moved to the right by `length` pixels while the shutter was open. */
export function smear({ width, height, data }: Luma, length: number): Luma {
  return plane(width, height, (column, row) => {
    let sum = 0;
    for (let k = 0; k < length; k += 1) {
      sum += data[row * width + Math.min(width - 1, column + k)] ?? 0;
    }
    return sum / length;
  });
}

/** As if the camera had moved by `length` pixels in a direction, in degrees clockwise from the right. */
export function shake({ width, height, data }: Luma, length: number, degrees: number): Luma {
  const [across, down] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const at = (x: number, y: number): number =>
    data[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] ?? 0;
  const steps = 2 * Math.ceil(length);
  return plane(width, height, (column, row) => {
    let sum = 0;
    for (let step = 0; step < steps; step += 1) {
      const way = ((step + 0.5) / steps - 0.5) * length;
      const [x, y] = [column + way * across, row + way * down];
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [u, v] = [x - left, y - top];
      sum +=
        (1 - v) * ((1 - u) * at(left, top) + u * at(left + 1, top)) +
        v * ((1 - u) * at(left, top + 1) + u * at(left + 1, top + 1));
    }
    return sum / steps;
  });
}

export function expose(luma: Luma, sigma: number, gain: number, seed: number): Luma {
  const random = createRandom(seed);
  const data = new Uint8ClampedArray(luma.data.length);
  luma.data.forEach((level, i) => {
    // Twelve uniform draws have a variance of one.
    let normal = -6;
    if (sigma > 0) for (let draw = 0; draw < 12; draw += 1) normal += random();
    data[i] = gain * level + (sigma > 0 ? sigma * normal : 0);
  });
  return { ...luma, data: new Uint8Array(data.buffer) };
}

/** Candidates of one burst, in order. */
export function burstOf(
  frames: readonly Luma[],
  hints: { readonly faces?: readonly Box[]; readonly focus?: Box } = {},
): RankCandidate[] {
  return frames.map((luma, i) => ({
    id: 100 + i,
    place: i + 1,
    ...analyseFrame(luma),
    faces: hints.faces ?? null,
    focus: hints.focus ?? null,
  }));
}
