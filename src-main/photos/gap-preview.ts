import { inTurns, type Steps } from "../in-turns.ts";
import type { LibraryDatabase } from "../library/index.ts";
import {
  isFree,
  type LinkedFolder,
  linkFolders,
  looksInSteps,
  type MemberStores,
  membersInSteps,
  planGroups,
} from "./planned-groups.ts";

/** How a root would be grouped. */
export interface GapPreview {
  /** Bursts of two and more. */
  readonly bursts: number;
  readonly singles: number;
  /** Photos that would change their burst. */
  readonly changed: number;
}

interface Root {
  readonly rootId: number;
  readonly revision: number;
  /** Bursts that no gap changes: how many photos each has. */
  readonly kept: readonly number[];
  readonly folders: readonly LinkedFolder[];
  readonly upToMs: number;
}

/**
 * Says how a root would be grouped at a gap, without writing anything, quickly enough for a slider that is being
 * dragged: what holds photos together is worked out once for the root that was last asked for.
 */
export class GapPreviews {
  readonly #stores: MemberStores & { readonly database: LibraryDatabase };
  #root: Root | null = null;

  constructor(stores: MemberStores & { readonly database: LibraryDatabase }) {
    this.#stores = stores;
  }

  /** @param gapMs longest pause between two frames of one burst, milliseconds */
  preview(rootId: number, gapMs: number): Promise<GapPreview> {
    return inTurns(this.#preview(rootId, gapMs));
  }

  *#preview(rootId: number, gapMs: number): Steps<GapPreview> {
    const { kept, folders } = yield* this.#read(rootId, gapMs);
    const planned = yield* planGroups(folders, gapMs);
    const sizes = [...planned.map(({ frames }) => frames.length), ...kept];
    const changed = planned.flatMap(({ frames, burstId }) =>
      frames.filter((frame) => burstId === null || frame.burstId !== burstId),
    );
    return {
      bursts: sizes.filter((size) => size > 1).length,
      singles: sizes.filter((size) => size === 1).length,
      changed: changed.length,
    };
  }

  *#read(rootId: number, gapMs: number): Steps<Root> {
    const { database } = this.#stores;
    const revision = database.currentRevision();
    const known = this.#root?.rootId === rootId && this.#root.revision === revision;
    if (known && this.#root !== null && gapMs <= this.#root.upToMs) return this.#root;
    const members = yield* membersInSteps(this.#stores, rootId);
    const isFreeHere = isFree(this.#stores.bursts, rootId);
    const free = members.filter(isFreeHere);
    const fixed = members.filter((member) => !isFreeHere(member));
    const kept = [...Map.groupBy(fixed, ({ burstId }) => burstId).values()].map(
      ({ length }) => length,
    );
    const folders = yield* linkFolders(free, yield* looksInSteps(this.#stores, rootId), gapMs);
    const upToMs = Math.min(...folders.map(({ links }) => links.upToMs));
    // Of what changed while it was read, the next preview hears: it has another revision then.
    this.#root = { rootId, revision, kept, folders, upToMs };
    return this.#root;
  }
}
