import type { FrameMeasures } from "./analyse.ts";
import { type Comparison, compareFrames } from "./compare.ts";
import { type FrameDetail, readDetail } from "./detail.ts";
import { explain } from "./explain.ts";
import { DIRECTIONS, WHOLE } from "./grid.ts";
import { type Layer, stackFrames } from "./layers.ts";
import { judge, type Verdict } from "./own-noise.ts";
import type { Clipping, Reason } from "./reasons.ts";
import { type BurstSubject, findSubject, type Hints, type Subject } from "./subject.ts";

export interface RankCandidate extends Hints {
  readonly id: number;
  /** In the burst, by order of capture, from 1: what sentences call it. */
  readonly place: number;
  readonly measures: FrameMeasures;
  /** What `analyseFrame` made of it. */
  readonly detail: Uint8Array;
}

export interface RankedFrame {
  readonly id: number;
  /** 0..100, higher is better; comparable inside this burst only. */
  readonly score: number;
  /** From 1, unique in the burst. */
  readonly rank: number;
  readonly reason: Reason;
  /** What all frames of the burst were compared on, where it is in this one. */
  readonly subject: Subject;
}

export interface RankedBurst {
  /** `tooCloseToCall`: another frame is as sharp as the first, as far as can be measured. */
  readonly verdict: "pick" | "tooCloseToCall";
  /** Best first. */
  readonly ranked: readonly RankedFrame[];
}

/** A frame as it is judged. */
export interface Judged {
  readonly id: number;
  readonly place: number;
  readonly measures: FrameMeasures;
  /** Logarithm of its crispness on the subject against the sharpest frame's; null without an edge there. */
  readonly level: number | null;
  /** How it differs from the sharpest frame; null for that frame itself, and where one of them has no edge. */
  readonly verdict: Verdict | null;
  /** Whether it can't be told apart from the sharpest frame, or is that frame. */
  readonly isNearest: boolean;
  readonly losses: Losses;
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
const RUINED = 0.25;

/** What a level of noise more than in the cleanest frame costs, and the most that noise can cost. */
const NOISE_WEIGHT = 0.005;
const NOISE_MOST = 0.06;

/**
 * Ranks the frames of one burst by their sharpness on its one subject, each place of it compared with itself in the
 * other frames. Lost tones and noise turn the order only among frames that are as sharp as each other, unless tones
 * are ruined. Of equal frames the earlier leads.
 *
 * Throws a RangeError for a burst without frames.
 */
export function rankBurst(frames: readonly RankCandidate[]): RankedBurst {
  const [first] = frames;
  if (first === undefined) throw new RangeError("A burst has at least one frame.");
  const details = frames.map(
    ({ detail, measures }) => readDetail(detail) ?? withoutPlaces(measures),
  );
  const stack = stackFrames(details);
  const subject = findSubject(stack, frames);
  const comparison = compareFrames(subject.layers, subject.region);
  const judged = judgeFrames(frames, details, subject, comparison);
  const order = judged.toSorted((a, b) => b.score - a.score || a.place - b.place);
  const boxes = new Map(frames.map(({ id }, i) => [id, subject.boxes[i] ?? WHOLE]));
  return {
    verdict: verdictOf(order),
    ranked: order.map((frame, i) => ({
      id: frame.id,
      score: frame.score,
      rank: i + 1,
      reason: explain(frame, order, subject.kind),
      subject: { kind: subject.kind, box: boxes.get(frame.id) ?? WHOLE },
    })),
  };
}

function judgeFrames(
  frames: readonly RankCandidate[],
  details: readonly FrameDetail[],
  { layers }: BurstSubject,
  { levels, weights }: Comparison,
): Judged[] {
  const all = frames.map(({ measures }) => measures);
  const least = {
    highlights: lowest(all.map(({ clippedHighlights }) => clippedHighlights)),
    shadows: lowest(all.map(({ clippedShadows }) => clippedShadows)),
    noise: lowest(all.map(({ noise }) => noise)),
  };
  const top = levels.reduce<number>((best, level) => Math.max(best, level ?? best), -Infinity);
  const leader = levels.indexOf(top);
  const laid = (i: number): { layer: Layer; detail: FrameDetail } | null => {
    const [layer, detail] = [layers[i], details[i]];
    return layer === undefined || detail === undefined ? null : { layer, detail };
  };
  const best = laid(leader);
  const verdicts = levels.map((level, i) => {
    const own = laid(i);
    return i === leader || level === null || best === null || own === null
      ? null
      : judge(best, own, weights);
  });
  // The sharpness of the best of those that are told apart from the sharpest: none of the others falls below it.
  const told = levels.map((level, i) => (verdicts[i]?.isTooClose === false ? level : null));
  const floor = told.reduce<number>((high, level) => Math.max(high, level ?? high), -Infinity);
  return frames.map(({ id, place, measures }, i) => {
    const level = levels[i] ?? null;
    const verdict = verdicts[i] ?? null;
    const losses = lossesOf(measures, least);
    const crispness = level === null ? 0 : Math.exp(level - top);
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
      verdict,
      isNearest,
      losses,
      score: 100 * (best === null ? kept : score),
    };
  });
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

/** Too close to call when a frame other than the first is among the nearest and not ruined. */
function verdictOf(order: readonly Judged[]): RankedBurst["verdict"] {
  const [first, ...others] = order;
  if (first === undefined || !first.isNearest) return "pick";
  const rivals = others.filter(({ isNearest, losses }) => isNearest && losses.lost < RUINED);
  return rivals.length > 0 ? "tooCloseToCall" : "pick";
}

/** What is left of a frame whose record can't be read: its overall sharpness, everywhere the same. */
function withoutPlaces({ sharpness, noise, contrast }: FrameMeasures): FrameDetail {
  const directions = Array.from({ length: DIRECTIONS });
  return {
    columns: 1,
    rows: 1,
    noise,
    crispness: Float32Array.from(directions, () => Math.log(Math.max(1e-3, sharpness))),
    edges: Float32Array.from(directions, () => (sharpness > 0 ? EDGES_OF_ALL : 0)),
    contrast: Float32Array.of(contrast),
    picture: { columns: 1, rows: 1, levels: new Uint8Array(1) },
  };
}

/** A direction's edges in a frame of which only the overall sharpness is known. */
const EDGES_OF_ALL = 100;
