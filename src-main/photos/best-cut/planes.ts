import { trust } from "./compare.ts";
import { DIRECTIONS, type Grid } from "./grid.ts";
import type { Layer } from "./layers.ts";

/** Cells of the scene that are sharp and soft together in a burst's frames. */
export interface Plane {
  /** How much of each cell is the plane's, 0..1. */
  readonly cells: Float32Array;
  /** Its main part, in cells: first column and row, one past the last. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Frames that are looked at; of more, these are spread evenly over the burst. */
const MOST_FRAMES = 16;
/** Edges at which a cell counts for half. */
const HALF_EDGES = 8;
/** Focus wandered where it changed crispness by this much (a standard deviation of its logarithm over the frames). */
const LEAST_CHANGE = 0.12;
/** Rounds of fitting cells and directions to each other. */
const BIAS_ROUNDS = 8;
/** Cells of the larger plane change at least this much as strongly as those that change most… */
const MAIN = 0.5;
/** …those of the smaller one hardly do or go the other way… */
const OTHER = 0.2;
/** …and in its heart they do go the other way. */
const HEART = -0.15;
/** …which is as large as this many cells full of clear edges. */
const HEART_CELLS = 1;
/** …and this share of the plane. */
const HEART_SHARE = 0.1;
/** Where edges are so much fainter and fewer than those of the larger plane (a sky's, say), what they do may be JPEG's. */
const FAINT = 0.35;
/** Cells that go the other way by this much are the smaller plane's alone; those at its rim count this much. */
const CLEAR = 0.8;
const RIM = 0.05;
/** A plane has this share of all edges in one piece. */
const LEAST_SHARE = 0.008;

/**
 * Where a burst's focus wandered: the two planes of the scene of which one is sharp in the frames in which the other is
 * soft; null where all that changes gets sharper and softer together.
 *
 * Each cell's crispness over the frames is a vector; the first principal component of them all is what the focus did,
 * and the sign of a cell's share in it is its plane.
 */
export function findPlanes(grid: Grid, layers: readonly Layer[]): readonly [Plane, Plane] | null {
  const chosen = spreadOver(layers);
  if (chosen.length < 2) return null;
  const { profiles, weights } = profile(grid, chosen);
  const shares = smooth(grid, project(profiles, weights, chosen.length), weights);
  const sizes = [...shares.keys()]
    .filter((cell) => (weights[cell] ?? 0) > 0)
    .map((cell) => Math.abs(shares[cell] ?? 0))
    .sort((a, b) => a - b);
  const strong = sizes[Math.floor(0.9 * sizes.length)] ?? 0;
  if (strong < LEAST_CHANGE * Math.sqrt(chosen.length)) return null;
  const balance = shares.reduce((sum, share, cell) => sum + share * (weights[cell] ?? 0), 0);
  const sign = balance < 0 ? -1 : 1;
  const relative = shares.map((share) => (sign * share) / strong);
  const main = largestPiece(grid, weights, (cell) => (relative[cell] ?? 0) >= MAIN);
  const other = largestPiece(
    grid,
    weights,
    (cell) => (relative[cell] ?? 0) <= OTHER && (weights[cell] ?? 0) > 0,
  );
  if (main === null || other === null) return null;
  const size = main.cells.reduce((sum, own) => sum + own, 0);
  const clearness =
    main.cells.reduce((sum, own, cell) => sum + own * (weights[cell] ?? 0), 0) / size;
  const heart = other.cells.reduce((sum, own, cell) => {
    const weight = weights[cell] ?? 0;
    const isHeart = own > 0 && weight >= FAINT * clearness && (relative[cell] ?? 0) <= HEART;
    return isHeart ? sum + weight : sum;
  }, 0);
  const mass = other.cells.reduce((sum, own, cell) => sum + own * (weights[cell] ?? 0), 0);
  if (heart < Math.max(HEART_CELLS, HEART_SHARE * mass)) return null;
  // Cells at its rim show some of the other plane, too.
  const clear = other.cells.map((own, cell) =>
    own > 0 ? Math.max(RIM, Math.min(1, (OTHER - (relative[cell] ?? 0)) / CLEAR)) ** 2 : 0,
  );
  return [main, { ...other, cells: clear }];
}

function spreadOver(layers: readonly Layer[]): readonly Layer[] {
  if (layers.length <= MOST_FRAMES) return layers;
  const step = (layers.length - 1) / (MOST_FRAMES - 1);
  return Array.from({ length: MOST_FRAMES }, (_, i) => layers[Math.round(i * step)]).filter(
    (layer) => layer !== undefined,
  );
}

/**
 * Crispness of each cell in each frame, without the cell's mean; cells that a frame does not show are left at it. What a
 * moved camera did to all edges of one direction is taken out: focus makes no difference between directions, and cells
 * of upright and of level lines would pass for two planes.
 */
function profile(
  { columns, rows }: Grid,
  layers: readonly Layer[],
): { profiles: Float64Array; weights: Float64Array } {
  const cells = columns * rows;
  const count = layers.length;
  const profiles = new Float64Array(cells * count);
  const { means, shares } = channelsOf(layers, cells * DIRECTIONS);
  const weights = new Float64Array(cells);
  for (let channel = 0; channel < shares.length; channel += 1) {
    const cell = Math.floor(channel / DIRECTIONS);
    weights[cell] = (weights[cell] ?? 0) + (shares[channel] ?? 0);
  }
  for (const [i, { crispness, edges }] of layers.entries()) {
    const changes = means.map((mean, channel) => (crispness[channel] ?? 0) - mean);
    const seen = shares.map((share, channel) => ((edges[channel] ?? 0) > 0 ? share : 0));
    const bias = biasOf(changes, seen);
    for (let channel = 0; channel < seen.length; channel += 1) {
      const place = Math.floor(channel / DIRECTIONS) * count + i;
      const change = (changes[channel] ?? 0) - (bias[channel % DIRECTIONS] ?? 0);
      profiles[place] = (profiles[place] ?? 0) + (seen[channel] ?? 0) * change;
    }
  }
  for (let cell = 0; cell < cells; cell += 1) {
    const weight = weights[cell] ?? 0;
    if (weight === 0) continue;
    for (let i = cell * count; i < (cell + 1) * count; i += 1) {
      profiles[i] = (profiles[i] ?? 0) / weight;
    }
    weights[cell] = (trust(layers, cell) * weight) / (weight + HALF_EDGES);
  }
  return { profiles, weights };
}

/** Of each channel (a cell's direction) its mean crispness and its edges in a frame; none where fewer than two show it. */
function channelsOf(
  layers: readonly Layer[],
  length: number,
): { means: Float64Array; shares: Float64Array } {
  const means = new Float64Array(length);
  const shares = new Float64Array(length);
  for (let channel = 0; channel < length; channel += 1) {
    let sum = 0;
    let seen = 0;
    let edges = 0;
    for (const layer of layers) {
      const own = layer.edges[channel] ?? 0;
      if (own <= 0) continue;
      sum += layer.crispness[channel] ?? 0;
      edges += own;
      seen += 1;
    }
    if (seen < 2) continue;
    means[channel] = sum / seen;
    shares[channel] = edges / layers.length;
  }
  return { means, shares };
}

/**
 * By how much each direction changed more than the others of the same cells: a change is taken for the sum of its cell's
 * and its direction's, fitted by weighted least squares, by turns.
 */
function biasOf(changes: Float64Array, seen: Float64Array): Float64Array {
  const bias = new Float64Array(DIRECTIONS);
  const sums = new Float64Array(DIRECTIONS);
  const totals = new Float64Array(DIRECTIONS);
  for (let round = 0; round < BIAS_ROUNDS; round += 1) {
    sums.fill(0);
    totals.fill(0);
    for (let cell = 0; cell < seen.length; cell += DIRECTIONS) {
      let sum = 0;
      let weight = 0;
      for (let i = 0; i < DIRECTIONS; i += 1) {
        const own = seen[cell + i] ?? 0;
        sum += own * ((changes[cell + i] ?? 0) - (bias[i] ?? 0));
        weight += own;
      }
      if (weight === 0) continue;
      for (let i = 0; i < DIRECTIONS; i += 1) {
        const own = seen[cell + i] ?? 0;
        sums[i] = (sums[i] ?? 0) + own * ((changes[cell + i] ?? 0) - sum / weight);
        totals[i] = (totals[i] ?? 0) + own;
      }
    }
    for (let i = 0; i < DIRECTIONS; i += 1)
      bias[i] = (sums[i] ?? 0) / Math.max(1e-9, totals[i] ?? 0);
  }
  // What all directions have in common is the frame's own.
  const total = totals.reduce((all, own) => all + own, 0);
  const common =
    bias.reduce((all, own, i) => all + own * (totals[i] ?? 0), 0) / Math.max(1e-9, total);
  return bias.map((own) => own - common);
}

/** Each cell's share in the first principal component, by power iteration. */
function project(profiles: Float64Array, weights: Float64Array, count: number): Float64Array {
  const covariance = new Float64Array(count * count);
  weights.forEach((weight, cell) => {
    if (weight === 0) return;
    for (let i = 0; i < count; i += 1) {
      const own = weight * (profiles[cell * count + i] ?? 0);
      for (let j = 0; j < count; j += 1) {
        covariance[i * count + j] =
          (covariance[i * count + j] ?? 0) + own * (profiles[cell * count + j] ?? 0);
      }
    }
  });
  let component = Float64Array.from({ length: count }, (_, i) => 1 + ((i * 7) % 5));
  for (let round = 0; round < 60; round += 1) {
    const next = new Float64Array(count);
    let norm = 0;
    for (let i = 0; i < count; i += 1) {
      let sum = 0;
      for (let j = 0; j < count; j += 1) {
        sum += (covariance[i * count + j] ?? 0) * (component[j] ?? 0);
      }
      next[i] = sum;
      norm += sum * sum;
    }
    if (norm === 0) return new Float64Array(weights.length);
    component = next.map((value) => value / Math.sqrt(norm));
  }
  return Float64Array.from(weights, (_, cell) => {
    let sum = 0;
    for (let i = 0; i < count; i += 1) {
      sum += (component[i] ?? 0) * (profiles[cell * count + i] ?? 0);
    }
    return sum;
  });
}

/** Each cell with its neighbours, by their edges; the eight neighbours count half, those without edges nothing. */
function smooth(
  { columns, rows }: Grid,
  values: Float64Array,
  weights: Float64Array,
): Float64Array {
  return values.map((_, cell) => {
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    let sum = 0;
    let total = 0;
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) {
        const near = y * columns + x;
        const weight = (weights[near] ?? 0) * (near === cell ? 1 : 0.5);
        sum += weight * (values[near] ?? 0);
        total += weight;
      }
    }
    return total === 0 ? 0 : sum / total;
  });
}

/** The largest piece of connected cells that belong, with its box; null where all are too small to be more than chance. */
function largestPiece(
  { columns, rows }: Grid,
  weights: Float64Array,
  belongs: (cell: number) => boolean,
): Plane | null {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const seen = new Uint8Array(weights.length);
  const cells = new Float32Array(weights.length);
  let main: { mass: number; members: number[] } = { mass: 0, members: [] };
  for (let start = 0; start < weights.length; start += 1) {
    if (seen[start] === 1 || !belongs(start)) continue;
    const members = [start];
    seen[start] = 1;
    let mass = 0;
    for (const cell of members) {
      mass += weights[cell] ?? 0;
      const column = cell % columns;
      const row = Math.floor(cell / columns);
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) {
          const near = y * columns + x;
          if (seen[near] === 1 || !belongs(near)) continue;
          seen[near] = 1;
          members.push(near);
        }
      }
    }
    if (mass > main.mass) main = { mass, members };
  }
  if (main.mass < LEAST_SHARE * total) return null;
  let [left, top, right, bottom] = [columns, rows, 0, 0];
  for (const cell of main.members) {
    cells[cell] = 1;
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    left = Math.min(left, column);
    right = Math.max(right, column + 1);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row + 1);
  }
  return { cells, left, top, right, bottom };
}

/**
 * Which of two planes a photographer means: the one that the other surrounds. A background reaches round to the borders
 * of the frame on all sides; a subject is compact and rather in the middle.
 */
export function chooseSubject(grid: Grid, [one, other]: readonly [Plane, Plane]): Plane {
  return standing(grid, one) >= standing(grid, other) ? one : other;
}

const BORDER_COUNTS = 3;
const COMPACTNESS_COUNTS = 1.5;
const MIDDLE_COUNTS = 1;

/** How much a plane is like a subject. */
function standing({ columns, rows }: Grid, { cells }: Plane): number {
  let mass = 0;
  let border = 0;
  let x = 0;
  let y = 0;
  let squares = 0;
  let away = 0;
  cells.forEach((own, cell) => {
    if (own === 0) return;
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    const [u, v] = [(column + 0.5) / columns - 0.5, (row + 0.5) / rows - 0.5];
    mass += 1;
    x += u;
    y += v;
    squares += u * u + v * v;
    away += Math.hypot(u, v);
    if (column === 0 || row === 0 || column === columns - 1 || row === rows - 1) border += 1;
  });
  const around = 2 * (columns + rows) - 4;
  const scatter = Math.sqrt(Math.max(0, squares / mass - (x / mass) ** 2 - (y / mass) ** 2));
  return -(
    BORDER_COUNTS * (border / around) +
    COMPACTNESS_COUNTS * scatter +
    MIDDLE_COUNTS * (away / mass)
  );
}
