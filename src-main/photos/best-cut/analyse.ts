import { pixelModule } from "../pixels/index.ts";
import { crispnessOf, edgeCountOf, writeDetail } from "./detail.ts";
import { type EdgeSums, sumEdges } from "./edges.ts";
import { DIRECTIONS, gridOf } from "./grid.ts";
import type { Luma } from "./luma.ts";
import { estimateMotion, variancesOf } from "./motion.ts";
import { estimateNoise } from "./noise.ts";
import { measureTones } from "./tones.ts";

/** What one decoded photo says about itself. Levels are those of 8-bit luma, 0..255. */
export interface FrameMeasures {
  /**
   * How crisp the crispest tenth of the strong edges is, in 1/px of the luma measured: about 0.15 (soft) .. 0.6 (as
   * sharp as pixels can be); 0 where no edge rises above the noise. It compares frames of one burst at one scale and
   * nothing else.
   */
  readonly sharpness: number;
  /** Noise sigma, in levels. */
  readonly noise: number;
  /** Standard deviation of the luma, in levels. */
  readonly contrast: number;
  /** Mean luma, 0 (black) .. 1 (white). */
  readonly brightness: number;
  /** Share of pixels whose highlights are lost, 0..1. */
  readonly clippedHighlights: number;
  /** Share of pixels whose shadows are lost, 0..1. */
  readonly clippedShadows: number;
  /** Variance of the Laplacian, the old measure: shown beside for comparison, never ranked by. */
  readonly laplacianVariance: number;
  /** How much of the blur is along one direction, as motion's is: 0 (none; defocus) .. 1. */
  readonly motion: number;
  /** That direction, 0..180 degrees clockwise from the right; means nothing where `motion` is 0. */
  readonly motionDegrees: number;
}

/** A photo's measures and its record for ranking. */
export interface FrameAnalysis {
  readonly measures: FrameMeasures;
  /** Edges by place, for `rankBurst`; at most 8 KiB. Bound to {@link MEASURES_VERSION}. */
  readonly detail: Uint8Array;
}

/** Stored beside measures, details and looks: what an older version measured is measured again. */
export const MEASURES_VERSION = 2;

/** The crispest edges of a photo are the ones in focus. */
const QUANTILE = 0.9;
/** With fewer edges than this, nothing can be said… */
const FEWEST = 12;
/** …and a direction with this many counts for half. */
const HALF_WEIGHT = 40;

/**
 * Measures a photo once for all that ranking will ever ask.
 *
 * Give it a luma of 1500..3000 px on the long edge, what JPEG's shrink-on-load makes of a photo at ¼ or ½: coarser,
 * and the blur that matters at 1:1 falls between the pixels; finer, and the measure only costs more, since lens and
 * demosaicing rarely resolve the sensor's own pixels. All frames of a burst must come at the same scale.
 */
export function analyseFrame(frame: Luma): FrameAnalysis {
  // Copied once at most for all that reads it.
  const luma = pixelModule().hold(frame);
  const noise = estimateNoise(luma);
  const sums = sumEdges(luma, gridOf(luma.width, luma.height), noise);
  return {
    measures: { ...summarise(sums), noise, ...measureTones(luma) },
    detail: writeDetail(luma, sums, noise),
  };
}

interface Channel {
  readonly crispness: number;
  readonly count: number;
}

function summarise(sums: EdgeSums): Pick<FrameMeasures, "sharpness" | "motion" | "motionDegrees"> {
  const directions: Channel[][] = Array.from({ length: DIRECTIONS }, () => []);
  sums.contrast.forEach((contrast, channel) => {
    const crispness = crispnessOf(sums.steepness[channel] ?? 0, contrast);
    const count = edgeCountOf(contrast, sums.spread[channel] ?? 0);
    if (crispness !== null) directions[channel % DIRECTIONS]?.push({ crispness, count });
  });
  const totals = directions.map((channels) => channels.reduce((sum, { count }) => sum + count, 0));
  const total = totals.reduce((sum, count) => sum + count, 0);
  if (total < FEWEST) return { sharpness: 0, motion: 0, motionDegrees: 0 };
  const crisp = directions.map((channels, i) => quantile(channels, totals[i] ?? 0));
  const weights = totals.map((count) => count / (count + HALF_WEIGHT));
  const weight = weights.reduce((sum, one) => sum + one, 0);
  const mean = crisp.reduce((sum, one, i) => sum + one * (weights[i] ?? 0), 0) / weight;
  const enough = totals.every((count) => count >= HALF_WEIGHT);
  const motion = enough ? estimateMotion(variancesOf(crisp)) : null;
  return {
    sharpness: Math.exp(mean),
    motion: motion?.strength ?? 0,
    motionDegrees: motion?.degrees ?? 0,
  };
}

function quantile(channels: Channel[], total: number): number {
  channels.sort((a, b) => a.crispness - b.crispness);
  let seen = 0;
  for (const { crispness, count } of channels) {
    seen += count;
    if (seen >= QUANTILE * total) return crispness;
  }
  return 0;
}
