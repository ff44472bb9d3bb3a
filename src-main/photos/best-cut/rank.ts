import {
  betterExposed,
  type Clipping,
  cleaner,
  clipped,
  noDetail,
  noEdge,
  noisier,
  onlyCrisp,
  onlyFrame,
  type Reason,
  sharperIsClipped,
  sharperIsNoisier,
  sharpest,
  softer,
  tooClose,
} from "./reasons.ts";
import { type FrameMeasures, isTooClose } from "./sharpness.ts";

export interface RankCandidate {
  readonly id: number;
  readonly measures: FrameMeasures;
}

export interface RankedFrame {
  readonly id: number;
  /** 0..100, higher is better; comparable inside this burst only. */
  readonly score: number;
  /** From 1, unique in the burst. */
  readonly rank: number;
  readonly reason: Reason;
}

export interface RankedBurst {
  /** In the order given. */
  readonly frames: readonly RankedFrame[];
  readonly pickId: number;
}

/** What a frame loses of its score for tones and noise, as shares 0..1, and what of the tones. */
interface Losses {
  readonly tones: number;
  readonly noise: number;
  readonly clipping: Clipping;
}

interface Judged {
  readonly id: number;
  readonly measures: FrameMeasures;
  /** Place in the burst, from 1: what sentences call it. */
  readonly number: number;
  readonly losses: Losses;
  readonly score: number;
}

/** A frame that lost everything to white, or to black, loses this much of its score. */
const HIGHLIGHTS_WEIGHT = 0.25;
const SHADOWS_WEIGHT = 0.15;
/** Share of the picture that may clip more than in the best exposed frame before it counts: a lamp, a reflection. */
const CLIPPING_ALLOWED = 0.03;

/** What a level of noise more than in the cleanest frame costs, and the most that noise can cost. */
const NOISE_WEIGHT = 0.005;
const NOISE_MOST = 0.06;

/** Losses that differ by less than this decide nothing. */
const DECISIVE = 0.003;

/**
 * Ranks the frames of one burst, given in order of capture (sentences name them #1, #2…), by sharpness; lost tones
 * and noise beyond what the burst's best frame has are counted off gently. Of equal frames the earlier leads.
 *
 * Throws a RangeError for a burst without frames.
 */
export function rankBurst(frames: readonly RankCandidate[]): RankedBurst {
  const judged = judge(frames);
  const order = judged.toSorted((a, b) => b.score - a.score || a.number - b.number);
  const [pick, next] = order;
  if (pick === undefined) throw new RangeError("A burst has at least one frame.");
  const places = new Map(order.map((frame, i) => [frame, i + 1]));
  return {
    pickId: pick.id,
    frames: judged.map((frame) => ({
      id: frame.id,
      score: frame.score,
      rank: places.get(frame) ?? order.length,
      reason: explain(frame, pick, next, judged),
    })),
  };
}

function judge(frames: readonly RankCandidate[]): Judged[] {
  const all = frames.map((frame) => frame.measures);
  const crispest = Math.max(...all.map((measures) => measures.sharpness));
  const least = {
    highlights: Math.min(...all.map((measures) => measures.clippedHighlights)),
    shadows: Math.min(...all.map((measures) => measures.clippedShadows)),
    noise: Math.min(...all.map((measures) => measures.noise)),
  };
  return frames.map(({ id, measures }, i) => {
    const beyond = (share: number, best: number): number =>
      Math.max(0, share - best - CLIPPING_ALLOWED);
    const highlights = HIGHLIGHTS_WEIGHT * beyond(measures.clippedHighlights, least.highlights);
    const shadows = SHADOWS_WEIGHT * beyond(measures.clippedShadows, least.shadows);
    const losses: Losses = {
      tones: Math.min(1, highlights + shadows),
      noise: Math.min(NOISE_MOST, NOISE_WEIGHT * (measures.noise - least.noise)),
      clipping: highlights >= shadows ? "highlights" : "shadows",
    };
    const crispness = crispest === 0 ? 1 : measures.sharpness / crispest;
    const score = 100 * crispness * (1 - losses.tones) * (1 - losses.noise);
    return { id, measures, number: i + 1, losses, score };
  });
}

function explain(
  frame: Judged,
  pick: Judged,
  next: Judged | undefined,
  all: readonly Judged[],
): Reason {
  if (next === undefined) return onlyFrame();
  if (all.every((other) => other.measures.sharpness === 0)) return noDetail(all.length);
  return frame === pick ? explainPick(pick, next, all) : explainOther(frame, pick);
}

function explainPick(pick: Judged, next: Judged, all: readonly Judged[]): Reason {
  const rival = all.reduce((a, b) => (b.measures.sharpness > a.measures.sharpness ? b : a));
  const isBeaten = !isTooClose(pick.measures, rival.measures);
  // The sharpest frame is another one: what it lost is the reason.
  if (rival !== pick && isBeaten) {
    const ratio = rival.measures.sharpness / pick.measures.sharpness;
    const { tones, noise, clipping } = rival.losses;
    return tones - pick.losses.tones >= noise - pick.losses.noise
      ? sharperIsClipped(rival.number, ratio, clipping, lost(rival, clipping))
      : sharperIsNoisier(rival.number, ratio);
  }
  if (!isTooClose(pick.measures, next.measures)) {
    return next.measures.sharpness === 0
      ? onlyCrisp(all.length)
      : sharpest(all.length, next.number, pick.measures.sharpness / next.measures.sharpness);
  }
  const tones = next.losses.tones - pick.losses.tones;
  const noise = next.losses.noise - pick.losses.noise;
  if (Math.max(tones, noise) < DECISIVE) return tooClose(next.number);
  return tones >= noise ? betterExposed(next.number, next.losses.clipping) : cleaner(next.number);
}

function explainOther(frame: Judged, pick: Judged): Reason {
  if (frame.measures.sharpness === 0) return noEdge();
  const isClose = isTooClose(frame.measures, pick.measures);
  const isSharper = !isClose && frame.measures.sharpness > pick.measures.sharpness;
  if (!isClose && !isSharper) {
    return softer(pick.number, frame.measures.sharpness / pick.measures.sharpness);
  }
  const tones = frame.losses.tones - pick.losses.tones;
  const noise = frame.losses.noise - pick.losses.noise;
  if (!isSharper && Math.max(tones, noise) < DECISIVE) return tooClose(pick.number);
  return tones >= noise
    ? clipped(pick.number, isSharper, frame.losses.clipping, lost(frame, frame.losses.clipping))
    : noisier(pick.number, isSharper);
}

function lost(frame: Judged, clipping: Clipping): number {
  return clipping === "highlights"
    ? frame.measures.clippedHighlights
    : frame.measures.clippedShadows;
}
