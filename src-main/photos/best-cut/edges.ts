import { pixelModule } from "../pixels/index.ts";
import { DIRECTIONS, type Grid } from "./grid.ts";
import type { Luma } from "./luma.ts";

/**
 * What the edges of each cell say, four directions a cell. Sums, so that cells can be put together:
 * `steepness / contrast` of any of them is the crispness of its edges.
 */
export interface EdgeSums extends Grid {
  /** Of the squared steps from pixel to pixel across each edge, without the part that noise has in them. */
  readonly steepness: Float64Array;
  /** Of the edges' squared contrasts, in levels². */
  readonly contrast: Float64Array;
  /** Of the fourth powers: tells how many edges the sums really rest on. */
  readonly spread: Float64Array;
}

/** An edge is followed this far to either side of its crest, in pixels: REACH in src-wasm/edges.ts. */
const REACH = 6;
/** Pixels at the border that have no full neighbourhood. */
const MARGIN = REACH + 1;

/** Of a cell's pixels the steepest are looked at, a share that holds its edges and little else… */
const STEEP_SHARE = 0.06;
/** …unless they are as steep as noise makes pixels (in sigmas), or hardly steep at all (in levels over 2 px). */
const STEEP_SIGMAS = 4;
const STEEP_LEAST = 3;

/** Noise alone seldom makes an edge of so many sigmas, and below 12 levels there is hardly anything but JPEG to see. */
const CONTRAST_SIGMAS = 8;
const CONTRAST_LEAST = 12;

/** A profile ends where it turns back by more than noise would make it, in sigmas. */
const BACKSTEP_SIGMAS = 2.5;

/** Bytes of the counts by which a cell's steepest pixels are found. */
const COUNT_BYTES = 4 * 128;

/**
 * Finds the edges of a photo and sums them up by cell and direction.
 *
 * From each crest of the gradient the edge is followed to both sides, as far as it goes on, up to 6 px. The squared
 * steps from pixel to pixel are summed and set against the square of its contrast: for an edge under a Gaussian blur of σ px that is 0.28 / σ, whatever its
 * contrast and wherever it lies between the pixels, so that neither exposure nor the subject's own contrast counts.
 * Lines run along rows or columns, whichever is nearer to the gradient; the angle between is taken off. What noise of
 * `sigma` levels adds is known on average and taken off, too.
 *
 * The loops are in src-wasm/edges.ts.
 *
 * Gradient over local contrast of strong edges was the best of eleven measures tried for Kiln on synthetic bursts.
 * Squared steps instead of the crest's own gradient tell the crispest edges apart by twice as much; sums by cell are
 * what lets frames be compared place by place.
 */
export function sumEdges(luma: Luma, grid: Grid, sigma: number): EdgeSums {
  const { columns, rows } = grid;
  const module = pixelModule();
  const { width, height, data: grey, rgb } = module.hold(luma);
  const [data, colours] = [grey.byteOffset, rgb?.byteOffset ?? 0];
  const numbers = 8 * columns * rows * DIRECTIONS;
  const scratch = module.scratch();
  const sums = scratch.take(3 * numbers);
  const limits = scratch.take(width);
  const cellOf = scratch.take(width);
  const leftsAt = scratch.take(4 * (columns + 1));
  const counts = scratch.take(COUNT_BYTES);
  module.bytes(sums, 3 * numbers).fill(0);
  const lefts = Int32Array.from({ length: columns + 1 }, (_, column) =>
    Math.max(MARGIN, Math.min(width - MARGIN, Math.floor((column * width) / columns))),
  );
  module.bytes(leftsAt, lefts.byteLength).set(new Uint8Array(lefts.buffer));
  const cells = module.bytes(cellOf, width);
  for (let column = 0; column < columns; column += 1) {
    cells.fill(column, lefts[column], lefts[column + 1]);
  }
  const steep = Math.max(STEEP_LEAST, STEEP_SIGMAS * sigma);
  const back = BACKSTEP_SIGMAS * sigma;
  const least = Math.max(CONTRAST_LEAST, CONTRAST_SIGMAS * sigma);
  const [from = 0, to = 0] = [lefts[0], lefts[columns]];
  const { loops } = module;
  for (let row = 0; row < rows; row += 1) {
    const top = Math.max(MARGIN, Math.floor((row * height) / rows));
    const bottom = Math.min(height - MARGIN, Math.floor(((row + 1) * height) / rows));
    if (top >= bottom) continue;
    const cellsOfRow = [data, width, leftsAt, columns, top, bottom] as const;
    loops.findThresholds(...cellsOfRow, STEEP_SHARE, steep, counts, limits);
    const first = sums + 8 * row * columns * DIRECTIONS;
    for (let y = top; y < bottom; y += 1) {
      const ofRow = colours === 0 ? 0 : colours + 3 * y * width;
      const places = [data + y * width, ofRow, width, from, to, limits, cellOf] as const;
      loops.sumRow(...places, sigma, back, least, first, first + numbers, first + 2 * numbers);
    }
  }
  const copied = (part: number): Float64Array =>
    new Float64Array(module.loops.memory.buffer, sums + part * numbers, numbers / 8).slice();
  return { columns, rows, steepness: copied(0), contrast: copied(1), spread: copied(2) };
}
