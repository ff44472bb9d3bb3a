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

export function measureTones({ width, height, data }: Luma): Tones {
  const levels = new Uint32Array(256);
  let laplacians = 0;
  let laplacianSquares = 0;
  let inner = 0;
  for (let row = 0; row < height; row += ROW_STEP) {
    for (let i = row * width; i < (row + 1) * width; i += 1) {
      const level = data[i] ?? 0;
      levels[level] = (levels[level] ?? 0) + 1;
    }
    if (row === 0 || row === height - 1) continue;
    for (let i = row * width + 1; i < (row + 1) * width - 1; i += 1) {
      const laplacian =
        (data[i - width] ?? 0) +
        (data[i - 1] ?? 0) +
        (data[i + 1] ?? 0) +
        (data[i + width] ?? 0) -
        4 * (data[i] ?? 0);
      laplacians += laplacian;
      laplacianSquares += laplacian * laplacian;
      inner += 1;
    }
  }
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
    laplacianVariance: inner === 0 ? 0 : laplacianSquares / inner - (laplacians / inner) ** 2,
  };
}
