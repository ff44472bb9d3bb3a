import type { BurstRow, PhotoRow } from "../../src-preload/contract/photos.ts";
import { frameNumber, tiesIn } from "./bursts.ts";
import type { Filters, ViewState } from "./view-store.ts";

/** A place in grid and filmstrip: a photo, and the stack that it stands for or in. */
export interface Item {
  readonly photoId: number;
  readonly burstId: number | null;
  /** Frames of its burst that pass the filters. */
  readonly burstSize: number;
  /** From 1, in capture order. */
  readonly burstPosition: number;
  /** It stands for its whole closed stack. */
  readonly isStack: boolean;
  readonly isPick: boolean;
  /** Its number in its burst, from 1, in capture order, whatever the filters: what reasons call "#3". */
  readonly frame: number;
  /** The best frames of its burst are too close to call, and the person has neither chosen nor decided. */
  readonly isTie: boolean;
}

const collator = new Intl.Collator("en", { numeric: true });

/** States in which there is something to look at. */
export function isShown(photo: PhotoRow): boolean {
  return photo.state === "found" || photo.state === "probed" || photo.state === "measured";
}

function passes(
  photo: PhotoRow,
  filters: Filters,
  bursts: ReadonlyMap<number, BurstRow>,
  ties: ReadonlySet<number>,
): boolean {
  if (photo.stars < filters.minStars) return false;
  if (filters.flags.length > 0 && !filters.flags.includes(photo.flag)) return false;
  if (filters.labels.length > 0 && !filters.labels.includes(photo.label)) return false;
  if (filters.camera !== null && photo.camera !== filters.camera) return false;
  if (filters.lens !== null && photo.lens !== filters.lens) return false;
  if (filters.isoFrom !== null && (photo.iso ?? -1) < filters.isoFrom) return false;
  if (filters.isoTo !== null && (photo.iso ?? Number.POSITIVE_INFINITY) > filters.isoTo)
    return false;
  if (filters.picksOnly && !isPickOf(photo, bursts)) return false;
  if (filters.tiesOnly && (photo.burstId === null || !ties.has(photo.burstId))) return false;
  const text = filters.text.trim().toLocaleLowerCase();
  return text === "" || photo.name.toLocaleLowerCase().includes(text);
}

function isPickOf(photo: PhotoRow, bursts: ReadonlyMap<number, BurstRow>): boolean {
  return photo.burstId !== null && bursts.get(photo.burstId)?.pickId === photo.id;
}

function compareBy(sort: ViewState["sort"]): (a: PhotoRow, b: PhotoRow) => number {
  const byName = (a: PhotoRow, b: PhotoRow) => collator.compare(a.name, b.name) || a.id - b.id;
  const byTime = (a: PhotoRow, b: PhotoRow) =>
    (a.capturedAt ?? Number.POSITIVE_INFINITY) === (b.capturedAt ?? Number.POSITIVE_INFINITY)
      ? byName(a, b)
      : (a.capturedAt ?? Number.POSITIVE_INFINITY) - (b.capturedAt ?? Number.POSITIVE_INFINITY);
  const compare = {
    time: byTime,
    name: byName,
    stars: (a: PhotoRow, b: PhotoRow) => a.stars - b.stars || byTime(a, b),
    score: (a: PhotoRow, b: PhotoRow) => (a.score ?? 0) - (b.score ?? 0) || byTime(a, b),
  }[sort.key];
  return sort.descending ? (a, b) => compare(b, a) : compare;
}

export interface DeriveInput {
  readonly photos: ReadonlyMap<number, PhotoRow>;
  readonly bursts: ReadonlyMap<number, BurstRow>;
  readonly filters: Filters;
  readonly sort: ViewState["sort"];
  readonly stacksCollapsed: boolean;
  readonly toggledBursts: ReadonlySet<number>;
}

/**
 * What grid and filmstrip show, in order: photos that pass the filters, frames of one burst side by side (at the place
 * of the first), a closed stack as its pick alone.
 */
export function deriveItems(input: DeriveInput): Item[] {
  const { photos, bursts, filters, sort, stacksCollapsed, toggledBursts } = input;
  const shown: PhotoRow[] = [];
  const ties = tiesIn(photos, bursts);
  for (const photo of photos.values()) {
    if (isShown(photo) && passes(photo, filters, bursts, ties)) shown.push(photo);
  }
  shown.sort(compareBy(sort));

  const frames = new Map<number, PhotoRow[]>();
  for (const photo of shown) {
    if (photo.burstId === null) continue;
    const members = frames.get(photo.burstId);
    if (members === undefined) frames.set(photo.burstId, [photo]);
    else members.push(photo);
  }
  const byTime = compareBy({ key: "time", descending: false });
  const items: Item[] = [];
  for (const photo of shown) {
    const { burstId } = photo;
    const members = burstId === null ? undefined : frames.get(burstId);
    if (burstId === null || members === undefined || members.length === 1) {
      items.push({
        photoId: photo.id,
        burstId,
        burstSize: 1,
        burstPosition: 1,
        isStack: false,
        isPick: isPickOf(photo, bursts),
        frame: frameNumber(photos, photo),
        isTie: false,
      });
      continue;
    }
    // The whole burst comes at the place of its first frame.
    if (members[0] !== photo) continue;
    const pickId = bursts.get(burstId)?.pickId ?? null;
    const inOrder = members.toSorted(byTime);
    const isClosed = stacksCollapsed !== toggledBursts.has(burstId);
    const top = inOrder.find((member) => member.id === pickId) ?? inOrder[0];
    for (const [index, member] of inOrder.entries()) {
      if (isClosed && member !== top) continue;
      items.push({
        photoId: member.id,
        burstId,
        burstSize: inOrder.length,
        burstPosition: index + 1,
        isStack: isClosed,
        isPick: member.id === pickId,
        frame: frameNumber(photos, member),
        isTie: ties.has(burstId) && bursts.get(burstId)?.pickIsManual === false,
      });
    }
  }
  return items;
}

/** How far the person has got, over all photos of the root whatever the filters. */
export function countDecisions(photos: ReadonlyMap<number, PhotoRow>): {
  picked: number;
  rejected: number;
  undecided: number;
  skipped: number;
  missing: number;
} {
  const counts = { picked: 0, rejected: 0, undecided: 0, skipped: 0, missing: 0 };
  for (const photo of photos.values()) {
    if (photo.state === "skipped") counts.skipped += 1;
    else if (photo.state === "missing") counts.missing += 1;
    else if (!isShown(photo)) continue;
    else if (photo.flag === "pick") counts.picked += 1;
    else if (photo.flag === "reject") counts.rejected += 1;
    else counts.undecided += 1;
  }
  return counts;
}
