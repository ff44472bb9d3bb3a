import type { Steps } from "../../in-turns.ts";
import { findShift, NO_SHIFT, type Pattern, patternOf, SAME_SCENE, type Shift } from "./align.ts";
import type { FrameDetail } from "./detail.ts";
import { DIRECTIONS, type Grid } from "./grid.ts";

/** One frame's edges laid over the grid of the burst's reference frame, so that cells show the same place of the scene. */
export interface Layer {
  /** Logarithm of the crispness, four directions a cell; only meant where `edges` is above 0. */
  readonly crispness: Float32Array;
  readonly edges: Float32Array;
  /** Contrast of each cell's edges, in levels; 0 where there are none. */
  readonly contrast: Float32Array;
}

/** The frames of a burst, aligned. */
export interface Stack extends Grid {
  readonly details: readonly FrameDetail[];
  /** Of each frame: where the reference's scene lies in it. */
  readonly shifts: readonly Shift[];
  readonly layers: readonly Layer[];
}

/** Aligns the frames of a burst to the one in its middle; `details` holds one at least. */
export function* stackFrames(details: readonly FrameDetail[]): Steps<Stack> {
  const middle = Math.floor(details.length / 2);
  const reference = details[middle];
  if (reference === undefined) throw new RangeError("A stack has at least one frame.");
  const patterns: Pattern[] = [];
  for (const { picture } of details) {
    patterns.push(patternOf(picture));
    yield;
  }
  const shifts = details.map(() => NO_SHIFT);
  shifts[middle] = { ...NO_SHIFT, agreement: 1 };
  for (const step of [1, -1]) {
    for (let i = middle + step; i >= 0 && i < details.length; i += step) {
      shifts[i] = track(patterns, shifts, middle, i - step, i);
      yield;
    }
  }
  // A frame whose scene was not found is taken to show it where the reference does.
  const found = shifts.map((shift) => (shift.agreement >= SAME_SCENE ? shift : NO_SHIFT));
  const { columns, rows } = reference;
  const layers: Layer[] = [];
  for (const [i, detail] of details.entries()) {
    layers.push(layOver({ columns, rows }, detail, found[i] ?? NO_SHIFT));
    yield;
  }
  return { columns, rows, details, shifts: found, layers };
}

/** Straight from the reference; where the scene has wandered too far for that, by way of the frame before. */
function track(
  patterns: readonly Pattern[],
  shifts: readonly Shift[],
  middle: number,
  before: number,
  own: number,
): Shift {
  const [reference, last, pattern] = [patterns[middle], patterns[before], patterns[own]];
  const known = shifts[before] ?? NO_SHIFT;
  if (reference === undefined || last === undefined || pattern === undefined) return NO_SHIFT;
  const direct = findShift(reference, pattern, known);
  if (direct.agreement >= SAME_SCENE || known.agreement < SAME_SCENE) return direct;
  const step = findShift(last, pattern);
  if (step.agreement < SAME_SCENE) return direct;
  return { x: known.x + step.x, y: known.y + step.y, agreement: step.agreement };
}

/** Reads a frame's cells where the reference's cells lie in it: between four of its own, by their edges. */
export function layOver({ columns, rows }: Grid, detail: FrameDetail, shift: Shift): Layer {
  const channels = columns * rows * DIRECTIONS;
  const crispness = new Float32Array(channels);
  const edges = new Float32Array(channels);
  const layer = { crispness, edges, contrast: new Float32Array(columns * rows) };
  for (let row = 0; row < rows; row += 1) {
    const y = ((row + 0.5) / rows + shift.y) * detail.rows - 0.5;
    for (let column = 0; column < columns; column += 1) {
      const x = ((column + 0.5) / columns + shift.x) * detail.columns - 0.5;
      readBetween(detail, x, y, layer, row * columns + column);
    }
  }
  return layer;
}

function readBetween(
  detail: FrameDetail,
  x: number,
  y: number,
  { crispness, edges, contrast }: Layer,
  cell: number,
): void {
  const to = cell * DIRECTIONS;
  const left = Math.floor(x);
  const top = Math.floor(y);
  let contrasts = 0;
  let total = 0;
  for (let corner = 0; corner < 4; corner += 1) {
    const column = left + (corner & 1);
    const row = top + (corner >> 1);
    if (column < 0 || row < 0 || column >= detail.columns || row >= detail.rows) continue;
    const share = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
    if (share <= 0) continue;
    const from = (row * detail.columns + column) * DIRECTIONS;
    for (let direction = 0; direction < DIRECTIONS; direction += 1) {
      const count = share * (detail.edges[from + direction] ?? 0);
      if (count === 0) continue;
      contrasts += count * (detail.contrast[row * detail.columns + column] ?? 0);
      total += count;
      edges[to + direction] = (edges[to + direction] ?? 0) + count;
      crispness[to + direction] =
        (crispness[to + direction] ?? 0) + count * (detail.crispness[from + direction] ?? 0);
    }
  }
  if (total > 0) contrast[cell] = contrasts / total;
  for (let direction = to; direction < to + DIRECTIONS; direction += 1) {
    const count = edges[direction] ?? 0;
    if (count > 0) crispness[direction] = (crispness[direction] ?? 0) / count;
  }
}
