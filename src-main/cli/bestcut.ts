import type { PhotoDetail, PhotoRow } from "../../src-preload/contract/photos.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { rankBurst } from "../photos/index.ts";
import type { KilnClient } from "./client.ts";

export interface BestCutPhoto {
  readonly path: string;
  /** Higher is better, comparable inside the group. */
  readonly score: number;
  /** From 1. */
  readonly rank: number;
  readonly reason: Localized;
  readonly measures: NonNullable<PhotoDetail["measures"]>;
}

export interface BestCutGroup {
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

type MeasuredPhoto = PhotoRow & {
  readonly path: string;
  readonly measures: NonNullable<PhotoDetail["measures"]>;
};

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
    const { path, measures } = await client.photos.detail({ photoId: photo.id });
    if (measures !== null && photo.state !== "skipped") measured.push({ ...photo, path, measures });
    else if (photo.reason !== null) skipped.push({ path, reason: photo.reason });
  }
  const root = (await client.library.roots()).find(({ id }) => id === rootId);
  skipped.push(...(root?.unreadFolders ?? []));

  const picks = new Map(bursts.map((burst) => [burst.id, burst.pickId]));
  const groups = options.asOne
    ? measured.length === 0
      ? []
      : [asOneGroup(measured)]
    : [...Map.groupBy(measured, (photo) => photo.burstId)].map(([burstId, frames]) =>
        storedGroup(frames, burstId === null ? null : (picks.get(burstId) ?? null)),
      );
  const report = Math.round(performance.now() - startedAt);
  const reading = Math.round(options.readingMs);
  return { groups, skipped, timing: { reading, report, total: reading + report } };
}

function storedGroup(frames: readonly MeasuredPhoto[], pickId: number | null): BestCutGroup {
  const photos = frames.flatMap(({ path, score, rank, reason, measures }) =>
    score === null || rank === null || reason === null
      ? []
      : [{ path, score, rank, reason, measures }],
  );
  const ordered = photos.toSorted((a, b) => a.rank - b.rank);
  const pick = frames.find(({ id }) => id === pickId)?.path ?? ordered[0]?.path ?? "";
  return { photos: ordered, pick };
}

function asOneGroup(frames: readonly MeasuredPhoto[]): BestCutGroup {
  const paths = new Map(frames.map((frame) => [frame.id, frame]));
  const ranked = rankBurst(frames);
  const photos = ranked.frames.flatMap(({ id, score, rank, reason }) => {
    const frame = paths.get(id);
    if (frame === undefined) return [];
    const { path, measures } = frame;
    return [{ path, score, rank, reason: { en: reason.en, ko: reason.ko }, measures }];
  });
  return {
    photos: photos.toSorted((a, b) => a.rank - b.rank),
    pick: paths.get(ranked.pickId)?.path ?? "",
  };
}

/** The report for a person: one line a burst. */
export function describeBestCut(report: BestCutReport, language: keyof Localized): string {
  const lines = report.groups.map((group) => {
    const [best] = group.photos;
    const count = group.photos.length;
    const size = language === "ko" ? `${count}장` : count === 1 ? "1 frame" : `${count} frames`;
    return `${group.pick}  (${size}) ${best?.reason[language] ?? ""}`.trimEnd();
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
