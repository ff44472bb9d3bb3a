import { availableParallelism } from "node:os";
import { basename } from "node:path";
import type { Localized } from "../src-preload/contract/problem.ts";
import { Apply } from "./apply/index.ts";
import { KilnError } from "./errors.ts";
import { EventHub, type Host, Sources } from "./host/index.ts";
import { createInferencePool } from "./inference/index.ts";
import { JobEngine } from "./jobs/index.ts";
import {
  BurstStore,
  cardHolding,
  type EditStep,
  EditStore,
  FaceStore,
  JobStore,
  MeasureStore,
  MovedFileStore,
  openDatabase,
  PhotoStore,
  PlanStore,
  ReadingStore,
  type RootRecord,
  RootStore,
  SidecarStore,
  systemTrash,
  UpscaleStore,
} from "./library/index.ts";
import type { LogFile } from "./log/index.ts";
import {
  Decisions,
  FolderWatch,
  facesVersion,
  GapPreviews,
  type ImageWorkerMethods,
  Imports,
  isPhotoName,
  Media,
  measuresVersion,
  Ranking,
  RenditionCache,
  Sidecars,
  SimilarPhotos,
} from "./photos/index.ts";
import { Preferences, type PreferencesFile } from "./preferences/index.ts";
import { createUpscaling } from "./upscale/index.ts";
import { type WorkerLauncher, WorkerPool } from "./workers/index.ts";

/** Nobody waits for a tidy cache: first the window opens. */
const tidyAfterMs = 20_000;

/** A decoder that has not answered by then hangs: its child is ended and the photo says so. */
const decodeLimitMs = 120_000;

/** A step of undo or redo that was taken, if there was one, and the roots that it was about. */
interface StepTaken {
  readonly label: Localized | null;
  readonly rootIds: number[];
  /** The job that works on files for it. */
  readonly jobId: number | null;
}

/** Absolute paths of the modules that Kiln's children run. */
export interface WorkerModules {
  readonly images: string;
  readonly inference: string;
  readonly convert: string;
  readonly upscale: string;
}

export interface ServicesOptions {
  /** Where Kiln keeps its data. Made when missing, locked until `close`. */
  readonly libraryDirectory: string;
  readonly version: string;
  readonly host: Host;
  readonly log: LogFile;
  readonly preferencesFile: PreferencesFile;
  readonly launcher: WorkerLauncher;
  readonly workers: WorkerModules;
  /** Puts a file into the system's trash where Kiln has no way of its own (Windows, macOS). */
  readonly systemTrash?: (path: string) => Promise<void>;
}

export type Services = ReturnType<typeof createServices>;

/**
 * Builds everything that a Kiln consists of, whatever its host, and takes up the jobs that an earlier process left.
 *
 * @throws KilnError when the library can't be opened (see `openDatabase`)
 */
export function createServices(options: ServicesOptions) {
  const { host, log } = options;
  const database = openDatabase(options.libraryDirectory);
  const roots = new RootStore(database);
  const photos = new PhotoStore(database);
  const readings = new ReadingStore(database);
  const movedFiles = new MovedFileStore(database);
  const bursts = new BurstStore(database);
  const measures = new MeasureStore(database, measuresVersion);
  const faces = new FaceStore(database, facesVersion);
  const edits = new EditStore(database);
  const upscaleRows = new UpscaleStore(database);
  const preferences = new Preferences(options.preferencesFile);
  const ranking = new Ranking({ database, bursts, measures, faces }, (error) =>
    log.error("bursts not ranked", { error }),
  );
  const renditions = new RenditionCache(options.libraryDirectory);
  const images = new WorkerPool<ImageWorkerMethods>({
    launcher: options.launcher,
    entry: options.workers.images,
    name: "image-worker",
    title: { en: "The image reader", ko: "이미지 처리기" },
    size: Math.max(2, availableParallelism() - 1),
    subjectOf: (input) => basename("path" in input ? input.path : input.directory),
    timeoutMs: decodeLimitMs,
    onLog: ({ worker, line, call }) => log.info(line, { worker, jobId: call?.tag, call }),
  });
  const inference = createInferencePool({
    launcher: options.launcher,
    entry: options.workers.inference,
    onLog: ({ worker, line, call }) => log.info(line, { worker, jobId: call?.tag, call }),
  });
  const engine = new JobEngine({ store: new JobStore(database), log });
  const sidecars = new Sidecars(
    {
      database,
      edits,
      sidecars: new SidecarStore(database),
      preferences: () => preferences.get().xmp,
      cardHolding,
    },
    engine,
  );
  const reading = {
    database,
    roots,
    photos,
    readings,
    movedFiles,
    bursts,
    measures,
    faces,
    images,
    inference,
    ranking,
    renditions,
    takeInSidecars: (rootId: number, signal: AbortSignal) => sidecars.takeIn(rootId, signal),
    takeEmbedded: (photoId: number, rating: number, modifiedMs: number) =>
      sidecars.takeEmbedded(photoId, rating, modifiedMs),
    resultsIn: (directory: string, rootId: number) => upscaleRows.namesIn(directory, rootId),
    burstGapMs: () => preferences.get().burstGapMs,
  };
  const imports = new Imports(reading, engine);
  const decisions = new Decisions({
    database,
    photos,
    bursts,
    measures,
    faces,
    edits,
    ranking,
  });
  const media = new Media({ photos, images, renditions });
  const trash = systemTrash(
    options.systemTrash === undefined ? {} : { trashItem: options.systemTrash },
  );
  const upscaling = createUpscaling({
    launcher: options.launcher,
    modules: options.workers,
    onLog: ({ worker, line, call }) => log.info(line, { worker, jobId: call?.tag, call }),
    database,
    store: upscaleRows,
    photos,
    engine,
    images,
    trash,
    providerChoice: () => preferences.get().upscale.provider,
    mirrors: process.env.KILN_MODEL_MIRRORS,
  });
  const apply = new Apply({
    engine,
    roots,
    photos,
    movedFiles,
    bursts,
    edits,
    plans: new PlanStore(database),
    trash,
    ranked: (burstIds) => ranking.settled(burstIds),
    encode: async ({ photoId, source, target, quality, edge, signal }) => {
      const rotation = photos.rows([photoId])[0]?.rotation ?? 0;
      const marks = sidecars.valuesOf(photoId);
      const input = { path: source, file: target, quality, edge, rotation, marks };
      await images.run("export", input, { signal });
    },
  });
  const sources = new Sources(isPhotoName);
  const events = new EventHub({
    jobs: () => engine.list(),
    revision: () => database.currentRevision(),
    roots: () => roots.list(),
    modelsRevision: () => upscaling.models.revision,
    preferences: () => preferences.get(),
    undo: () => edits.nextUndo()?.label ?? null,
    redo: () => edits.nextRedo()?.label ?? null,
    redoTouchesFiles: () => (edits.nextRedo()?.planId ?? null) !== null,
  });
  const root = (rootId: number): RootRecord => {
    const found = roots.get(rootId);
    if (found === null) throw unknownRoot();
    return found;
  };
  const taken = (step: EditStep | null, jobId: number | null): StepTaken => ({
    label: step?.label ?? null,
    rootIds: step === null ? [] : edits.rootsOf(step),
    jobId,
  });
  const watch = new FolderWatch((rootId) => {
    const watched = roots.get(rootId);
    if (watched !== null) imports.refresh(watched);
  }, log);

  database.onChange(() => events.changed());
  preferences.onChange(() => events.changed());
  upscaling.models.onChange(() => events.changed());
  const language = (): keyof Localized => {
    const chosen = preferences.get().language;
    if (chosen !== "system") return chosen;
    return host.locale.toLowerCase().startsWith("ko") ? "ko" : "en";
  };
  engine.onChange((jobIds) => {
    events.changed();
    tellHost(engine, host, jobIds, language());
  });
  const tidying = setTimeout(() => {
    renditions.tidy().catch((error: unknown) => log.warn("cache not tidied", { error }));
    upscaling.tidy().catch((error: unknown) => log.warn("upscales not tidied", { error }));
  }, tidyAfterMs);
  engine.begin([
    ...imports.definitions,
    ...apply.definitions,
    ...sidecars.definitions,
    ...upscaling.definitions,
  ]);
  ranking.takeUp();
  sidecars.begin();
  upscaling.begin();

  return {
    options,
    database,
    roots,
    photos,
    bursts,
    measures,
    faces,
    edits,
    preferences,
    images,
    engine,
    imports,
    decisions,
    ranking,
    gapPreviews: new GapPreviews({ database, bursts, measures }),
    similar: new SimilarPhotos({ bursts, measures }),
    apply,
    sidecars,
    upscaling,
    media,
    sources,
    events,
    watch,
    /** The language that the person reads. */
    language,
    /** The root, or a KilnError for one that is not in the library. */
    root,

    /**
     * Takes the last step back; an applied plan by a job. One of another root than the shown one (null: none is shown) is
     * left for the person to be asked about: `planId`.
     */
    async undo(shownRootId?: number | null): Promise<StepTaken & { planId: number | null }> {
      const step = await decisions.undo();
      if (step?.planId == null) return { ...taken(step, null), planId: null };
      const isSeen =
        shownRootId === undefined || edits.rootsOf(step).some((id) => id === shownRootId);
      return isSeen
        ? { ...taken(step, apply.undo(step.planId)), planId: null }
        : { ...taken(step, null), planId: step.planId };
    },

    async redo(): Promise<StepTaken> {
      const step = await decisions.redo();
      return taken(step, step?.planId == null ? null : await apply.redo(step.planId));
    },

    /** Opens folders and files that were named from outside (command line, second start, system). */
    async open(paths: readonly string[]) {
      const started = await imports.inPlace(paths);
      events.openRoot(started.rootId);
      return started;
    },

    /** Stops the work and closes the library. Jobs that can go on do so at the next start. */
    async close(): Promise<void> {
      clearTimeout(tidying);
      sidecars.close();
      await watch.close();
      await engine.shutdown();
      await decisions.idle();
      await ranking.close();
      await upscaling.close();
      await Promise.all([images[Symbol.asyncDispose](), inference[Symbol.asyncDispose]()]);
      database.close();
      await log.flush();
    },
  };
}

/** Taskbar progress over all running jobs, and one notification when the last of a batch has ended. */
function tellHost(
  engine: JobEngine,
  host: Host,
  changed: readonly number[],
  language: keyof Localized,
): void {
  const jobs = engine.list();
  const active = jobs.filter((job) => job.state === "queued" || job.state === "running");
  if (active.length > 0) {
    const sum = active.reduce((total, job) => total + job.fraction, 0);
    host.showProgress(sum / active.length);
    return;
  }
  host.showProgress(null);
  const ended = jobs.filter((job) => changed.includes(job.id));
  const last = ended[0];
  if (last === undefined || ended.every((job) => job.state === "cancelled")) return;
  const text = last.problem?.happened ?? last.message;
  host.notify(last.title[language], text[language]);
}

function unknownRoot(): KilnError {
  return new KilnError(
    "root-unknown",
    { en: "This folder is not in Kiln.", ko: "이 폴더는 Kiln에 없습니다." },
    { en: "Drop it again.", ko: "다시 끌어다 놓으세요." },
  );
}
