import { access, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Localized } from "../../src-preload/contract/problem.ts";
import type { UpscaleForecast, UpscaleRow } from "../../src-preload/contract/upscale.ts";
import { KilnError } from "../errors.ts";
import { pieces, Turns } from "../in-turns.ts";
import { type JobEngine, problemOf } from "../jobs/index.ts";
import type { Trash, UpscaleDraft, UpscaleRecord } from "../library/index.ts";
import { makeFolder } from "../make-folder.ts";
import { discardWork, tilesDirectory } from "./make-upscale.ts";
import { type PlanServices, planUpscales, type UpscaleRequest } from "./plan-upscales.ts";
import { runSources } from "./sizes.ts";
import { type UpscaleJobServices, upscaleJob } from "./upscale-job.ts";
import {
  folderNotMade,
  nothingToUpscale,
  resultGone,
  upscaleCancelled,
  upscaleInProgress,
  upscaleNotBegun,
  upscaleUnknown,
} from "./upscale-problems.ts";

export interface UpscaleServices extends UpscaleJobServices, PlanServices {
  readonly trash: Trash;
  /** Seconds that an output megapixel of this model takes with the provider in force; null while nobody knows. */
  readonly secondsPerMegapixel: (model: string) => Promise<number | null>;
}

export interface StartedUpscales {
  readonly jobId: number;
  /** Those that are made by it, and those that were being made already. */
  readonly upscaleIds: number[];
  readonly skipped: { photoId: number; reason: Localized }[];
}

const addedAtOnce = 500;

/** Upscaled photos: what making them would give, making them, and what there is. */
export class Upscales {
  readonly #services: UpscaleServices;
  readonly #engine: JobEngine;
  readonly #job: ReturnType<typeof upscaleJob>;
  /** By folder: settles when nothing is being started that goes there. */
  readonly #starting = new Map<string, Promise<unknown>>();

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
    const { photos, folder, scale } = await planUpscales(this.#services, request, this.ownFolder);
    const perMegapixel = await this.#services.secondsPerMegapixel(request.settings.model);
    const megapixels = photos.reduce(
      (sum, { draft }) => sum + (draft === null ? 0 : networkPixels(draft, scale) / 1e6),
      0,
    );
    return {
      photos: photos.map(({ forecast }) => forecast),
      folder,
      seconds: perMegapixel === null ? null : perMegapixel * megapixels,
    };
  }

  /**
   * Starts making what can be made. What is being made already, in the same way and for the same place, is answered
   * instead of made twice.
   *
   * @throws KilnError `nothing-to-upscale`, `destination-on-card`, `model-unknown`, `model-not-at-hand`, those of naming
   * patterns, `folder-not-made`
   */
  start(request: UpscaleRequest): Promise<StartedUpscales> {
    const folder = request.folder ?? this.ownFolder;
    const before = this.#starting.get(folder) ?? Promise.resolve();
    // One after the other: each is to know what the one before it began.
    const started = before.then(() => this.#start(request));
    const settled: Promise<void> = started
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        if (this.#starting.get(folder) === settled) this.#starting.delete(folder);
      });
    this.#starting.set(folder, settled);
    return started;
  }

  async #start(request: UpscaleRequest): Promise<StartedUpscales> {
    const { store, openModel } = this.#services;
    const { settings, placement } = request;
    const { photos, folder } = await planUpscales(this.#services, request, this.ownFolder);
    // It is at hand, or the person hears of it now.
    await openModel(settings.model, settings.denoise);
    const drafts: UpscaleDraft[] = [];
    const known: UpscaleRecord[] = [];
    const skipped: { photoId: number; reason: Localized }[] = [];
    for (const { forecast, draft, making } of photos) {
      const { photoId, problem, exists, name } = forecast;
      if (making !== null) known.push(making);
      else if (problem !== null) skipped.push({ photoId, reason: problem.happened });
      else if (exists && placement.existing === "skip") {
        skipped.push({ photoId, reason: isThere(name) });
      } else if (draft !== null) drafts.push(draft);
    }
    const knownIds = known.map(({ id }) => id);
    const knownJob = known.at(-1)?.jobId ?? null;
    if (drafts.length === 0 && knownJob !== null) {
      return { jobId: knownJob, upscaleIds: knownIds, skipped };
    }
    if (drafts.length === 0) throw nothingToUpscale(skipped[0]?.reason ?? null);
    await makeFolder(folder).catch((error: unknown) => {
      throw folderNotMade(folder, error);
    });
    const ids: number[] = [];
    const turns = new Turns();
    for (const piece of pieces(drafts, addedAtOnce)) {
      await turns.breathe();
      ids.push(...store.add(piece));
    }
    // One job after the other: with this one all of them are done.
    return { jobId: this.#run(ids), upscaleIds: [...knownIds, ...ids], skipped };
  }

  /** Makes results again that failed. @throws KilnError `upscale-unknown` where none of them did */
  retry(upscaleIds: readonly number[]): number {
    const { store } = this.#services;
    const failed = store
      .records(upscaleIds)
      .filter(({ isGone, status }) => !isGone && status === "failed")
      .map(({ id }) => id);
    if (failed.length === 0) throw upscaleUnknown();
    store.queue(failed);
    return this.#run(failed);
  }

  /**
   * Takes a result off the list, its file into the system's trash. One that waits or rests is not made any more.
   * @throws KilnError `upscale-unknown`, `upscale-in-progress`, and those of the trash
   */
  async remove(id: number): Promise<void> {
    const { store, trash, directory } = this.#services;
    const record = store.get(id);
    if (record === null || record.isGone) throw upscaleUnknown();
    if (record.status === "processing") throw upscaleInProgress();
    if (record.path !== null && (await isThereNow(record.path)))
      await trash.put(record.path, () => undefined);
    store.remove(id);
    await discardWork(this.#services, record);
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
    /** Jobs whose rows may not say yet what became of it; null for no job. */
    const behind = this.#services.store.unfinishedJobs();
    const follow = (): void => {
      for (const jobId of behind) {
        try {
          this.#follow(jobId);
          behind.delete(jobId);
        } catch (error) {
          // Where the library can't be written now (a full disk), it is tried again with the next news.
          if (!(error instanceof KilnError)) throw error;
        }
      }
    };
    follow();
    return this.#engine.onChange((jobIds) => {
      for (const jobId of jobIds) behind.add(jobId);
      follow();
    });
  }

  /** Removes tiles of results that are not on the list any more, and work of those that nobody is making. */
  async tidy(): Promise<void> {
    const { directory, store } = this.#services;
    const places = [
      { folder: join(directory, "work", "upscale"), which: "unfinished" },
      { folder: tilesDirectory(directory, ""), which: "all" },
    ] as const;
    for (const { folder, which } of places) {
      const names = await readdir(folder).catch(() => []);
      // Asked after the names: what begins meanwhile is known.
      const known = store.versions(which);
      for (const name of names) {
        // What is being written has more behind the version.
        const [version = ""] = name.split(".");
        if (!known.has(version)) await rm(join(folder, name), { recursive: true, force: true });
      }
    }
  }

  #run(upscaleIds: readonly number[]): number {
    const jobId = this.#engine.start(this.#job, { upscaleIds: [...upscaleIds] });
    this.#services.store.setJob(upscaleIds, jobId);
    return jobId;
  }

  /** Rows say what their job does. */
  #follow(jobId: number | null): void {
    const { store } = this.#services;
    if (jobId === null) {
      store.fail(store.withoutJob(), problemOf(upscaleNotBegun()));
      return;
    }
    const { id, kind, state, problem } = this.#engine.get(jobId);
    if (kind !== this.#job.kind) return;
    if (state === "queued" || state === "running") return;
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
    void this.#discard(left);
  }

  /** A job that is retried begins anew; what it left would only fill the disk until then. */
  async #discard(records: readonly UpscaleRecord[]): Promise<void> {
    const { store } = this.#services;
    for (const record of records) {
      // It may be made again by now.
      if (store.get(record.id)?.status !== "failed") continue;
      await discardWork(this.#services, record);
    }
  }
}

/** Pixels that the network has to make for a result: at its own scale, whatever is made of them. */
function networkPixels(draft: UpscaleDraft, scale: number): number {
  const source = { width: draft.sourceWidth, height: draft.sourceHeight };
  const sizes = runSources(source, draft, scale);
  return sizes.reduce((sum, { width, height }) => sum + width * height * scale ** 2, 0);
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
