import type { Picture } from "./detail.ts";

/** Where the scene of one frame lies in another one. */
export interface Shift {
  /** To the right and down, as fractions of the photo's width and height. */
  readonly x: number;
  readonly y: number;
  /** Correlation of the two pictures there, -1..1. */
  readonly agreement: number;
}

export const NO_SHIFT: Shift = { x: 0, y: 0, agreement: 0 };

/** A picture without its slow light, at two scales: what shifts are looked for in. */
export interface Pattern {
  readonly fine: Band;
  readonly coarse: Band;
}

interface Band {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/** Scenes are looked for up to this share of the frame away. */
const FARTHEST = 0.3;

/** Two pictures that agree by this much show the same scene. */
export const SAME_SCENE = 0.35;
/** One that agrees this well near where it was expected is not looked for any farther. */
const FOUND = 0.6;
/** Coarse cells around the expected place. */
const NEAR = 1;

export function patternOf({ columns, rows, levels }: Picture): Pattern {
  const values = Float32Array.from(levels);
  const fine = bandPass({ columns, rows, values });
  return { fine, coarse: halve(fine) };
}

/**
 * Finds the scene of `from` in `to`: the shift of the highest correlation, first on the coarse scale, near `expected` if
 * it is there, then on the fine one, with a parabola through its neighbours. Good to about a tenth of a cell. Pictures
 * of another shape are never found.
 */
export function findShift(from: Pattern, to: Pattern, expected: Shift = NO_SHIFT): Shift {
  const { columns, rows } = from.fine;
  if (columns !== to.fine.columns || rows !== to.fine.rows) return NO_SHIFT;
  const guess = {
    x: Math.round(expected.x * from.coarse.columns),
    y: Math.round(expected.y * from.coarse.rows),
  };
  let found = search(from.coarse, to.coarse, guess, NEAR, NEAR);
  if (found.agreement < FOUND || isAtRim(found, guess)) {
    const reach = [from.coarse.columns, from.coarse.rows].map((side) =>
      Math.floor(FARTHEST * side),
    );
    const wide = search(from.coarse, to.coarse, { x: 0, y: 0 }, reach[0] ?? 0, reach[1] ?? 0);
    if (wide.agreement > found.agreement) found = wide;
  }
  const place = { x: 2 * found.x, y: 2 * found.y };
  const best = search(from.fine, to.fine, place, 1, 1);
  const at = (x: number, y: number): number => correlate(from.fine, to.fine, x, y);
  const x = best.x + peak(at(best.x - 1, best.y), best.agreement, at(best.x + 1, best.y));
  const y = best.y + peak(at(best.x, best.y - 1), best.agreement, at(best.x, best.y + 1));
  return { x: x / columns, y: y / rows, agreement: best.agreement };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Found extends Place {
  readonly agreement: number;
}

function isAtRim(found: Found, guess: Place): boolean {
  return Math.abs(found.x - guess.x) === NEAR || Math.abs(found.y - guess.y) === NEAR;
}

function search(from: Band, to: Band, centre: Place, across: number, down: number): Found {
  let best: Found = { ...centre, agreement: -1 };
  for (let y = centre.y - down; y <= centre.y + down; y += 1) {
    for (let x = centre.x - across; x <= centre.x + across; x += 1) {
      const agreement = correlate(from, to, x, y);
      if (agreement > best.agreement) best = { x, y, agreement };
    }
  }
  return best;
}

/** Of what lies in both when `to` is shifted by whole cells. */
function correlate(from: Band, to: Band, x: number, y: number): number {
  const { columns, rows } = from;
  const left = Math.max(0, -x);
  const right = Math.min(columns, columns - x);
  const top = Math.max(0, -y);
  const bottom = Math.min(rows, rows - y);
  if (right - left < columns / 3 || bottom - top < rows / 3) return -1;
  let product = 0;
  let own = 0;
  let other = 0;
  for (let row = top; row < bottom; row += 1) {
    const offset = y * columns + x;
    for (let i = row * columns + left; i < row * columns + right; i += 1) {
      const a = from.values[i] ?? 0;
      const b = to.values[i + offset] ?? 0;
      product += a * b;
      own += a * a;
      other += b * b;
    }
  }
  return own === 0 || other === 0 ? 0 : product / Math.sqrt(own * other);
}

/** Where between -½ and ½ a parabola through three values has its peak. */
function peak(before: number, at: number, after: number): number {
  const bend = before - 2 * at + after;
  if (bend >= 0) return 0;
  return Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)));
}

/** What a cell has more than the mean of the cells around it: light that changes slowly is gone. */
function bandPass(band: Band): Band {
  const { columns, rows, values } = band;
  const reach = 2;
  const sums = new Float64Array((columns + 1) * (rows + 1));
  for (let row = 0; row < rows; row += 1) {
    let line = 0;
    for (let column = 0; column < columns; column += 1) {
      line += values[row * columns + column] ?? 0;
      sums[(row + 1) * (columns + 1) + column + 1] =
        (sums[row * (columns + 1) + column + 1] ?? 0) + line;
    }
  }
  const passed = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    const top = Math.max(0, row - reach) * (columns + 1);
    const bottom = Math.min(rows, row + reach + 1) * (columns + 1);
    for (let column = 0; column < columns; column += 1) {
      const left = Math.max(0, column - reach);
      const right = Math.min(columns, column + reach + 1);
      const sum =
        (sums[bottom + right] ?? 0) -
        (sums[bottom + left] ?? 0) -
        (sums[top + right] ?? 0) +
        (sums[top + left] ?? 0);
      const count = ((bottom - top) / (columns + 1)) * (right - left);
      const i = row * columns + column;
      passed[i] = (values[i] ?? 0) - sum / count;
    }
  }
  return { columns, rows, values: passed };
}

function halve({ columns, rows, values }: Band): Band {
  const half = { columns: Math.max(1, columns >> 1), rows: Math.max(1, rows >> 1) };
  const halved = new Float32Array(half.columns * half.rows);
  for (let row = 0; row < half.rows; row += 1) {
    for (let column = 0; column < half.columns; column += 1) {
      const i = 2 * row * columns + 2 * column;
      halved[row * half.columns + column] =
        (values[i] ?? 0) +
        (values[i + 1] ?? 0) +
        (values[i + columns] ?? 0) +
        (values[i + columns + 1] ?? 0);
    }
  }
  return { ...half, values: halved };
}
