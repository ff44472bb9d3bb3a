import { pixelModule } from "../pixels/index.ts";
import type { Luma } from "./luma.ts";

/** Side of a tile, and the step from tile to tile: a quarter of the photo is read (in src-wasm/statistics.ts). */
const TILE = 8;
const STEP = 16;

/** The share of tiles, from the quietest, whose noise is taken for the photo's: the others hold texture, too. */
const QUIET_SHARE = 0.1;

/** In pure noise the quietest tenth of such tiles reads this much too low: 64 draws of the mask, 128 of the steps. */
const MASK_GAIN = 1.17;
const STEP_GAIN = 1.1;

/**
 * JPEG takes the finest part of the noise away where nothing else is, and with it up to half of what the mask sees;
 * about edges, where it counts, the noise is left as it was.
 */
const LOST_TO_JPEG = 2.2;
/** In levels: noise below that is lost altogether. */
const LOST_ENTIRELY = 0.3;

/** Tiles darker or brighter than this have lost their noise to clipping. */
const DARKEST = 10;
const BRIGHTEST = 245;

/** Levels are counted in steps of 1/8 up to 32. */
const BINS = 256;
const BINS_PER_LEVEL = 8;

/**
 * Noise sigma of a photo in 8-bit levels, 0..32: as it lies on edges, after JPEG.
 *
 * Two bounds from the quietest tenth of the tiles, of which the lower one holds: steps from pixel to pixel, which see
 * all of the noise but texture and slopes, too; and the difference of two Laplacians (Immerkær, "Fast noise variance
 * estimation", 1996), which is blind to planes and straight edges but also to noise that JPEG or a smaller scale made
 * coarse. Texture down to the pixel in every tile reads as noise.
 */
export function estimateNoise(luma: Luma): number {
  const masks = new Uint32Array(BINS);
  const steps = new Uint32Array(BINS);
  const pixels = TILE * TILE;
  let tiles = 0;
  for (const [light = 0, squares = 0, sum = 0] of sumTiles(luma)) {
    if (light < DARKEST * pixels || light > BRIGHTEST * pixels) continue;
    // The mask has a gain of 6; the mean magnitude of a normal variable is sigma √(2/π). Two steps: 4 sigma².
    count(masks, (MASK_GAIN * Math.sqrt(Math.PI / 2) * sum) / (6 * pixels));
    count(steps, STEP_GAIN * Math.sqrt(squares / (4 * pixels)));
    tiles += 1;
  }
  const mask = quietest(masks, tiles);
  return Math.min(quietest(steps, tiles), LOST_TO_JPEG * mask + LOST_ENTIRELY);
}

/** Of every tile that is read: the sums of its levels, of squared steps, and of the mask's magnitudes. */
export function* sumTiles(luma: Luma): Generator<Int32Array> {
  const module = pixelModule();
  const { width, height, data } = module.hold(luma);
  const out = module.scratch().take(12 * Math.ceil(width / STEP));
  for (let top = 1; top <= height - TILE - 1; top += STEP) {
    const tiles = module.loops.sumTiles(data.byteOffset + (top - 1) * width, width, out);
    const sums = new Int32Array(module.loops.memory.buffer, out, 3 * tiles);
    for (let at = 0; at < sums.length; at += 3) yield sums.subarray(at, at + 3);
  }
}

function count(bins: Uint32Array, sigma: number): void {
  const bin = Math.min(BINS - 1, Math.floor(sigma * BINS_PER_LEVEL));
  bins[bin] = (bins[bin] ?? 0) + 1;
}

function quietest(bins: Uint32Array, tiles: number): number {
  let seen = 0;
  for (let bin = 0; bin < BINS; bin += 1) {
    seen += bins[bin] ?? 0;
    if (seen > QUIET_SHARE * tiles) return bin / BINS_PER_LEVEL;
  }
  return 0;
}
