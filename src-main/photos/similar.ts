import { inTurns, type Steps } from "../in-turns.ts";
import type { BurstMember } from "../library/index.ts";
import { areLooksAlike, distanceOfLooks, type Look, openLook } from "./best-cut/index.ts";
import { looksInSteps, type MemberStores, membersInSteps } from "./planned-groups.ts";

/** A frame of another burst that looks much like the photo that was asked for. */
export interface SimilarPhoto {
  readonly photoId: number;
  readonly burstId: number;
  /** 0 for the same picture, 1 for another scene. */
  readonly distance: number;
}

/**
 * Looks at most this far apart show the same: all of 68 real photos, eight times as bright and clipped, stay nearer
 * to themselves than this, and of 1700 pairs of real photos of different scenes none was.
 */
const SIMILAR_DISTANCE = 0.3;

const MOST_SHOWN = 12;

/**
 * Near-duplicates across bursts. Keeps what the photos of the root that was last asked for look like: a look belongs to
 * the bytes of a photo and never changes.
 */
export class SimilarPhotos {
  readonly #stores: MemberStores;
  #looks: { readonly rootId: number; readonly byIdentity: ReadonlyMap<string, Look> } | null = null;

  constructor(stores: MemberStores) {
    this.#stores = stores;
  }

  /**
   * Frames of the root's other bursts, the most alike first, one a burst and at most twelve. A photo that was not
   * measured yet has none.
   */
  find(rootId: number, photoId: number): Promise<SimilarPhoto[]> {
    return inTurns(this.#find(rootId, photoId));
  }

  *#find(rootId: number, photoId: number): Steps<SimilarPhoto[]> {
    const members = yield* membersInSteps(this.#stores, rootId);
    const looks = yield* this.#looksOf(rootId, members);
    const photo = members.find(({ id }) => id === photoId);
    const look = photo === undefined ? undefined : looks.get(photo.identity);
    if (photo === undefined || look === undefined) return [];
    const best = new Map<number, SimilarPhoto>();
    for (const { id, identity, burstId } of members) {
      yield;
      if (burstId === null || burstId === photo.burstId) continue;
      const other = looks.get(identity);
      const limit = best.get(burstId)?.distance ?? SIMILAR_DISTANCE;
      if (other === undefined || !areLooksAlike(look, other, limit)) continue;
      const distance = distanceOfLooks(look, other);
      if (!best.has(burstId) || distance < limit)
        best.set(burstId, { photoId: id, burstId, distance });
    }
    return [...best.values()]
      .toSorted((a, b) => a.distance - b.distance || a.photoId - b.photoId)
      .slice(0, MOST_SHOWN);
  }

  *#looksOf(rootId: number, members: readonly BurstMember[]): Steps<ReadonlyMap<string, Look>> {
    const known = this.#looks;
    if (
      known?.rootId === rootId &&
      members.every((member) => known.byIdentity.has(member.identity))
    ) {
      return known.byIdentity;
    }
    const byIdentity = new Map<string, Look>();
    for (const [identity, bytes] of yield* looksInSteps(this.#stores, rootId)) {
      byIdentity.set(identity, openLook(bytes));
      yield;
    }
    this.#looks = { rootId, byIdentity };
    return byIdentity;
  }
}
