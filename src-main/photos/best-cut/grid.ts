/**
 * The grid of cells over a photo in which its edges are summed up: cells of one frame meet those of another frame of
 * the burst, whatever their pixels were.
 */
export interface Grid {
  /** Cells from left to right. */
  readonly columns: number;
  /** Cells from top to bottom. */
  readonly rows: number;
}

/** A rectangle as fractions of the upright photo: x and y of its top left, width, height. */
export type Box = readonly [x: number, y: number, width: number, height: number];

export const WHOLE: Box = [0, 0, 1, 1];

/** Edges are told apart by the direction of their gradient, in quarters of half a turn. */
export const DIRECTIONS = 4;

/** About as many cells for a photo of any shape: a record of each has to stay below 8 KiB. */
const CELLS = 864;

/** Smaller cells than this many pixels hold no edge's whole profile. */
const SMALLEST_CELL = 12;

/** Cells about square, for a photo of this many pixels. */
export function gridOf(width: number, height: number): Grid {
  const ideal = Math.sqrt((CELLS * width) / height);
  const columns = cellsAlong(ideal, width);
  return { columns, rows: cellsAlong(CELLS / ideal, height) };
}

/** Along a side, of a panorama say: counted in a byte, also when there are a third more of them. */
const MOST_CELLS = 190;

function cellsAlong(cells: number, pixels: number): number {
  return Math.max(1, Math.min(Math.round(cells), Math.floor(pixels / SMALLEST_CELL), MOST_CELLS));
}

/** How much of the cell at a column and row lies in a box, 0..1. */
export function overlap({ columns, rows }: Grid, column: number, row: number, box: Box): number {
  const [x, y, width, height] = box;
  const across = Math.min(column + 1, (x + width) * columns) - Math.max(column, x * columns);
  const down = Math.min(row + 1, (y + height) * rows) - Math.max(row, y * rows);
  return Math.max(0, across) * Math.max(0, down);
}
