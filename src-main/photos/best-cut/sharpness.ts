import type { Luma, Region } from "./luma.ts";

/** What one decoded photo says about itself. Levels are those of 8-bit luma, 0..255. */
export interface FrameMeasures {
  /** Gradient over local contrast of the crispest strong edges, in 1/px of the luma measured; higher is sharper. */
  readonly sharpness: number;
  /** Noise sigma, in levels. */
  readonly noise: number;
  /** Standard deviation of the luma, in levels. */
  readonly contrast: number;
  /** Mean luma, 0 (black) .. 1 (white). */
  readonly brightness: number;
  /** Share of pixels that lost their highlights, 0..1. */
  readonly clippedHighlights: number;
  /** Share of pixels that lost their shadows, 0..1. */
  readonly clippedShadows: number;
  /** Variance of the Laplacian: the old measure, shown beside for comparison and never ranked by. */
  readonly laplacianVariance: number;
}

/** Stored beside measures and looks: what an older version measured is measured again. */
export const MEASURES_VERSION = 1;

/** Measures a photo, or the part of it inside `region`. */
export function measureFrame(luma: Luma, region?: Region): FrameMeasures {
  const { x, y, width, height } = region ?? { x: 0, y: 0, width: luma.width, height: luma.height };
  let sum = 0;
  let sumOfSquares = 0;
  let laplacianSum = 0;
  let laplacianSquares = 0;
  let highlights = 0;
  let shadows = 0;
  let strongest = 0;
  const at = (column: number, row: number): number => luma.data[row * luma.width + column] ?? 0;
  const left = Math.max(1, x);
  const top = Math.max(1, y);
  const right = Math.min(luma.width - 1, x + width);
  const bottom = Math.min(luma.height - 1, y + height);
  for (let row = top; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1) {
      const value = at(column, row);
      const across = at(column + 1, row) - at(column - 1, row);
      const down = at(column, row + 1) - at(column, row - 1);
      const laplacian =
        at(column + 1, row) +
        at(column - 1, row) +
        at(column, row + 1) +
        at(column, row - 1) -
        4 * value;
      sum += value;
      sumOfSquares += value * value;
      laplacianSum += laplacian;
      laplacianSquares += laplacian * laplacian;
      strongest = Math.max(strongest, Math.hypot(across, down) / 2);
      if (value >= 254) highlights += 1;
      if (value <= 1) shadows += 1;
    }
  }
  const count = Math.max(1, (right - left) * (bottom - top));
  const mean = sum / count;
  return {
    sharpness: strongest / 255,
    noise: 0,
    contrast: Math.sqrt(Math.max(0, sumOfSquares / count - mean * mean)),
    brightness: mean / 255,
    clippedHighlights: highlights / count,
    clippedShadows: shadows / count,
    laplacianVariance: laplacianSquares / count - (laplacianSum / count) ** 2,
  };
}
