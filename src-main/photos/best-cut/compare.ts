import { DIRECTIONS } from "./grid.ts";
import type { Layer } from "./layers.ts";

/** How the frames of a burst compare on one region of the scene. */
export interface Comparison {
  /** Of each frame: mean logarithm of its crispness against the burst's, place by place; null where it has no edge. */
  readonly levels: readonly (number | null)[];
  /** What each channel of the region counts. */
  readonly weights: Float32Array;
}

/** Edges of so many levels of contrast count for half: what JPEG and noise leave of fainter ones is little. */
const HALF_CONTRAST = 40;
/** So many edges of a channel count for half of what many would. */
const HALF_EDGES = 12;
/** Places that can be crisp tell blur best: one that is e times as crisp as another counts e to this power as much. */
const CRISP_POWER = 4;
/** A direction's share of the weight is evened out, but one with less than this share of all stays small. */
const LEAST_DIRECTION = 0.12;
/** Below this share of the region's weight a frame has no edges there to speak of. */
const LEAST_SEEN = 0.1;
/** Rounds of fitting frames and places to each other, where some of them are missing. */
const ROUNDS = 3;

/**
 * Compares frames on a region: each place with itself in the other frames, so that what the scene shows there cancels.
 *
 * The logarithm of the crispness is taken for the sum of what the place can show and what the frame makes of it; the
 * latter is fitted by weighted least squares.
 *
 * @param region what each cell counts, 0..1
 */
export function compareFrames(layers: readonly Layer[], region: Float32Array): Comparison {
  const counts = meanEdges(layers);
  const weights = weigh(layers, region, counts);
  const channels = [...weights.keys()].filter((channel) => (weights[channel] ?? 0) > 0);
  const total = channels.reduce((sum, channel) => sum + (weights[channel] ?? 0), 0);
  const levels = new Float64Array(layers.length);
  const seen = new Float64Array(layers.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    const places = new Float64Array(weights.length);
    for (const channel of channels) {
      let sum = 0;
      let count = 0;
      for (const [i, { crispness, edges }] of layers.entries()) {
        if ((edges[channel] ?? 0) <= 0) continue;
        sum += (crispness[channel] ?? 0) - (levels[i] ?? 0);
        count += 1;
      }
      places[channel] = sum / Math.max(1, count);
    }
    for (const [i, { crispness, edges }] of layers.entries()) {
      let sum = 0;
      let weight = 0;
      for (const channel of channels) {
        const count = edges[channel] ?? 0;
        if (count <= 0) continue;
        const own = (weights[channel] ?? 0) * Math.min(1, count / (counts[channel] ?? 1));
        sum += own * ((crispness[channel] ?? 0) - (places[channel] ?? 0));
        weight += own;
      }
      levels[i] = weight === 0 ? 0 : sum / weight;
      seen[i] = weight;
    }
  }
  return {
    weights,
    levels: Array.from(levels, (level, i) =>
      total > 0 && (seen[i] ?? 0) >= LEAST_SEEN * total ? level : null,
    ),
  };
}

/** How many edges the frames have in each channel. */
function meanEdges(layers: readonly Layer[]): Float32Array {
  const counts = new Float32Array(layers[0]?.edges.length ?? 0);
  for (const { edges } of layers) {
    edges.forEach((count, channel) => {
      counts[channel] = (counts[channel] ?? 0) + count / layers.length;
    });
  }
  return counts;
}

/** What each channel counts: its edges, how crisp it can be, and its direction's share. */
function weigh(layers: readonly Layer[], region: Float32Array, counts: Float32Array): Float32Array {
  const weights = new Float32Array(region.length * DIRECTIONS);
  const crispest = new Float32Array(region.length).fill(Number.NEGATIVE_INFINITY);
  let top = Number.NEGATIVE_INFINITY;
  for (let cell = 0; cell < region.length; cell += 1) {
    if ((region[cell] ?? 0) <= 0) continue;
    const first = cell * DIRECTIONS;
    const own = (region[cell] ?? 0) * trust(layers, cell);
    for (const { crispness, edges } of layers) {
      let sum = 0;
      let count = 0;
      for (let channel = first; channel < first + DIRECTIONS; channel += 1) {
        sum += (edges[channel] ?? 0) * (crispness[channel] ?? 0);
        count += edges[channel] ?? 0;
      }
      if (count >= 1) crispest[cell] = Math.max(crispest[cell] ?? 0, sum / count);
    }
    for (let channel = first; channel < first + DIRECTIONS; channel += 1) {
      const count = counts[channel] ?? 0;
      weights[channel] = (own * count) / (count + HALF_EDGES);
    }
    top = Math.max(top, crispest[cell] ?? 0);
  }
  const totals = new Float64Array(DIRECTIONS);
  weights.forEach((weight, channel) => {
    if (weight === 0) return;
    const own = crispest[Math.floor(channel / DIRECTIONS)] ?? 0;
    weights[channel] =
      own === Number.NEGATIVE_INFINITY ? 0 : weight * Math.exp(CRISP_POWER * (own - top));
    totals[channel % DIRECTIONS] = (totals[channel % DIRECTIONS] ?? 0) + (weights[channel] ?? 0);
  });
  const total = totals.reduce((sum, one) => sum + one, 0);
  weights.forEach((weight, channel) => {
    weights[channel] = weight / ((totals[channel % DIRECTIONS] ?? 0) + LEAST_DIRECTION * total);
  });
  return weights;
}

/** How much of what a cell's edges say is their own word, 0..1: little where they are faint. */
export function trust(layers: readonly Layer[], cell: number): number {
  let sum = 0;
  let seen = 0;
  for (const { contrast } of layers) {
    const own = contrast[cell] ?? 0;
    if (own === 0) continue;
    sum += own;
    seen += 1;
  }
  const squared = seen === 0 ? 0 : (sum / seen) ** 2;
  return squared / (squared + HALF_CONTRAST ** 2);
}

/** How far two frames are apart, and how far chance alone would put them. */
export interface Difference {
  /** Mean logarithm of the crispness of the first over that of the second, place by place. */
  readonly gap: number;
  /** Standard error of the gap, from how much the places differ about it. */
  readonly error: number;
  /** The same for each direction; null where there are too few edges. */
  readonly byDirection: readonly (number | null)[];
}

/** Neighbouring cells share edges: so many of them are worth one. */
const SHARED = 1.5;

/** How much the crispness of one edge differs from frame to frame by chance (standard deviation of its logarithm). */
const EDGE_SPREAD = 0.3;

export function differ(one: Layer, other: Layer, weights: Float32Array): Difference {
  const cells = weights.length / DIRECTIONS;
  const gaps = new Float64Array(cells);
  const masses = new Float64Array(cells);
  const sums = new Float64Array(DIRECTIONS);
  const totals = new Float64Array(DIRECTIONS);
  let sum = 0;
  let total = 0;
  let squares = 0;
  let edges = 0;
  for (let channel = 0; channel < weights.length; channel += 1) {
    const [fewer, more] = [one.edges[channel] ?? 0, other.edges[channel] ?? 0].sort(
      (a, b) => a - b,
    );
    if (!fewer || !more) continue;
    // Where one frame lost edges, to white or to noise, what is left is another choice of them.
    const weight = ((weights[channel] ?? 0) * fewer) / more;
    if (weight <= 0) continue;
    const gap = (one.crispness[channel] ?? 0) - (other.crispness[channel] ?? 0);
    const cell = Math.floor(channel / DIRECTIONS);
    gaps[cell] = (gaps[cell] ?? 0) + weight * gap;
    masses[cell] = (masses[cell] ?? 0) + weight;
    const direction = channel % DIRECTIONS;
    sums[direction] = (sums[direction] ?? 0) + weight * gap;
    totals[direction] = (totals[direction] ?? 0) + weight;
    sum += weight * gap;
    total += weight;
    edges += Math.min(one.edges[channel] ?? 0, other.edges[channel] ?? 0);
  }
  if (total === 0) return { gap: 0, error: Number.POSITIVE_INFINITY, byDirection: [] };
  const gap = sum / total;
  let spread = 0;
  for (let cell = 0; cell < cells; cell += 1) {
    const mass = masses[cell] ?? 0;
    if (mass === 0) continue;
    squares += mass * mass;
    spread += mass * ((gaps[cell] ?? 0) / mass - gap) ** 2;
  }
  const places = Math.max(1, (total * total) / squares / SHARED - 1);
  return {
    gap,
    // One place alone says nothing about how much places differ; its edges do.
    error: Math.hypot(Math.sqrt(spread / total / places), EDGE_SPREAD / Math.sqrt(edges)),
    byDirection: Array.from(totals, (weight, direction) =>
      weight < 0.05 * total ? null : (sums[direction] ?? 0) / weight,
    ),
  };
}
