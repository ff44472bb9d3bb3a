import { basename, dirname } from "node:path";
import { KilnError } from "../errors.ts";
import type {
  Change,
  EditStore,
  LibraryDatabase,
  SeenSidecar,
  SidecarPhoto,
  SidecarStore,
  Standing,
} from "../library/index.ts";
import { loadSidecar, sidecarOf } from "../xmp/index.ts";
import {
  type News,
  newsOf,
  type Outcome,
  type SidecarPreferences,
  sidecarTime,
  weigh,
} from "./sidecar-rules.ts";

export interface SidecarServices {
  readonly database: LibraryDatabase;
  readonly edits: EditStore;
  readonly sidecars: SidecarStore;
  readonly preferences: () => SidecarPreferences;
  /** The top folder of the camera's card that a folder is on, or null: `cardHolding` of the library. */
  readonly cardHolding: (folder: string) => Promise<string | null>;
}

/** What reading sidecars came to. */
export interface TakenIn {
  /** Photos that took over what their sidecar says. */
  readonly cameIn: number;
  /** Of those, photos whose decision in Kiln was older and gave way: one step of undo. */
  readonly overruled: number;
  /** Photos whose sidecar gave way to a decision in Kiln. */
  readonly kept: number;
  /** Sidecars that can't be read. */
  readonly problems: readonly { readonly path: string; readonly problem: KilnError }[];
  /** Ratings outside of -1..5, which are left alone until the person decides on their photos. */
  readonly oddRatings: readonly OddRating[];
}

interface OddRating {
  /** Of the sidecar, without its folder. */
  readonly name: string;
  /** As it stands there. */
  readonly written: string;
}

/** Why a decision waits for the next reading: the photo's file is not the one that Kiln read. */
export const PHOTO_CHANGED = "sidecar-photo-changed";

/** Photos that are settled in one transaction: main answers others in between. */
const AT_ONCE = 100;

/**
 * Reads the sidecars of a root that changed since Kiln last saw them, and lets what they say about stars, flag and
 * label come in where the person's preferences say so. Photos that nobody decided on take it silently, as reading a
 * folder does; where a decision gives way, that is a step of undo. A sidecar that can't be read stops nothing.
 *
 * @throws the signal's reason
 */
export async function takeInSidecars(
  services: SidecarServices,
  rootId: number,
  signal: AbortSignal,
): Promise<TakenIn> {
  services.sidecars.queueRefused(rootId, PHOTO_CHANGED);
  const changed = services.sidecars.changedOfRoot(rootId);
  const read: PhotoNews[] = [];
  /** Those that overrule the person are one step of undo, all together. */
  const overruling: PhotoNews[] = [];
  const settled = { cameIn: 0, overruled: 0, kept: 0 };
  const settle = (news: readonly PhotoNews[], later?: PhotoNews[]): void => {
    const { cameIn, overruled, kept } = settleNews(services, news, later);
    settled.cameIn += cameIn;
    settled.overruled += overruled;
    settled.kept += kept;
  };
  const problems: { path: string; problem: KilnError }[] = [];
  const oddRatings: OddRating[] = [];
  for (const [photoId, sidecars] of Map.groupBy(changed, (each) => each.photoId)) {
    signal.throwIfAborted();
    const paths = sidecars.map(({ path }) => path);
    const news = await readNews(services, photoId, paths);
    problems.push(...news.problems);
    oddRatings.push(...news.oddRatings);
    read.push(news);
    if (read.length === AT_ONCE) settle(read.splice(0), overruling);
  }
  settle(read, overruling);
  if (overruling.length > 0) settle(overruling);
  return { ...settled, problems, oddRatings };
}

/** What sidecars of a photo say. Nothing is known of it yet: it counts as seen when it is settled. */
interface PhotoNews {
  readonly photoId: number;
  /** What the newest of them says that is new. */
  readonly newest: News | null;
  readonly seen: readonly { readonly path: string; readonly version: SeenSidecar }[];
}

/** Reads sidecars of one photo. */
export async function readNews(
  { sidecars }: SidecarServices,
  photoId: number,
  paths: readonly string[],
): Promise<PhotoNews & Pick<TakenIn, "problems" | "oddRatings">> {
  const seen: { path: string; version: SeenSidecar }[] = [];
  const problems: { path: string; problem: KilnError }[] = [];
  const oddRatings: OddRating[] = [];
  let newest: News | null = null;
  for (const path of paths) {
    try {
      const file = await loadSidecar(path);
      if (file === null) continue;
      const before = sidecars.seen(dirname(path), basename(path));
      const sidecar = sidecarOf(path, file);
      const { oddRating } = sidecar;
      if (oddRating !== null) oddRatings.push({ name: basename(path), written: oddRating });
      if (before?.sha256 !== file.sha256) {
        const news = newsOf(sidecar, before, sidecarTime(sidecar, file.modifiedMs, Date.now()));
        if (news !== null && (newest === null || news.at > newest.at)) newest = news;
      }
      // Not its content, which may wait for thousands of others.
      const { bytes, modifiedMs, sha256 } = file;
      seen.push({ path, version: { bytes, modifiedMs, sha256, ...saidBy(sidecar) } });
    } catch (error) {
      if (!(error instanceof KilnError)) throw error;
      problems.push({ path, problem: error });
    }
  }
  return { photoId, newest, seen, problems, oddRatings };
}

/** What is remembered of a sidecar. */
export function saidBy({
  rating,
  label,
  pick,
}: {
  rating: number | null;
  label: string | null;
  pick: Standing["flag"] | null;
}) {
  return { rating, label, pick };
}

/**
 * Weighs what sidecars say against what stands now, which the person may have changed since they were read, and writes
 * down how it went, in one step with that they were seen: what is broken off before is read again. Sidecars of a photo
 * that is not there count as unseen.
 *
 * @param later gets those that overrule the person, which are then left as they are; without it they are settled, too
 */
export function settleNews(
  { database, edits, sidecars, preferences }: SidecarServices,
  read: readonly PhotoNews[],
  later?: PhotoNews[],
): Omit<TakenIn, "problems" | "oddRatings"> {
  return database.transaction(() => {
    const outcomes: (Outcome & { readonly photo: SidecarPhoto })[] = [];
    for (const news of read) {
      const { photoId, newest, seen } = news;
      const photo = sidecars.photo(photoId);
      if (photo === null) continue;
      const outcome = newest === null ? null : { photo, ...weigh(photo, newest, preferences()) };
      if (outcome?.overruled === true && later !== undefined) {
        later.push(news);
        continue;
      }
      if (outcome !== null) outcomes.push(outcome);
      for (const { path, version } of seen) {
        sidecars.saveSeen(dirname(path), basename(path), version);
      }
    }
    const coming = outcomes.filter(({ photo, standing }) =>
      (["stars", "flag", "label"] as const).some((field) => photo[field] !== standing[field]),
    );
    const overruled = coming.filter((each) => each.overruled);
    for (const { photo, standing, overruled: isStep } of coming) {
      if (!isStep) sidecars.decide(photo.id, standing);
    }
    edits.record(
      {
        en: `Take over ${overruled.length === 1 ? "1 sidecar" : `${overruled.length} sidecars`}`,
        ko: `사이드카 ${overruled.length}개 받아들이기`,
      },
      overruled.flatMap(({ photo, standing }) =>
        (["stars", "flag", "label"] as const).map(
          (field): Change => ({ entity: "photo", id: photo.id, field, value: standing[field] }),
        ),
      ),
      Date.now(),
    );
    for (const { photo, ratingAt, labelAt } of coming) {
      sidecars.cameFromSidecar(photo.id, { rating: ratingAt, label: labelAt });
    }
    const kept = outcomes.filter((each) => each.kept);
    for (const { photo } of kept) sidecars.queue(photo.id);
    return { cameIn: coming.length, overruled: overruled.length, kept: kept.length };
  });
}
