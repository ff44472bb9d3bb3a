/**
 * Blur of one channel, as fast as it gets without SIMD of our own: the bench blurs thousands of frames of 6 MP. What a
 * blur is, and its sigma, is the sample camera's.
 */

import sharp from "sharp";
import type { Blur, Samples } from "../../src-main/sample/index.ts";

/** A channel as if each of its points were spread by `blur`; borders are repeated outward. */
export async function blurChannel(samples: Samples, blur: Blur): Promise<Samples> {
  if (blur.sigma < 0.05) return samples;
  if (blur.kind === "disc") return convolve(samples, disc(2 * blur.sigma));
  if (blur.kind === "motion")
    return convolve(samples, line(blur.sigma * Math.sqrt(12), blur.angle));
  return gaussian(samples, blur.sigma);
}

/**
 * By libvips, out to a hundredth of the peak, since its defaults cut the kernel short: within 6 % of `sigma`, or, many
 * times as fast with weights that are whole numbers, within 12 %.
 */
export async function gaussian(
  samples: Samples,
  sigma: number,
  precision: "float" | "integer" = "float",
): Promise<Samples> {
  const { width, height, data } = samples;
  const blurred = await sharp(data, { raw: { width, height, channels: 1 } })
    .blur({ sigma: Math.max(0.3, sigma), precision, minAmplitude: 0.01 })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  const { buffer, byteOffset, length } = blurred;
  return { ...samples, data: new Uint8ClampedArray(buffer, byteOffset, length) };
}

/** What lies between `from` and `to` px beside the centre counts `weight` a px, in the rows `below` and `above` it. */
interface Stretch {
  /** One or two rows of the kernel that look alike. */
  readonly rows: readonly [number] | readonly [number, number];
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/** Each row as wide as the circle is on average over four heights inside it. */
function disc(radius: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (let row = 0; row <= Math.ceil(radius); row += 1) {
    let half = 0;
    for (const height of [-0.375, -0.125, 0.125, 0.375]) {
      half += Math.sqrt(Math.max(0, radius * radius - (row + height) ** 2)) / 4;
    }
    if (half === 0) continue;
    stretches.push({ rows: row === 0 ? [0] : [-row, row], from: -half, to: half, weight: 1 });
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
    const weight = (leave - enter) / (2 * reach);
    stretches.push({ rows: [row * lean], from: middle - reach, to: middle + reach, weight });
  }
  return stretches;
}

/** Running sums along each row, so that a stretch costs the same however long it is; each row is summed up once. */
function convolve(samples: Samples, kernel: readonly Stretch[]): Samples {
  const { width, height, data } = samples;
  const total = kernel.reduce(
    (sum, { rows, from, to, weight }) => sum + rows.length * (to - from) * weight,
    0,
  );
  const margin = Math.ceil(Math.max(...kernel.map(({ from, to }) => Math.max(-from, to)))) + 1;
  const reach = Math.max(...kernel.flatMap(({ rows }) => rows.map(Math.abs)));
  const sums = new Float64Array(width + 2 * margin + 2);
  const blurred = new Uint8ClampedArray(width * height);
  // Rows of the result that are still growing, in turns.
  const growing = Array.from({ length: 2 * reach + 1 }, () => new Float64Array(width));
  const rowAt = (row: number): Float64Array =>
    growing[(row + growing.length * 2) % growing.length] ?? sums;
  for (let row = -reach; row < height + reach; row += 1) {
    rowAt(row + reach).fill(0);
    if (row < height) sumUp(data, Math.max(0, row) * width, width, margin, sums);
    for (const stretch of kernel) {
      const [first, second] = stretch.rows;
      addStretch(
        stretch,
        stretch.weight / total,
        sums,
        margin,
        rowAt(row - first),
        second === undefined ? null : rowAt(row - second),
      );
    }
    const done = row - reach;
    if (done >= 0) blurred.set(rowAt(done), done * width);
  }
  return { ...samples, data: blurred };
}

/** `sums[i]` is all that lies left of pixel `i - margin`. */
function sumUp(
  data: Uint8ClampedArray,
  start: number,
  width: number,
  margin: number,
  sums: Float64Array,
): void {
  const first = data[start] ?? 0;
  const last = data[start + width - 1] ?? 0;
  let total = 0;
  for (let i = 0; i < margin; i += 1) {
    sums[i] = total;
    total += first;
  }
  for (let i = 0; i < width; i += 1) {
    sums[margin + i] = total;
    total += data[start + i] ?? 0;
  }
  for (let i = margin + width; i < sums.length; i += 1) {
    sums[i] = total;
    total += last;
  }
}

function addStretch(
  { from, to }: Stretch,
  weight: number,
  sums: Float64Array,
  margin: number,
  first: Float64Array,
  second: Float64Array | null,
): void {
  const left = from + 0.5 + margin;
  const right = to + 0.5 + margin;
  const atLeft = Math.floor(left);
  const atRight = Math.floor(right);
  const w1 = weight * (1 - (right - atRight));
  const w2 = weight * (right - atRight);
  const w3 = weight * (1 - (left - atLeft));
  const w4 = weight * (left - atLeft);
  if (second === null) {
    for (let i = 0; i < first.length; i += 1) {
      first[i] =
        (first[i] ?? 0) +
        w1 * (sums[i + atRight] ?? 0) +
        w2 * (sums[i + atRight + 1] ?? 0) -
        w3 * (sums[i + atLeft] ?? 0) -
        w4 * (sums[i + atLeft + 1] ?? 0);
    }
    return;
  }
  for (let i = 0; i < first.length; i += 1) {
    const value =
      w1 * (sums[i + atRight] ?? 0) +
      w2 * (sums[i + atRight + 1] ?? 0) -
      w3 * (sums[i + atLeft] ?? 0) -
      w4 * (sums[i + atLeft + 1] ?? 0);
    first[i] = (first[i] ?? 0) + value;
    second[i] = (second[i] ?? 0) + value;
  }
}
