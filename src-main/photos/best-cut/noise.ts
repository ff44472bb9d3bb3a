import type { Luma, Region } from "./luma.ts";

/** Side of a tile, and the step from tile to tile: a quarter of the photo is read. */
const TILE = 8;
const STEP = 16;

/** The share of tiles, from the quietest, whose noise is taken for the photo's: the others hold texture, too. */
const QUIET_SHARE = 0.1;

/** In pure noise the quietest tenth of such tiles reads this much too low (64 draws each). */
const QUIET_GAIN = 1.17;

/** Tiles darker or brighter than this have lost their noise to clipping. */
const DARKEST = 10;
const BRIGHTEST = 245;

/** Levels are counted in steps of 1/8 up to 32. */
const BINS = 256;
const BINS_PER_LEVEL = 8;

/**
 * Noise sigma of a photo in 8-bit levels, 0..32.
 *
 * The difference of two Laplacians (Immerkær, "Fast noise variance estimation", 1996) is blind to planes and straight
 * edges; its mean over a tile is taken for the quietest tenth of the tiles. Texture down to the pixel in every tile
 * reads as noise: an upper bound there.
 */
export function estimateNoise(luma: Luma, region: Region): number {
  const { width, data } = luma;
  const bins = new Uint32Array(BINS);
  let tiles = 0;
  const right = region.x + region.width - TILE - 1;
  const bottom = region.y + region.height - TILE - 1;
  for (let top = region.y + 1; top <= bottom; top += STEP) {
    for (let left = region.x + 1; left <= right; left += STEP) {
      let sum = 0;
      let light = 0;
      for (let row = top; row < top + TILE; row += 1) {
        const from = row * width + left;
        for (let i = from; i < from + TILE; i += 1) {
          const value = data[i] ?? 0;
          light += value;
          sum += Math.abs(
            (data[i - width - 1] ?? 0) +
              (data[i - width + 1] ?? 0) +
              (data[i + width - 1] ?? 0) +
              (data[i + width + 1] ?? 0) +
              4 * value -
              2 *
                ((data[i - width] ?? 0) +
                  (data[i - 1] ?? 0) +
                  (data[i + 1] ?? 0) +
                  (data[i + width] ?? 0)),
          );
        }
      }
      const mean = light / (TILE * TILE);
      if (mean < DARKEST || mean > BRIGHTEST) continue;
      // The mask has a gain of 6; the mean magnitude of a normal variable is sigma √(2/π).
      const sigma = (QUIET_GAIN * Math.sqrt(Math.PI / 2) * sum) / (6 * TILE * TILE);
      const bin = Math.min(BINS - 1, Math.floor(sigma * BINS_PER_LEVEL));
      bins[bin] = (bins[bin] ?? 0) + 1;
      tiles += 1;
    }
  }
  let seen = 0;
  for (let bin = 0; bin < BINS; bin += 1) {
    seen += bins[bin] ?? 0;
    if (seen > QUIET_SHARE * tiles) return bin / BINS_PER_LEVEL;
  }
  return 0;
}
