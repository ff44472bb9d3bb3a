/** What tests of reading share: a library with real workers and jobs. */
import { basename, join } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import type { Job } from "../../src-preload/contract/jobs.ts";
import { preferencesSchema } from "../../src-preload/contract/preferences.ts";
import { createInferencePool } from "../inference/index.ts";
import { JobEngine } from "../jobs/index.ts";
import {
  BurstStore,
  cardHolding,
  EditStore,
  FaceStore,
  JobStore,
  MeasureStore,
  MovedFileStore,
  openDatabase,
  PhotoStore,
  ReadingStore,
  RootStore,
  SidecarStore,
  UpscaleStore,
} from "../library/index.ts";
import { createLog } from "../log/index.ts";
import { forkLauncher, type RunOptions, WorkerPool } from "../workers/index.ts";
import { MEASURES_VERSION } from "./best-cut/index.ts";
import { Imports, type StartedImport } from "./imports.ts";
import { Ranking } from "./ranking.ts";
import { RenditionCache } from "./rendition-cache.ts";
import { Sidecars } from "./sidecars.ts";
import { temporaryFolder } from "./takes.fixture.ts";
import type { FaceSearch, ImageWorkerMethods } from "./worker/protocol.ts";

/** One pool for the tests of a file, as a Kiln has one for its library: a child takes a second to start. */
const pool = new WorkerPool<ImageWorkerMethods>({
  launcher: forkLauncher(),
  entry: join(import.meta.dirname, "worker", "image-worker.ts"),
  name: "image-worker",
  title: { en: "The image reader", ko: "이미지 처리기" },
  size: 2,
  subjectOf: (input) => ("path" in input ? input.path : input.directory),
});
export const inference = createInferencePool({
  launcher: forkLauncher(),
  entry: join(import.meta.dirname, "..", "inference", "inference-worker.ts"),
});
afterAll(() => Promise.all([pool[Symbol.asyncDispose](), inference[Symbol.asyncDispose]()]));

/** The pool as one library uses it, with a list of the calls that were made. */
function observedPool() {
  const calls: string[] = [];
  /** Where faces were looked for, by file name. */
  const searches: Record<string, FaceSearch | null> = {};
  return {
    calls,
    searches,
    get pids() {
      return pool.pids;
    },
    warm: (children: number) => pool.warm(children),
    run<M extends keyof ImageWorkerMethods & string>(
      method: M,
      input: ImageWorkerMethods[M]["input"],
      options?: RunOptions<ImageWorkerMethods[M]["progress"]>,
    ): Promise<ImageWorkerMethods[M]["output"]> {
      calls.push(method);
      if ("measure" in input && input.measure !== null) {
        searches[basename(input.path)] = input.measure.faces;
      }
      return pool.run(method, input, options);
    },
  };
}

/** A library that reads folders as Kiln does, without a host. Closed at the end of the test. */
export async function openReadingLibrary(
  directory?: string,
  faceFinder: Pick<typeof inference, "run"> = inference,
) {
  const libraryDirectory = directory ?? (await temporaryFolder());
  const database = openDatabase(libraryDirectory);
  const log = createLog({ directory: join(libraryDirectory, "logs") });
  const images = observedPool();
  const stores = {
    database,
    roots: new RootStore(database),
    photos: new PhotoStore(database),
    readings: new ReadingStore(database),
    movedFiles: new MovedFileStore(database),
    bursts: new BurstStore(database),
    measures: new MeasureStore(database, MEASURES_VERSION),
    faces: new FaceStore(database, 1),
    upscales: new UpscaleStore(database),
  };
  const renditions = new RenditionCache(libraryDirectory);
  const engine = new JobEngine({ store: new JobStore(database), log });
  const sidecars = new Sidecars(
    {
      database,
      edits: new EditStore(database),
      sidecars: new SidecarStore(database),
      preferences: () => preferencesSchema.parse({}).xmp,
      cardHolding,
    },
    engine,
  );
  const ranking = new Ranking(stores);
  const imports = new Imports(
    {
      ...stores,
      ranking,
      images,
      inference: faceFinder,
      renditions,
      takeInSidecars: (rootId, signal) => sidecars.takeIn(rootId, signal),
      takeEmbedded: (...args) => sidecars.takeEmbedded(...args),
      resultsIn: (directory, rootId) => stores.upscales.namesIn(directory, rootId),
      burstGapMs: () => 2000,
    },
    engine,
  );
  engine.begin(imports.definitions);

  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= (async () => {
      await engine.shutdown();
      await ranking.close();
      database.close();
      await log.flush();
    })();
    return closed;
  };
  onTestFinished(close);

  const finished = async ({ jobId }: Pick<StartedImport, "jobId">): Promise<Job> => {
    const job = await engine.whenEnded(jobId);
    if (job.state !== "completed") throw new Error(job.problem?.code ?? job.state);
    return job;
  };
  return {
    ...stores,
    directory: libraryDirectory,
    images,
    renditions,
    engine,
    imports,
    close,
    finished,
    /** Drops paths and waits until they are read. Answers the first root's id. */
    async drop(...paths: string[]): Promise<number> {
      const started = await imports.inPlace(paths);
      await finished(started);
      return started.rootId;
    },
    /** Names by burst, in capture order; the pick first. */
    groups(rootId: number): string[][] {
      const rows = stores.photos.changes(rootId, 0).filter((row) => row.burstId !== null);
      const picks = new Map(stores.bursts.changes(rootId, 0).map(({ id, pickId }) => [id, pickId]));
      return [...Map.groupBy(rows, (row) => row.burstId)].map(([burstId, frames]) =>
        frames
          .toSorted(
            (a, b) =>
              Number(b.id === picks.get(burstId ?? 0)) - Number(a.id === picks.get(burstId ?? 0)),
          )
          .map(({ name }) => name),
      );
    },
    /** Names and codes of what was not read. */
    skipped(rootId: number): Record<string, string> {
      return Object.fromEntries(
        stores.photos
          .changes(rootId, 0)
          .filter(({ state }) => state === "skipped")
          .map(({ name, reason }) => [name, reason?.en ?? ""]),
      );
    },
  };
}
