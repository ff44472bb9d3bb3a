import { tiesIn } from "./bursts.ts";
import { useLibrary } from "./library-store.ts";
import { moveBurst, moveToBurst, targetBurstIds } from "./navigation.ts";
import { decidedBursts } from "./ties.ts";
import { compareTies } from "./view-store.ts";

/** Bursts that are too close to call and not decided. */
function ties(): ReadonlySet<number> {
  const { photos, bursts } = useLibrary.getState();
  return tiesIn(photos, bursts);
}

export function hasTies(): boolean {
  return ties().size > 0;
}

/** The next burst that waits for a decision; where none does, the next one. */
export function goToUndecided(): void {
  const { photos, bursts } = useLibrary.getState();
  const decided = decidedBursts(photos);
  // Where nothing is proposed, the pick has gone where the person moved it, or there is nothing to accept yet.
  const waits = (burstId: number): boolean =>
    !decided.has(burstId) && bursts.get(burstId)?.pickId !== null;
  if (!moveToBurst(waits)) moveBurst(1);
}

/** The next burst that is too close to call, from the active photo on and round. */
export function goToTie(): void {
  const open = ties();
  moveToBurst((burstId) => open.has(burstId));
}

/** Compares the tied frames of the active photo's burst, or of the next burst that has such. */
export function goCompareTie(): void {
  const open = ties();
  const isHere = targetBurstIds().some((burstId) => open.has(burstId));
  if (isHere || moveToBurst((burstId) => open.has(burstId))) compareTies();
}
