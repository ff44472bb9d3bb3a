import { access } from "node:fs/promises";
import { basename } from "node:path";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import type { JobContext, JobResult } from "../jobs/index.ts";
import {
  type BurstStore,
  type FoundPhoto,
  foundKey,
  type LibraryDatabase,
  type MeasureStore,
  type PhotoFile,
  type PhotoStore,
  type RootStore,
} from "../library/index.ts";
import type { WorkerPool } from "../workers/index.ts";
import { scanFiles, scanFolder, type UnreadFolder } from "./folder-scan.ts";
import { groupRoot, rankBursts } from "./grouping.ts";
import { unreadableFolder } from "./problems.ts";
import type { RenditionCache } from "./rendition-cache.ts";
import type { ImageWorkerMethods } from "./worker/protocol.ts";

/** What reading a folder needs. */
export interface ReadingServices {
  readonly database: LibraryDatabase;
  readonly roots: RootStore;
  readonly photos: PhotoStore;
  readonly bursts: BurstStore;
  readonly measures: MeasureStore;
  readonly images: WorkerPool<ImageWorkerMethods>;
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

/** What reading needs of the job that it is part of. */
type ReadingContext = Pick<JobContext<ReadingStage>, "signal" | "stage" | "progress">;

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
 * @param files when only some files of the root's folder were dropped: their names
 * @throws KilnError `folder-missing` or `folder-unreadable` when the root itself can't be read
 */
export async function readRoot(
  services: ReadingServices,
  context: ReadingContext,
  rootId: number,
  files: readonly string[] | null,
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
    await scan(services, context, { rootId, path: root.path, files });
  } catch (error) {
    if (error instanceof KilnError) services.roots.setState(rootId, "missing");
    throw error;
  }
  services.roots.setState(rootId, "ready");

  context.stage("probe");
  await probeAll(services, context, rootId);
  groupRoot(services, rootId, services.burstGapMs());

  context.stage("measure");
  await measureAll(services, context, rootId);

  // A folder that was taken away meanwhile is said to be missing, not to be full of unreadable photos.
  await assertFolder(root.path).catch((error: unknown) => {
    services.roots.setState(rootId, "missing");
    throw error;
  });
  context.stage("group");
  groupRoot(services, rootId, services.burstGapMs());
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
    onFolder: (found) => services.photos.recordFound(root.rootId, found),
    // The reading that follows says what can't be opened.
    onUnread: () => undefined,
  });
}

async function scan(
  services: ReadingServices,
  context: ReadingContext,
  target: { rootId: number; path: string; files: readonly string[] | null },
): Promise<void> {
  const { rootId, path, files } = target;
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
      signal: context.signal,
      onFolder: take,
      onUnread: (folder) => unread.push(folder),
    });
    services.photos.markMissing(
      rootId,
      seen,
      unread.map((folder) => folder.path),
    );
  } else {
    await assertFolder(path);
    take(await scanFiles(path, files));
    services.photos.markMissing(rootId, seen, []);
  }
  services.roots.saveUnreadFolders(rootId, unread);
}

async function probeAll(
  services: ReadingServices,
  context: ReadingContext,
  rootId: number,
): Promise<void> {
  const found = services.photos.inState(rootId, ["found"]);
  const writes = new WriteBatch(services.database);
  let done = 0;
  await forEachConcurrently(found, async (photo) => {
    try {
      const probe = await services.images.run(
        "probe",
        { path: photo.path },
        { signal: context.signal },
      );
      const moved = await movedFrom(services, photo, probe);
      writes.add(() => {
        if (moved !== null) services.photos.followMove(moved, photo.id);
        services.photos.saveProbe(moved ?? photo.id, probe);
      });
    } catch (error) {
      setAside(services, writes, photo, error, context.signal);
    }
    done += 1;
    context.progress(done, found.length);
  });
  writes.flush();
}

/** The photo that had these very bytes and whose file is no longer where it was: this one is it, moved. */
async function movedFrom(
  services: ReadingServices,
  photo: PhotoFile,
  identity: { readonly fastHash: string; readonly bytes: number },
): Promise<number | null> {
  for (const twin of services.photos.twins(photo.id, identity)) {
    const isThere = await access(twin.path).then(
      () => true,
      () => false,
    );
    if (!isThere) return twin.id;
  }
  return null;
}

async function measureAll(
  services: ReadingServices,
  context: ReadingContext,
  rootId: number,
): Promise<void> {
  const probed = services.photos.inState(rootId, ["probed"]);
  const writes = new WriteBatch(services.database);
  let done = 0;
  await forEachConcurrently(probed, async (photo) => {
    try {
      if (services.measures.get(photo.identity) === null) {
        const developed = await services.images.run(
          "develop",
          {
            path: photo.path,
            thumbnail: { file: services.renditions.path(photo, "256"), edge: 256 },
            measure: true,
          },
          { signal: context.signal },
        );
        const { measured } = developed;
        if (measured !== null) {
          const { measures, look } = measured;
          writes.add(() => services.measures.save(photo.identity, { ...measures, look }));
        }
      }
      writes.add(() => {
        services.photos.markMeasured(photo.id);
        const [row] = services.photos.rows([photo.id]);
        if (row !== undefined && row.burstId !== null) rankBursts(services, [row.burstId]);
      });
    } catch (error) {
      setAside(services, writes, photo, error, context.signal);
    }
    done += 1;
    context.progress(done, probed.length, { en: basename(photo.path), ko: basename(photo.path) });
  });
  writes.flush();
}

/** A photo that failed is kept with its reason, or as missing. A failure that says nothing of it ends the job. */
function setAside(
  services: ReadingServices,
  writes: WriteBatch,
  photo: PhotoFile,
  error: unknown,
  signal: AbortSignal,
): void {
  signal.throwIfAborted();
  if (!(error instanceof KilnError)) throw error;
  const { code, happened } = error;
  writes.add(() =>
    code === "file-missing"
      ? services.photos.markPhotoMissing(photo.id)
      : services.photos.saveSkip(photo.id, { code, en: happened.en, ko: happened.ko }),
  );
}

async function assertFolder(path: string): Promise<void> {
  await access(path).catch((error: unknown) => {
    throw unreadableFolder(path, error);
  });
}

async function forEachConcurrently<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
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
  return { en: `${count} photos found`, ko: `사진 ${count}장 찾음` };
}

function summary(services: ReadingServices, rootId: number): Localized {
  const { readable, skipped, bursts } = services.photos.counts(rootId);
  return {
    en: `${readable} photos in ${bursts} moments${skipped > 0 ? `, ${skipped} not read` : ""}`,
    ko: `사진 ${readable}장, 순간 ${bursts}개${skipped > 0 ? `, 읽지 못함 ${skipped}장` : ""}`,
  };
}
