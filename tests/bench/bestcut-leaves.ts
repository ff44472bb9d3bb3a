/**
 * Dead leaves (Matheron 1968; Lee, Mumford and Huang 2001): opaque shapes of power-law sizes that fall on each other.
 * The one simple model whose edges, scales and contrasts have the statistics of photos, so that no measure of
 * sharpness is favoured by it; fast enough to be painted anew for every burst.
 */
import {
  between,
  fractalNoise,
  pick,
  type Random,
  type Raster,
  type Size,
} from "../../src-main/sample/index.ts";

/** Leaves of every octave of sizes cover the picture so many times. */
const COVERED = { least: 0.4, most: 1 };
const GRAIN_SIDE = 512;
/** Fine texture on the leaves' own surface, -0.5..0.5; wraps around. */
const GRAIN = Float32Array.from({ length: GRAIN_SIDE * GRAIN_SIDE }, (_, i) => {
  const x = i % GRAIN_SIDE;
  const y = Math.floor(i / GRAIN_SIDE);
  return fractalNoise(x / 7, y / 7, 5, 4) - 0.5;
});

type Rgb = readonly [number, number, number];

interface Surface {
  readonly colour: Rgb;
  /** Light on it: at its middle, and how it changes a pixel to the right and down. */
  readonly light: number;
  readonly right: number;
  readonly down: number;
  /** How strong its grain is, 0..1, and which part of it. */
  readonly grain: number;
  readonly offset: number;
}

/**
 * A picture of leaves, sharp to the pixel.
 *
 * @param unit pixels that count for one: the finest leaves are three of them wide
 * @param isBusy covered all over, with no calm part
 */
export function paintLeaves(
  random: Random,
  size: Size,
  unit: number,
  { isBusy }: { readonly isBusy: boolean },
): Raster {
  const { width, height } = size;
  const raster = { ...size, channels: 3, data: new Uint8ClampedArray(width * height * 3) } as const;
  const palette = drawPalette(random);
  const contrast = between(random, 0.5, 1);
  const grain = between(random, 0.05, 0.5);
  // Half of all pictures have a calm part: sky, a wall, water.
  const calm = !isBusy && random() < 0.5 ? between(random, 0.15, 0.45) * height : 0;
  fillCalm(raster, random, pick(random, palette));
  // From gravel to bricks.
  const smallest = 1.5 * 5 ** random() * unit;
  const largest = 0.18 * Math.max(width, height);
  const octaves = Math.log2(largest / smallest);
  const covered = between(random, COVERED.least, COVERED.most) * octaves * width * (height - calm);
  for (let painted = 0; painted < covered; ) {
    // Density r^-3: every octave covers as much.
    const radius =
      1 / Math.sqrt((1 / smallest ** 2) * (1 - random()) + (1 / largest ** 2) * random());
    const surface = drawSurface(random, palette, contrast, grain, radius);
    const middle = { x: random() * width, y: calm + random() * (height - calm) };
    painted += paintLeaf(raster, random, middle, radius, surface);
  }
  shade(raster, random);
  return raster;
}

function drawPalette(random: Random): readonly [Rgb, ...Rgb[]] {
  const hue = random();
  const middle = between(random, 0.35, 0.6);
  const spread = between(random, 0.12, 0.32);
  const draw = (): Rgb => {
    const turned = hue + between(random, -0.18, 0.18) + (random() < 0.2 ? 0.5 : 0);
    return hsl(turned, between(random, 0.05, 0.45), middle + spread * between(random, -1, 1));
  };
  return [draw(), draw(), draw(), draw(), draw()];
}

function hsl(hue: number, saturation: number, lightness: number): Rgb {
  const channel = (n: number): number => {
    const k = (n + 12 * (hue - Math.floor(hue))) % 12;
    const reach = saturation * Math.min(lightness, 1 - lightness);
    return 255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

function drawSurface(
  random: Random,
  palette: readonly [Rgb, ...Rgb[]],
  contrast: number,
  grain: number,
  radius: number,
): Surface {
  const slope = (0.35 * contrast) / radius;
  return {
    colour: pick(random, palette),
    light: 1 + contrast * between(random, -0.55, 0.55),
    right: slope * between(random, -1, 1),
    down: slope * between(random, -1, 1),
    grain: grain * random(),
    offset: Math.floor(random() * GRAIN_SIDE * GRAIN_SIDE),
  };
}

/** A disc, an ellipse or a box, turned any way. @returns the pixels that it covered */
function paintLeaf(
  raster: Raster,
  random: Random,
  middle: { readonly x: number; readonly y: number },
  radius: number,
  surface: Surface,
): number {
  const slim = between(random, 0.25, 1);
  const angle = random() * Math.PI;
  const isBox = random() < 0.4;
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  // Half the height of the turned shape.
  const tall = isBox
    ? radius * (Math.abs(s) + slim * Math.abs(c))
    : radius * Math.sqrt(s * s + slim * slim * c * c);
  const first = Math.max(0, Math.ceil(middle.y - tall));
  const last = Math.min(raster.height - 1, Math.floor(middle.y + tall));
  let painted = 0;
  for (let row = first; row <= last; row += 1) {
    const dy = row - middle.y;
    const span = isBox
      ? boxSpan(dy, c, s, radius, slim * radius)
      : ellipseSpan(dy, c, s, radius, slim);
    if (span === null) continue;
    painted += paintSpan(raster, row, middle.x + span[0], middle.x + span[1], middle, surface);
  }
  return painted;
}

function ellipseSpan(
  dy: number,
  c: number,
  s: number,
  radius: number,
  slim: number,
): [number, number] | null {
  // (x c + y s)² + ((y c - x s) / slim)² = radius², solved for x.
  const flat = 1 / (slim * slim);
  const a = c * c + s * s * flat;
  const b = dy * c * s * (1 - flat);
  const rest = dy * dy * (s * s + c * c * flat) - radius * radius;
  const root = b * b - a * rest;
  if (root <= 0) return null;
  const half = Math.sqrt(root) / a;
  return [-b / a - half, -b / a + half];
}

function boxSpan(
  dy: number,
  c: number,
  s: number,
  long: number,
  short: number,
): [number, number] | null {
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  for (const [across, along, half] of [
    [c, s, long],
    [-s, c, short],
  ] as const) {
    if (Math.abs(across) < 1e-9) {
      if (Math.abs(dy * along) > half) return null;
      continue;
    }
    const one = (-half - dy * along) / across;
    const other = (half - dy * along) / across;
    from = Math.max(from, Math.min(one, other));
    to = Math.min(to, Math.max(one, other));
  }
  return from < to ? [from, to] : null;
}

/** Pixels from `left` to `right`, those at the ends by the share that is covered. */
function paintSpan(
  { width, data }: Raster,
  row: number,
  left: number,
  right: number,
  middle: { readonly x: number; readonly y: number },
  { colour, light, right: toRight, down, grain, offset }: Surface,
): number {
  const first = Math.max(0, Math.floor(left + 0.5));
  const last = Math.min(width - 1, Math.floor(right + 0.5));
  const [r, g, b] = colour;
  const rowLight = light + down * (row - middle.y) - toRight * middle.x;
  const grainRow = offset + row * GRAIN_SIDE;
  for (let column = first; column <= last; column += 1) {
    const cover = Math.min(1, column + 0.5 - left, right - column + 0.5);
    const lit =
      (rowLight + toRight * column) *
      (1 + grain * (GRAIN[(grainRow + column) & (GRAIN_SIDE * GRAIN_SIDE - 1)] ?? 0));
    const at = (row * width + column) * 3;
    if (cover >= 1) {
      data[at] = r * lit;
      data[at + 1] = g * lit;
      data[at + 2] = b * lit;
    } else if (cover > 0) {
      data[at] = r * lit * cover + (data[at] ?? 0) * (1 - cover);
      data[at + 1] = g * lit * cover + (data[at + 1] ?? 0) * (1 - cover);
      data[at + 2] = b * lit * cover + (data[at + 2] ?? 0) * (1 - cover);
    }
  }
  return Math.max(0, last - first + 1);
}

function fillCalm({ width, height, data }: Raster, random: Random, [r, g, b]: Rgb): void {
  const top = between(random, 0.7, 1.3);
  const bottom = between(random, 0.7, 1.3);
  let at = 0;
  for (let row = 0; row < height; row += 1) {
    const lit = top + ((bottom - top) * row) / height;
    for (let column = 0; column < width; column += 1) {
      data[at] = r * lit;
      data[at + 1] = g * lit;
      data[at + 2] = b * lit;
      at += 3;
    }
  }
}

/** Light and shadow over the whole, as wide as a fifth of the picture. */
function shade({ width, height, data }: Raster, random: Random): void {
  const depth = between(random, 0.2, 0.9);
  const seed = Math.floor(random() * 1e6);
  const cell = 32;
  const wide = Math.max(width, height) / 5;
  const columns = Math.ceil(width / cell) + 2;
  const lights = Float32Array.from({ length: columns * (Math.ceil(height / cell) + 2) }, (_, i) => {
    const x = (i % columns) * cell;
    const y = Math.floor(i / columns) * cell;
    return 1 + depth * (fractalNoise(x / wide, y / wide, seed, 3) - 0.5) * 1.6;
  });
  let at = 0;
  for (let row = 0; row < height; row += 1) {
    const v = (row % cell) / cell;
    const upper = Math.floor(row / cell) * columns;
    for (let column = 0; column < width; column += 1) {
      const u = (column % cell) / cell;
      const i = upper + Math.floor(column / cell);
      const top = (lights[i] ?? 1) * (1 - u) + (lights[i + 1] ?? 1) * u;
      const bottom = (lights[i + columns] ?? 1) * (1 - u) + (lights[i + columns + 1] ?? 1) * u;
      const lit = top * (1 - v) + bottom * v;
      data[at] = (data[at] ?? 0) * lit;
      data[at + 1] = (data[at + 1] ?? 0) * lit;
      data[at + 2] = (data[at + 2] ?? 0) * lit;
      at += 3;
    }
  }
}
