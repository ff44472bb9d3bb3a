import { mkdir, readdir, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { legalName } from "../apply/index.ts";
import { KilnError } from "../errors.ts";
import type { JobEngine } from "../jobs/index.ts";
import type { RootRecord, RootStore } from "../library/index.ts";
import { kindOfName, sniffFile } from "./formats.ts";
import { importCopiesJob, readFolderJob, sampleJob } from "./jobs.ts";
import { isSystemError } from "./problems.ts";
import type { ReadingServices } from "./reading.ts";

/** A root and the job that reads it. */
export interface StartedImport {
  readonly rootId: number;
  readonly jobId: number;
}

/** Takes folders and files into the library: in place, as copies, or the sample project. */
export class Imports {
  readonly #engine: JobEngine;
  readonly #roots: RootStore;
  readonly #libraryDirectory: string;
  /** The newest reading of each root. */
  readonly #readings = new Map<number, number>();
  readonly #jobs: {
    readonly read: ReturnType<typeof readFolderJob>;
    readonly copy: ReturnType<typeof importCopiesJob>;
    readonly sample: ReturnType<typeof sampleJob>;
  };

  constructor(services: ReadingServices, engine: JobEngine) {
    this.#engine = engine;
    this.#roots = services.roots;
    this.#libraryDirectory = services.database.directory;
    this.#jobs = {
      read: readFolderJob(services),
      copy: importCopiesJob(services),
      sample: sampleJob(services),
    };
  }

  /** The kinds of jobs that importing starts, for the engine. */
  get definitions() {
    return [this.#jobs.read, this.#jobs.copy, this.#jobs.sample];
  }

  /**
   * Reads folders and files where they are. Files become one root for each folder that they lie in. The first root
   * is answered; the others are read by jobs of their own.
   *
   * @param headersOnly sizes, times and cameras are read, nothing is measured
   * @throws KilnError `folder-missing` when a path isn't there, `no-photo-dropped` for files of which none is one
   */
  async inPlace(paths: readonly string[], headersOnly = false): Promise<StartedImport> {
    const folders: string[] = [];
    const files: string[] = [];
    for (const path of paths.map((each) => resolve(each))) {
      // One folder is one folder, whatever links lead to it; a link to a file is a file of its own folder.
      if (await isFolder(path)) folders.push(await realpath(path));
      else files.push(join(await realpath(dirname(path)), basename(path)));
    }
    if (folders.length === 0 && files.length > 0 && !(await holdPhoto(files))) throw noPhoto(files);
    const started = folders.map((path) => this.#read(path, null, headersOnly));
    for (const [folder, inside] of Map.groupBy(files, dirname)) {
      started.push(
        this.#read(
          folder,
          inside.map((path) => basename(path)),
          headersOnly,
        ),
      );
    }
    return first(started);
  }

  /** Copies photos into the library and reads the copies. */
  async asCopies(paths: readonly string[]): Promise<StartedImport> {
    // What was received into the library already is not copied a second time.
    const [received] = paths;
    const originals = join(this.#libraryDirectory, "originals");
    if (received !== undefined && dirname(resolve(received)) === originals) {
      return this.#received(resolve(received));
    }
    for (const path of paths) await isFolder(path);
    const source = paths[0] ?? "";
    const path = await this.#freshFolder(
      "originals",
      (await isFolder(source)) ? basename(source) : basename(dirname(source)),
    );
    const rootId = this.#roots.add({ path, whole: true, kind: "copied" }, Date.now());
    const jobId = this.#engine.start(this.#jobs.copy, { rootId, path, sources: [...paths] });
    return { rootId, jobId };
  }

  /**
   * Reads a folder of the library that was filled otherwise (files dropped on a page that has no paths). Where nobody
   * dropped a photo, these copies go again.
   */
  async #received(path: string): Promise<StartedImport> {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries.flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    );
    if (!(await holdPhoto(files))) {
      await rm(path, { recursive: true, force: true });
      throw noPhoto(files);
    }
    const rootId = this.#roots.add({ path, whole: true, kind: "copied" }, Date.now());
    return { rootId, jobId: this.#startReading(rootId, path, null) };
  }

  async sample(): Promise<StartedImport> {
    const path = join(this.#libraryDirectory, "sample");
    await mkdir(path, { recursive: true });
    const rootId = this.#roots.add({ path, whole: true, kind: "sample" }, Date.now());
    return { rootId, jobId: this.#engine.start(this.#jobs.sample, { rootId, path }) };
  }

  /** Reads a root again. */
  refresh(root: RootRecord): number {
    return this.#startReading(root.id, root.path, root.whole ? null : []);
  }

  /** Whether a reading of this root waits or runs: it will see whatever happened before. */
  isReading(rootId: number): boolean {
    const last = this.#readings.get(rootId);
    return this.#engine
      .list()
      .some(({ id, state }) => id === last && (state === "queued" || state === "running"));
  }

  /** A new folder inside the library for what is about to be received. */
  async #freshFolder(place: string, name: string): Promise<string> {
    const parent = join(this.#libraryDirectory, place);
    await mkdir(parent, { recursive: true });
    for (let n = 1; ; n += 1) {
      const path = join(parent, n === 1 ? name : `${name}-${n}`);
      try {
        await mkdir(path);
        return path;
      } catch (error) {
        if (!isSystemError(error, "EEXIST")) throw error;
      }
    }
  }

  /** @param name what the person calls it; without one: today's date */
  receivingFolder(name?: string): Promise<string> {
    return this.#freshFolder(
      "originals",
      name === undefined ? new Date().toLocaleDateString("sv-SE") : legalName(name),
    );
  }

  #read(path: string, files: string[] | null, headersOnly: boolean): StartedImport {
    const rootId = this.#roots.add({ path, whole: files === null, kind: "referenced" }, Date.now());
    return { rootId, jobId: this.#startReading(rootId, path, files, headersOnly) };
  }

  /** A reading that still waits will see everything anyway: it is answered instead of a second one. */
  #startReading(rootId: number, path: string, files: string[] | null, headersOnly = false): number {
    const last = this.#readings.get(rootId);
    const bringsFiles = files !== null && files.length > 0;
    if (
      last !== undefined &&
      !bringsFiles &&
      this.#engine.list().some((job) => job.id === last && job.state === "queued")
    ) {
      return last;
    }
    const jobId = this.#engine.start(this.#jobs.read, {
      rootId,
      path,
      files,
      ...(headersOnly && { headersOnly }),
    });
    // One that measures nothing can't stand for one that does.
    if (!headersOnly) this.#readings.set(rootId, jobId);
    return jobId;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new KilnError(
      "folder-missing",
      {
        en: `“${path}” is not there, or can't be opened.`,
        ko: `‘${path}’이(가) 없거나 열 수 없습니다.`,
      },
      {
        en: "Check the place and your permission to read it, then try again.",
        ko: "위치와 읽기 권한을 확인한 뒤 다시 시도하세요.",
      },
      { cause },
    );
  }
}

/** By name, else by what is inside. */
async function holdPhoto(files: readonly string[]): Promise<boolean> {
  if (files.some((path) => kindOfName(path) !== null)) return true;
  for (const path of files) {
    if ((await sniffFile(path)) !== null) return true;
  }
  return false;
}

function noPhoto(files: readonly string[]): KilnError {
  const [only] = files;
  return new KilnError(
    "no-photo-dropped",
    files.length === 1 && only !== undefined
      ? {
          en: `“${basename(only)}” is no photo that Kiln reads.`,
          ko: `‘${basename(only)}’은(는) Kiln이 읽을 수 있는 사진이 아닙니다.`,
        }
      : {
          en: "None of these files is a photo that Kiln reads.",
          ko: "이 파일 중에는 Kiln이 읽을 수 있는 사진이 없습니다.",
        },
    {
      en: "Drop JPEG, PNG, WebP, AVIF, TIFF, HEIC or RAW files, or a folder of them.",
      ko: "JPEG, PNG, WebP, AVIF, TIFF, HEIC, RAW 파일이나 그런 파일이 든 폴더를 끌어다 놓으세요.",
    },
  );
}

function first(started: readonly StartedImport[]): StartedImport {
  const [one] = started;
  if (one === undefined) {
    throw new KilnError(
      "nothing-dropped",
      { en: "There was nothing in that drop.", ko: "끌어다 놓은 것이 없습니다." },
      { en: "Drop a folder or photos.", ko: "폴더나 사진을 끌어다 놓으세요." },
    );
  }
  return one;
}
