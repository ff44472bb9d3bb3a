import type { BurstRow, PhotoRow } from "../../src-preload/contract/photos.ts";

type Photos = ReadonlyMap<number, PhotoRow>;
type Bursts = ReadonlyMap<number, BurstRow>;

/**
 * Bursts whose best frames are too close to call and that nobody has decided yet: none of their frames is picked, and
 * more than one is not rejected.
 */
export function openTies(photos: Photos, bursts: Bursts): ReadonlySet<number> {
  const left = new Map<number, number>();
  for (const { id, verdict } of bursts.values()) {
    if (verdict === "tooCloseToCall") left.set(id, 0);
  }
  if (left.size === 0) return new Set();
  const decided = new Set<number>();
  for (const { burstId, flag } of photos.values()) {
    const count = burstId === null ? undefined : left.get(burstId);
    if (burstId === null || count === undefined) continue;
    if (flag === "pick") decided.add(burstId);
    else if (flag === "none") left.set(burstId, count + 1);
  }
  return new Set([...left].flatMap(([id, count]) => (count > 1 && !decided.has(id) ? [id] : [])));
}

/** Bursts that need no more decision: a frame is picked, or all of them are rejected. */
export function decidedBursts(photos: Photos): ReadonlySet<number> {
  const picked = new Set<number>();
  const undecided = new Set<number>();
  const all = new Set<number>();
  for (const { burstId, flag } of photos.values()) {
    if (burstId === null) continue;
    all.add(burstId);
    if (flag === "pick") picked.add(burstId);
    if (flag === "none") undecided.add(burstId);
  }
  return new Set([...all].filter((id) => picked.has(id) || !undecided.has(id)));
}

/** The frames of a burst among which the best could not be told, best first, without what the person rejected. */
export function tiedFrames(frames: Iterable<PhotoRow>): number[] {
  return [...frames]
    .filter(({ isTied, flag }) => isTied && flag !== "reject")
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ id }) => id);
}
