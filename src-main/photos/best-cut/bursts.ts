import { findIntervalShots } from "./interval.ts";
import { lookDistance } from "./look.ts";

/** What grouping needs to know of a photo. */
export interface BurstCandidate {
  readonly id: number;
  /** File name, or its path relative to what was dropped; sorted naturally (IMG_2 before IMG_10). */
  readonly name: string;
  /** Wall-clock time of the capture, in ms as if it were UTC; null where EXIF has none. */
  readonly capturedAt: number | null;
  /** Whether the camera's clock recorded sub-seconds. */
  readonly subSecond: boolean;
  /** Make, model and (where known) serial number: frames of two cameras are never one burst. */
  readonly camera: string | null;
  /** From `describeLook`; null where there is none: then time alone decides. */
  readonly look: Uint8Array | null;
}

export interface GroupingOptions {
  /** Longest pause between two frames of one burst, in ms. */
  readonly gapMs: number;
  /** Greatest `lookDistance` of two frames of one burst, 0..1; {@link DEFAULT_LOOK_THRESHOLD} unless given. */
  readonly lookThreshold?: number;
}

export const DEFAULT_GAP_MS = 2000;

/** Frames of one moment lie below 0.25 (the camera wandering by 8 %), two scenes above 0.5: the subject may move. */
export const DEFAULT_LOOK_THRESHOLD = 0.45;

/** Nobody turns to another scene in less than this many ms: a camera that follows its subject does look elsewhere. */
const SNAP_MS = 300;
const SNAP_FACTOR = 1.4;

/** Without a clock the look has to carry it alone. */
export const CLOCKLESS_LOOK_THRESHOLD = 0.2;

/** Files numbered further apart than this were not taken in a row (a few of a burst may have been deleted). */
const NUMBER_GAP = 3;

/** A clock without sub-seconds cuts off up to this much. */
const WHOLE_SECOND_MS = 1000;

/**
 * Groups photos into bursts by time and look together: every id in exactly one group; groups, and the ids in them, in
 * order of capture (photos without a time last), then of natural name.
 *
 * Two frames of one camera belong together when they were taken within the gap and look alike; a burst is whatever
 * hangs together by such pairs, so neither the order of input nor a frame of another scene in between matters, and a
 * longer gap only ever joins groups. Photos without a time belong together when they are neighbours by name, numbered
 * in a row, and look very much alike. Frames taken at a constant interval (a time-lapse) are no burst.
 */
export function groupBursts(
  candidates: readonly BurstCandidate[],
  options: GroupingOptions,
): number[][] {
  const threshold = options.lookThreshold ?? DEFAULT_LOOK_THRESHOLD;
  const ordered = candidates.toSorted(byCapture);
  const groups = new Groups(ordered.length);
  const timed = ordered.filter(isTimed);
  const interval = findIntervalShots(timed);
  timed.forEach((frame, i) => {
    if (interval.has(frame.id)) return;
    for (let j = i + 1; j < timed.length; j += 1) {
      const other = timed[j];
      if (
        other === undefined ||
        other.capturedAt - frame.capturedAt > options.gapMs + WHOLE_SECOND_MS
      )
        break;
      if (interval.has(other.id) || other.camera !== frame.camera || groups.areOne(i, j)) continue;
      if (!isWithinGap(frame, other, options.gapMs)) continue;
      const limit = isSnap(frame, other) ? SNAP_FACTOR * threshold : threshold;
      if (isAlike(frame, other, limit)) groups.join(i, j);
    }
  });
  for (let i = timed.length; i + 1 < ordered.length; i += 1) {
    const frame = ordered[i];
    const next = ordered[i + 1];
    if (frame !== undefined && next !== undefined && isNext(frame, next, threshold))
      groups.join(i, i + 1);
  }
  return groups.list().map((group) => group.flatMap((i) => ordered[i]?.id ?? []));
}

type Timed = BurstCandidate & { readonly capturedAt: number };

function isTimed(candidate: BurstCandidate): candidate is Timed {
  return candidate.capturedAt !== null;
}

function isWithinGap(frame: Timed, later: Timed, gapMs: number): boolean {
  const pause = later.capturedAt - frame.capturedAt;
  // Whole seconds: the true pause is within a second of the difference.
  return frame.subSecond && later.subSecond ? pause <= gapMs : pause < gapMs + WHOLE_SECOND_MS;
}

function isSnap(frame: Timed, later: Timed): boolean {
  return frame.subSecond && later.subSecond && later.capturedAt - frame.capturedAt <= SNAP_MS;
}

function isAlike(a: BurstCandidate, b: BurstCandidate, threshold: number): boolean {
  return a.look === null || b.look === null || lookDistance(a.look, b.look) <= threshold;
}

/** Whether `next`, the neighbour by name of a photo without a time, was taken right after it. */
function isNext(frame: BurstCandidate, next: BurstCandidate, threshold: number): boolean {
  if (frame.look === null || next.look === null || frame.camera !== next.camera) return false;
  const a = splitName(frame.name);
  const b = splitName(next.name);
  if (a.folder !== b.folder) return false;
  if (a.number !== null && b.number !== null) {
    if (a.prefix !== b.prefix || b.number - a.number > NUMBER_GAP) return false;
  }
  return lookDistance(frame.look, next.look) <= Math.min(threshold, CLOCKLESS_LOOK_THRESHOLD);
}

/** `a/IMG_0012.JPG` is folder `a/`, prefix `IMG_`, number 12. */
function splitName(name: string): { folder: string; prefix: string; number: number | null } {
  const parts = /^(.*[\\/])?(.*?)(\d+)?(\.[^.]*)?$/.exec(name);
  const digits = parts?.[3];
  return {
    folder: parts?.[1] ?? "",
    prefix: parts?.[2] ?? "",
    number: digits === undefined ? null : Number(digits),
  };
}

const NATURAL = new Intl.Collator("en", { numeric: true });

/** By time, those without last; then by name; then by id, so that the order is total. */
function byCapture(a: BurstCandidate, b: BurstCandidate): number {
  return (
    (a.capturedAt ?? Number.MAX_VALUE) - (b.capturedAt ?? Number.MAX_VALUE) ||
    NATURAL.compare(a.name, b.name) ||
    a.id - b.id
  );
}

/** Disjoint sets of the numbers below `count`. */
class Groups {
  readonly #parents: number[];

  constructor(count: number) {
    this.#parents = Array.from({ length: count }, (_, i) => i);
  }

  areOne(a: number, b: number): boolean {
    return this.#root(a) === this.#root(b);
  }

  join(a: number, b: number): void {
    const [first, second] = [this.#root(a), this.#root(b)];
    // The smaller number leads, so that groups come out in the order of their first member.
    this.#parents[Math.max(first, second)] = Math.min(first, second);
  }

  list(): number[][] {
    const groups = new Map<number, number[]>();
    this.#parents.forEach((_, i) => {
      const root = this.#root(i);
      const group = groups.get(root);
      if (group === undefined) groups.set(root, [i]);
      else group.push(i);
    });
    return [...groups.values()];
  }

  #root(i: number): number {
    let root = i;
    for (
      let parent = this.#parents[root] ?? root;
      parent !== root;
      parent = this.#parents[root] ?? root
    ) {
      this.#parents[root] = this.#parents[parent] ?? parent;
      root = parent;
    }
    return root;
  }
}
