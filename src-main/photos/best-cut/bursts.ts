import { finish, type Steps } from "../../in-turns.ts";
import { readClocks, type Stamp } from "./clock.ts";
import { findIntervalShots } from "./interval.ts";
import { areLooksAlike, isMostlyStill, type Look, openLook, turnLook } from "./look.ts";
import { type NamePlace, originalStemOf, placeOf, sortKey, stemOf } from "./names.ts";

/**
 * What grouping needs to know of a photo. Its `camera` is make, model and (where known) serial number: frames of two
 * cameras are never one burst.
 */
export interface BurstCandidate extends Stamp {
  /** File name, or its path relative to what was dropped; sorted naturally (IMG_2 before IMG_10). */
  readonly name: string;
  /** Digest of the bytes: equal bytes are one photo, whatever their names. */
  readonly identity?: string;
  /** How long the shutter was open. */
  readonly exposureSeconds?: number | null;
  /** From `describeLook`; null where there is none: then time alone decides. */
  readonly look: Uint8Array | null;
}

export interface GroupingOptions {
  /** Longest pause between two frames of one burst, in ms. */
  readonly gapMs: number;
  /** Greatest `lookDistance` of two frames of one burst, 0..0.6; {@link DEFAULT_LOOK_THRESHOLD} unless given. */
  readonly lookThreshold?: number;
}

export const DEFAULT_GAP_MS = 2000;

/**
 * Frames of one moment lie below 0.25 (the camera wandering by 8 %) or 0.4 (with and without flash, 3 EV apart), two
 * scenes above 0.5: the subject may move.
 */
export const DEFAULT_LOOK_THRESHOLD = 0.45;

/** Nobody turns to another scene in less than this many ms: a camera that follows its subject does look elsewhere. */
const SNAP_MS = 300;
const SNAP_FACTOR = 1.4;

/** Without a clock the look has to carry it alone. */
export const CLOCKLESS_LOOK_THRESHOLD = 0.2;

/** Files numbered further apart than this were not taken in a row (a few of a burst may have been deleted). */
const NUMBER_GAP = 3;

/** A clock without sub-seconds cuts off less than this. */
const WHOLE_SECOND_MS = 1000;

/** Timers slower than this are found only where nothing else was taken in between. */
const SCENE_GAP_MS = 10_000;

/** Exposures longer than this are nobody's in one burst, or no truth. */
const LONGEST_EXPOSURE_MS = 300_000;

/**
 * A frame is compared with this many of the next frames of its camera: a second body of the same model may have taken
 * others in between. Bounds the work for any number of photos within a gap; below 32, the bits of a number.
 */
const REACH = 24;
const REACH_MASK = (1 << REACH) - 1;

/** Two photos that belong together as soon as the gap is at least `gapMs`. */
interface Link {
  /** Places in {@link BurstLinks.ids}. */
  readonly a: number;
  readonly b: number;
  readonly gapMs: number;
}

/** Which photos belong together at which gap: {@link linkInSteps} makes it, {@link cutBursts} reads it. */
export interface BurstLinks {
  /** In order of capture (photos without a time last), then of natural name. */
  readonly ids: readonly number[];
  readonly links: readonly Link[];
  /** The longest gap, in ms, for which they hold. */
  readonly upToMs: number;
}

/**
 * Groups photos into bursts by time and look together: every id in exactly one group; groups, and the ids in them, in
 * order of capture (photos without a time last), then of natural name.
 *
 * Two frames of one camera belong together when they were taken within the gap (from the end of one exposure to the
 * next) and look alike; a burst is whatever hangs together by such pairs, so neither the order of input nor a frame of
 * another scene in between matters, and a longer gap only ever joins groups. Photos without a time belong together when
 * they are neighbours by name, numbered in a row, and look very much alike. Copies belong to their original.
 *
 * Frames that an interval timer took (a time-lapse) are no burst, and no stack either: each is needed, so there is no
 * best one, and whoever accepts a stack's pick and rejects the others would tear holes into it.
 */
export function groupBursts(
  candidates: readonly BurstCandidate[],
  options: GroupingOptions,
): number[][] {
  return cutBursts(linkFrames(candidates, options.gapMs, options.lookThreshold), options.gapMs);
}

/** What {@link groupBursts} answers at a gap, from links that hold for it. */
export function cutBursts({ ids, links }: BurstLinks, gapMs: number): number[][] {
  const groups = new Groups(ids.length);
  for (const link of links) if (link.gapMs <= gapMs) groups.join(link.a, link.b);
  return groups.list().map((group) => group.flatMap((i) => ids[i] ?? []));
}

/** Finds the pairs that hold bursts together, for every gap up to `gapMs` at least. About linear in the photos. */
export function linkFrames(
  candidates: readonly BurstCandidate[],
  gapMs: number,
  lookThreshold?: number,
): BurstLinks {
  return finish(linkInSteps(candidates, gapMs, lookThreshold));
}

/** {@link linkFrames} in pieces: thousands of photos take longer than a window may wait. */
export function* linkInSteps(
  candidates: readonly BurstCandidate[],
  gapMs: number,
  lookThreshold = DEFAULT_LOOK_THRESHOLD,
): Steps<BurstLinks> {
  const upToMs = Math.max(gapMs, SCENE_GAP_MS);
  const frames = yield* openFrames(candidates);
  const timed = frames.filter(isTimed);
  const links: Link[] = [];
  for (const own of Map.groupBy(timed, ({ camera }) => camera).values()) {
    yield* linkByTime(own, upToMs, lookThreshold, links);
  }
  yield;
  const onBeat = findTimeLapses(timed, links, frames.length);
  yield;
  const kept = links.filter(({ a, b }) => !onBeat.has(a) && !onBeat.has(b));
  yield* linkByName(frames.slice(timed.length), lookThreshold, kept);
  yield* linkCopies(frames, candidates, kept);
  return { upToMs, ids: frames.map(({ id }) => id), links: kept };
}

interface Frame {
  readonly id: number;
  /** Among all frames in order. */
  readonly place: number;
  readonly at: number | null;
  readonly isFine: boolean;
  readonly exposureMs: number;
  readonly camera: string | null;
  readonly name: string;
  readonly look: Look | null;
}

type TimedFrame = Frame & { readonly at: number };

function isTimed(frame: Frame): frame is TimedFrame {
  return frame.at !== null;
}

/** By time, those without last; then by name; then by id, so that the order is total. */
function* openFrames(candidates: readonly BurstCandidate[]): Steps<Frame[]> {
  const times = readClocks(candidates);
  yield;
  const sorted = candidates
    .map((candidate) => ({
      candidate,
      time: times.get(candidate.id),
      key: sortKey(candidate.name),
    }))
    .toSorted(
      (a, b) =>
        (a.time?.at ?? Number.MAX_VALUE) - (b.time?.at ?? Number.MAX_VALUE) ||
        (a.key < b.key ? -1 : a.key > b.key ? 1 : a.candidate.id - b.candidate.id),
    );
  const frames: Frame[] = [];
  for (const { candidate, time } of sorted) {
    frames.push({
      id: candidate.id,
      place: frames.length,
      at: time?.at ?? null,
      isFine: time?.isFine ?? false,
      exposureMs: Math.min(LONGEST_EXPOSURE_MS, 1000 * (candidate.exposureSeconds ?? 0)),
      camera: candidate.camera,
      name: candidate.name,
      look: candidate.look === null ? null : openLook(candidate.look),
    });
    yield;
  }
  return frames;
}

/** Adds the links of frames of one camera, which come in order of time. */
function* linkByTime(
  frames: readonly TimedFrame[],
  upToMs: number,
  lookThreshold: number,
  links: Link[],
): Steps<void> {
  const turns = new Map<Look, Look[]>();
  // Bit k of a frame: it hangs together with the frame k + 1 places after it by frames between them. Those lie closer
  // together in time than the two, so that another link would add nothing: most comparisons are saved by that.
  const chains = new Int32Array(frames.length);
  for (let i = frames.length - 1; i >= 0; i -= 1) {
    const frame = frames[i];
    if (frame === undefined) continue;
    let chain = 0;
    for (let step = 1; step <= REACH; step += 1) {
      const other = frames[i + step];
      if (other === undefined) break;
      const gapMs = neededGap(frame, other);
      if (gapMs > upToMs) break;
      if ((chain & (1 << (step - 1))) !== 0 || !isOneMoment(frame, other, lookThreshold, turns))
        continue;
      links.push({ a: frame.place, b: other.place, gapMs });
      chain |= (1 << (step - 1)) | (((chains[i + step] ?? 0) << step) & REACH_MASK);
    }
    chains[i] = chain;
    yield;
  }
}

/** The shortest gap within which `later` follows on `frame`, in ms. */
function neededGap(frame: TimedFrame, later: TimedFrame): number {
  const pause = later.at - frame.at - frame.exposureMs;
  // Whole seconds: the true pause may be up to a second shorter.
  return Math.max(0, frame.isFine ? pause : pause - WHOLE_SECOND_MS + 1);
}

function isOneMoment(
  frame: TimedFrame,
  later: TimedFrame,
  threshold: number,
  turns: Map<Look, Look[]>,
): boolean {
  const { look } = later;
  if (frame.look === null || look === null) return true;
  const isSnap = frame.isFine && later.at - frame.at <= SNAP_MS;
  const limit = isSnap ? SNAP_FACTOR * threshold : threshold;
  if (areLooksAlike(frame.look, look, limit) || isMostlyStill(frame.look, look)) return true;
  if (!isSnap) return false;
  // A camera that points straight down no longer knows which side is up: its orientation flips inside a burst.
  const turned = turns.get(frame.look) ?? turnsOf(frame.look);
  turns.set(frame.look, turned);
  return turned.some((one) => areLooksAlike(one, look, threshold));
}

function turnsOf(look: Look): Look[] {
  const right = turnLook(look);
  const half = turnLook(right);
  return [right, half, turnLook(half)];
}

/**
 * Places of the frames that an interval timer took: on one beat among all frames of the camera, or among those that
 * look alike (another body of the same model may have taken others in between).
 */
function findTimeLapses(
  timed: readonly TimedFrame[],
  links: readonly Link[],
  count: number,
): Set<number> {
  const scenes = new Groups(count);
  // Always of one length, so that what is a time-lapse doesn't depend on the gap.
  for (const { a, b, gapMs } of links) if (gapMs <= SCENE_GAP_MS) scenes.join(a, b);
  const places = new Map(timed.map(({ id, place }) => [id, place]));
  const rows = [
    ...Map.groupBy(timed, ({ camera }) => camera).values(),
    ...Map.groupBy(timed, ({ place }) => scenes.rootOf(place)).values(),
  ];
  return new Set(
    rows.flatMap((row) => [...findIntervalShots(row)].flatMap((id) => places.get(id) ?? [])),
  );
}

/** Adds the links of frames without a time, which come in order of name. */
function* linkByName(frames: readonly Frame[], lookThreshold: number, links: Link[]): Steps<void> {
  const places = frames.map(({ name }) => placeOf(name));
  const limit = Math.min(lookThreshold, CLOCKLESS_LOOK_THRESHOLD);
  for (const [i, frame] of frames.entries()) {
    for (let j = i + 1; j <= i + NUMBER_GAP; j += 1) {
      const [other, here, there] = [frames[j], places[i], places[j]];
      if (other === undefined || here === undefined || there === undefined) break;
      if (!isInARow(here, there, j - i) || frame.camera !== other.camera) continue;
      if (isLookWithin(frame, other, limit)) {
        links.push({ a: frame.place, b: other.place, gapMs: 0 });
      }
    }
    yield;
  }
}

/** Whether names `steps` apart in their order are so because one file was written after the other. */
function isInARow(here: NamePlace, there: NamePlace, steps: number): boolean {
  if (here.folder !== there.folder) return false;
  if (here.number === null || there.number === null) return steps === 1;
  if (here.series === there.series) return there.number - here.number <= NUMBER_GAP;
  // Variants of one number: 106_F, 106_M.
  return here.number === there.number && steps === 1;
}

function isLookWithin(a: Frame, b: Frame, limit: number): boolean {
  return a.look !== null && b.look !== null && areLooksAlike(a.look, b.look, limit);
}

/** Adds links of equal bytes to each other, and of what is named a copy, and looks like one, to its original. */
function* linkCopies(
  frames: readonly Frame[],
  candidates: readonly BurstCandidate[],
  links: Link[],
): Steps<void> {
  const identities = new Map(candidates.map(({ id, identity }) => [id, identity ?? ""]));
  const firstOfBytes = new Map<string, Frame>();
  const stems = new Map(frames.map((frame) => [stemOf(frame.name), frame]));
  yield;
  for (const frame of frames) {
    const identity = identities.get(frame.id) ?? "";
    const first = firstOfBytes.get(identity);
    if (first !== undefined) links.push({ a: first.place, b: frame.place, gapMs: 0 });
    else if (identity !== "") firstOfBytes.set(identity, frame);
    const stem = originalStemOf(frame.name);
    const original = stem === null ? undefined : stems.get(stem);
    if (original !== undefined && isLookWithin(frame, original, CLOCKLESS_LOOK_THRESHOLD)) {
      links.push({ a: original.place, b: frame.place, gapMs: 0 });
    }
    yield;
  }
}

/** Disjoint sets of the numbers below `count`. */
class Groups {
  readonly #parents: number[];

  constructor(count: number) {
    this.#parents = Array.from({ length: count }, (_, i) => i);
  }

  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)];
    // The smaller number leads, so that groups come out in the order of their first member.
    this.#parents[Math.max(first, second)] = Math.min(first, second);
  }

  list(): number[][] {
    const groups = new Map<number, number[]>();
    this.#parents.forEach((_, i) => {
      const root = this.rootOf(i);
      const group = groups.get(root);
      if (group === undefined) groups.set(root, [i]);
      else group.push(i);
    });
    return [...groups.values()];
  }

  rootOf(i: number): number {
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
