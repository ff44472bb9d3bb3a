import { access } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import type { JobContext, JobResult } from "../jobs/index.ts";
import {
  type BurstStore,
  type FaceStore,
  type FoundPhoto,
  foundKey,
  type LibraryDatabase,
  type MeasureStore,
  type PhotoFile,
  type PhotoStore,
  type RootStore,
  type StoredMeasures,
} from "../library/index.ts";
import type { WorkerPool } from "../workers/index.ts";
import { scanFiles, scanFolder, type UnreadFolder } from "./folder-scan.ts";
import { groupRoot, rankBursts } from "./grouping.ts";
import { isSystemError, unreadableFolder } from "./problems.ts";
import type { RenditionCache } from "./rendition-cache.ts";
import type { ImageWorkerMethods } from "./worker/protocol.ts";

/** What reading a folder needs. */
export interface ReadingServices {
  readonly database: LibraryDatabase;
  readonly roots: RootStore;
  readonly photos: PhotoStore;
  readonly bursts: BurstStore;
  readonly measures: MeasureStore;
  readonly faces: FaceStore;
  readonly images: Pick<WorkerPool<ImageWorkerMethods>, "run">;
  readonly renditions: RenditionCache;
  /** Longest pause between two frames of one moment, milliseconds. */
  readonly burstGapMs: () => number;
}

/** The stages of every job that reads a root, in order. Weights are the time they took on 24 MP JPEGs. */
export const readingStages = [
  { id: "scan", weight: 1, label: { en: "Looking for photos", ko: "사진 찾는 중" } },
  { id: "probe", weight: 8, label: { en: "Reading details", ko: "정보 읽는 중" } },
  { id: "measure", weight: 90, label: { en: "Measuring photos", ko: "사진 측정 중" } },
  { id: "group", weight: 1, label: { en: "Grouping bursts", ko: "묶는 중" } },
] as const;

type ReadingStage = (typeof readingStages)[number]["id"];

/** What a reading that failed leaves for its retry: photos that their reader died of. */
export const readingCheckpoint = z.object({ suspects: z.array(z.int().positive()) });

/** What reading needs of the job that it is part of. */
type ReadingContext = Pick<
  JobContext<ReadingStage, z.infer<typeof readingCheckpoint>>,
  "jobId" | "signal" | "stage" | "progress" | "restored" | "checkpoint"
>;

/** Enough to keep every child of the pool busy while main writes down what the others found. */
const concurrency = 8;
/** Rows are written in batches: one commit for many photos, and never so many that a window would feel it. */
const batchSize = 24;
const batchMs = 120;

/**
 * Reads a root: finds its photos, what they say of themselves, measures them and groups them into bursts. Every photo
 * that can't be read is kept with its reason and stops nothing. Unchanged photos cost nothing, so that a reading that
 * was broken off simply runs again.
 *
 * @param files of a root that is made of single files: names of those that come to the ones that it has; else null
 * @param uncopied what an import could not copy: listed with what the reading can't open
 * @throws KilnError `folder-missing` or `folder-unreadable` when the root itself can't be read; what keeps the library
 * from being written, or a worker from starting
 */
export async function readRoot(
  services: ReadingServices,
  context: ReadingContext,
  rootId: number,
  files: readonly string[] | null,
  uncopied: readonly UnreadFolder[] = [],
): Promise<JobResult> {
  const root = services.roots.get(rootId);
  if (root === null) {
    throw new KilnError(
      "root-forgotten",
      { en: "This folder is no longer in Kiln.", ko: "이 폴더는 더 이상 Kiln에 없습니다." },
      { en: "Drop it again.", ko: "다시 끌어다 놓으세요." },
    );
  }
  context.stage("scan");
  try {
    await scan(services, context, { rootId, path: root.path, files, uncopied });
  } catch (error) {
    if (isFolderProblem(error)) services.roots.setState(rootId, "missing");
    throw error;
  }
  services.roots.setState(rootId, "ready");
  const group = (): void =>
    services.database.transaction(() => groupRoot(services, rootId, services.burstGapMs()));

  context.stage("probe");
  await probeAll(services, context, rootId);
  group();

  context.stage("measure");
  await measureAll(services, context, rootId);

  // A folder that was taken away meanwhile is said to be missing, not to be full of unreadable photos.
  await assertFolder(root.path).catch((error: unknown) => {
    services.roots.setState(rootId, "missing");
    throw error;
  });
  context.stage("group");
  group();
  return { revealPath: root.path, summary: summary(services, rootId) };
}

/** Shows what is in a root's folder so far, while it is still being filled. */
export async function showFound(
  services: ReadingServices,
  root: { readonly rootId: number; readonly path: string },
  signal: AbortSignal,
): Promise<void> {
  await scanFolder(root.path, {
    signal,
    leaveOut: services.database.directory,
    onFolder: (found) => services.photos.recordFound(root.rootId, found),
    // The reading that follows says what can't be opened.
    onUnread: () => undefined,
  });
}

async function scan(
  services: ReadingServices,
  context: ReadingContext,
  target: {
    rootId: number;
    path: string;
    files: readonly string[] | null;
    uncopied: readonly UnreadFolder[];
  },
): Promise<void> {
  const { rootId, path, files, uncopied } = target;
  const { signal } = context;
  const seen = new Set<string>();
  const unread: UnreadFolder[] = [];
  const take = (found: readonly FoundPhoto[]): void => {
    for (let start = 0; start < found.length; start += 200) {
      services.photos.recordFound(rootId, found.slice(start, start + 200));
    }
    for (const photo of found) seen.add(foundKey(photo.directory, photo.key));
    context.progress(0, 0, photosFound(seen.size));
  };
  if (files === null) {
    await scanFolder(path, {
      signal,
      leaveOut: services.database.directory,
      onFolder: take,
      onUnread: (folder) => unread.push(folder),
    });
  } else {
    take(await scanFiles(path, [...services.photos.fileNames(rootId), ...files], signal));
  }
  services.photos.markMissing(
    rootId,
    seen,
    unread.map((folder) => folder.path),
  );
  services.roots.saveUnreadFolders(rootId, [...unread, ...uncopied]);
}

async function probeAll(
  services: ReadingServices,
  context: ReadingContext,
  rootId: number,
): Promise<void> {
  const { signal } = context;
  const found = services.photos.inState(rootId, ["found"]);
  const writes = new WriteBatch(services.database);
  const followed = new Set<number>();
  let done = 0;
  await forEachConcurrently(found, async (photo) => {
    const probe = await orProblem(context, photo, () =>
      services.images.run("probe", { path: photo.path }, { signal, tag: String(context.jobId) }),
    );
    if (probe instanceof KilnError) {
      writes.add(() => setAside(services, photo, probe));
    } else {
      const moved = await movedFrom(services, photo, probe, followed);
      writes.add(() => {
        if (moved !== null) services.photos.followMove(moved, photo.id);
        services.photos.saveProbe(moved ?? photo.id, probe);
      });
    }
    done += 1;
    context.progress(done, found.length);
  });
  writes.flush();
}

/**
 * The photo that had these very bytes and whose file is no longer where it was: this one is it, moved. Of several
 * copies only the first that comes is: `followed` remembers.
 */
async function movedFrom(
  services: ReadingServices,
  photo: PhotoFile,
  identity: { readonly fastHash: string; readonly bytes: number },
  followed: Set<number>,
): Promise<number | null> {
  for (const twin of services.photos.twins(photo.id, identity)) {
    if ((await isThere(twin.path)) || followed.has(twin.id)) continue;
    followed.add(twin.id);
    return twin.id;
  }
  return null;
}

/** What may not be looked at is taken to be there. */
function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: unknown) => !isSystemError(error, "ENOENT") && !isSystemError(error, "ENOTDIR"),
  );
}

async function measureAll(
  services: ReadingServices,
  context: ReadingContext,
  rootId: number,
): Promise<void> {
  const { photos, measures } = services;
  const unmeasured = [
    ...photos.inState(rootId, ["probed"]),
    // What an older Kiln measured in another way.
    ...photos.inState(rootId, ["measured"]).filter(({ identity }) => !measures.has(identity)),
  ];
  const writes = new WriteBatch(services.database);
  let done = 0;
  await forEachConcurrently(unmeasured, async (photo) => {
    const developed = measures.has(photo.identity)
      ? null
      : await orProblem(context, photo, () => develop(services, context, photo));
    if (developed instanceof KilnError) {
      writes.add(() => setAside(services, photo, developed));
    } else {
      writes.add(() => {
        if (developed !== null) measures.save(photo.identity, developed);
        photos.markMeasured(photo.id);
        const [row] = photos.rows([photo.id]);
        if (row !== undefined && row.burstId !== null) rankBursts(services, [row.burstId]);
      });
    }
    done += 1;
    const name = basename(photo.path);
    context.progress(done, unmeasured.length, { en: name, ko: name });
  });
  writes.flush();
}

/** One decode: what is measured on the photo, and its thumbnail on the way. */
async function develop(
  services: ReadingServices,
  { jobId, signal }: ReadingContext,
  photo: PhotoFile,
): Promise<StoredMeasures | null> {
  const thumbnail = { file: services.renditions.path(photo, "256"), edge: 256 };
  const { measured } = await services.images.run(
    "develop",
    { path: photo.path, thumbnail, measure: true },
    { signal, tag: String(jobId) },
  );
  return measured === null
    ? null
    : {
        ...measured.measures,
        motion: 0,
        motionDegrees: 0,
        look: measured.look,
        detail: new Uint8Array(),
      };
}

/** Problems that are no photo's: the whole reading ends with them. */
const commonProblems: ReadonlySet<string> = new Set([
  "disk-full",
  "cache-unwritable",
  "worker-cannot-start",
]);

/**
 * What the worker answers, or what is wrong with the photo. Everything else is thrown: a child that was killed fails the
 * job by name, and only a photo that its reader dies of again, when the job is tried again, is set aside itself.
 */
async function orProblem<T>(
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
function setAside(services: ReadingServices, photo: PhotoFile, problem: KilnError): void {
  const { code, happened } = problem;
  if (code === "file-missing") services.photos.markPhotoMissing(photo.id);
  else services.photos.saveSkip(photo.id, { code, en: happened.en, ko: happened.ko });
}

function isFolderProblem(error: unknown): boolean {
  return (
    error instanceof KilnError &&
    (error.code === "folder-missing" || error.code === "folder-unreadable")
  );
}

async function assertFolder(path: string): Promise<void> {
  await access(path).catch((error: unknown) => {
    throw unreadableFolder(path, error);
  });
}

/** Works on a few items at a time. The first failure stops all, and is thrown when nothing runs any more. */
async function forEachConcurrently<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let hasFailed = false;
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      if (hasFailed) return;
      try {
        await work(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: concurrency }, lane));
  for (const each of lanes) if (each.status === "rejected") throw each.reason;
}

/** Gathers small writes of many photos into one commit, at the latest after `batchMs`. */
class WriteBatch {
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

function photosFound(count: number): Localized {
  return { en: `${counted(count, "photo")} found`, ko: `사진 ${grouped(count)}장 찾음` };
}

function summary(services: ReadingServices, rootId: number): Localized {
  const { readable, skipped, bursts } = services.photos.counts(rootId);
  const en = `${counted(readable, "photo")} in ${counted(bursts, "moment")}`;
  return {
    en: `${en}${skipped > 0 ? `, ${grouped(skipped)} not read` : ""}`,
    ko: `사진 ${grouped(readable)}장, 순간 ${grouped(bursts)}개${skipped > 0 ? `, 읽지 못함 ${grouped(skipped)}장` : ""}`,
  };
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${grouped(count)} ${noun}s`;
}

/** 12,345: the same in both languages. */
function grouped(count: number): string {
  return count.toLocaleString("en");
}
