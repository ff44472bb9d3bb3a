import { pieces, type Steps } from "../in-turns.ts";
import type { BurstRanks } from "../library/index.ts";
import { rankInSteps } from "./best-cut/index.ts";
import { isFree, linkFolders, looksInSteps, membersInSteps, planGroups } from "./planned-groups.ts";
import { candidatesOf, type RankingStores, toRanks } from "./ranking.ts";

/** How many photos change their burst in one transaction. */
export const movedAtOnce = 200;

/** A photo that is to change its burst. */
export interface Assignment {
  readonly photoId: number;
  readonly from: number | null;
  /** Shared by all that come together; its `burstId` is null until the burst is made. */
  readonly into: { burstId: number | null };
}

/**
 * Works out which photos of a root belong to which burst now: folder by folder, by time and look. A group keeps the
 * burst that most of its photos are in already; others get a new one.
 *
 * @param gapMs longest pause between two frames of one moment, milliseconds
 * @param which `free`: bursts that the person split, merged or dissolved, or moved a pick out of, are left as they are
 * @returns only what changes; nothing is written yet
 */
export function* planGrouping(
  stores: RankingStores,
  rootId: number,
  gapMs: number,
  which: "free" | "all" = "free",
): Steps<Assignment[]> {
  const all = yield* membersInSteps(stores, rootId);
  const members = which === "all" ? all : all.filter(isFree(stores.bursts, rootId));
  const looks = yield* looksInSteps(stores, rootId);
  const folders = yield* linkFolders(members, looks, gapMs);
  const groups = yield* planGroups(folders, gapMs);
  return groups.flatMap(({ frames, burstId }) => {
    const into = { burstId };
    return frames
      .filter((frame) => burstId === null || frame.burstId !== burstId)
      .map((frame) => ({ photoId: frame.id, from: frame.burstId, into }));
  });
}

/**
 * Groups a root again. Not a step of undo: it is what reading a folder does. What a person moved meanwhile stays where
 * they put it.
 *
 * @returns the bursts that are to be ranked
 */
export function* groupRoot(stores: RankingStores, rootId: number, gapMs: number): Steps<number[]> {
  const { database, bursts } = stores;
  const assignments = yield* planGrouping(stores, rootId, gapMs);
  for (const piece of pieces(assignments, movedAtOnce)) {
    database.transaction(() => {
      const touched = new Set<number>();
      for (const { photoId, from, into } of piece) {
        into.burstId ??= bursts.create();
        bursts.assign(photoId, from, into.burstId);
        touched.add(into.burstId);
        if (from !== null) touched.add(from);
      }
      bursts.clearRanks([...touched]);
    });
    yield;
  }
  return bursts.outdated(rootId);
}

/** All measured photos of a root as one burst; null when there are none. Writes nothing. */
export function* rankRoot(stores: RankingStores, rootId: number): Steps<BurstRanks | null> {
  const frames = yield* candidatesOf(stores, yield* membersInSteps(stores, rootId));
  return frames.length === 0 ? null : toRanks(yield* rankInSteps(frames));
}
