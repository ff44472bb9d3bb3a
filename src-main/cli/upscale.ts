import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { UsageError } from "./arguments.ts";
import type { KilnClient, KilnConnection } from "./client.ts";
import { problemOfCall } from "./problem.ts";
import { aboutFile, printableLine } from "./terminal.ts";
import { oneOf, parseUpscale, type UpscaleValues } from "./upscale-options.ts";

export interface UpscaleOutput {
  readonly source: string;
  readonly path: string;
  readonly model: string;
  /** Times the original's edges. */
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  /** How often the network ran. */
  readonly runs: number;
  readonly seconds: number;
  /** What is to be known of it: that it was made from a RAW's preview, that its transparency is gone. */
  readonly note: Localized | null;
}

/** What `kiln upscale --json` prints. */
export interface UpscaleReport {
  readonly outputs: readonly UpscaleOutput[];
  readonly skipped: readonly { readonly path: string; readonly reason: Localized }[];
}

export interface UpscaleOutcome {
  readonly report: UpscaleReport;
  /** Something could not be made, and nothing else was. A result that is there already is no failure. */
  readonly isFailure: boolean;
}

/**
 * Reads what was named into the library (sizes only), makes the results and says what became of each.
 *
 * @param wait follows a job until it has ended; throws when it failed
 * @param tell says what is to be known before the work begins
 */
export async function runUpscale(
  connection: KilnConnection,
  inputs: readonly string[],
  values: UpscaleValues,
  wait: (jobId: number) => Promise<void>,
  tell: (text: Localized) => void,
): Promise<UpscaleOutcome> {
  const { client } = connection;
  const { settings, placement } = parseUpscale(values);
  if (values.denoise !== undefined) await assertDenoises(client, settings.model);
  const choice = values.provider;
  if (choice !== undefined) {
    const { providers } = await client.upscales.providers();
    const known = ["auto", ...providers.map(({ id }) => id)] as const;
    await client.upscales.chooseProvider({ choice: oneOf(choice, "provider", known) });
  }
  const skipped: { path: string; reason: Localized }[] = [];
  const photos = new Map<number, string>();
  for (const input of inputs) {
    const found = await readInput(connection, resolve(input), wait).catch((error: unknown) => {
      const problem = problemOfCall(error);
      // One that is not there, or no photo, stops the others no more than one that can't be read.
      const reason = { "folder-missing": problem.happened, "no-photo-dropped": noPhoto }[
        problem.code
      ];
      if (reason === undefined) throw error;
      return { photos: [], skipped: [{ path: resolve(input), reason }] };
    });
    for (const [id, path] of found.photos) photos.set(id, path);
    skipped.push(...found.skipped);
  }
  let destination: string | null = null;
  if (values.out !== undefined) {
    // Made when the work begins.
    destination = await connection.token([resolve(values.out)]);
  }
  const photoIds = [...photos.keys()];
  const ended = (outputs: readonly UpscaleOutput[], there: number): UpscaleOutcome => ({
    report: { outputs, skipped },
    isFailure: outputs.length === 0 && skipped.length > there,
  });
  if (photoIds.length === 0) return ended([], 0);
  const request = { photoIds, settings, placement, destination };
  const forecast = await client.upscales.forecast(request);
  const isLeft = ({ problem, exists }: (typeof forecast.photos)[number]): boolean =>
    problem === null && !(exists && placement.existing === "skip");
  const left = forecast.photos.filter(isLeft);
  for (const photo of forecast.photos) {
    if (isLeft(photo)) continue;
    const path = photos.get(photo.photoId) ?? photo.name;
    const reason = photo.isDone
      ? isThere(photo.name)
      : inTheWay(values.out === undefined ? photo.name : resolve(values.out, photo.name), path);
    skipped.push({ path, reason: photo.problem?.happened ?? reason });
  }
  const there = forecast.photos.filter(
    (photo) => photo.problem === null && photo.isDone && !isLeft(photo),
  ).length;
  if (left.length === 0) return ended([], there);
  const runs = new Map(forecast.photos.map((photo) => [photo.photoId, photo.runs]));
  const several = left.filter((photo) => photo.runs > 1).length;
  if (several > 0) tell(severalRuns(several, left.length));
  const asked = { ...request, photoIds: left.map(({ photoId }) => photoId) };
  const started = await client.upscales.start(asked);
  for (const { photoId, reason } of started.skipped) {
    skipped.push({ path: photos.get(photoId) ?? "", reason });
  }
  await wait(started.jobId).catch((error: unknown) => {
    // Where every photo failed the job did; each one says why below.
    if (!(error instanceof Error && error.name === "JobFailure")) throw error;
  });
  const { upscales } = await client.upscales.changes({ since: 0 });
  const outputs: UpscaleOutput[] = [];
  for (const id of started.upscaleIds) {
    const row = upscales.find((each) => each.id === id);
    if (row === undefined) continue;
    const source = photos.get(row.photoId ?? 0) ?? row.sourceName;
    if (row.status === "completed" && row.path !== null) {
      outputs.push({
        source,
        path: row.path,
        model: row.settings.model,
        scale: row.width / row.sourceWidth,
        width: row.width,
        height: row.height,
        runs: runs.get(row.photoId ?? 0) ?? 1,
        note: row.note,
        seconds: Math.round((row.seconds ?? 0) * 1000) / 1000,
      });
    } else if (row.problem !== null) skipped.push({ path: source, reason: row.problem.happened });
  }
  return ended(outputs, there);
}

/** The photos of a folder, or the one that is meant, by id. */
async function readInput(
  connection: KilnConnection,
  path: string,
  wait: (jobId: number) => Promise<void>,
): Promise<{
  readonly photos: Iterable<readonly [id: number, path: string]>;
  readonly skipped: readonly { readonly path: string; readonly reason: Localized }[];
}> {
  const { client } = connection;
  const token = await connection.token([path]);
  const { rootId, jobId } = await client.library.import({
    token,
    mode: "reference",
    headersOnly: true,
  });
  await wait(jobId);
  const root = (await client.library.roots()).find(({ id }) => id === rootId);
  const folder = await realpath(path).catch(() => path);
  const isFolder = root?.path === folder;
  const { photos } = await client.photos.changes({ rootId, since: 0 });
  const kept = new Map<number, string>();
  const skipped: { path: string; reason: Localized }[] = [];
  for (const photo of photos) {
    if (photo.state === "gone" || photo.state === "missing") continue;
    const detail = await client.photos.detail({ photoId: photo.id });
    if (!isFolder && !detail.files.some(({ name }) => name === basename(path))) continue;
    const shown = isFolder ? detail.path : join(dirname(detail.path), basename(path));
    if (photo.state === "skipped") {
      if (photo.reason !== null) skipped.push({ path: shown, reason: photo.reason });
    } else kept.set(photo.id, shown);
  }
  if (isFolder) skipped.push(...(root?.unreadFolders ?? []));
  if (kept.size === 0 && skipped.length === 0) {
    skipped.push({ path, reason: isFolder ? noPhotosInside : noPhoto });
  }
  return { photos: kept, skipped };
}

/** @throws UsageError for a model without a denoise strength */
async function assertDenoises(client: KilnClient, id: string): Promise<void> {
  const model = (await client.models.list()).find((each) => each.id === id);
  if (model === undefined || model.denoisesWith !== null) return;
  throw new UsageError({
    en: `The model ${id} has no --denoise.`,
    ko: `${id} 모델에는 --denoise가 없습니다.`,
  });
}

/** The report for a person: one line a photo. */
export function describeUpscale(report: UpscaleReport, language: keyof Localized): string {
  const lines = report.outputs.flatMap(({ path, width, height, seconds, note }) => {
    const time = `${seconds.toFixed(1)} ${language === "ko" ? "초" : "s"}`;
    const made = `${printableLine(path)}  (${width} × ${height}, ${time})`;
    return note === null ? [made] : [made, `    ${note[language]}`];
  });
  if (lines.length === 0) {
    lines.push(language === "ko" ? "업스케일한 사진이 없습니다." : "Nothing was upscaled.");
  }
  if (report.skipped.length > 0) {
    lines.push("", language === "ko" ? "하지 않은 것:" : "Left out:");
    for (const { path, reason } of report.skipped) {
      lines.push(aboutFile(path, reason[language]));
    }
  }
  return lines.join("\n");
}

function isThere(name: string): Localized {
  return {
    en: `“${name}” is there already (--existing rename makes it all the same).`,
    ko: `‘${name}’이(가) 이미 있습니다(--existing rename을 쓰면 그래도 만듭니다).`,
  };
}

/** @param path of the file that has the name; @param photo of which a result was wanted */
function inTheWay(path: string, photo: string): Localized {
  const rename = {
    en: "--existing rename makes the result beside it",
    ko: "--existing rename을 쓰면 다른 이름으로 만듭니다",
  };
  return path === photo
    ? {
        en: `The result would have the name of the photo itself, “${path}” (${rename.en}).`,
        ko: `결과의 이름이 원본 ‘${path}’과(와) 같습니다(${rename.ko}).`,
      }
    : {
        en: `“${path}” is in the way: Kiln knows it as no result of this photo with these settings (${rename.en}).`,
        ko: `‘${path}’ 파일이 자리를 차지하고 있습니다. 이 사진을 이 설정으로 만든 결과가 아닙니다(${rename.ko}).`,
      };
}

const noPhotosInside: Localized = {
  en: "There are no photos in this folder.",
  ko: "이 폴더에 사진이 없습니다.",
};

const noPhoto: Localized = {
  en: "That is no photo that Kiln reads.",
  ko: "읽을 수 있는 사진이 아닙니다.",
};

/** @param several how many of `all` photos need more than one run */
function severalRuns(several: number, all: number): Localized {
  const which =
    several === all
      ? { en: "This", ko: "이" }
      : { en: `For ${several} of ${all} photos this`, ko: `${all}장 중 ${several}장은` };
  return {
    en: `${which.en} size is beyond the model's own scale: it runs more than once, which hardens edges and darkens fine detail.`,
    ko: `${which.ko} 크기가 모델의 배율을 넘어 여러 번 실행합니다. 그만큼 윤곽이 딱딱해지고 섬세한 부분이 어두워집니다.`,
  };
}
