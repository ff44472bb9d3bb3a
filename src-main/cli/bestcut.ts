import { byCapture } from "../../src-preload/contract/capture-order.ts";
import type { PhotoDetail, PhotoRow, Subject, Verdict } from "../../src-preload/contract/photos.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import type { KilnClient } from "./client.ts";

export interface BestCutPhoto {
  readonly path: string;
  /** Paths of all its files, the main one first: a RAW and its JPEG count once. */
  readonly files: readonly string[];
  /** Higher is better, comparable inside the group. */
  readonly score: number;
  /** From 1. */
  readonly rank: number;
  /** Its number in the group's order of capture, from 1: what reasons call "#3". */
  readonly place: number;
  readonly reason: Localized;
  /** Where it was compared with the others; the box is x, y, width, height as fractions of the upright photo. */
  readonly subject: Subject;
  readonly measures: NonNullable<PhotoDetail["measures"]>;
}

export interface BestCutGroup {
  readonly verdict: Verdict;
  /** Best first. */
  readonly photos: readonly BestCutPhoto[];
  /** Path of the winner. */
  readonly pick: string;
}

/** What `kiln bestcut --json` prints. */
export interface BestCutReport {
  readonly groups: readonly BestCutGroup[];
  readonly skipped: readonly { readonly path: string; readonly reason: Localized }[];
  /** Milliseconds. */
  readonly timing: { readonly reading: number; readonly report: number; readonly total: number };
}

type MeasuredPhoto = PhotoRow & Pick<BestCutPhoto, "path" | "files" | "measures">;

/**
 * The best frame of every burst of a root that has been read, as the library knows it.
 * @param asOne take all photos as one set, whatever their time and look
 */
export async function reportBestCut(
  client: KilnClient,
  rootId: number,
  options: { readonly asOne: boolean; readonly readingMs: number },
): Promise<BestCutReport> {
  const startedAt = performance.now();
  const { photos, bursts } = await client.photos.changes({ rootId, since: 0 });
  const skipped: { path: string; reason: Localized }[] = [];
  const measured: MeasuredPhoto[] = [];
  for (const photo of photos) {
    if (photo.state === "gone" || photo.state === "missing") continue;
    const { path, files, measures } = await client.photos.detail({ photoId: photo.id });
    if (measures !== null && photo.state !== "skipped") {
      measured.push({ ...photo, path, files: files.map((file) => file.path), measures });
    } else if (photo.reason !== null) skipped.push({ path, reason: photo.reason });
  }
  const root = (await client.library.roots()).find(({ id }) => id === rootId);
  skipped.push(...(root?.unreadFolders ?? []));

  const words = new Map(bursts.map((burst) => [burst.id, burst]));
  const places = placesOf(photos, options.asOne);
  const groups = options.asOne
    ? await asOneGroup(client, rootId, measured, places)
    : [...Map.groupBy(measured, (photo) => photo.burstId)].map(([burstId, frames]) => {
        const burst = burstId === null ? undefined : words.get(burstId);
        return group(frames, places, burst?.pickId ?? null, burst?.verdict ?? null);
      });
  const report = Math.round(performance.now() - startedAt);
  const reading = Math.round(options.readingMs);
  return { groups, skipped, timing: { reading, report, total: reading + report } };
}

/** Numbers photos as reasons do, in their burst or all together. */
function placesOf(photos: readonly PhotoRow[], asOne: boolean): ReadonlyMap<number, number> {
  const compared = photos
    .filter(({ state }) => state === "probed" || state === "measured")
    .sort(byCapture);
  const sets = asOne ? [compared] : Map.groupBy(compared, ({ burstId }) => burstId).values();
  return new Map([...sets].flatMap((set) => set.map(({ id }, at) => [id, at + 1] as const)));
}

function group(
  frames: readonly MeasuredPhoto[],
  places: ReadonlyMap<number, number>,
  pickId: number | null,
  verdict: Verdict | null,
): BestCutGroup {
  const photos = frames.flatMap(({ id, path, files, score, rank, reason, subject, measures }) => {
    const place = places.get(id);
    return score === null ||
      rank === null ||
      place === undefined ||
      reason === null ||
      subject === null
      ? []
      : [{ path, files, score, rank, place, reason, subject, measures }];
  });
  const ordered = photos.toSorted((a, b) => a.rank - b.rank);
  const pick = frames.find(({ id }) => id === pickId)?.path ?? ordered[0]?.path ?? "";
  return { verdict: verdict ?? "pick", photos: ordered, pick };
}

async function asOneGroup(
  client: KilnClient,
  rootId: number,
  measured: readonly MeasuredPhoto[],
  places: ReadonlyMap<number, number>,
): Promise<BestCutGroup[]> {
  const { pickId, verdict, frames } = await client.photos.rankAsOne({ rootId });
  const words = new Map(frames.map((frame) => [frame.photoId, frame]));
  const photos = measured.flatMap((photo) => {
    const word = words.get(photo.id);
    if (word === undefined) return [];
    const { rank, score, reason, subject } = word;
    return [{ ...photo, rank, score, reason, subject }];
  });
  return photos.length === 0 ? [] : [group(photos, places, pickId, verdict)];
}

/** The report for a person: one line a burst. */
export function describeBestCut(report: BestCutReport, language: keyof Localized): string {
  const lines = report.groups.map((group) => {
    const [best] = group.photos;
    const count = group.photos.length;
    const size = language === "ko" ? `${count}장` : count === 1 ? "1 frame" : `${count} frames`;
    const mark = group.verdict === "tooCloseToCall" ? `; ${tooClose[language]}` : "";
    return `${group.pick}  (${size}${mark}) ${best?.reason[language] ?? ""}`.trimEnd();
  });
  if (lines.length === 0) {
    lines.push(
      language === "ko" ? "읽을 수 있는 사진이 없습니다." : "There are no photos to read.",
    );
  }
  if (report.skipped.length > 0) {
    lines.push("", language === "ko" ? "읽지 못한 것:" : "Not read:");
    for (const { path, reason } of report.skipped) lines.push(`${path}  ${reason[language]}`);
  }
  return lines.join("\n");
}

const tooClose: Localized = { en: "too close to call", ko: "우열을 가리기 어려움" };
