import type { PhotoRow } from "../../src-preload/contract/photos.ts";

/** What a person can decide about a photo. */
export type Decision = Partial<Pick<PhotoRow, "stars" | "flag" | "label" | "rotation">>;

interface Pending {
  readonly photoIds: ReadonlySet<number>;
  readonly decision: Decision;
}

const pending = new Set<Pending>();

/**
 * Remembers a decision that is on its way to main. Rows that main sent before it got there must not take it off the
 * screen. Answers the function that ends this.
 */
export function holdDecision(photoIds: readonly number[], decision: Decision): () => void {
  const held = { photoIds: new Set(photoIds), decision };
  pending.add(held);
  return () => pending.delete(held);
}

/** A row as main sent it, with the decisions that are still on their way laid over it. */
export function withHeldDecisions(row: PhotoRow): PhotoRow {
  let shown = row;
  for (const { photoIds, decision } of pending) {
    if (photoIds.has(row.id)) shown = { ...shown, ...decision };
  }
  return shown;
}
