import type { Judged } from "./judge.ts";
import {
  behind,
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
  sharpest,
  tooClose,
} from "./reasons.ts";
import type { SubjectKind } from "./subject.ts";

/** Losses that differ by less than this decide nothing. */
const DECISIVE = 0.003;

/** Why a frame has its place in the order, best first. */
export function explain(frame: Judged, order: readonly Judged[], where: SubjectKind): Reason {
  const [pick, next] = order;
  if (pick === undefined || next === undefined) return onlyFrame();
  if (order.every(({ level }) => level === null)) return noDetail(order.length);
  return frame === pick ? explainPick(pick, next, order, where) : explainOther(frame, pick, where);
}

function explainPick(
  pick: Judged,
  next: Judged,
  order: readonly Judged[],
  where: SubjectKind,
): Reason {
  const sharper = order.find(({ level }) => level === 0);
  if (!pick.isNearest && sharper !== undefined) {
    const { clipping } = sharper.losses;
    return sharperIsClipped(sharper.place, clipping, lost(sharper, clipping));
  }
  const rival = order.find((other) => other !== pick && other.isNearest) ?? next;
  if (!rival.isNearest) {
    return rival.level === null
      ? onlyCrisp(where, order.length)
      : sharpest(where, rival.place, rival.fault);
  }
  const tones = rival.losses.tones - pick.losses.tones;
  const noise = rival.losses.noise - pick.losses.noise;
  if (Math.max(tones, noise) < DECISIVE) return tooClose(where, rival.place);
  return tones >= noise
    ? betterExposed(where, rival.place, rival.losses.clipping)
    : cleaner(where, rival.place);
}

function explainOther(frame: Judged, pick: Judged, where: SubjectKind): Reason {
  if (frame.level === null) return noEdge(where);
  const isSharper = frame.isNearest && !pick.isNearest;
  if (!frame.isNearest && (pick.isNearest || frame.level < (pick.level ?? 0))) {
    return behind(where, pick.place, frame.fault);
  }
  const tones = frame.losses.tones - pick.losses.tones;
  const noise = frame.losses.noise - pick.losses.noise;
  const { clipping } = frame.losses;
  if (isSharper || tones >= Math.max(noise, DECISIVE)) {
    return clipped(pick.place, isSharper, clipping, lost(frame, clipping));
  }
  return noise >= DECISIVE ? noisier(where, pick.place) : tooClose(where, pick.place);
}

function lost({ measures }: Judged, clipping: Clipping): number {
  return clipping === "highlights" ? measures.clippedHighlights : measures.clippedShadows;
}
