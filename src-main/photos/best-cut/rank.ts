import { finish, type Steps } from "../../in-turns.ts";
import type { FrameMeasures } from "./analyse.ts";
import { compareFrames } from "./compare.ts";
import { type FrameDetail, readDetail } from "./detail.ts";
import { explain } from "./explain.ts";
import { DIRECTIONS, WHOLE } from "./grid.ts";
import { type Judged, judgeFrames, RUINED } from "./judge.ts";
import { stackFrames } from "./layers.ts";
import { onlyFrame, type Reason } from "./reasons.ts";
import { type BurstSubject, findSubject, type Hints, type Subject, wholeFrame } from "./subject.ts";

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
  /** Whether the burst is too close to call and this is one of those that can't be told apart. */
  readonly isTied: boolean;
}

export interface RankedBurst {
  /** `tooCloseToCall`: another frame is as sharp as the first, as far as can be measured. */
  readonly verdict: "pick" | "tooCloseToCall";
  /** Best first. */
  readonly ranked: readonly RankedFrame[];
}

/**
 * Ranks the frames of one burst by their sharpness on its one subject, each place of it compared with itself in the
 * other frames. Lost tones and noise turn the order only among frames that are as sharp as each other, unless tones
 * are ruined. Of equal frames the earlier leads.
 *
 * Throws a RangeError for a burst without frames.
 */
export function rankBurst(frames: readonly RankCandidate[]): RankedBurst {
  return finish(rankInSteps(frames));
}

/** {@link rankBurst} in pieces: hundreds of frames take longer than a window may wait. */
export function* rankInSteps(frames: readonly RankCandidate[]): Steps<RankedBurst> {
  const [first] = frames;
  if (first === undefined) throw new RangeError("A burst has at least one frame.");
  const details: FrameDetail[] = [];
  for (const { detail, measures } of frames) {
    details.push(readDetail(detail) ?? withoutPlaces(measures));
    yield;
  }
  const stack = yield* stackFrames(details);
  const judgeOn = function* (on: BurstSubject): Steps<Judged[]> {
    const comparison = yield* compareFrames(on.layers, on.region);
    return yield* judgeFrames(frames, details, on, comparison);
  };
  let subject = yield* findSubject(stack, frames);
  if (frames.length === 1) return loneFrame(first.id, subject);
  let judged = yield* judgeOn(subject);
  if (subject.kind === "salient" && saysNothing(judged)) {
    subject = wholeFrame(stack);
    judged = yield* judgeOn(subject);
  }
  const order = judged.toSorted((a, b) => b.score - a.score || a.place - b.place);
  const boxes = new Map(frames.map(({ id }, i) => [id, subject.boxes[i] ?? WHOLE]));
  const tied = tiedWithFirst(order);
  return {
    verdict: tied.size > 0 ? "tooCloseToCall" : "pick",
    ranked: order.map((frame, i) => ({
      id: frame.id,
      score: frame.score,
      rank: i + 1,
      reason: explain(frame, order, subject.kind),
      subject: { kind: subject.kind, box: boxes.get(frame.id) ?? WHOLE },
      isTied: tied.has(frame.id),
    })),
  };
}

/** Nobody to be compared with. */
function loneFrame(id: number, { kind, boxes }: BurstSubject): RankedBurst {
  const subject = { kind, box: boxes[0] ?? WHOLE };
  const ranked = [{ id, score: 100, rank: 1, reason: onlyFrame(), subject, isTied: false }];
  return { verdict: "pick", ranked };
}

/** A gap of crispness (a logarithm) that any region worth comparing tells from none: two thirds more. */
const LEAST_TOLD = 0.5;

/** Where not even such a gap could be told, too few edges were compared. */
function saysNothing(judged: readonly Judged[]): boolean {
  return judged.every(({ doubt }) => doubt === null || doubt > LEAST_TOLD);
}

/**
 * The first and those that can't be told apart from it and are not ruined; none where there is no rival. Where no frame
 * shows an edge, nothing could be compared: then it is all of them.
 */
function tiedWithFirst(order: readonly Judged[]): ReadonlySet<number> {
  const [first, ...others] = order;
  if (others.length > 0 && order.every(({ level }) => level === null)) {
    return new Set(order.map(({ id }) => id));
  }
  if (first === undefined || !first.isNearest) return new Set();
  const rivals = others.filter(({ isNearest, losses }) => isNearest && losses.lost < RUINED);
  return new Set(rivals.length === 0 ? [] : [first.id, ...rivals.map(({ id }) => id)]);
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
