import type { Luma, Region } from "./luma.ts";

/** How far to either side of an edge its local contrast is looked for, in pixels. */
const REACH = 5;

/** Pixels at the border that have no full neighbourhood. */
const MARGIN = REACH + 1;

/** Pixels this much steeper than the rest (a share of all) are looked at; the others can't be strong edges. */
const STEEP_SHARE = 0.06;

/** Strong edges: the ones of highest local contrast, this many per pixel… */
const STRONG_SHARE = 0.005;
/** …but at least this many, for small regions. */
const STRONG_LEAST = 400;

/** An edge of this many noise sigmas of contrast is one beyond doubt… */
const NOISE_FACTOR = 12;
/** …where there are too few of those, this many do: eleven draws of noise span seven at the most. */
const NOISE_FACTOR_LEAST = 8;
/** Below this many levels of contrast there is nothing to see. */
const FAINTEST = 8;

/** Edges are told apart by direction, in quarters of half a turn: motion leaves those along it crisp. */
const DIRECTIONS = 4;
/** Edges at which a direction counts for half. */
const HALF_WEIGHT = 100;
/** With fewer strong edges than this, nothing can be said. */
const FEWEST = 40;

/** The crispest edges of a photo are the ones in focus: this quantile of gradient over contrast… */
const QUANTILE = 0.9;
/** …which is this many sigmas above the median where noise alone spreads the ratios. */
const QUANTILE_SIGMAS = 1.28;

/** Counted by direction, contrast (4 levels a bin) and ratio (1/320 a bin, to 0.8: no central difference is steeper). */
const CONTRAST_BINS = 64;
const LEVELS_PER_BIN = 4;
const RATIO_BINS = 256;
const RATIO_SCALE = 320;

/**
 * Sharpness of the strong edges in `region`: gradient over local contrast, in 1/px; 0 where there is no strong edge.
 *
 * At each crest of the gradient, the gradient is divided by the range of luma on a line of 11 px across the edge: the
 * inverse of the edge's width, whatever its contrast, so neither exposure nor the subject's own contrast counts (an
 * ideal edge under a Gaussian blur of σ px has 0.4 / σ). Of the edges of highest contrast, the 90th percentile is taken
 * in each of four directions, and of these the geometric mean. Measured on mixed bursts: sharpness.test.ts.
 *
 * Gradient over local contrast was the best of the eleven measures tried for Kiln on synthetic bursts; contrast along
 * the normal instead of in a square, directions apart and noise taken off are ours, too.
 */
export function measureEdges(luma: Luma, region: Region, noise: number): number {
  const { width, data } = luma;
  const left = Math.max(region.x, MARGIN);
  const top = Math.max(region.y, MARGIN);
  const right = Math.min(region.x + region.width, width - MARGIN);
  const bottom = Math.min(region.y + region.height, luma.height - MARGIN);
  if (right <= left || bottom <= top) return 0;
  const steep = steepThreshold(luma, left, top, right, bottom);
  const lines = drawLines(width);
  const counts = new Uint32Array(DIRECTIONS * CONTRAST_BINS * RATIO_BINS);
  // The steep pixels of a row are found first and looked at after: each loop is tight.
  const found = new Int32Array(right - left);
  for (let row = top; row < bottom; row += 1) {
    const count = findSteep(data, row * width + left, row * width + right, width, steep, found);
    for (let k = 0; k < count; k += 1) {
      const bin = measureCrest(data, found[k] ?? 0, width, lines);
      if (bin >= 0) counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  const wanted = Math.max(STRONG_LEAST, STRONG_SHARE * (right - left) * (bottom - top));
  return summarise(counts, wanted, noise);
}

/** Writes the places `from`..`to` whose squared gradient is at least `steep` into `found`; returns their number. */
function findSteep(
  data: Uint8Array,
  from: number,
  to: number,
  width: number,
  steep: number,
  found: Int32Array,
): number {
  let count = 0;
  for (let i = from; i < to; i += 1) {
    const across = (data[i + 1] ?? 0) - (data[i - 1] ?? 0);
    const down = (data[i + width] ?? 0) - (data[i - width] ?? 0);
    if (across * across + down * down >= steep) {
      found[count] = i;
      count += 1;
    }
  }
  return count;
}

/** Where the edge at `i` is counted, or -1 where the gradient has no crest. */
function measureCrest(data: Uint8Array, i: number, width: number, lines: Int32Array): number {
  const across = (data[i + 1] ?? 0) - (data[i - 1] ?? 0);
  const down = (data[i + width] ?? 0) - (data[i - width] ?? 0);
  const squared = across * across + down * down;
  // One pixel along the gradient, to the nearest of eight neighbours.
  const wide = Math.abs(across);
  const tall = Math.abs(down);
  const isAcross = tall <= 0.414 * wide;
  const isDown = wide <= 0.414 * tall;
  const stepX = isDown ? 0 : isAcross || across * down > 0 ? 1 : -1;
  const step = isAcross ? stepX : width + stepX;
  // Only the crest; of two equal neighbours the first.
  if (squared < slope(data, i + step, width) || squared <= slope(data, i - step, width)) return -1;
  const contrast = rangeAcross(data, i, lines, lineOf(across, down, wide, tall));
  const ratio = Math.sqrt(squared) / (2 * contrast);
  // Quarters centred on the axes and the diagonals.
  const direction = isAcross ? 0 : isDown ? 2 : stepX > 0 ? 1 : 3;
  return (
    (direction * CONTRAST_BINS + Math.floor(contrast / LEVELS_PER_BIN)) * RATIO_BINS +
    Math.min(RATIO_BINS - 1, Math.floor(ratio * RATIO_SCALE))
  );
}

/** Squared central difference. */
function slope(data: Uint8Array, i: number, width: number): number {
  const across = (data[i + 1] ?? 0) - (data[i - 1] ?? 0);
  const down = (data[i + width] ?? 0) - (data[i - width] ?? 0);
  return across * across + down * down;
}

/** The squared gradient that {@link STEEP_SHARE} of the pixels exceed, from every 16th of them. */
function steepThreshold(
  luma: Luma,
  left: number,
  top: number,
  right: number,
  bottom: number,
): number {
  const { width, data } = luma;
  const bins = new Uint32Array(512);
  let total = 0;
  const stride = (right - left) * (bottom - top) > 40_000 ? 4 : 1;
  for (let row = top; row < bottom; row += stride) {
    for (
      let i = row * width + left + (Math.floor(row / stride) % stride);
      i < row * width + right;
      i += stride
    ) {
      const bin = Math.floor(Math.sqrt(slope(data, i, width)));
      bins[bin] = (bins[bin] ?? 0) + 1;
      total += 1;
    }
  }
  let seen = 0;
  let bin = bins.length - 1;
  while (bin > 0 && seen <= STEEP_SHARE * total) {
    seen += bins[bin] ?? 0;
    bin -= 1;
  }
  // A step of FAINTEST levels spread over the whole line is the flattest edge of interest.
  return Math.max(bin, (2 * FAINTEST) / (2 * REACH)) ** 2;
}

/** Slopes of a line against its main axis are told apart in steps of 1/8. */
const SLOPES = 8;

/**
 * Where the line of a gradient begins in {@link drawLines}: lines along x first, then those along y, each from slope
 * -1 to 1.
 */
function lineOf(across: number, down: number, wide: number, tall: number): number {
  return wide >= tall
    ? Math.round(SLOPES * (1 + down / across)) * REACH
    : (2 * SLOPES + 1 + Math.round(SLOPES * (1 + across / down))) * REACH;
}

/** Offsets of the pixels 1..{@link REACH} px along a line of each direction in rows of `width`. */
function drawLines(width: number): Int32Array {
  const lines = new Int32Array(2 * (2 * SLOPES + 1) * REACH);
  for (let slope = 0; slope <= 2 * SLOPES; slope += 1) {
    const tangent = slope / SLOPES - 1;
    const length = Math.hypot(1, tangent);
    for (let k = 1; k <= REACH; k += 1) {
      const along = Math.round(k / length);
      const aside = Math.round((k * tangent) / length);
      lines[slope * REACH + k - 1] = along + aside * width;
      lines[(2 * SLOPES + 1 + slope) * REACH + k - 1] = along * width + aside;
    }
  }
  return lines;
}

/** Highest minus lowest luma on the line through `i` whose offsets begin at `line`, to either side. */
function rangeAcross(data: Uint8Array, i: number, lines: Int32Array, line: number): number {
  let lowest = data[i] ?? 0;
  let highest = lowest;
  for (let k = line; k < line + REACH; k += 1) {
    const offset = lines[k] ?? 0;
    const ahead = data[i + offset] ?? 0;
    const behind = data[i - offset] ?? 0;
    if (ahead < lowest) lowest = ahead;
    if (ahead > highest) highest = ahead;
    if (behind < lowest) lowest = behind;
    if (behind > highest) highest = behind;
  }
  return highest - lowest;
}

function summarise(counts: Uint32Array, wanted: number, noise: number): number {
  const lowest = contrastThreshold(counts, wanted, noise);
  const ratios = new Float64Array(RATIO_BINS);
  let logarithms = 0;
  let weights = 0;
  let edges = 0;
  for (let direction = 0; direction < DIRECTIONS; direction += 1) {
    ratios.fill(0);
    let total = 0;
    let contrasts = 0;
    for (let contrast = lowest; contrast < CONTRAST_BINS; contrast += 1) {
      const from = (direction * CONTRAST_BINS + contrast) * RATIO_BINS;
      for (let bin = 0; bin < RATIO_BINS; bin += 1) {
        const count = counts[from + bin] ?? 0;
        ratios[bin] = (ratios[bin] ?? 0) + count;
        total += count;
        contrasts += count * (contrast + 0.5) * LEVELS_PER_BIN;
      }
    }
    if (total === 0) continue;
    const weight = total / (total + HALF_WEIGHT);
    logarithms += weight * Math.log(crispness(ratios, total, noise / (contrasts / total)));
    weights += weight;
    edges += total;
  }
  return edges < FEWEST ? 0 : Math.exp(logarithms / weights);
}

/**
 * The {@link QUANTILE} of the ratios without what noise adds to it: noise of sigma `spread` (in units of an edge's
 * contrast) widens the distribution above its median, and variances add.
 */
function crispness(ratios: Float64Array, total: number, spread: number): number {
  const median = quantile(ratios, total, 0.5);
  const above = quantile(ratios, total, QUANTILE) - median;
  // A central difference of noise has 1/√2 of its sigma.
  const added = (QUANTILE_SIGMAS * spread) / Math.SQRT2;
  return median + Math.sqrt(Math.max(0, above * above - added * added));
}

/**
 * The contrast bin from which on the `wanted` strongest edges lie: of those beyond doubt, else the few that are needed
 * of those that hardly can be noise.
 */
function contrastThreshold(counts: Uint32Array, wanted: number, noise: number): number {
  const binOf = (levels: number): number =>
    Math.min(CONTRAST_BINS - 1, Math.ceil(Math.max(FAINTEST, levels) / LEVELS_PER_BIN));
  const beyondDoubt = binOf(NOISE_FACTOR * noise);
  const least = binOf(NOISE_FACTOR_LEAST * noise);
  let seen = 0;
  for (let contrast = CONTRAST_BINS - 1; contrast > least; contrast -= 1) {
    for (let direction = 0; direction < DIRECTIONS; direction += 1) {
      const from = (direction * CONTRAST_BINS + contrast) * RATIO_BINS;
      for (let bin = 0; bin < RATIO_BINS; bin += 1) seen += counts[from + bin] ?? 0;
    }
    if (seen >= (contrast > beyondDoubt ? wanted : 2 * FEWEST)) return contrast;
  }
  return least;
}

/** A quantile of binned ratios, in 1/px, interpolated inside its bin. */
function quantile(ratios: Float64Array, total: number, share: number): number {
  const wanted = share * total;
  let seen = 0;
  for (let bin = 0; bin < RATIO_BINS; bin += 1) {
    const count = ratios[bin] ?? 0;
    if (count > 0 && seen + count >= wanted) return (bin + (wanted - seen) / count) / RATIO_SCALE;
    seen += count;
  }
  return RATIO_BINS / RATIO_SCALE;
}
