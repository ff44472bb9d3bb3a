/**
 * Textures by the number: value noise and cells on an integer lattice, in the manner of Perlin (1985) and Worley
 * (1996). Pure functions of place and seed, so that a scene can be painted again from another viewpoint without
 * resampling, which would blur it.
 */

/** One number in [0, 1) for a lattice point. */
export function hash(x: number, y: number, seed: number): number {
  let bits = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

const BYTES = [1, 256, 65_536, 16_777_216];

/** Four numbers in [0, 1) out of one hash, each from a byte further down: cheaper than four hashes. */
export function split(hashed: number, part: 0 | 1 | 2 | 3): number {
  const shifted = hashed * (BYTES[part] ?? 1);
  return shifted - Math.floor(shifted);
}

/** Smooth noise in [0, 1) with features one unit wide. */
export function valueNoise(x: number, y: number, seed: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const fx = x - column;
  const fy = y - row;
  const u = fx * fx * (3 - 2 * fx);
  const v = fy * fy * (3 - 2 * fy);
  const top = hash(column, row, seed);
  const bottom = hash(column, row + 1, seed);
  const upper = top + (hash(column + 1, row, seed) - top) * u;
  const lower = bottom + (hash(column + 1, row + 1, seed) - bottom) * u;
  return upper + (lower - upper) * v;
}

/** Noise of `octaves` halving scales whose amplitude falls by half, in [0, 1). */
export function fractalNoise(x: number, y: number, seed: number, octaves: number): number {
  let sum = 0;
  let amplitude = 0.5;
  let total = 0;
  let u = x;
  let v = y;
  for (let octave = 0; octave < octaves; octave += 1) {
    sum += amplitude * valueNoise(u, v, seed + octave);
    total += amplitude;
    amplitude /= 2;
    // Twice as fine and turned by 37°, so that the lattices of the octaves don't show as a grid.
    const turned = 1.6 * u - 1.2 * v;
    v = 1.2 * u + 1.6 * v;
    u = turned;
  }
  return sum / total;
}

/** What {@link findCell} finds out; reused from pixel to pixel. */
export interface Cell {
  /** Distance to the nearest cell's centre, in lattice units. */
  distance: number;
  /** How much further the second nearest centre is: 0 on the border between two cells. */
  margin: number;
  /** From the centre to the point. */
  dx: number;
  dy: number;
  /** A number in [0, 1) of the cell's own. */
  id: number;
}

export function createCell(): Cell {
  return { distance: 0, margin: 0, dx: 0, dy: 0, id: 0 };
}

/** The cell of a jittered lattice (one a unit square) that a point lies in. `jitter` 0 is a grid, 1 is wild. */
export function findCell(x: number, y: number, seed: number, jitter: number, cell: Cell): void {
  const column = Math.floor(x);
  const row = Math.floor(y);
  let nearest = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  for (let j = row - 1; j <= row + 1; j += 1) {
    for (let i = column - 1; i <= column + 1; i += 1) {
      const dx = x - (i + 0.5 + jitter * (hash(i, j, seed) - 0.5));
      const dy = y - (j + 0.5 + jitter * (hash(i, j, seed + 1) - 0.5));
      const squared = dx * dx + dy * dy;
      if (squared < nearest) {
        second = nearest;
        nearest = squared;
        cell.dx = dx;
        cell.dy = dy;
        cell.id = hash(i, j, seed + 2);
      } else if (squared < second) {
        second = squared;
      }
    }
  }
  cell.distance = Math.sqrt(nearest);
  cell.margin = Math.sqrt(second) - cell.distance;
}
