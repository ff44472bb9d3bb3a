/** What tells an interval timer from a finger. */
interface Shot {
  readonly id: number;
  /** In ms. */
  readonly at: number;
  /** Whether fractions of seconds are in it. */
  readonly isFine: boolean;
}

/** Bursts are faster than this, in ms. Timers count in whole seconds; a camera's own clock may run a little fast. */
const SHORTEST_INTERVAL = 950;

/** Shots in a row for which a person would not keep the beat; self-timers that take a row take up to ten. */
const LEAST_SHOTS = 15;
/** Whole seconds hide a person's unevenness: more of them are asked for. */
const LEAST_SHOTS_WHOLE_SECONDS = 30;

/** How far a shot lies from the beat that began with the first, in ms. */
const STRAY = 120;
const STRAY_WHOLE_SECONDS = 999;

/**
 * Ids of the shots that an interval timer took: long rows on one beat, slower than a burst. Shots must come in order of
 * time, all of one camera.
 */
export function findIntervalShots(shots: readonly Shot[]): Set<number> {
  const found = new Set<number>();
  let start = 0;
  while (start < shots.length) {
    const end = endOfRow(shots, start);
    const row = shots.slice(start, end);
    const isFine = row.every((shot) => shot.isFine);
    if (row.length >= (isFine ? LEAST_SHOTS : LEAST_SHOTS_WHOLE_SECONDS)) {
      for (const shot of row) found.add(shot.id);
    }
    // The last of a row may be the first of the next one.
    start = Math.max(start + 1, end - 1);
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
    const stray = first.isFine && shot.isFine ? STRAY : STRAY_WHOLE_SECONDS;
    const passed = shot.at - first.at;
    shortest = Math.max(shortest, (passed - stray) / (end - start));
    longest = Math.min(longest, (passed + stray) / (end - start));
    if (shortest > longest) return end;
  }
  return shots.length;
}
