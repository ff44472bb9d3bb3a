import type { Luma } from "./luma.ts";

/** Cells along each side of the grid that a look keeps. */
const GRID = 16;

/** Bytes of a look: the aspect ratio, then one byte a cell. */
export const LOOK_BYTES = 1 + GRID * GRID;

/** Looks are compared at shifts of up to this many cells (one cell is 1/16 of a side). */
const MAX_SHIFT = 1;

/** A cell's byte is 128 + 32 × its band-passed grey in units of the photo's own RMS. */
const ZERO = 128;
const UNIT = 32;

/** Band-passed RMS below this many levels is no picture but noise: such photos look empty. */
const EMPTY_RMS = 1;

/** Aspect bytes (32 an octave) further apart than this are different framings. */
const ASPECT_TOLERANCE = 3;

/**
 * The look of a photo in {@link LOOK_BYTES} bytes, to be stored and compared by {@link lookDistance} without decoding
 * the photo again.
 *
 * Grey is averaged into 16×16 cells (noise and blur vanish), band-passed (exposure and slow light vanish, shifts of a
 * fraction of a cell hardly show) and divided by its own RMS (contrast vanishes).
 */
export function describeLook(luma: Luma): Uint8Array {
  const cells = averageCells(luma);
  const fine = smooth(cells, 1);
  const coarse = smooth(smooth(cells, 3), 3);
  let energy = 0;
  for (let i = 0; i < fine.length; i += 1) {
    const band = (fine[i] ?? 0) - (coarse[i] ?? 0);
    fine[i] = band;
    energy += band * band;
  }
  const rms = Math.max(EMPTY_RMS, Math.sqrt(energy / fine.length));
  const look = new Uint8Array(LOOK_BYTES);
  look[0] = byte(128 + 32 * Math.log2(luma.width / luma.height));
  for (let i = 0; i < fine.length; i += 1) {
    look[i + 1] = byte(ZERO + (UNIT * (fine[i] ?? 0)) / rms);
  }
  return look;
}

/**
 * How different two looks are: near 0 for frames of one burst, near 1 for different scenes. Symmetric.
 *
 * One minus the correlation of the two grids at the best shift of at most one cell; photos of another aspect ratio (or
 * turned by 90°) are 1 apart.
 */
export function lookDistance(a: Uint8Array, b: Uint8Array): number {
  if (Math.abs((a[0] ?? 0) - (b[0] ?? 0)) > ASPECT_TOLERANCE) return 1;
  let best = 0;
  for (let dy = -MAX_SHIFT; dy <= MAX_SHIFT; dy += 1) {
    for (let dx = -MAX_SHIFT; dx <= MAX_SHIFT; dx += 1) {
      best = Math.max(best, correlation(a, b, dx, dy));
    }
  }
  return Math.min(1, Math.max(0, 1 - best));
}

/** Over the arithmetic mean of both energies, not the geometric one: an empty frame is unlike any picture. */
function correlation(a: Uint8Array, b: Uint8Array, dx: number, dy: number): number {
  let product = 0;
  let energy = 0;
  let cells = 0;
  for (let row = Math.max(0, -dy); row < GRID - Math.max(0, dy); row += 1) {
    for (let column = Math.max(0, -dx); column < GRID - Math.max(0, dx); column += 1) {
      const i = (a[1 + row * GRID + column] ?? ZERO) - ZERO;
      const j = (b[1 + (row + dy) * GRID + column + dx] ?? ZERO) - ZERO;
      product += i * j;
      energy += i * i + j * j;
      cells += 1;
    }
  }
  // Two empty frames have nothing to compare and count as alike.
  const floor = 0.05 * UNIT * UNIT * cells;
  return (product + floor) / (energy / 2 + floor);
}

/** Mean grey of each cell. Every second row and column is enough for cells of more than a few pixels. */
function averageCells(luma: Luma): Float64Array {
  const { width, height, data } = luma;
  const step = Math.min(width, height) >= 8 * GRID ? 2 : 1;
  const cells = new Float64Array(GRID * GRID);
  for (let cellRow = 0; cellRow < GRID; cellRow += 1) {
    const top = Math.floor((cellRow * height) / GRID);
    const bottom = Math.max(top + 1, Math.floor(((cellRow + 1) * height) / GRID));
    for (let cellColumn = 0; cellColumn < GRID; cellColumn += 1) {
      const left = Math.floor((cellColumn * width) / GRID);
      const right = Math.max(left + 1, Math.floor(((cellColumn + 1) * width) / GRID));
      let sum = 0;
      let count = 0;
      for (let row = top; row < bottom; row += step) {
        for (let i = row * width + left; i < row * width + right; i += step) {
          sum += data[i] ?? 0;
          count += 1;
        }
      }
      cells[cellRow * GRID + cellColumn] = sum / count;
    }
  }
  return cells;
}

/** Box mean of (2 radius + 1)² cells, cut at the border. */
function smooth(cells: Float64Array, radius: number): Float64Array {
  const result = new Float64Array(cells.length);
  for (let row = 0; row < GRID; row += 1) {
    for (let column = 0; column < GRID; column += 1) {
      let sum = 0;
      let count = 0;
      for (let y = Math.max(0, row - radius); y <= Math.min(GRID - 1, row + radius); y += 1) {
        for (
          let x = Math.max(0, column - radius);
          x <= Math.min(GRID - 1, column + radius);
          x += 1
        ) {
          sum += cells[y * GRID + x] ?? 0;
          count += 1;
        }
      }
      result[row * GRID + column] = sum / count;
    }
  }
  return result;
}

function byte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
