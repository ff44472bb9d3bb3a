/** What tells an interval timer from a finger. */
interface Shot {
  readonly id: number;
  readonly capturedAt: number;
  readonly subSecond: boolean;
  readonly camera: string | null;
}

/** Bursts are faster than this, in ms. */
const SHORTEST_INTERVAL = 800;

/** Shots in a row for which a person would not keep the beat. */
const LEAST_SHOTS = 8;
/** Whole seconds hide a person's unevenness: more of them are asked for. */
const LEAST_SHOTS_WHOLE_SECONDS = 16;

/** How far a shot lies from the beat that began with the first, in ms. */
const STRAY = 120;
const STRAY_WHOLE_SECONDS = 999;

/**
 * Ids of the shots that an interval timer took: long rows of one camera on one beat, slower than a burst. Shots must
 * come in order of time.
 */
export function findIntervalShots(shots: readonly Shot[]): Set<number> {
  const found = new Set<number>();
  for (const own of Map.groupBy(shots, (shot) => shot.camera).values()) {
    let start = 0;
    while (start < own.length) {
      const end = endOfRow(own, start);
      const row = own.slice(start, end);
      const isFine = row.every((shot) => shot.subSecond);
      if (row.length >= (isFine ? LEAST_SHOTS : LEAST_SHOTS_WHOLE_SECONDS)) {
        for (const shot of row) found.add(shot.id);
      }
      // The last of a row may be the first of the next one.
      start = Math.max(start + 1, end - 1);
    }
  }
  return found;
}

/** One past the last shot of the row on one beat that begins at `start`. */
function endOfRow(shots: readonly Shot[], start: number): number {
  const first = shots[start];
  if (first === undefined) return start;
  // Each shot narrows down which intervals would put all of them on the beat; the row ends where none is left.
  let shortest = SHORTEST_INTERVAL;
  let longest = Number.POSITIVE_INFINITY;
  for (let end = start + 1; end < shots.length; end += 1) {
    const shot = shots[end];
    if (shot === undefined) return end;
    const stray = first.subSecond && shot.subSecond ? STRAY : STRAY_WHOLE_SECONDS;
    const passed = shot.capturedAt - first.capturedAt;
    shortest = Math.max(shortest, (passed - stray) / (end - start));
    longest = Math.min(longest, (passed + stray) / (end - start));
    if (shortest > longest) return end;
  }
  return shots.length;
}
