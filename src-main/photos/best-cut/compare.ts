import type { Steps } from "../../in-turns.ts";
import { DIRECTIONS } from "./grid.ts";
import type { Layer } from "./layers.ts";

/** How the frames of a burst compare on one region of the scene. */
export interface Comparison {
  /** Of each frame: mean logarithm of its crispness against the burst's, place by place; null where it has no edge. */
  readonly levels: readonly (number | null)[];
  /** What each channel (a cell's direction) of the region counts. */
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
const LEAST_SEEN = 0.03;
/** Rounds of fitting frames and places to each other, where some of them are missing. */
const ROUNDS = 2;

/**
 * Compares frames on a region: each place with itself in the other frames, so that what the scene shows there cancels.
 *
 * The logarithm of the crispness is taken for the sum of what the place can show and what the frame makes of it; the
 * latter is fitted by weighted least squares.
 *
 * @param region what each cell counts, 0..1
 */
export function* compareFrames(layers: readonly Layer[], region: Float32Array): Steps<Comparison> {
  const counts = yield* meanEdges(layers);
  const weights = yield* weigh(layers, region, counts);
  const channels = Int32Array.from([...weights.keys()].filter((i) => (weights[i] ?? 0) > 0));
  const places = new Float32Array(weights.length);
  const fits = layers.map(() => ({ level: 0, weight: 0 }));
  for (let round = 0; round < ROUNDS; round += 1) {
    yield* fitPlaces(layers, channels, fits, places);
    for (const [i, layer] of layers.entries()) {
      fits[i] = fitFrame(layer, channels, weights, counts, places);
      yield;
    }
  }
  const total = channels.reduce((sum, channel) => sum + (weights[channel] ?? 0), 0);
  const levels = fits.map(({ level, weight }) =>
    total > 0 && weight >= LEAST_SEEN * total ? level : null,
  );
  return { weights, levels };
}

interface Fit {
  readonly level: number;
  readonly weight: number;
}

/** What each place can show: the mean of the frames there, each without its own level. */
function* fitPlaces(
  layers: readonly Layer[],
  channels: Int32Array,
  fits: readonly Fit[],
  places: Float32Array,
): Steps<void> {
  const seen = new Uint16Array(places.length);
  places.fill(0);
  for (const [i, { crispness, edges }] of layers.entries()) {
    const level = fits[i]?.level ?? 0;
    for (let k = 0; k < channels.length; k += 1) {
      const channel = channels[k] ?? 0;
      if ((edges[channel] ?? 0) <= 0) continue;
      places[channel] = (places[channel] ?? 0) + (crispness[channel] ?? 0) - level;
      seen[channel] = (seen[channel] ?? 0) + 1;
    }
    yield;
  }
  for (const channel of channels) {
    places[channel] = (places[channel] ?? 0) / Math.max(1, seen[channel] ?? 0);
  }
}

function fitFrame(
  { crispness, edges }: Layer,
  channels: Int32Array,
  weights: Float32Array,
  counts: Float32Array,
  places: Float32Array,
): Fit {
  let sum = 0;
  let weight = 0;
  for (let k = 0; k < channels.length; k += 1) {
    const channel = channels[k] ?? 0;
    const count = edges[channel] ?? 0;
    if (count <= 0) continue;
    const own = (weights[channel] ?? 0) * Math.min(1, count / (counts[channel] ?? 1));
    sum += own * ((crispness[channel] ?? 0) - (places[channel] ?? 0));
    weight += own;
  }
  return { level: weight === 0 ? 0 : sum / weight, weight };
}

/** How many edges the frames have in each channel. */
function* meanEdges(layers: readonly Layer[]): Steps<Float32Array> {
  const counts = new Float32Array(layers[0]?.edges.length ?? 0);
  for (const { edges } of layers) {
    for (let channel = 0; channel < counts.length; channel += 1) {
      counts[channel] = (counts[channel] ?? 0) + (edges[channel] ?? 0) / layers.length;
    }
    yield;
  }
  return counts;
}

/** What each channel counts: its edges, how crisp it can be, and its direction's share. */
function* weigh(
  layers: readonly Layer[],
  region: Float32Array,
  counts: Float32Array,
): Steps<Float32Array> {
  const weights = new Float32Array(region.length * DIRECTIONS);
  const crispest = new Float32Array(region.length).fill(Number.NaN);
  for (const [cell, own] of region.entries()) {
    if (own <= 0) continue;
    crispest[cell] = crispestOf(layers, cell);
    yield;
  }
  const top = crispest.reduce((most, own) => (own > most ? own : most), Number.NEGATIVE_INFINITY);
  const totals = new Float64Array(DIRECTIONS);
  for (const [cell, share] of region.entries()) {
    const crisp = crispest[cell] ?? Number.NaN;
    if (share <= 0 || Number.isNaN(crisp)) continue;
    const own = share * trust(layers, cell) * Math.exp(CRISP_POWER * (crisp - top));
    for (let direction = 0; direction < DIRECTIONS; direction += 1) {
      const channel = cell * DIRECTIONS + direction;
      const count = counts[channel] ?? 0;
      const weight = (own * count) / (count + HALF_EDGES);
      weights[channel] = weight;
      totals[direction] = (totals[direction] ?? 0) + weight;
    }
    yield;
  }
  const total = totals.reduce((sum, one) => sum + one, 0);
  return weights.map((weight, channel) =>
    weight === 0 ? 0 : weight / ((totals[channel % DIRECTIONS] ?? 0) + LEAST_DIRECTION * total),
  );
}

/** Logarithm of a cell's crispness in the frame that shows it best; NaN where no frame has an edge there. */
function crispestOf(layers: readonly Layer[], cell: number): number {
  let most = Number.NaN;
  for (const { crispness, edges } of layers) {
    let sum = 0;
    let count = 0;
    for (let channel = cell * DIRECTIONS; channel < (cell + 1) * DIRECTIONS; channel += 1) {
      sum += (edges[channel] ?? 0) * (crispness[channel] ?? 0);
      count += edges[channel] ?? 0;
    }
    // The first comparison with NaN is false: it is replaced.
    if (count >= 1 && !(sum / count <= most)) most = sum / count;
  }
  return most;
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
  /** The gap in each direction; null where there are too few edges. */
  readonly byDirection: readonly (number | null)[];
  /** Mean logarithm of the first frame's crispness in each direction; null where there are too few edges. */
  readonly leading: readonly (number | null)[];
}

/** Neighbouring cells share edges: so many of them are worth one. */
const SHARED = 1.5;
/** How much the crispness of one edge differs from frame to frame by chance (standard deviation of its logarithm). */
const EDGE_SPREAD = 0.3;
/** Less than this share of all weight says nothing about a direction. */
const LEAST_SEEN_DIRECTION = 0.05;

/** The difference of two frames on what `weights` says counts. */
export function differ(one: Layer, other: Layer, weights: Float32Array): Difference {
  const cells = weights.length / DIRECTIONS;
  const gaps = new Float64Array(cells);
  const masses = new Float64Array(cells);
  const gapsByDirection = new Float64Array(DIRECTIONS);
  const levels = new Float64Array(DIRECTIONS);
  const totals = new Float64Array(DIRECTIONS);
  let sum = 0;
  let total = 0;
  let edges = 0;
  for (let channel = 0; channel < weights.length; channel += 1) {
    const own = one.edges[channel] ?? 0;
    const theirs = other.edges[channel] ?? 0;
    const fewer = Math.min(own, theirs);
    if (fewer <= 0 || (weights[channel] ?? 0) <= 0) continue;
    // Where one frame lost edges, to white or to noise, what is left is another choice of them.
    const weight = ((weights[channel] ?? 0) * fewer) / Math.max(own, theirs);
    const crispness = one.crispness[channel] ?? 0;
    const gap = crispness - (other.crispness[channel] ?? 0);
    const direction = channel % DIRECTIONS;
    const cell = (channel - direction) / DIRECTIONS;
    gaps[cell] = (gaps[cell] ?? 0) + weight * gap;
    masses[cell] = (masses[cell] ?? 0) + weight;
    gapsByDirection[direction] = (gapsByDirection[direction] ?? 0) + weight * gap;
    levels[direction] = (levels[direction] ?? 0) + weight * crispness;
    totals[direction] = (totals[direction] ?? 0) + weight;
    sum += weight * gap;
    total += weight;
    edges += fewer;
  }
  if (total === 0) {
    return { gap: 0, error: Number.POSITIVE_INFINITY, byDirection: [], leading: [] };
  }
  const gap = sum / total;
  let squares = 0;
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
    byDirection: average(gapsByDirection, totals),
    leading: average(levels, totals),
  };
}

/** By direction; null where one has hardly any weight. */
function average(sums: Float64Array, weights: Float64Array): (number | null)[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from(weights, (weight, direction) =>
    weight < LEAST_SEEN_DIRECTION * total ? null : (sums[direction] ?? 0) / weight,
  );
}
