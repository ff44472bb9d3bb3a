import { createCell, findCell, fractalNoise, hash, valueNoise } from "../noise.ts";
import { clamp01, fill, glaze, glow, hex, inside, light, mix, norm, ramp } from "../paint.ts";
import { between, pick, type Random } from "../random.ts";
import type { Scene, Size } from "../scene.ts";

const SEEDHEAD = hex("#6b4a1e");

/** Ridges behind ridges in the haze, firs on them, a meadow before them. */
export function hills(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const palette = pick(random, [
    {
      zenith: hex("#3f6f9f"),
      low: hex("#f6dcb4"),
      far: hex("#9fb0bd"),
      near: hex("#1f3b34"),
      sun: hex("#fff1cf"),
    },
    {
      zenith: hex("#35456f"),
      low: hex("#f2a678"),
      far: hex("#b08f9c"),
      near: hex("#27263f"),
      sun: hex("#ffd9a0"),
    },
    {
      zenith: hex("#7fa9bf"),
      low: hex("#e9efe6"),
      far: hex("#a9bdb9"),
      near: hex("#2c4a3a"),
      sun: hex("#ffffff"),
    },
  ]);
  const sunX = between(random, 0.2, 0.8) * width;
  const sunY = between(random, 0.2, 0.3) * height;
  const ridges = Array.from({ length: 6 }, (_, i) => ({
    base: height * (0.4 + 0.085 * i),
    swing: unit * (150 - 14 * i),
    stretch: 1 / (unit * (330 - 28 * i)),
    tree: unit * (5 + 7.5 * i),
    colour: mix(palette.far, palette.near, i / 5),
    seed: seed + 31 * i,
  })).map((ridge) => ({ ...ridge, crest: drawCrest(ridge, width) }));
  const meadowTop = height * 0.84;
  const meadow = mix(palette.near, hex("#8c9440"), 0.55);
  const bloom = pick(random, [hex("#e8d44d"), hex("#d9574a"), hex("#c9a3e0")]);
  const cell = createCell();
  return {
    width,
    height,
    subject: null,
    background: (x, y, pixel) => {
      const rise = clamp01(y / (height * 0.55));
      fill(pixel, palette.zenith);
      glaze(pixel, palette.low, rise ** 1.4);
      const sun = norm(x - sunX, y - sunY);
      glow(pixel, palette.sun, 0.35 * Math.exp(-sun / (110 * unit)));
      glaze(pixel, palette.sun, inside(sun - 26 * unit));
      const cloud = fractalNoise(x / (210 * unit), y / (52 * unit), seed + 7, 5);
      glaze(
        pixel,
        mix(palette.low, palette.sun, 0.5),
        0.75 * ramp(0.53, 0.75, cloud) * (1 - 0.4 * rise),
      );
      // From the nearest ridge back to the first that hides the rest.
      const hiding = ridges.findLastIndex((ridge) => y > crestAt(ridge.crest, x) + 1);
      for (const ridge of ridges.slice(Math.max(0, hiding))) {
        const depth = y - crestAt(ridge.crest, x);
        if (depth < -2.2 * ridge.tree) continue;
        const cover = inside(-depth - firHeight(x, depth, ridge.tree, ridge.seed));
        if (cover === 0) continue;
        const grain = fractalNoise(
          x / (2.4 * ridge.tree),
          y / (2.4 * ridge.tree),
          ridge.seed + 5,
          4,
        );
        const firs = ramp(
          0.35,
          0.65,
          valueNoise(x / (0.5 * ridge.tree), y / (1.4 * ridge.tree), ridge.seed + 6),
        );
        const mist = clamp01(depth / (130 * unit)) ** 1.3;
        const shaded = 0.72 + 0.34 * grain + 0.2 * (firs - 0.5);
        glaze(pixel, mix(scale(ridge.colour, shaded), palette.far, 0.55 * mist), cover);
      }
      const edge = meadowTop + unit * 26 * (valueNoise(x / (180 * unit), 1, seed + 90) - 0.5);
      const into = y - edge;
      if (into > -14 * unit) {
        const blade =
          0.6 * valueNoise(x / 2.4, y / (9 * unit), seed + 91) +
          0.4 * fractalNoise(x / (60 * unit), y / (22 * unit), seed + 94, 5);
        const cover = ramp(-14 * unit, 4 * unit, into + unit * 18 * (blade - 0.6));
        glaze(pixel, meadow, cover, 0.45 + 1.1 * blade);
        const flowers = unit * (7 + 2.2 * Math.floor(Math.max(0, into) / (24 * unit)));
        findCell(x / flowers, y / flowers, seed + 92, 0.9, cell);
        if (cell.id < 0.07) {
          const petal = 0.24 + 0.07 * Math.cos(5 * Math.atan2(cell.dy, cell.dx));
          glaze(pixel, bloom, cover * inside((cell.distance - petal) * flowers));
          glaze(pixel, SEEDHEAD, cover * inside((cell.distance - 0.08) * flowers));
        }
      }
      light(pixel, 1 - 0.18 * ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2));
    },
  };
}

interface Ridge {
  readonly base: number;
  readonly swing: number;
  readonly stretch: number;
  readonly seed: number;
}

/** Columns beyond the frame for which a crest is drawn, on either side. */
const BEYOND = 64;

/** Heights of a ridge, a value a column: it is asked for a hundred times a column. */
function drawCrest(ridge: Ridge, width: number): Float64Array {
  return Float64Array.from({ length: width + 2 * BEYOND }, (_, i) => {
    const along = (i - BEYOND) * ridge.stretch;
    return ridge.base - ridge.swing * (fractalNoise(along, 0.5, ridge.seed, 4) - 0.5);
  });
}

function crestAt(crest: Float64Array, x: number): number {
  const place = Math.min(crest.length - 2, Math.max(0, x + BEYOND));
  const column = Math.floor(place);
  const left = crest[column] ?? 0;
  return left + ((crest[column + 1] ?? 0) - left) * (place - column);
}

function scale(
  colour: readonly [number, number, number],
  factor: number,
): [number, number, number] {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}

/** How far firs rise above the ground at `x`; `above` is how far below the ground's line the point is. */
function firHeight(x: number, above: number, size: number, seed: number): number {
  let tallest = 0;
  const column = Math.floor(x / (0.62 * size));
  for (let i = column - 1; i <= column + 1; i += 1) {
    const centre = (i + 0.5 + 0.6 * (hash(i, 3, seed) - 0.5)) * 0.62 * size;
    const tall = size * (0.7 + 1.3 * hash(i, 4, seed));
    const boughs = 1 + 0.3 * (((-above / (0.17 * size)) % 1) + 1);
    const reach = Math.abs(x - centre) / (0.26 * size * boughs);
    tallest = Math.max(tallest, tall * (1 - reach));
  }
  return tallest;
}
