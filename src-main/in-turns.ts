import { setImmediate as nextTurn } from "node:timers/promises";

/** Work in pieces of about a millisecond: whoever runs it may let others have their turn at each `yield`. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Does all of the work at once. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

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

/** For a loop that waits for other things, too, which may answer at once: lets others have their turn now and then. */
export class Turns {
  #since = performance.now();

  /** @throws the signal's reason */
  async breathe(signal?: AbortSignal): Promise<void> {
    if (performance.now() - this.#since < turnMs) return;
    await nextTurn();
    signal?.throwIfAborted();
    this.#since = performance.now();
  }
}

/** Items in order, as `toSorted` gives them; for comparisons that are dear and items that are many. */
export function* sortInSteps<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Steps<Item[]> {
  let runs: Item[][] = [];
  for (const piece of pieces(items, sortedAtOnce)) {
    runs.push(piece.sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (const [one = [], other = []] of pieces(runs, 2)) {
      merged.push(yield* merge(one, other, compare));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

const sortedAtOnce = 256;

function* merge<Item>(
  one: readonly Item[],
  other: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Steps<Item[]> {
  const merged: Item[] = [];
  let [i, j] = [0, 0];
  while (i < one.length && j < other.length) {
    const [a, b] = [one[i] as Item, other[j] as Item];
    // Of equals the earlier comes first.
    if (compare(a, b) <= 0) {
      merged.push(a);
      i += 1;
    } else {
      merged.push(b);
      j += 1;
    }
    if (merged.length % sortedAtOnce === 0) yield;
  }
  return merged.concat(one.slice(i), other.slice(j));
}

/** Pieces of at most `size` items. */
export function pieces<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
