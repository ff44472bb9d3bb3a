import type {
  BurstMember,
  BurstRanks,
  BurstStore,
  FaceStore,
  MeasureStore,
} from "../library/index.ts";
import { groupBursts, rankBurst } from "./best-cut/index.ts";

export interface GroupingStores {
  readonly bursts: BurstStore;
  readonly measures: MeasureStore;
  readonly faces: FaceStore;
}

/** A photo that changes its burst. */
export interface Assignment {
  readonly photoId: number;
  readonly burstId: number;
}

/**
 * Works out which photos of a root belong to which burst now: folder by folder, by time and look. Bursts that the
 * person split, merged or dissolved are left as they are. A group keeps the burst that most of its photos are in
 * already, so that little changes when a folder is read again; others get a new one.
 *
 * @param gapMs longest pause between two frames of one moment, milliseconds
 * @returns only what changes; nothing is assigned yet (new, still empty bursts are made)
 */
export function planGrouping(stores: GroupingStores, rootId: number, gapMs: number): Assignment[] {
  const free = stores.bursts.membersOfRoot(rootId).filter((member) => !member.burstIsManual);
  const taken = new Set<number>();
  const assignments: Assignment[] = [];
  for (const members of Map.groupBy(free, (member) => member.directory).values()) {
    const byId = new Map(members.map((member) => [member.id, member]));
    const candidates = members.map((member) => ({
      id: member.id,
      name: member.name,
      capturedAt: member.capturedAt,
      subSecond: member.hasSubseconds,
      camera: member.camera,
      look: stores.measures.get(member.identity)?.look ?? null,
    }));
    for (const group of groupBursts(candidates, { gapMs })) {
      const frames = group.map((id) => byId.get(id)).filter((frame) => frame !== undefined);
      const burstId = mostCommonBurst(frames, taken) ?? stores.bursts.create();
      taken.add(burstId);
      for (const frame of frames) {
        if (frame.burstId !== burstId) assignments.push({ photoId: frame.id, burstId });
      }
    }
  }
  return assignments;
}

/** Groups a root again and writes the new ranks. Not a step of undo: it is what reading a folder does. */
export function groupRoot(stores: GroupingStores, rootId: number, gapMs: number): void {
  const left = new Map(
    stores.bursts.membersOfRoot(rootId).map((member) => [member.id, member.burstId]),
  );
  const assignments = planGrouping(stores, rootId, gapMs);
  const touched = new Set<number>();
  for (const [burstId, moved] of Map.groupBy(assignments, (assignment) => assignment.burstId)) {
    stores.bursts.assign(
      moved.map(({ photoId }) => photoId),
      burstId,
    );
    touched.add(burstId);
    for (const { photoId } of moved) {
      const before = left.get(photoId);
      if (before !== undefined && before !== null) touched.add(before);
    }
  }
  rankBursts(stores, touched.union(new Set(stores.bursts.outdated(rootId))));
}

/**
 * Ranks bursts by what was measured on their frames and proposes a pick for each. A burst with a frame that is not
 * measured yet waits: half a comparison is none.
 */
export function rankBursts(stores: GroupingStores, burstIds: Iterable<number>): void {
  for (const burstId of burstIds) {
    const members = stores.bursts.membersOfBurst(burstId);
    const { ranks, unmeasured } = rank(stores, members);
    stores.bursts.saveRanks(burstId, unmeasured > 0 ? null : ranks);
  }
}

/** All measured photos of a root as one burst; null when there are none. Writes nothing. */
export function rankRoot(stores: GroupingStores, rootId: number): BurstRanks | null {
  return rank(stores, stores.bursts.membersOfRoot(rootId)).ranks;
}

function rank(
  stores: GroupingStores,
  members: readonly BurstMember[],
): { ranks: BurstRanks | null; unmeasured: number } {
  const frames = members.flatMap((member) => {
    const measures = stores.measures.get(member.identity);
    return measures === null ? [] : [{ id: member.id, measures }];
  });
  const unmeasured = members.length - frames.length;
  if (frames.length === 0) return { ranks: null, unmeasured };
  const ranked = rankBurst(frames);
  return {
    unmeasured,
    ranks: {
      frames: ranked.frames.map((frame) => ({
        photoId: frame.id,
        rank: frame.rank,
        score: frame.score,
        reason: frame.reason,
        subject: { kind: "frame", box: [0, 0, 1, 1] },
      })),
      proposedId: ranked.pickId,
      verdict: "pick",
    },
  };
}

function mostCommonBurst(
  frames: readonly BurstMember[],
  taken: ReadonlySet<number>,
): number | null {
  const counts = new Map<number, number>();
  for (const { burstId } of frames) {
    if (burstId === null || taken.has(burstId)) continue;
    counts.set(burstId, (counts.get(burstId) ?? 0) + 1);
  }
  let best: number | null = null;
  for (const [burstId, count] of counts) {
    if (best === null || count > (counts.get(best) ?? 0)) best = burstId;
  }
  return best;
}
