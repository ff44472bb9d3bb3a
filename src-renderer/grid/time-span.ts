import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { TimeSpan } from "../messages/language.ts";

const known = new WeakMap<ReadonlyMap<number, PhotoRow>, TimeSpan>();

/** Whether all photos of a folder were taken on one day, in one year, or neither. Worked out once for each state of the photos. */
export function timeSpanOf(photos: ReadonlyMap<number, PhotoRow>): TimeSpan {
  const before = known.get(photos);
  if (before !== undefined) return before;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { capturedAt } of photos.values()) {
    if (capturedAt === null) continue;
    if (capturedAt < first) first = capturedAt;
    if (capturedAt > last) last = capturedAt;
  }
  const span = first > last ? "day" : spanBetween(dateOf(first), dateOf(last));
  known.set(photos, span);
  return span;
}

/** "2026-05-31": the wall clock of the capture is kept as if it were UTC. */
function dateOf(capturedAt: number): string {
  return new Date(capturedAt).toISOString().slice(0, 10);
}

function spanBetween(first: string, last: string): TimeSpan {
  if (first === last) return "day";
  return first.slice(0, 4) === last.slice(0, 4) ? "year" : "years";
}
