import { randomBytes } from "node:crypto";
import { access, mkdir, readdir, rm } from "node:fs/promises";
import { join, parse } from "node:path";
import type { Job } from "../../src-preload/contract/jobs.ts";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { Localized, Problem } from "../../src-preload/contract/problem.ts";
import type {
  UpscaleForecast,
  UpscalePlacement,
  UpscaleRow,
  UpscaleSettings,
} from "../../src-preload/contract/upscale.ts";
import type { KilnError } from "../errors.ts";
import { type JobEngine, problemOf } from "../jobs/index.ts";
import {
  cardHolding,
  type LibraryDatabase,
  type PhotoStore,
  sameNameKey,
  type Trash,
  type UpscaleDraft,
  type UpscaleStore,
} from "../library/index.ts";
import { tilesDirectory, workDirectory } from "./make-upscale.ts";
import { outputLimit } from "./output-limits.ts";
import { extensions, parseResultName } from "./result-name.ts";
import { enlargementLimit, runSources, targetSize } from "./sizes.ts";
import { type UpscaleJobServices, upscaleJob } from "./upscale-job.ts";
import {
  destinationOnCard,
  nothingToUpscale,
  photoNotReady,
  photoUnknown,
  resultGone,
  upscaleCancelled,
  upscaleUnknown,
} from "./upscale-problems.ts";

export interface UpscaleServices extends UpscaleJobServices {
  readonly database: LibraryDatabase;
  readonly store: UpscaleStore;
  readonly photos: PhotoStore;
  readonly trash: Trash;
  /** The name and scale of a model; fails with `model-unknown`. */
  readonly modelOf: (id: string) => Promise<{ readonly name: string; readonly scale: number }>;
  /** Seconds that an output megapixel of this model takes with the provider in force; null while nobody knows. */
  readonly secondsPerMegapixel: (model: string) => Promise<number | null>;
}

export interface UpscaleRequest {
  readonly photoIds: readonly number[];
  readonly settings: UpscaleSettings;
  readonly placement: UpscalePlacement;
  /** Absolute path of a folder; null for the library's own. */
  readonly folder: string | null;
}

/** One photo of a request, as it would be made. */
interface Planned {
  readonly forecast: UpscaleForecast;
  /** Null where it can't be made. */
  readonly draft: UpscaleDraft | null;
}

/** Upscaled photos: what making them would give, making them, and what there is. */
export class Upscales {
  readonly #services: UpscaleServices;
  readonly #engine: JobEngine;
  readonly #job: ReturnType<typeof upscaleJob>;
  /** Jobs of this kind and the rows that they make, for what is to be said when one is cancelled. */
  readonly #rows = new Map<number, readonly number[]>();

  constructor(services: UpscaleServices, engine: JobEngine) {
    this.#services = services;
    this.#engine = engine;
    this.#job = upscaleJob(services);
  }

  /** The kinds of jobs that upscaling starts, for the engine. */
  get definitions() {
    return [this.#job];
  }

  /** Where results go that are to go nowhere else. */
  get ownFolder(): string {
    return join(this.#services.directory, "upscaled");
  }

  changes(since: number): UpscaleRow[] {
    return this.#services.store.changes(since);
  }

  /** What upscaling these photos would give; touches nothing. */
  async forecast(request: UpscaleRequest): Promise<{
    readonly photos: UpscaleForecast[];
    readonly folder: string;
    readonly seconds: number | null;
  }> {
    const { planned, folder, scale } = await this.#plan(request);
    const perMegapixel = await this.#services.secondsPerMegapixel(request.settings.model);
    const megapixels = planned.reduce(
      (sum, { draft }) => sum + (draft === null ? 0 : networkPixels(draft, scale) / 1e6),
      0,
    );
    return {
      photos: planned.map(({ forecast }) => forecast),
      folder,
      seconds: perMegapixel === null ? null : perMegapixel * megapixels,
    };
  }

  /**
   * Starts making what can be made.
   *
   * @throws KilnError `nothing-to-upscale`, `destination-on-card`, `model-unknown`, `model-not-at-hand`, those of naming
   * patterns
   */
  async start(request: UpscaleRequest): Promise<{
    readonly jobId: number;
    readonly upscaleIds: number[];
    readonly skipped: { photoId: number; reason: Localized }[];
  }> {
    const { store, openModel } = this.#services;
    const { settings, placement } = request;
    const { planned, folder } = await this.#plan(request);
    // It is at hand, or the person hears of it now.
    await openModel(settings.model, settings.denoise);
    const drafts: UpscaleDraft[] = [];
    const skipped: { photoId: number; reason: Localized }[] = [];
    for (const { forecast, draft } of planned) {
      const { photoId, problem, exists, name } = forecast;
      if (problem !== null) skipped.push({ photoId, reason: problem.happened });
      else if (exists && placement.existing === "skip") {
        skipped.push({ photoId, reason: isThere(name) });
      } else if (draft !== null) drafts.push(draft);
    }
    if (drafts.length === 0) throw nothingToUpscale(skipped[0]?.reason ?? null);
    await mkdir(folder, { recursive: true });
    const upscaleIds = store.add(drafts);
    return { jobId: this.#run(upscaleIds), upscaleIds, skipped };
  }

  /** Makes results again that failed. @throws KilnError `upscale-unknown` where none of them did */
  retry(upscaleIds: readonly number[]): number {
    const { store } = this.#services;
    const failed = upscaleIds.filter((id) => {
      const record = store.get(id);
      return record !== null && !record.isGone && record.status === "failed";
    });
    if (failed.length === 0) throw upscaleUnknown();
    store.queue(failed);
    return this.#run(failed);
  }

  /**
   * Takes a result off the list, its file into the system's trash. One that is being made is stopped with its job.
   * @throws KilnError `upscale-unknown`, and those of the trash
   */
  async remove(id: number): Promise<void> {
    const { store, trash, directory } = this.#services;
    const record = store.get(id);
    if (record === null || record.isGone) throw upscaleUnknown();
    if (record.path !== null && (await isThereNow(record.path)))
      await trash.put(record.path, () => undefined);
    store.remove(id);
    await rm(workDirectory(this.#services, record), { recursive: true, force: true });
    await rm(tilesDirectory(directory, record.version), { recursive: true, force: true });
  }

  /** Absolute path of a result. @throws KilnError `upscale-unknown`, `result-gone` */
  async fileOf(id: number): Promise<string> {
    const record = this.#services.store.get(id);
    if (record === null || record.isGone || record.path === null) throw upscaleUnknown();
    if (!(await isThereNow(record.path))) throw resultGone(record.path);
    return record.path;
  }

  /** Takes up what an earlier Kiln left, and follows what becomes of jobs. Call it when the engine has begun. */
  begin(): () => void {
    for (const job of this.#engine.list()) this.#follow(job);
    return this.#engine.onChange((ids) => {
      const jobs = this.#engine.list();
      for (const job of jobs) if (ids.includes(job.id)) this.#follow(job);
    });
  }

  /** Removes tiles of results that are not on the list any more, and work of those that nobody is making. */
  async tidy(): Promise<void> {
    const { directory, store } = this.#services;
    const places = [
      { folder: join(directory, "work", "upscale"), known: store.versions("unfinished") },
      { folder: tilesDirectory(directory, ""), known: store.versions("all") },
    ];
    for (const { folder, known } of places) {
      for (const name of await readdir(folder).catch(() => [])) {
        // What is being written has more behind the version.
        const [version = ""] = name.split(".");
        if (!known.has(version)) await rm(join(folder, name), { recursive: true, force: true });
      }
    }
  }

  #run(upscaleIds: readonly number[]): number {
    const jobId = this.#engine.start(this.#job, { upscaleIds: [...upscaleIds] });
    this.#services.store.setJob(upscaleIds, jobId);
    this.#rows.set(jobId, upscaleIds);
    return jobId;
  }

  /** Rows say what their job does. */
  #follow({ id, kind, state, problem }: Job): void {
    if (kind !== this.#job.kind) return;
    if (state === "queued" || state === "running") return;
    const { store } = this.#services;
    const left = store
      .ofJob(id)
      .filter(({ status }) => status === "queued" || status === "processing");
    if (left.length === 0) return;
    const ids = left.map((record) => record.id);
    if (state === "paused") {
      const begun = left.filter(({ status }) => status === "processing");
      if (begun.length > 0) store.queue(begun.map((record) => record.id));
      return;
    }
    store.fail(ids, problem ?? problemOf(upscaleCancelled()));
    for (const record of left) {
      // A job that is retried begins anew; what it left would only fill the disk until then.
      void rm(workDirectory(this.#services, record), { recursive: true, force: true }).catch(
        () => undefined,
      );
    }
  }

  async #plan({ photoIds, settings, placement, folder: asked }: UpscaleRequest): Promise<{
    readonly planned: Planned[];
    readonly folder: string;
    readonly scale: number;
  }> {
    const { photos, modelOf } = this.#services;
    const folder = asked ?? this.ownFolder;
    const card = await cardHolding(folder);
    if (card !== null) throw destinationOnCard(card);
    const model = await modelOf(settings.model);
    const nameOf = parseResultName(placement.pattern, settings.format);
    const names = new NameList(await namesIn(folder));
    const rows = new Map(photos.rows(photoIds).map((row) => [row.id, row]));
    const planned = photoIds.map((photoId): Planned => {
      const row = rows.get(photoId);
      const file = photos.primaryFile(photoId);
      const extension = extensions[settings.format];
      if (row === undefined || file === null) {
        return cannot({ photoId, name: row?.name ?? "", problem: photoUnknown() });
      }
      const stem = parse(row.name).name;
      const source = sourceSize(row);
      if (row.state === "found" || row.state === "skipped" || source.width < 1) {
        return cannot({ photoId, name: row.name, problem: photoNotReady(row.name, row.reason) });
      }
      const size = targetSize(settings.target, source);
      const baseName = nameOf({
        name: stem,
        model: settings.model,
        scale: size.width / source.width,
        width: size.width,
        height: size.height,
        capturedLocal:
          row.capturedAt === null ? null : new Date(row.capturedAt).toISOString().slice(0, 19),
      });
      const exists = names.has(baseName + extension);
      const isSkipped = exists && placement.existing === "skip";
      const taken = isSkipped ? baseName : names.take(baseName, extension);
      const limit =
        enlargementLimit(source, size, model.scale) ??
        outputLimit(settings.format, size.width, size.height);
      const forecast: UpscaleForecast = {
        photoId,
        sourceWidth: source.width,
        sourceHeight: source.height,
        ...size,
        name: taken + extension,
        exists,
        problem: limit === null ? null : problemOf(limit),
        note: previewNote(row),
      };
      if (limit !== null) return { forecast, draft: null };
      return {
        forecast,
        draft: {
          photoId,
          sourcePath: file.path,
          folder,
          baseName: taken,
          settings,
          modelName: model.name,
          sourceWidth: source.width,
          sourceHeight: source.height,
          ...size,
          note: previewNote(row),
          version: randomBytes(12).toString("hex"),
        },
      };
    });
    return { planned, folder, scale: model.scale };
  }
}

/** Names of a folder, and those that are planned for it; two that differ in case alone are one to some systems. */
class NameList {
  readonly #taken: Set<string>;

  constructor(names: readonly string[]) {
    this.#taken = new Set(names.map(sameNameKey));
  }

  has(name: string): boolean {
    return this.#taken.has(sameNameKey(name));
  }

  /** A base name that is free with this extension, and is taken from here on. */
  take(baseName: string, extension: string): string {
    for (let n = 1; ; n += 1) {
      const free = n === 1 ? baseName : `${baseName} (${n})`;
      if (this.has(free + extension)) continue;
      this.#taken.add(sameNameKey(free + extension));
      return free;
    }
  }
}

/** Upright size of the pixels that there are, as the person turned them. */
function sourceSize({ width, height, preview, rotation }: PhotoRow): {
  readonly width: number;
  readonly height: number;
} {
  const size = preview ?? { width, height };
  return rotation % 180 === 0 ? size : { width: size.height, height: size.width };
}

/** Pixels that the network has to make for a result: at its own scale, whatever is made of them. */
function networkPixels(draft: UpscaleDraft, scale: number): number {
  const source = { width: draft.sourceWidth, height: draft.sourceHeight };
  const sizes = runSources(source, draft, scale);
  return sizes.reduce((sum, { width, height }) => sum + width * height * scale ** 2, 0);
}

function previewNote({ preview }: PhotoRow): Localized | null {
  if (preview === null) return null;
  const size = `${preview.width.toLocaleString("en")} × ${preview.height.toLocaleString("en")}`;
  return {
    en: `The RAW's preview is upscaled: ${size} px, smaller than the photo.`,
    ko: `RAW의 미리보기(${size} px, 원본보다 작음)를 업스케일합니다.`,
  };
}

function cannot(photo: {
  readonly photoId: number;
  readonly name: string;
  readonly problem: KilnError;
}): Planned {
  const none = { sourceWidth: 0, sourceHeight: 0, width: 0, height: 0, exists: false, note: null };
  const problem: Problem = problemOf(photo.problem);
  return { forecast: { ...none, photoId: photo.photoId, name: photo.name, problem }, draft: null };
}

function isThereNow(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function isThere(name: string): Localized {
  return { en: `“${name}” is there already.`, ko: `‘${name}’이(가) 이미 있습니다.` };
}

function namesIn(folder: string): Promise<string[]> {
  // Not there yet: it is made when the work begins.
  return readdir(folder).catch(() => []);
}
