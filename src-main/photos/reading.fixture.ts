/** What tests of reading share: photos on the disk, and a library with real workers and jobs that reads them. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, onTestFinished } from "vitest";
import type { Job } from "../../src-preload/contract/jobs.ts";
import { JobEngine } from "../jobs/index.ts";
import {
  BurstStore,
  JobStore,
  MeasureStore,
  openDatabase,
  PhotoStore,
  RootStore,
} from "../library/index.ts";
import { createLog } from "../log/index.ts";
import { forkLauncher, type RunOptions, WorkerPool } from "../workers/index.ts";
import { MEASURES_VERSION } from "./best-cut/index.ts";
import { Imports, type StartedImport } from "./imports.ts";
import { RenditionCache } from "./rendition-cache.ts";
import type { ImageWorkerMethods } from "./worker/protocol.ts";

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kiln-reading-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A photo to be taken. Photos of one scene look alike; `blur` 0 is sharp. */
export interface Take {
  /** Seconds since the test's own epoch; null for a photo that doesn't say when it was taken. */
  readonly at?: number | null;
  readonly scene?: number;
  readonly blur?: number;
}

const width = 384;
const height = 256;

/** The bytes of a JPEG; equal for equal takes. */
export function takeJpeg({ at = null, scene = 0, blur = 0 }: Take = {}): Promise<Buffer> {
  let picture = sharp(texture(scene), { raw: { width, height, channels: 3 } });
  if (blur > 0) picture = picture.blur(blur);
  if (at !== null) picture = picture.withExif(exifAt(at));
  return picture.jpeg({ quality: 90 }).toBuffer();
}

/** Writes photos into a folder, each by its path below it. */
export async function takePhotos(
  folder: string,
  takes: Readonly<Record<string, Take>>,
): Promise<void> {
  for (const [path, take] of Object.entries(takes)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), await takeJpeg(take));
  }
}

function exifAt(seconds: number) {
  const [day = "", time = ""] = new Date(Date.UTC(2026, 4, 1, 9) + Math.floor(seconds * 1000))
    .toISOString()
    .split("T");
  return {
    IFD0: { Make: "Kiln", Model: "Test" },
    IFD2: {
      DateTimeOriginal: `${day.replaceAll("-", ":")} ${time.slice(0, 8)}`,
      SubSecTimeOriginal: time.slice(9, 12),
    },
  };
}

/** Squares of several sizes in colours of the scene: detail on every scale, unlike that of any other scene. */
function texture(scene: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  const random = (x: number, y: number, size: number): number => {
    const cell =
      Math.floor(x / size) * 7919 + Math.floor(y / size) * 104_729 + size * 31 + scene * 65_537;
    return (Math.imul(cell ^ (cell >>> 13), 1_274_126_177) >>> 24) / 255;
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = 0.5 * random(x, y, 64) + 0.3 * random(x, y, 12) + 0.2 * random(x, y, 3);
      pixels.fill(Math.round(value * 255), (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return pixels;
}

/** One pool for the tests of a file, as a Kiln has one for its library: a child takes a second to start. */
const pool = new WorkerPool<ImageWorkerMethods>({
  launcher: forkLauncher(),
  entry: join(import.meta.dirname, "worker", "image-worker.ts"),
  name: "image-worker",
  title: { en: "The image reader", ko: "이미지 처리기" },
  size: 2,
  subjectOf: (input) => ("path" in input ? input.path : input.directory),
});
afterAll(() => pool[Symbol.asyncDispose]());

/** The pool as one library uses it, with a list of the calls that were made. */
function observedPool() {
  const calls: string[] = [];
  return {
    calls,
    get pids() {
      return pool.pids;
    },
    run<M extends keyof ImageWorkerMethods & string>(
      method: M,
      input: ImageWorkerMethods[M]["input"],
      options?: RunOptions<ImageWorkerMethods[M]["progress"]>,
    ): Promise<ImageWorkerMethods[M]["output"]> {
      calls.push(method);
      return pool.run(method, input, options);
    },
  };
}

/** A library that reads folders as Kiln does, without a host. Closed at the end of the test. */
export async function openReadingLibrary(directory?: string) {
  const libraryDirectory = directory ?? (await temporaryFolder());
  const database = openDatabase(libraryDirectory);
  const log = createLog({ directory: join(libraryDirectory, "logs") });
  const images = observedPool();
  const stores = {
    database,
    roots: new RootStore(database),
    photos: new PhotoStore(database),
    bursts: new BurstStore(database),
    measures: new MeasureStore(database, MEASURES_VERSION),
  };
  const renditions = new RenditionCache(libraryDirectory);
  const engine = new JobEngine({ store: new JobStore(database), log });
  const imports = new Imports({ ...stores, images, renditions, burstGapMs: () => 2000 }, engine);
  engine.begin(imports.definitions);

  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= (async () => {
      await engine.shutdown();
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
