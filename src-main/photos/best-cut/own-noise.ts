import { type Difference, differ } from "./compare.ts";
import type { FrameDetail } from "./detail.ts";
import { DIRECTIONS } from "./grid.ts";
import type { Layer } from "./layers.ts";

/** A frame as it lies in its burst. */
export interface Laid {
  readonly layer: Layer;
  /** Noise sigma over the mean contrast of the edges that count. */
  readonly noiseShare: number;
  /** Share of its pixels that are lost to white, 0..1. */
  readonly clipped: number;
}

/** A difference of sharpness is one when it is this many standard errors of the measure's own noise. */
const SIGMAS = 2.7;
/** What JPEG, rounding and the phase of edges between the pixels do to a frame as a whole, as a share of its crispness… */
const FLOOR = 0.014;
/** …more where there is noise, by this much of its share of the edges' contrast… */
const NOISE_ADDS = 0.22;
/** …and more where one frame is noisier, since what was taken off for that is known only roughly. */
const NOISE_UNSURE = 0.4;
/**
 * Tones lost to white cut the soft ends off edges near them, which then look crisper: the lead of a frame that lost more
 * of the picture (a share, 0..1) is worth this much less, up to a share.
 */
const LOST_UNSURE = 0.7;
const LOST_MOST = 0.1;

/** Whether two frames can be told apart on a region, and by how much. */
export interface Verdict extends Difference {
  /** Gaps below this are the measure's own noise. */
  readonly noise: number;
  readonly isTooClose: boolean;
}

/**
 * Sets the difference of two frames against the measure's own noise, estimated from these two frames: how much the
 * places of the region differ about their mean gap (and how many places there are), and how much of their crispness
 * is a correction for noise that one of them needed and the other did not.
 */
export function judge(one: Laid, other: Laid, weights: Float32Array): Verdict {
  const difference = differ(one.layer, other.layer, weights);
  const less = Math.min(one.noiseShare, other.noiseShare);
  const more = Math.max(one.noiseShare, other.noiseShare);
  const common = FLOOR + NOISE_ADDS * more;
  const leader = difference.gap > 0 ? one : other;
  const lostMore = leader.clipped - (leader === one ? other : one).clipped;
  const lost = Math.min(LOST_MOST, Math.max(0, lostMore));
  const noise =
    SIGMAS * Math.hypot(difference.error, common, NOISE_UNSURE * (more - less), LOST_UNSURE * lost);
  return { ...difference, noise, isTooClose: Math.abs(difference.gap) < noise };
}

/** A frame's noise sigma over the mean contrast of its edges, each as far as `weights` counts it. */
export function noiseShareOf({ noise, contrast }: FrameDetail, weights: Float32Array): number {
  let sum = 0;
  let total = 0;
  contrast.forEach((own, cell) => {
    if (own === 0) return;
    let weight = 0;
    for (let i = cell * DIRECTIONS; i < (cell + 1) * DIRECTIONS; i += 1) weight += weights[i] ?? 0;
    sum += weight * own;
    total += weight;
  });
  return sum === 0 ? 0 : (noise * total) / sum;
}
