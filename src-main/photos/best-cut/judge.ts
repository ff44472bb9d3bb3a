import type { Steps } from "../../in-turns.ts";
import type { FrameMeasures } from "./analyse.ts";
import { type Comparison, compareFrames } from "./compare.ts";
import type { FrameDetail } from "./detail.ts";
import { estimateMotion, isRound, variancesOf } from "./motion.ts";
import { judge, type Laid, noiseShareOf, type Verdict } from "./own-noise.ts";
import type { Clipping, Fault } from "./reasons.ts";
import type { BurstSubject } from "./subject.ts";

/** What is judged of a frame beside its edges. */
export interface Candidate {
  readonly id: number;
  /** In the burst, by order of capture, from 1: what sentences call it. */
  readonly place: number;
  readonly measures: FrameMeasures;
}

/** A frame as it is judged. */
export interface Judged extends Candidate {
  /** Logarithm of its crispness on the subject against the sharpest frame's; null without an edge there. */
  readonly level: number | null;
  /** Least gap to the sharpest frame that could have been told (a logarithm); null for that frame. */
  readonly doubt: number | null;
  /** Whether it can't be told apart from the sharpest frame, or is that frame. */
  readonly isNearest: boolean;
  /** What is wrong with it if it is softer. */
  readonly fault: Fault;
  readonly losses: Losses;
  /** 0..100. */
  readonly score: number;
}

/** What a frame loses of its score for tones and noise, as shares 0..1, and what of the tones. */
export interface Losses {
  readonly tones: number;
  readonly noise: number;
  readonly clipping: Clipping;
  /** The share of the picture that is lost beyond what the best exposed frame lost. */
  readonly lost: number;
}

/** A frame that lost everything to white, or to black, loses this much of its score. */
const HIGHLIGHTS_WEIGHT = 0.25;
const SHADOWS_WEIGHT = 0.15;
/** Share of the picture that may clip more than in the best exposed frame before it counts: a lamp, a reflection. */
const CLIPPING_ALLOWED = 0.03;
/** A frame that lost this much more than the best exposed one is ruined by it, however sharp. */
export const RUINED = 0.25;

/** What a level of noise more than in the cleanest frame costs, and the most that noise can cost. */
const NOISE_WEIGHT = 0.005;
const NOISE_MOST = 0.06;

/** Beside the subject, a frame that is sharper than the sharpest one by this much (a logarithm) is focused there. */
const ELSEWHERE = 0.15;

/** Judges each frame against the one that is sharpest on the subject, tones and noise beside. */
export function* judgeFrames(
  frames: readonly Candidate[],
  details: readonly FrameDetail[],
  { kind, layers, region }: BurstSubject,
  { levels, weights }: Comparison,
): Steps<Judged[]> {
  const all = frames.map(({ measures }) => measures);
  const least = {
    highlights: lowest(all.map(({ clippedHighlights }) => clippedHighlights)),
    shadows: lowest(all.map(({ clippedShadows }) => clippedShadows)),
    noise: lowest(all.map(({ noise }) => noise)),
  };
  const top = levels.reduce<number>((best, level) => Math.max(best, level ?? best), -Infinity);
  const leader = levels.indexOf(top);
  const laid = (i: number): Laid | null => {
    const [layer, detail] = [layers[i], details[i]];
    const clipped = frames[i]?.measures.clippedHighlights ?? 0;
    return layer === undefined || detail === undefined
      ? null
      : { layer, noiseShare: noiseShareOf(detail, weights), clipped };
  };
  const best = laid(leader);
  const verdicts: (Verdict | null)[] = [];
  for (const [i, level] of levels.entries()) {
    const own = i === leader || level === null ? null : laid(i);
    verdicts.push(best === null || own === null ? null : judge(best, own, weights));
    yield;
  }
  const around =
    kind === "frame"
      ? null
      : yield* compareFrames(
          layers,
          region.map((own) => (own > 0 ? 0 : 1)),
        );
  // The sharpness of the best of those that are told apart from the sharpest: none of the others falls below it.
  const told = levels.map((level, i) => (verdicts[i]?.isTooClose === false ? level : null));
  const floor = told.reduce<number>((high, level) => Math.max(high, level ?? high), -Infinity);
  return frames.map(({ id, place, measures }, i) => {
    const level = levels[i] ?? null;
    const verdict = verdicts[i] ?? null;
    const losses = lossesOf(measures, least);
    const gap = level === null ? Number.POSITIVE_INFINITY : top - level;
    // What is well within the measure's own noise hardly counts.
    const sure = verdict?.isTooClose === true ? Math.min(1, gap / verdict.noise) : 1;
    const crispness = Math.exp(-gap * sure);
    const isNearest = level === null ? best === null : verdict?.isTooClose !== false;
    const kept = (1 - losses.tones) * (1 - losses.noise);
    const isRuined = losses.lost >= RUINED;
    const score = isRuined
      ? crispness * kept
      : isNearest
        ? Math.max(crispness * kept, Math.exp(floor - top))
        : crispness;
    return {
      id,
      place,
      measures,
      level: level === null ? null : level - top,
      doubt: verdict?.noise ?? null,
      isNearest,
      fault: faultOf(verdict, around, leader, i),
      losses,
      score: 100 * (best === null ? kept : score),
    };
  });
}

/**
 * What made a frame softer than the leader: motion (first, since a subject that moved leaves the rest sharp, too), focus
 * on something else where its blur is defocus's, or neither that could be told.
 */
function faultOf(
  verdict: Verdict | null,
  around: Comparison | null,
  leader: number,
  i: number,
): Fault {
  const softer: Fault = { kind: "softer", share: 1 - Math.exp(-Math.max(0, verdict?.gap ?? 0)) };
  const blur = verdict === null ? null : blurBeyond(verdict);
  if (blur === null) return softer;
  const motion = estimateMotion(blur);
  if (motion !== null) return { kind: "moved", degrees: motion.degrees };
  if (!isRound(blur)) return softer;
  const [own, best] = [around?.levels[i] ?? null, around?.levels[leader] ?? null];
  return own !== null && best !== null && own - best >= ELSEWHERE ? { kind: "elsewhere" } : softer;
}

/**
 * What a frame is blurred beyond the leader, as variances (px²) along gradients of 0, 45, 90 and 135 degrees; null where
 * a direction has no edge that could tell.
 */
function blurBeyond({ byDirection, leading }: Verdict): number[] | null {
  if (byDirection.some((gap) => gap === null)) return null;
  const best = variancesOf(leading.map((level) => level ?? 0));
  const own = variancesOf(leading.map((level, d) => (level ?? 0) - (byDirection[d] ?? 0)));
  return own.map((variance, d) => Math.max(0, variance - (best[d] ?? 0)));
}

function lowest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

function lossesOf(
  measures: FrameMeasures,
  least: { readonly highlights: number; readonly shadows: number; readonly noise: number },
): Losses {
  const beyond = (share: number, best: number): number =>
    Math.max(0, share - best - CLIPPING_ALLOWED);
  const highlights = beyond(measures.clippedHighlights, least.highlights);
  const shadows = beyond(measures.clippedShadows, least.shadows);
  const weighed = { highlights: HIGHLIGHTS_WEIGHT * highlights, shadows: SHADOWS_WEIGHT * shadows };
  return {
    tones: Math.min(1, weighed.highlights + weighed.shadows),
    noise: Math.min(NOISE_MOST, NOISE_WEIGHT * (measures.noise - least.noise)),
    clipping: weighed.highlights >= weighed.shadows ? "highlights" : "shadows",
    lost: Math.max(highlights, shadows),
  };
}
