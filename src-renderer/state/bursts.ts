import type { BurstRow, PhotoRow } from "../../src-preload/contract/photos.ts";
import { openTies } from "./ties.ts";

type Photos = ReadonlyMap<number, PhotoRow>;
type Bursts = ReadonlyMap<number, BurstRow>;

/** Orders frames of a burst as main numbers them in its reasons: by capture time, then by name. */
function byCapture(a: PhotoRow, b: PhotoRow): number {
  const [one, other] = [a.capturedAt ?? Number.MAX_VALUE, b.capturedAt ?? Number.MAX_VALUE];
  return one - other || Number(a.name > b.name) - Number(a.name < b.name) || a.id - b.id;
}

const knownFrames = new WeakMap<Photos, ReadonlyMap<number, readonly PhotoRow[]>>();

/** The frames of every burst in capture order, whatever the filters. Worked out once for each state of the photos. */
function framesByBurst(photos: Photos): ReadonlyMap<number, readonly PhotoRow[]> {
  const known = knownFrames.get(photos);
  if (known !== undefined) return known;
  const bursts = new Map<number, PhotoRow[]>();
  for (const photo of photos.values()) {
    // What main compares, and so counts.
    if (photo.burstId === null || (photo.state !== "probed" && photo.state !== "measured"))
      continue;
    const members = bursts.get(photo.burstId);
    if (members === undefined) bursts.set(photo.burstId, [photo]);
    else members.push(photo);
  }
  for (const members of bursts.values()) members.sort(byCapture);
  knownFrames.set(photos, bursts);
  return bursts;
}

/** The frames of a burst in capture order, whatever the filters. */
export function framesOf(photos: Photos, burstId: number): readonly PhotoRow[] {
  return framesByBurst(photos).get(burstId) ?? [];
}

/** A frame's number in its burst, from 1, in capture order, whatever the filters: what reasons call "#3". */
export function frameNumber(photos: Photos, { id, burstId }: PhotoRow): number {
  const at =
    burstId === null ? -1 : framesOf(photos, burstId).findIndex((frame) => frame.id === id);
  return Math.max(1, at + 1);
}

const knownTies = new WeakMap<
  Photos,
  { readonly of: Bursts; readonly ties: ReadonlySet<number> }
>();

/** `openTies`, worked out once for each state of photos and bursts. */
export function tiesIn(photos: Photos, bursts: Bursts): ReadonlySet<number> {
  const known = knownTies.get(photos);
  if (known?.of === bursts) return known.ties;
  const ties = openTies(photos, bursts);
  knownTies.set(photos, { of: bursts, ties });
  return ties;
}
