/**
 * The loops of edges.ts, noise.ts and tones.ts in plain TypeScript, pixel by pixel: what the compiled ones must agree with,
 * to the last bit.
 */
import type { EdgeSums } from "./edges.ts";
import { DIRECTIONS, type Grid } from "./grid.ts";
import type { Luma } from "./luma.ts";

/** An edge is followed this far to either side of its crest, in pixels. */
const REACH = 6;
/** Pixels at the border that have no full neighbourhood. */
const MARGIN = REACH + 1;

/** Of a cell's pixels the steepest are looked at, a share that holds its edges and little else… */
const STEEP_SHARE = 0.06;
/** …of every third pixel of every third row… */
const STEEP_STRIDE = 3;
/** …unless they are as steep as noise makes pixels (in sigmas), or hardly steep at all (in levels over 2 px). */
const STEEP_SIGMAS = 4;
const STEEP_LEAST = 3;

/** Noise alone seldom makes an edge of so many sigmas, and below 12 levels there is hardly anything but JPEG to see. */
const CONTRAST_SIGMAS = 8;
const CONTRAST_LEAST = 12;

/** What noise adds to the contrast of an edge, in sigmas: each end is the extreme of a few draws. */
const NOISE_SPAN = 1.1;
/** What it adds to a squared step, in variances. */
const NOISE_STEP = 2;
/** A profile ends where it turns back by more than noise would make it, in sigmas. */
const BACKSTEP_SIGMAS = 2.5;

/** An edge that ends in lost tones has lost some of its profile with them: its word counts less. */
const LOST_WEIGHT = 1 / 8;
const BLACK = 3;
const WHITE = 252;

/** Places on the scale of steepness, two levels each. */
const BINS = 128;

export function plainEdges(luma: Luma, grid: Grid, sigma: number): EdgeSums {
  const { columns, rows } = grid;
  const channels = columns * rows * DIRECTIONS;
  const sums: EdgeSums = {
    columns,
    rows,
    steepness: new Float64Array(channels),
    contrast: new Float64Array(channels),
    spread: new Float64Array(channels),
  };
  const { width, height } = luma;
  const thresholds = new Int32Array(columns);
  const counts = new Uint16Array(columns * BINS);
  const lefts = Int32Array.from({ length: columns + 1 }, (_, column) =>
    Math.max(MARGIN, Math.min(width - MARGIN, Math.floor((column * width) / columns))),
  );
  // The steep pixels of a stretch are found first and looked at after: each loop is tight.
  const found = new Int32Array(Math.max(0, width));
  for (let row = 0; row < rows; row += 1) {
    const top = Math.max(MARGIN, Math.floor((row * height) / rows));
    const bottom = Math.min(height - MARGIN, Math.floor(((row + 1) * height) / rows));
    if (top >= bottom) continue;
    findThresholds(luma, lefts, top, bottom, sigma, counts, thresholds);
    for (let y = top; y < bottom; y += 1) {
      for (let column = 0; column < columns; column += 1) {
        const from = y * width + (lefts[column] ?? 0);
        const to = y * width + (lefts[column + 1] ?? 0);
        const count = findSteep(luma.data, from, to, width, thresholds[column] ?? 0, found);
        const cell = (row * columns + column) * DIRECTIONS;
        sumCrests(luma, found, count, sigma, sums, cell);
      }
    }
  }
  return sums;
}

/** How steep a pixel has to be to be looked at, for each cell of a row of cells. */
function findThresholds(
  { width, data }: Luma,
  lefts: Int32Array,
  top: number,
  bottom: number,
  sigma: number,
  counts: Uint16Array,
  thresholds: Int32Array,
): void {
  const least = Math.max(STEEP_LEAST, STEEP_SIGMAS * sigma);
  counts.fill(0);
  for (let column = 0; column < thresholds.length; column += 1) {
    const left = lefts[column] ?? 0;
    const right = lefts[column + 1] ?? 0;
    const first = column * BINS;
    let total = 0;
    for (let y = top; y < bottom; y += STEEP_STRIDE) {
      for (let i = y * width + left; i < y * width + right; i += STEEP_STRIDE) {
        const across = Math.abs((data[i + 1] ?? 0) - (data[i - 1] ?? 0));
        const down = Math.abs((data[i + width] ?? 0) - (data[i - width] ?? 0));
        const bin = first + ((across > down ? across : down) >> 1);
        counts[bin] = (counts[bin] ?? 0) + 1;
        total += 1;
      }
    }
    let bin = BINS - 1;
    for (let seen = 0; bin > 0; bin -= 1) {
      seen += counts[first + bin] ?? 0;
      if (seen > STEEP_SHARE * total) break;
    }
    thresholds[column] = Math.ceil(Math.max(2 * bin, least));
  }
}

/** Writes the places among `from`..`to` that are at least as steep as `threshold` into `found`; returns their number. */
function findSteep(
  data: Uint8Array,
  from: number,
  to: number,
  width: number,
  threshold: number,
  found: Int32Array,
): number {
  let count = 0;
  for (let i = from; i < to; i += 1) {
    const across = Math.abs((data[i + 1] ?? 0) - (data[i - 1] ?? 0));
    const down = Math.abs((data[i + width] ?? 0) - (data[i - width] ?? 0));
    if (across >= threshold || down >= threshold) {
      found[count] = i;
      count += 1;
    }
  }
  return count;
}

/** Adds the edges whose crests are among the places found. */
function sumCrests(
  { width, data, rgb }: Luma,
  found: Int32Array,
  count: number,
  sigma: number,
  sums: EdgeSums,
  cell: number,
): void {
  const back = BACKSTEP_SIGMAS * sigma;
  const least = Math.max(CONTRAST_LEAST, CONTRAST_SIGMAS * sigma);
  for (let k = 0; k < count; k += 1) {
    const i = found[k] ?? 0;
    const across = (data[i + 1] ?? 0) - (data[i - 1] ?? 0);
    const down = (data[i + width] ?? 0) - (data[i - width] ?? 0);
    const wide = Math.abs(across);
    const tall = Math.abs(down);
    const isAcross = wide >= tall;
    const steep = isAcross ? wide : tall;
    const centre = data[i] ?? 0;
    // Uphill, along the row or the column.
    const step = isAcross ? (across > 0 ? 1 : -1) : down > 0 ? width : -width;
    // Only the crest; of two equal neighbours the lower.
    if (steep < (data[i + 2 * step] ?? 0) - centre) continue;
    if (steep <= centre - (data[i - 2 * step] ?? 0)) continue;
    let highest = centre;
    let squares = 0;
    let steps = 0;
    let before = centre;
    let climbed = 0;
    for (let n = 1; n <= REACH; n += 1) {
      const level = data[i + n * step] ?? 0;
      if (level < highest - back) break;
      climbed += (level - before) * (level - before);
      before = level;
      if (level <= highest) continue;
      highest = level;
      squares += climbed;
      climbed = 0;
      steps = n;
    }
    let lowest = centre;
    before = centre;
    climbed = 0;
    let fallen = 0;
    for (let n = 1; n <= REACH; n += 1) {
      const level = data[i - n * step] ?? 0;
      if (level > lowest + back) break;
      climbed += (level - before) * (level - before);
      before = level;
      if (level >= lowest) continue;
      lowest = level;
      squares += climbed;
      climbed = 0;
      fallen = n;
    }
    const span = highest - lowest;
    if (span < least) continue;
    const direction =
      tall <= 0.414 * wide ? 0 : wide <= 0.414 * tall ? 2 : across * down > 0 ? 1 : 3;
    // A line at an angle to the gradient stretches the profile by 1 / cos.
    const stretch = Math.sqrt(across * across + down * down) / steep;
    const contrast = span - NOISE_SPAN * sigma;
    const squared = contrast * contrast;
    const isWhite = rgb === undefined ? highest >= WHITE : isLost(rgb, i + steps * step);
    const weight = isWhite || lowest <= BLACK ? LOST_WEIGHT : 1;
    const channel = cell + direction;
    sums.steepness[channel] =
      (sums.steepness[channel] ?? 0) +
      weight * stretch * (squares - NOISE_STEP * (steps + fallen) * sigma * sigma);
    sums.contrast[channel] = (sums.contrast[channel] ?? 0) + weight * squared;
    sums.spread[channel] = (sums.spread[channel] ?? 0) + weight * squared * squared;
  }
}

/** Whether a colour of the pixel is lost: JPEG moves such a one off the end by a level or two. */
function isLost(rgb: Uint8Array, pixel: number): boolean {
  const at = 3 * pixel;
  return (rgb[at] ?? 0) >= WHITE || (rgb[at + 1] ?? 0) >= WHITE || (rgb[at + 2] ?? 0) >= WHITE;
}

/** The sums of estimateNoise for every tile of 8 × 8 pixels, one every 16 pixels each way: light, squared steps, mask. */
export function plainTiles({ width, height, data }: Luma): number[][] {
  const tiles: number[][] = [];
  for (let top = 1; top <= height - 9; top += 16) {
    for (let left = 1; left <= width - 9; left += 16) {
      let [light, squares, sum] = [0, 0, 0];
      for (let row = top; row < top + 8; row += 1) {
        for (let i = row * width + left; i < row * width + left + 8; i += 1) {
          const at = (offset: number): number => data[i + offset] ?? 0;
          light += at(0);
          squares += (at(1) - at(0)) ** 2 + (at(width) - at(0)) ** 2;
          const corners = at(-width - 1) + at(-width + 1) + at(width - 1) + at(width + 1);
          const sides = at(-width) + at(-1) + at(1) + at(width);
          sum += Math.abs(corners + 4 * at(0) - 2 * sides);
        }
      }
      tiles.push([light, squares, sum]);
    }
  }
  return tiles;
}

/** Counts of levels on every fourth row; the Laplacians of those that have a row on both sides: number, sum, of squares. */
export function plainTones({ width, height, data }: Luma): {
  readonly levels: number[];
  readonly laplacians: readonly [number, number, number];
} {
  const levels = Array<number>(256).fill(0);
  let [count, sum, squares] = [0, 0, 0];
  for (let row = 0; row < height; row += 4) {
    for (let x = 0; x < width; x += 1) {
      const i = row * width + x;
      const at = (offset: number): number => data[i + offset] ?? 0;
      levels[at(0)] = (levels[at(0)] ?? 0) + 1;
      if (row === 0 || row === height - 1 || x === 0 || x === width - 1) continue;
      const laplacian = at(-width) + at(-1) + at(1) + at(width) - 4 * at(0);
      count += 1;
      sum += laplacian;
      squares += laplacian * laplacian;
    }
  }
  return { levels, laplacians: [count, sum, squares] };
}
