import type { EdgeSums } from "./edges.ts";
import { DIRECTIONS, type Grid } from "./grid.ts";
import type { Luma } from "./luma.ts";

/** A frame's record, read back: everything that ranking knows of its places. */
export interface FrameDetail extends Grid {
  /** Noise sigma of the frame, in levels. */
  readonly noise: number;
  /**
   * Natural logarithm of the crispness (1/px) of each cell's edges in each direction, cell by cell from the top left;
   * only meant where `edges` is above 0.
   */
  readonly crispness: Float32Array;
  /** How many edges each of them rests on. */
  readonly edges: Float32Array;
  /** Contrast of each cell's edges, in levels; 0 where there are none. */
  readonly contrast: Float32Array;
  readonly picture: Picture;
}

/** The frame in a few grey cells: what frames are aligned by, and how bright a place is. */
export interface Picture extends Grid {
  /** Mean luma of each cell, 0..255. */
  readonly levels: Uint8Array;
}

/** First byte of a record. */
const FORMAT = 2;
const HEADER = 6;
const CELL_BYTES = 7;

const NOISE_UNIT = 1 / 8;

/** Crispness is kept on a logarithmic scale of 254 steps of 1.25 %. */
const SOFTEST = Math.log(0.05);
const CRISP_STEP = Math.log(1.2 / 0.05) / 254;

/** Numbers of edges are kept in four bits: half a bit of their logarithm each. */
const COUNT_STEPS = 2;

/** The picture has a third more cells a side than the grid. */
const PICTURE_SHARE = 4 / 3;

/** Logarithm of the crispness that sums of steepness and contrast stand for; null where there is no edge. */
export function crispnessOf(steepness: number, contrast: number): number | null {
  if (contrast <= 0) return null;
  return Math.max(SOFTEST, Math.log(Math.max(1e-6, steepness / contrast)));
}

/** How many equal edges would make such sums. */
export function edgeCountOf(contrast: number, spread: number): number {
  return spread <= 0 ? 0 : (contrast * contrast) / spread;
}

/** The record of a frame, at most 8 KiB: for the library to keep, and for {@link readDetail}. */
export function writeDetail(luma: Luma, sums: EdgeSums, noise: number): Uint8Array {
  const { columns, rows } = sums;
  const picture = gridOfPicture(sums);
  const cells = columns * rows;
  const bytes = new Uint8Array(HEADER + cells * CELL_BYTES + picture.columns * picture.rows);
  bytes.set([FORMAT, columns, rows, picture.columns, picture.rows]);
  bytes[5] = Math.min(255, Math.round(noise / NOISE_UNIT));
  let at = HEADER;
  for (let cell = 0; cell < cells; cell += 1) {
    let contrasts = 0;
    let spreads = 0;
    for (let direction = 0; direction < DIRECTIONS; direction += 1) {
      const channel = cell * DIRECTIONS + direction;
      const contrast = sums.contrast[channel] ?? 0;
      const spread = sums.spread[channel] ?? 0;
      contrasts += contrast;
      spreads += spread;
      const crispness = crispnessOf(sums.steepness[channel] ?? 0, contrast);
      if (crispness === null) continue;
      bytes[at + direction] =
        1 + Math.max(0, Math.min(254, Math.round((crispness - SOFTEST) / CRISP_STEP)));
      const count = Math.log2(1 + edgeCountOf(contrast, spread)) * COUNT_STEPS;
      const code = Math.max(1, Math.min(15, Math.round(count)));
      const place = at + DIRECTIONS + (direction >> 1);
      bytes[place] = (bytes[place] ?? 0) | (code << (4 * (direction & 1)));
    }
    if (contrasts > 0) bytes[at + 6] = Math.min(255, Math.round(Math.sqrt(spreads / contrasts)));
    at += CELL_BYTES;
  }
  averageInto(luma, picture, bytes.subarray(at));
  return bytes;
}

/** Reads a record back; null for one of another version, or cut short. */
export function readDetail(bytes: Uint8Array): FrameDetail | null {
  const [format, columns = 0, rows = 0, pictureColumns = 0, pictureRows = 0, noise = 0] = bytes;
  const cells = columns * rows;
  const pictureAt = HEADER + cells * CELL_BYTES;
  if (format !== FORMAT || cells === 0) return null;
  if (bytes.length !== pictureAt + pictureColumns * pictureRows) return null;
  const crispness = new Float32Array(cells * DIRECTIONS);
  const edges = new Float32Array(cells * DIRECTIONS);
  const contrast = new Float32Array(cells);
  for (let cell = 0; cell < cells; cell += 1) {
    const at = HEADER + cell * CELL_BYTES;
    contrast[cell] = bytes[at + 6] ?? 0;
    for (let direction = 0; direction < DIRECTIONS; direction += 1) {
      const step = bytes[at + direction] ?? 0;
      if (step === 0) continue;
      const channel = cell * DIRECTIONS + direction;
      crispness[channel] = SOFTEST + (step - 1) * CRISP_STEP;
      const codes = bytes[at + DIRECTIONS + (direction >> 1)] ?? 0;
      edges[channel] = COUNTS[(codes >> (4 * (direction & 1))) & 15] ?? 0;
    }
  }
  const levels = bytes.subarray(pictureAt);
  return {
    columns,
    rows,
    noise: noise * NOISE_UNIT,
    crispness,
    edges,
    contrast,
    picture: { columns: pictureColumns, rows: pictureRows, levels },
  };
}

const COUNTS = Float32Array.from({ length: 16 }, (_, code) => 2 ** (code / COUNT_STEPS) - 1);

function gridOfPicture({ columns, rows }: Grid): Grid {
  return {
    columns: Math.round(columns * PICTURE_SHARE),
    rows: Math.round(rows * PICTURE_SHARE),
  };
}

/** Mean luma of each cell, from every second row and column of a cell that has enough of them. */
function averageInto({ width, height, data }: Luma, grid: Grid, levels: Uint8Array): void {
  const { columns, rows } = grid;
  const stride = width >= 8 * columns && height >= 8 * rows ? 2 : 1;
  for (let row = 0; row < rows; row += 1) {
    const top = Math.floor((row * height) / rows);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / rows));
    for (let column = 0; column < columns; column += 1) {
      const left = Math.floor((column * width) / columns);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / columns));
      let sum = 0;
      let count = 0;
      for (let y = top; y < bottom; y += stride) {
        for (let i = y * width + left; i < y * width + right; i += stride) {
          sum += data[i] ?? 0;
          count += 1;
        }
      }
      levels[row * columns + column] = Math.round(sum / count);
    }
  }
}
