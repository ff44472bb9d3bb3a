import { byCapture } from "../../src-preload/contract/capture-order.ts";
import type { BurstRow, PhotoRow } from "../../src-preload/contract/photos.ts";
import { openTies } from "./ties.ts";

type Photos = ReadonlyMap<number, PhotoRow>;
type Bursts = ReadonlyMap<number, BurstRow>;

interface Known {
  /** The frames of every burst in capture order. */
  readonly frames: ReadonlyMap<number, readonly PhotoRow[]>;
  readonly numbers: ReadonlyMap<number, number>;
}

const known = new WeakMap<Photos, Known>();

/** Worked out once for each state of the photos, whatever the filters. */
function knownOf(photos: Photos): Known {
  const before = known.get(photos);
  if (before !== undefined) return before;
  const frames = new Map<number, PhotoRow[]>();
  for (const photo of photos.values()) {
    const { burstId, state } = photo;
    // What main compares, and so counts.
    if (burstId === null || (state !== "probed" && state !== "measured")) continue;
    const members = frames.get(burstId);
    if (members === undefined) frames.set(burstId, [photo]);
    else members.push(photo);
  }
  const numbers = new Map<number, number>();
  for (const members of frames.values()) {
    members.sort(byCapture);
    for (const [index, { id }] of members.entries()) numbers.set(id, index + 1);
  }
  const now = { frames, numbers };
  known.set(photos, now);
  return now;
}

/** The frames of a burst in capture order, whatever the filters. */
export function framesOf(photos: Photos, burstId: number): readonly PhotoRow[] {
  return knownOf(photos).frames.get(burstId) ?? [];
}

/** A frame's number in its burst, from 1, in capture order, whatever the filters: what reasons call "#3". */
export function frameNumber(photos: Photos, { id }: PhotoRow): number {
  return knownOf(photos).numbers.get(id) ?? 1;
}

const knownTies = new WeakMap<
  Photos,
  { readonly of: Bursts; readonly ties: ReadonlySet<number> }
>();

/** `openTies`, worked out once for each state of photos and bursts. */
export function tiesIn(photos: Photos, bursts: Bursts): ReadonlySet<number> {
  const before = knownTies.get(photos);
  if (before?.of === bursts) return before.ties;
  const ties = openTies(photos, bursts);
  knownTies.set(photos, { of: bursts, ties });
  return ties;
}
