import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, parse } from "node:path";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import type {
  UpscaleForecast,
  UpscalePlacement,
  UpscaleSettings,
} from "../../src-preload/contract/upscale.ts";
import type { KilnError } from "../errors.ts";
import { pieces, Turns } from "../in-turns.ts";
import { problemOf } from "../jobs/index.ts";
import {
  cardHolding,
  type PhotoFile,
  type PhotoStore,
  sameNameKey,
  type UpscaleDraft,
  type UpscaleRecord,
  type UpscaleStore,
} from "../library/index.ts";
import { outputLimit } from "./output-limits.ts";
import { extensions, parseResultName } from "./result-name.ts";
import { enlargementLimit, planRuns, type Size, targetSize } from "./sizes.ts";
import { destinationOnCard, photoNotReady, photoUnknown } from "./upscale-problems.ts";

export interface UpscaleRequest {
  readonly photoIds: readonly number[];
  readonly settings: UpscaleSettings;
  readonly placement: UpscalePlacement;
  /** Absolute path of a folder; null for the library's own. */
  readonly folder: string | null;
}

const plannedAtOnce = 200;

/** One photo of a request, as it would be made. */
export interface PlannedUpscale {
  readonly forecast: UpscaleForecast;
  /** Null where it can't be made, is to be skipped, or is being made. */
  readonly draft: UpscaleDraft | null;
  /** The very same thing, which is being made already or waits to be. */
  readonly making: UpscaleRecord | null;
}

export interface UpscalePlan {
  /** In the order of the request. */
  readonly photos: readonly PlannedUpscale[];
  readonly folder: string;
  /** Of the model. */
  readonly scale: number;
}

export interface PlanServices {
  readonly store: UpscaleStore;
  readonly photos: PhotoStore;
  /** The name and scale of a model; fails with `model-unknown`. */
  readonly modelOf: (id: string) => Promise<{ readonly name: string; readonly scale: number }>;
}

/**
 * What upscaling these photos would give, and under which names; touches nothing.
 *
 * @param ownFolder where results go that are to go nowhere else
 * @throws KilnError `destination-on-card`, `model-unknown`, those of naming patterns
 */
export async function planUpscales(
  { store, photos, modelOf }: PlanServices,
  { photoIds, settings, placement, folder: asked }: UpscaleRequest,
  ownFolder: string,
): Promise<UpscalePlan> {
  const folder = asked ?? ownFolder;
  const card = await cardHolding(folder);
  if (card !== null) throw destinationOnCard(card);
  const model = await modelOf(settings.model);
  const nameOf = parseResultName(placement.pattern, settings.format);
  const extension = extensions[settings.format];
  // Not there yet: it is made when the work begins.
  const there = new Set((await readdir(folder).catch(() => [])).map(sameNameKey));
  const waiting = store.unfinishedIn(folder).filter(({ jobId }) => jobId !== null);
  const wanted = new Set(
    waiting.map((record) => sameNameKey(record.baseName + extensions[record.settings.format])),
  );
  /** By name: the number to go on from, as all before it are taken. */
  const numbers = new Map<string, number>();
  /** "a", "a (2)", "a (3)": the first that is free with this extension. */
  const freeName = (baseName: string): string => {
    const base = sameNameKey(baseName);
    for (let n = numbers.get(base) ?? 1; ; n += 1) {
      const name = n === 1 ? baseName : `${baseName} (${n})`;
      const key = sameNameKey(name + extension);
      if (there.has(key) || wanted.has(key)) continue;
      wanted.add(key);
      numbers.set(base, n + 1);
      return name;
    }
  };
  const isDoneAlready = (photoId: number, baseName: string): boolean =>
    store
      .madeIn(folder, photoId)
      .some(
        (record) =>
          isSame(record, baseName, settings) &&
          record.path !== null &&
          there.has(sameNameKey(basename(record.path))),
      );
  const waitingOf = Map.groupBy(waiting, ({ sourcePath }) => sourcePath);

  const plan = (
    photoId: number,
    row: PhotoRow | undefined,
    file: PhotoFile | undefined,
  ): PlannedUpscale => {
    if (row === undefined || file === undefined) {
      return cannot(photoId, row?.name ?? "", photoUnknown());
    }
    const source = sourceSize(row);
    if (row.state === "found" || row.state === "skipped" || source.width < 1) {
      return cannot(photoId, row.name, photoNotReady(row.name, row.reason));
    }
    const size = targetSize(settings.target, source);
    const baseName = nameOf({
      name: parse(row.name).name,
      model: settings.model,
      scale: size.width / source.width,
      ...size,
      capturedLocal:
        row.capturedAt === null ? null : new Date(row.capturedAt).toISOString().slice(0, 19),
    });
    const exists = there.has(sameNameKey(baseName + extension));
    const isDone = exists && isDoneAlready(photoId, baseName);
    const limit =
      enlargementLimit(source, size, model.scale) ??
      outputLimit(settings.format, size.width, size.height);
    const making =
      waitingOf.get(file.path)?.find((record) => isSame(record, baseName, settings)) ?? null;
    const isMade = limit === null && making === null && !(exists && placement.existing === "skip");
    const name = isMade ? freeName(baseName) : baseName;
    const note = previewNote(row);
    const forecast: UpscaleForecast = {
      photoId,
      sourceWidth: source.width,
      sourceHeight: source.height,
      ...size,
      runs: limit === null ? planRuns(source, size, model.scale) : 0,
      name: name + extension,
      exists,
      isDone,
      problem: limit === null ? null : problemOf(limit),
      note,
    };
    if (!isMade) return { forecast, draft: null, making };
    const draft: UpscaleDraft = {
      photoId,
      sourcePath: file.path,
      folder,
      baseName: name,
      settings,
      modelName: model.name,
      sourceWidth: source.width,
      sourceHeight: source.height,
      ...size,
      note,
      // Of hexadecimal digits, as it is part of folders' names and of addresses.
      version: randomBytes(12).toString("hex"),
    };
    return { forecast, draft, making };
  };
  const planned: PlannedUpscale[] = [];
  const turns = new Turns();
  for (const ids of pieces(photoIds, plannedAtOnce)) {
    await turns.breathe();
    const rows = new Map(photos.rows(ids).map((row) => [row.id, row]));
    const files = photos.primaryFiles(ids);
    for (const id of ids) planned.push(plan(id, rows.get(id), files.get(id)));
  }
  return { photos: planned, folder, scale: model.scale };
}

/** Whether a result of the same photo is, or will be, made as these settings say, under this name or a numbered one of it. */
function isSame(record: UpscaleRecord, baseName: string, settings: UpscaleSettings): boolean {
  const { model, denoise, target, format, quality, background, metadata, tile } = settings;
  const made = record.settings;
  return (
    record.baseName.startsWith(baseName) &&
    /^( \(\d+\))?$/.test(record.baseName.slice(baseName.length)) &&
    made.model === model &&
    made.denoise === denoise &&
    made.format === format &&
    made.quality === quality &&
    (made.background ?? "white") === (background ?? "white") &&
    made.metadata === metadata &&
    made.tile === tile &&
    JSON.stringify(Object.entries(made.target).sort()) ===
      JSON.stringify(Object.entries(target).sort())
  );
}

/** Upright size of the pixels that there are, as the person turned them. */
function sourceSize({ width, height, preview, rotation }: PhotoRow): Size {
  const size = preview ?? { width, height };
  return rotation % 180 === 0 ? size : { width: size.height, height: size.width };
}

function previewNote({ preview }: PhotoRow): Localized | null {
  if (preview === null) return null;
  const size = `${preview.width.toLocaleString("en")} × ${preview.height.toLocaleString("en")}`;
  return {
    en: `The RAW's preview is upscaled: ${size} px, smaller than the photo.`,
    ko: `RAW의 미리보기(${size} px, 원본보다 작음)를 업스케일합니다.`,
  };
}

function cannot(photoId: number, name: string, problem: KilnError): PlannedUpscale {
  const size = { sourceWidth: 0, sourceHeight: 0, width: 0, height: 0 };
  return {
    forecast: {
      photoId,
      ...size,
      runs: 0,
      name,
      exists: false,
      isDone: false,
      problem: problemOf(problem),
      note: null,
    },
    draft: null,
    making: null,
  };
}
