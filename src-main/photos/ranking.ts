import { finish, inTurns, type Steps } from "../in-turns.ts";
import type {
  BurstMember,
  BurstRanks,
  BurstStore,
  FaceStore,
  LibraryDatabase,
  MeasureStore,
} from "../library/index.ts";
import { type RankCandidate, type RankedBurst, rankInSteps } from "./best-cut/index.ts";

export interface RankingStores {
  readonly database: LibraryDatabase;
  readonly bursts: BurstStore;
  readonly measures: MeasureStore;
  readonly faces: FaceStore;
}

/** So many frames are ranked where they are changed, within ten milliseconds; more of them afterwards, in turns. */
const fewFrames = 16;

/** Ranks are written in batches: one commit for many bursts, and never so many that a window would feel it. */
const savedAtOnce = 16;
const saveWithinMs = 120;

interface Ranked {
  readonly burstId: number;
  /** What they rest on. */
  readonly key: string;
  readonly ranks: BurstRanks | null;
}

/**
 * Ranks bursts by what was measured on their frames and proposes a pick for each: a few milliseconds at a time, the
 * newest request first. A burst with a frame that is not measured yet gets no ranks: half a comparison is none.
 */
export class Ranking {
  readonly #stores: RankingStores;
  readonly #onFailure: (error: unknown) => void;
  readonly #closing = new AbortController();
  /** By burst, until its ranks are written. */
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();
  readonly #requests: number[][] = [];
  #running: Promise<void> | null = null;

  /** `onFailure`: called with what kept bursts from being ranked that nobody may be waiting for. */
  constructor(stores: RankingStores, onFailure: (error: unknown) => void = () => undefined) {
    this.#stores = stores;
    this.#onFailure = onFailure;
  }

  /**
   * To be called in the transaction that changes which frames are in these bursts. Few of them have their new ranks
   * with it; of many the old ranks go with it, and the new ones follow one burst after the other. Should Kiln end
   * before that, `takeUp` finds them.
   */
  refresh(burstIds: ReadonlySet<number>): void {
    if (burstIds.size === 0) return;
    const { bursts } = this.#stores;
    const all = [...burstIds];
    if (all.length <= fewFrames && bursts.countFrames(all) <= fewFrames) {
      for (const id of all) {
        bursts.saveRanks(id, finish(rankMembers(this.#stores, bursts.membersOfBurst(id))));
      }
      return;
    }
    bursts.clearRanks(all);
    // A failure is told by `onFailure`; the reading that comes next makes up for it.
    this.rank(all).catch(() => undefined);
  }

  /** Ranks the bursts whose ranks an earlier Kiln did not get to. */
  takeUp(): void {
    this.rank(this.#stores.bursts.unranked()).catch(() => undefined);
  }

  /**
   * Settles when all of these bursts have been ranked.
   *
   * @throws the signal's reason for whoever no longer waits; the bursts are ranked none the less
   */
  async rank(burstIds: readonly number[], signal?: AbortSignal): Promise<void> {
    this.#closing.signal.throwIfAborted();
    const ends = burstIds.map((id) => {
      const end = this.#waiting.get(id) ?? Promise.withResolvers<void>();
      this.#waiting.set(id, end);
      return end.promise;
    });
    this.#requests.push(burstIds.toReversed());
    this.#running ??= this.#run();
    const ranked = Promise.all(ends);
    await (signal === undefined ? ranked : Promise.race([ranked, untilAborted(signal)]));
  }

  /** Settles when none of these bursts waits for its ranks. */
  async settled(burstIds: Iterable<number> = this.#waiting.keys()): Promise<void> {
    await Promise.all([...burstIds].map((id) => this.#waiting.get(id)?.promise));
  }

  /** Ranks nothing more. Settles when the library may be closed. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    // Not inside the transaction that may surround the request.
    await Promise.resolve();
    // One that was asked for while the work was just ending is not left behind.
    do await inTurns(this.#work());
    while (this.#requests.length > 0);
    this.#running = null;
  }

  *#work(): Steps<void> {
    let ranked: Ranked[] = [];
    let since = performance.now();
    for (;;) {
      const burstId = this.#next();
      const isDue = ranked.length >= savedAtOnce || performance.now() - since > saveWithinMs;
      if (ranked.length > 0 && (burstId === null || isDue)) {
        this.#save(ranked);
        ranked = [];
        since = performance.now();
        yield;
      }
      if (burstId === null) {
        // Those whose frames changed meanwhile wait again.
        if (this.#requests.length === 0) return;
        continue;
      }
      if (!this.#waiting.has(burstId)) continue;
      try {
        const members = this.#stores.bursts.membersOfBurst(burstId);
        const ranks = yield* this.#untilClosed(rankMembers(this.#stores, members));
        ranked.push({ burstId, key: keyOf(members), ranks });
      } catch (error) {
        this.#fail([burstId], error);
      }
    }
  }

  #fail(burstIds: readonly number[], error: unknown): void {
    if (!this.#closing.signal.aborted) this.#onFailure(error);
    for (const id of burstIds) {
      this.#waiting.get(id)?.reject(error);
      this.#waiting.delete(id);
    }
  }

  /** The burst whose turn it is; null when none waits. Some may have had theirs by a newer request. */
  #next(): number | null {
    for (
      let request = this.#requests.at(-1);
      request !== undefined;
      request = this.#requests.at(-1)
    ) {
      const burstId = request.pop();
      if (burstId !== undefined) return burstId;
      this.#requests.pop();
    }
    return null;
  }

  /** Writes ranks down, but of bursts whose frames changed meanwhile: those are ranked again. */
  #save(ranked: readonly Ranked[]): void {
    const { bursts, database } = this.#stores;
    try {
      const isSaved = database.transaction(() =>
        ranked.map(({ burstId, key, ranks }) => {
          const isSame = keyOf(bursts.membersOfBurst(burstId)) === key;
          if (isSame) bursts.saveRanks(burstId, ranks);
          return isSame;
        }),
      );
      for (const [i, { burstId }] of ranked.entries()) {
        if (isSaved[i] === true) {
          this.#waiting.get(burstId)?.resolve();
          this.#waiting.delete(burstId);
        } else {
          this.#requests.push([burstId]);
        }
      }
    } catch (error) {
      this.#fail(
        ranked.map(({ burstId }) => burstId),
        error,
      );
    }
  }

  *#untilClosed<Result>(steps: Steps<Result>): Steps<Result> {
    for (;;) {
      this.#closing.signal.throwIfAborted();
      const { done, value } = steps.next();
      if (done === true) return value;
      yield;
    }
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** What a burst's ranks depend on, beside what is kept by the identity of the bytes. */
function keyOf(members: readonly BurstMember[]): string {
  return JSON.stringify(members.map(({ id, identity, focus }) => [id, identity, focus]));
}

/** Best cut's word on the frames of one burst; null while one of them is not measured. */
function* rankMembers(
  stores: Pick<RankingStores, "measures" | "faces">,
  members: readonly BurstMember[],
): Steps<BurstRanks | null> {
  const frames = yield* candidatesOf(stores, members);
  if (frames.length === 0 || frames.length < members.length) return null;
  return toRanks(yield* rankInSteps(frames));
}

/** What is known of photos that come in order of capture; those that are not measured yet are left out. */
export function* candidatesOf(
  { measures, faces }: Pick<RankingStores, "measures" | "faces">,
  members: readonly BurstMember[],
): Steps<RankCandidate[]> {
  const frames: RankCandidate[] = [];
  for (const [i, { id, identity, focus }] of members.entries()) {
    const measured = measures.get(identity);
    if (measured === null) continue;
    const { detail } = measured;
    frames.push({
      id,
      place: i + 1,
      measures: measured,
      detail,
      faces: faces.get(identity),
      focus,
    });
    yield;
  }
  return frames;
}

export function toRanks({ ranked, verdict }: RankedBurst): BurstRanks | null {
  const [pick] = ranked;
  if (pick === undefined) return null;
  const frames = ranked.map(({ id: photoId, ...frame }) => ({ photoId, ...frame }));
  return { frames, proposedId: pick.id, verdict };
}
