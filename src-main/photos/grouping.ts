import type {
  BurstMember,
  BurstRanks,
  BurstStore,
  FaceStore,
  MeasureStore,
} from "../library/index.ts";
import { rankBurst } from "./best-cut/index.ts";
import { linkFolders, planGroups } from "./planned-groups.ts";

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
 * Works out which photos of a root belong to which burst now: folder by folder, by time and look. A group keeps the
 * burst that most of its photos are in already; others get a new one.
 *
 * @param gapMs longest pause between two frames of one moment, milliseconds
 * @param which `free`: bursts that the person split, merged or dissolved are left as they are
 * @returns only what changes; nothing is assigned yet (new, still empty bursts are made)
 */
export function planGrouping(
  stores: GroupingStores,
  rootId: number,
  gapMs: number,
  which: "free" | "all" = "free",
): Assignment[] {
  const members = stores.bursts
    .membersOfRoot(rootId)
    .filter((member) => which === "all" || !member.burstIsManual);
  const folders = linkFolders(members, stores.measures.looksOfRoot(rootId), gapMs);
  return planGroups(folders, gapMs).flatMap((group) => {
    const burstId = group.burstId ?? stores.bursts.create();
    return group.frames
      .filter((frame) => frame.burstId !== burstId)
      .map((frame) => ({ photoId: frame.id, burstId }));
  });
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
  const frames = members.flatMap((member, i) => {
    const measures = stores.measures.get(member.identity);
    if (measures === null) return [];
    const { id, focus } = member;
    const faces = stores.faces.get(member.identity);
    return [{ id, place: i + 1, measures, detail: measures.detail, faces, focus }];
  });
  const unmeasured = members.length - frames.length;
  if (frames.length === 0) return { ranks: null, unmeasured };
  const { ranked, verdict } = rankBurst(frames);
  const [pick] = ranked;
  if (pick === undefined) return { ranks: null, unmeasured };
  return {
    unmeasured,
    ranks: {
      frames: ranked.map((frame) => ({
        photoId: frame.id,
        rank: frame.rank,
        score: frame.score,
        reason: frame.reason,
        subject: frame.subject,
        isTied: frame.isTied,
      })),
      proposedId: pick.id,
      verdict,
    },
  };
}
