import { setImmediate as nextTurn } from "node:timers/promises";
import type { Steps } from "./best-cut/index.ts";

/** A window that waits for several of these still gets its answer within a few frames of the screen. */
const turnMs = 8;

/**
 * Does work in turns of some milliseconds, and lets everything else of this thread have its turn in between.
 *
 * @throws the signal's reason, between two steps
 */
export async function inTurns<Result>(steps: Steps<Result>, signal?: AbortSignal): Promise<Result> {
  let since = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() - since < turnMs) continue;
    await nextTurn();
    signal?.throwIfAborted();
    since = performance.now();
  }
}

/** Pieces of at most `size` items. */
export function pieces<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
