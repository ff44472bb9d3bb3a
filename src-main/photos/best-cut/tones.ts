import { pixelModule } from "../pixels/index.ts";
import type { Luma } from "./luma.ts";

/** Of the whole photo; see FrameMeasures. */
export interface Tones {
  readonly contrast: number;
  readonly brightness: number;
  readonly clippedHighlights: number;
  readonly clippedShadows: number;
  readonly laplacianVariance: number;
}

/** JPEG ringing and rounding move lost pixels off the ends by a level or two. */
const WHITE = 253;
const BLACK = 2;

/** Read from every fourth row: shares of hundreds of thousands of pixels are none the worse for it. */
const ROW_STEP = 4;

export function measureTones(luma: Luma): Tones {
  const { levels, laplacians } = sumTones(luma);
  const [inner, laplacianSum, laplacianSquares] = laplacians;
  let pixels = 0;
  let sum = 0;
  let squares = 0;
  let white = 0;
  let black = 0;
  for (let level = 0; level < 256; level += 1) {
    const count = levels[level] ?? 0;
    pixels += count;
    sum += count * level;
    squares += count * level * level;
    if (level >= WHITE) white += count;
    if (level <= BLACK) black += count;
  }
  const mean = sum / Math.max(1, pixels);
  return {
    contrast: Math.sqrt(Math.max(0, squares / Math.max(1, pixels) - mean * mean)),
    brightness: mean / 255,
    clippedHighlights: white / Math.max(1, pixels),
    clippedShadows: black / Math.max(1, pixels),
    laplacianVariance: inner === 0 ? 0 : laplacianSquares / inner - (laplacianSum / inner) ** 2,
  };
}

/** Counts of levels on the rows that are read; of the Laplacians there, their number, sum and sum of squares. */
export function sumTones(luma: Luma): {
  readonly levels: Uint32Array;
  readonly laplacians: readonly [number, number, number];
} {
  const module = pixelModule();
  const { width, height, data } = module.hold(luma);
  const scratch = module.scratch();
  const levels = scratch.take(4 * 256);
  const sums = scratch.take(16);
  module.bytes(levels, 4 * 256).fill(0);
  module.bytes(sums, 16).fill(0);
  let inner = 0;
  for (let row = 0; row < height; row += ROW_STEP) {
    module.loops.countLevels(data.byteOffset + row * width, width, levels);
    if (row === 0 || row === height - 1) continue;
    module.loops.sumLaplacians(data.byteOffset + row * width, width, sums);
    inner += Math.max(0, width - 2);
  }
  const { buffer } = module.loops.memory;
  const [sum = 0, squares = 0] = new Float64Array(buffer, sums, 2);
  return {
    levels: new Uint32Array(buffer, levels, 256).slice(),
    laplacians: [inner, sum, squares],
  };
}
