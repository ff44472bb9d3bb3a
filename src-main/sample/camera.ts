import { createRandom, type Random } from "./random.ts";
import type { Samples } from "./scene.ts";

/**
 * What kept a plane from being sharp. `sigma` is the standard deviation of the point spread in px along an axis, so
 * that the three kinds compare: a disc of radius 2σ (defocus), a line of length σ√12 (motion), a Gaussian.
 */
export type Blur =
  | { readonly kind: "gaussian" | "disc"; readonly sigma: number }
  | {
      readonly kind: "motion";
      readonly sigma: number /** Radians, clockwise from the right. */;
      readonly angle: number;
    };

export const SHARP: Blur = { kind: "gaussian", sigma: 0 };

/** A stretch of one row of a kernel: what lies between `from` and `to` (px from the centre) counts `weight` a px. */
interface Stretch {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/** The raster as if each of its points were spread by `blur`; borders are repeated outward. */
export function blurRaster<R extends Samples>(raster: R, blur: Blur): R {
  if (blur.sigma < 0.05) return raster;
  return passes(blur).reduce((spread, kernel) => convolve(spread, kernel), raster);
}

function passes(blur: Blur): Stretch[][] {
  if (blur.kind === "disc") return [normalise(disc(2 * blur.sigma))];
  if (blur.kind === "motion") return [normalise(line(blur.sigma * Math.sqrt(12), blur.angle))];
  const reach = Math.ceil(3 * blur.sigma);
  const across: Stretch[] = [];
  const down: Stretch[] = [];
  for (let i = -reach; i <= reach; i += 1) {
    const weight = Math.exp((-i * i) / (2 * blur.sigma * blur.sigma));
    across.push({ row: 0, from: i - 0.5, to: i + 0.5, weight });
    down.push({ row: i, from: -0.5, to: 0.5, weight });
  }
  return [normalise(across), normalise(down)];
}

/** Each row as wide as the circle is on average over four heights inside it. */
function disc(radius: number): Stretch[] {
  const stretches: Stretch[] = [];
  const reach = Math.ceil(radius);
  for (let row = -reach; row <= reach; row += 1) {
    let half = 0;
    for (const height of [-0.375, -0.125, 0.125, 0.375]) {
      half += Math.sqrt(Math.max(0, radius * radius - (row + height) ** 2)) / 4;
    }
    if (half > 0) stretches.push({ row, from: -half, to: half, weight: 1 });
  }
  return stretches;
}

/** In each row as much of the line as crosses it, a pixel thick. */
function line(length: number, angle: number): Stretch[] {
  const across = Math.cos(angle);
  const down = Math.abs(Math.sin(angle));
  const lean = Math.sin(angle) < 0 ? -1 : 1;
  const half = length / 2;
  const stretches: Stretch[] = [];
  const rows = Math.ceil(half * down);
  for (let row = -rows; row <= rows; row += 1) {
    // Where the line enters and leaves the row, in px along itself.
    const enter = Math.max(-half, (row - 0.5) / down);
    const leave = Math.min(half, (row + 0.5) / down);
    if (leave <= enter) continue;
    // As wide as the piece and the pixel that it is drawn with are together: variances add.
    const middle = ((enter + leave) / 2) * across;
    const reach = Math.hypot((leave - enter) * across, 1) / 2;
    const from = middle - reach;
    const to = middle + reach;
    stretches.push({ row: row * lean, from, to, weight: (leave - enter) / (to - from) });
  }
  return stretches;
}

function normalise(stretches: readonly Stretch[]): Stretch[] {
  const total = stretches.reduce((sum, { from, to, weight }) => sum + (to - from) * weight, 0);
  return stretches
    .filter(({ weight }) => weight > 0)
    .map((stretch) => ({ ...stretch, weight: stretch.weight / total }));
}

/** Sums along rows first, so that a stretch costs the same however long it is. */
function convolve<R extends Samples>(raster: R, kernel: readonly Stretch[]): R {
  const { width, height, channels, data } = raster;
  const margin = Math.ceil(Math.max(...kernel.map(({ from, to }) => Math.max(-from, to)))) + 1;
  const span = width + 2 * margin + 1;
  const blurred = new Uint8ClampedArray(data.length);
  const sums = new Map<number, Float64Array>();
  const line = new Float64Array(width);
  const firstRow = Math.min(...kernel.map(({ row }) => row));
  for (let channel = 0; channel < channels; channel += 1) {
    sums.clear();
    for (let row = 0; row < height; row += 1) {
      sums.delete(row + firstRow - 1);
      line.fill(0);
      for (const stretch of kernel) {
        const source = Math.min(height - 1, Math.max(0, row + stretch.row));
        const sum = sums.get(source) ?? sumRow(raster, source, channel, margin, span);
        sums.set(source, sum);
        // Places on the running sum, in its own units: pixel x spans [x + margin, x + margin + 1].
        const from = stretch.from + 0.5 + margin;
        const to = stretch.to + 0.5 + margin;
        const fromWhole = Math.floor(from);
        const toWhole = Math.floor(to);
        const fromPart = from - fromWhole;
        const toPart = to - toWhole;
        const weight = stretch.weight;
        if (fromPart === 0 && toPart === 0) {
          for (let column = 0; column < width; column += 1) {
            const whole = (sum[column + toWhole] ?? 0) - (sum[column + fromWhole] ?? 0);
            line[column] = (line[column] ?? 0) + weight * whole;
          }
          continue;
        }
        for (let column = 0; column < width; column += 1) {
          const a = sum[column + fromWhole] ?? 0;
          const b = sum[column + fromWhole + 1] ?? 0;
          const c = sum[column + toWhole] ?? 0;
          const d = sum[column + toWhole + 1] ?? 0;
          line[column] =
            (line[column] ?? 0) + weight * (c + (d - c) * toPart - a - (b - a) * fromPart);
        }
      }
      let offset = row * width * channels + channel;
      for (let column = 0; column < width; column += 1) {
        blurred[offset] = line[column] ?? 0;
        offset += channels;
      }
    }
  }
  return { ...raster, data: blurred };
}

/** Running sum of one row, `margin` repeated pixels on either side. */
function sumRow(
  raster: Samples,
  row: number,
  channel: number,
  margin: number,
  span: number,
): Float64Array {
  const { width, channels, data } = raster;
  const sum = new Float64Array(span + 1);
  let total = 0;
  for (let i = 0; i < span; i += 1) {
    sum[i] = total;
    const column = Math.min(width - 1, Math.max(0, i - margin));
    total += data[(row * width + column) * channels + channel] ?? 0;
  }
  sum[span] = total;
  return sum;
}

/**
 * What the sensor makes of a raster: `gain` times the light, then noise of `noise` levels sigma (8-bit), its own in
 * each channel.
 */
export function expose<R extends Samples>(
  raster: R,
  exposure: { readonly gain: number; readonly noise: number },
  random: Random,
): R {
  const { data } = raster;
  const exposed = new Uint8ClampedArray(data.length);
  const start = Math.floor(random() * NORMALS.length);
  let place = start;
  for (let i = 0; i < data.length; i += 1) {
    // Steps of changing length through the table, or its period would show as a pattern.
    place = (place + 1 + (Math.imul(i, 0x9e3779b1) >>> 27)) & (NORMALS.length - 1);
    exposed[i] = (data[i] ?? 0) * exposure.gain + (NORMALS[place] ?? 0) * exposure.noise;
  }
  return { ...raster, data: exposed };
}

/** Draws of a normal distribution (Box and Muller), to be read from any place. */
const NORMALS = drawNormals(1 << 16);

function drawNormals(count: number): Float64Array {
  const random = createRandom(1);
  return Float64Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return radius * Math.cos(2 * Math.PI * random());
  });
}
