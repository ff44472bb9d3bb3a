/** What reading does with each photo, whatever is read of it: what counts as the photo's fault, how much is written at once. */
import { KilnError } from "../errors.ts";
import type { LibraryDatabase, PhotoFile, ReadingStore } from "../library/index.ts";
import type { ReadingContext } from "./reading.ts";

/** Problems that are no photo's: the whole reading ends with them. */
const commonProblems: ReadonlySet<string> = new Set([
  "disk-full",
  "cache-unwritable",
  "worker-cannot-start",
]);

/** Rows are written in batches: one commit for many photos, and never so many that a window would feel it. */
const batchSize = 24;
const batchMs = 120;

/**
 * What the worker answers, or what is wrong with the photo. Everything else is thrown: a child that was killed fails the
 * job by name, and only a photo that its reader dies of again, when the job is tried again, is set aside itself.
 */
export async function orProblem<T>(
  context: ReadingContext,
  photo: PhotoFile,
  work: () => Promise<T>,
): Promise<T | KilnError> {
  try {
    return await work();
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof KilnError)) throw error;
    if (error.code === "worker-died") {
      const suspects = context.restored?.suspects ?? [];
      if (suspects.includes(photo.id)) return error;
      context.checkpoint({ suspects: [...suspects, photo.id] });
      throw error;
    }
    if (commonProblems.has(error.code)) throw error;
    return error;
  }
}

/** A photo that failed is kept with its reason, or as missing. */
export function setAside(readings: ReadingStore, photo: PhotoFile, problem: KilnError): void {
  const { code, happened } = problem;
  if (code === "file-missing") readings.markPhotoMissing(photo.id);
  else readings.saveSkip(photo.id, { code, en: happened.en, ko: happened.ko });
}

/** Gathers small writes of many photos into one commit, at the latest after `batchMs`. */
export class WriteBatch {
  readonly #database: LibraryDatabase;
  #writes: (() => void)[] = [];
  #since = performance.now();

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  add(write: () => void): void {
    this.#writes.push(write);
    if (this.#writes.length >= batchSize || performance.now() - this.#since > batchMs) this.flush();
  }

  flush(): void {
    const writes = this.#writes;
    this.#writes = [];
    this.#since = performance.now();
    if (writes.length === 0) return;
    this.#database.transaction(() => {
      for (const write of writes) write();
    });
  }
}
