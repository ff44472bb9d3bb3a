import { lstat, mkdir, rmdir, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Problem } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import {
  entryAt,
  type FindVolumeRoot,
  isCode,
  type Plan,
  type PlanItem,
  type PlanStore,
  removeReservation,
  reservationFor,
  syncFolder,
  type Trash,
  volumeRoot,
} from "../library/index.ts";
import { targetProblem } from "./file-problems.ts";
import { destinationMissing, folderNameTaken, leavesDestination } from "./plan-problems.ts";
import type { Way } from "./relocate.ts";
import { guard, hashFile, removePart } from "./verified-copy.ts";

/** A file's new place in the library: `path` is where it is now, or null when it is in the trash. */
export interface FileMove {
  readonly photoId: number;
  readonly fileId: number;
  readonly path: string | null;
}

/** How far a plan is. Bytes count what moves as well as what is copied. */
export interface PlanProgress {
  readonly items: number;
  readonly totalItems: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** What applying and undoing a plan need. */
export interface PlanRunOptions {
  readonly planId: number;
  readonly store: PlanStore;
  readonly trash: Trash;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PlanProgress) => void;
  /**
   * Makes the library follow a file that was moved. Called inside the transaction that marks the file's item, so
   * that both are true or neither is; it must not wait and must not throw for what can happen.
   */
  readonly follow: (move: FileMove) => void;
  readonly findVolumeRoot?: FindVolumeRoot;
}

/** One run of a plan, forwards or back: what its steps share. */
export class PlanRun {
  readonly plan: Plan;
  readonly store: PlanStore;
  readonly trash: Trash;
  readonly signal: AbortSignal;
  readonly findRoot: FindVolumeRoot;
  readonly #follow: (move: FileMove) => void;
  readonly #onProgress: (progress: PlanProgress) => void;
  readonly #madeFolders = new Set<string>();
  #progress: PlanProgress;

  constructor(options: PlanRunOptions, plan: Plan, items: readonly PlanItem[]) {
    this.plan = plan;
    this.store = options.store;
    this.trash = options.trash;
    this.signal = options.signal;
    this.findRoot = options.findVolumeRoot ?? volumeRoot;
    this.#follow = options.follow;
    this.#onProgress = options.onProgress;
    this.#progress = {
      items: 0,
      totalItems: items.length,
      bytes: 0,
      totalBytes: items.reduce((sum, item) => sum + item.bytes, 0),
    };
  }

  /** Runs one item's work and counts it: its bytes as they are reported, the rest of them when it ends. */
  async count<Result>(
    item: PlanItem,
    work: (onBytes: (bytes: number) => void) => Promise<Result>,
  ): Promise<Result> {
    const before = this.#progress;
    let bytes = 0;
    const result = await work((more) => {
      bytes = Math.min(item.bytes, bytes + more);
      this.#report({ ...before, bytes: before.bytes + bytes });
    });
    this.#report({ ...before, items: before.items + 1, bytes: before.bytes + item.bytes });
    return result;
  }

  #report(progress: PlanProgress): void {
    this.#progress = progress;
    this.#onProgress(progress);
  }

  /** Marks an item and lets the library follow its file, in one transaction. */
  saveMoved(
    item: PlanItem,
    change: Parameters<PlanStore["save"]>[1],
    path: string | null,
  ): PlanItem {
    const { photoId, fileId } = item;
    return this.store.save(item, change, () => this.#follow({ photoId, fileId, path }));
  }

  /** The name of an item's unfinished file beside `path`. The token makes it ours beyond doubt. */
  part(item: PlanItem, path: string, which: "first" | "second" = "first"): string {
    const mark = which === "first" ? item.seq : `${item.seq}b`;
    return join(dirname(path), `.kiln-${this.plan.token}-${mark}.part`);
  }

  reservation(item: PlanItem): string {
    return reservationFor(`${this.plan.token}-${item.seq}`);
  }

  /** Removes what a crash left of a name taken for a file of this item. */
  async dropReservation(item: PlanItem, path: string): Promise<void> {
    await removeReservation(path, this.reservation(item));
  }

  /** The way of a moved file, there or back. */
  way(item: PlanItem, from: string, to: string): Way {
    return { from, to, part: this.part(item, to), reservation: this.reservation(item) };
  }

  /**
   * Makes the folder of a target, level by level below its destination, each in the journal before it is made. The
   * destination itself is never made: when its drive is gone, its mount point must not be filled instead.
   *
   * @throws KilnError `destination-missing`, `folder-name-taken`, `leaves-destination`, those of `targetProblem`
   */
  async makeFolder(destination: string, folder: string): Promise<void> {
    if (this.#madeFolders.has(folder)) return;
    await guard(targetProblem, destination, async () => {
      if (!(await stat(destination)).isDirectory()) throw destinationMissing(destination);
      let path = destination;
      for (const level of relative(destination, folder).split(sep).filter(Boolean)) {
        const parent = path;
        path = join(path, level);
        if ((await entryAt(path)) === null) {
          this.store.addFolder(this.plan.id, path);
          await mkdir(path).catch(ignoreExisting);
          await syncFolder(parent);
        }
        const found = await lstat(path);
        if (found.isSymbolicLink()) throw leavesDestination(path);
        if (!found.isDirectory()) throw folderNameTaken(path);
      }
    });
    this.#madeFolders.add(folder);
  }

  /** Removes the folders that the plan made, as far as nothing is in them. */
  async removeEmptyFolders(): Promise<void> {
    for (const folder of this.store.folders(this.plan.id)) {
      try {
        await rmdir(folder);
      } catch (error) {
        const isInUse = isCode(
          error,
          "ENOTEMPTY",
          "EEXIST",
          "ENOENT",
          "ENOTDIR",
          "EACCES",
          "EPERM",
          "EROFS",
          "EBUSY",
        );
        if (!isInUse) throw error;
      }
    }
  }

  /**
   * Removes whatever unfinished files an item may have left. Each run ends with this for all items: a crash may fall
   * between a row that says that nothing is left and the removal.
   */
  async removeParts(item: PlanItem): Promise<void> {
    const { source, target, secondTarget } = item;
    const parts = [
      ...(target === null ? [] : [this.part(item, target)]),
      ...(secondTarget === null ? [] : [this.part(item, secondTarget, "second")]),
      // Only the way back of a move writes beside the source, which for a copy may be a card.
      ...(item.operation === "move" ? [this.part(item, source)] : []),
    ];
    for (const part of parts) await removePart(part).catch(ignoreUnreachable);
  }
}

/** True when the source is the file, by kind, size and time, that it was when the plan was made. */
export async function isAsPlanned(item: PlanItem): Promise<boolean> {
  const mayFollowLink = item.operation === "copy" || item.operation === "export";
  const found = await (mayFollowLink ? stat(item.source) : lstat(item.source)).catch(nullIfMissing);
  return found?.isFile() === true && found.size === item.bytes && found.mtimeMs === item.modifiedMs;
}

function nullIfMissing(error: unknown): null {
  if (isCode(error, "ENOENT", "ENOTDIR")) return null;
  throw error;
}

/** SHA-256 of what the second copy of an item holds; null until known. */
export function secondHash(item: PlanItem): string | null {
  return item.operation === "export" ? item.targetSha256 : item.sha256;
}

/**
 * True when the original of a copy still holds what was copied, so that the copy can go without loss. For an export
 * it is enough that the original is there: the bytes differ anyway.
 */
export async function originalHolds(item: PlanItem): Promise<boolean> {
  try {
    const found = await stat(item.source);
    if (!found.isFile()) return false;
    if (item.operation === "export") return true;
    if (found.size !== item.bytes) return false;
    if (found.mtimeMs === item.modifiedMs) return true;
    return item.sha256 !== null && (await hashFile(item.source)) === item.sha256;
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM", "EIO")) return false;
    throw error;
  }
}

/** The files of a photo stand together in a plan; what is done to one is decided for all. */
export function byPhoto(items: readonly PlanItem[]): PlanItem[][] {
  const groups: PlanItem[][] = [];
  for (const item of items) {
    const last = groups.at(-1);
    const first = last?.[0];
    const belongs =
      first?.photoId === item.photoId &&
      (first.operation === "trash") === (item.operation === "trash");
    if (last !== undefined && belongs) last.push(item);
    else groups.push([item]);
  }
  return groups;
}

/** An expected failure as the journal keeps it. Anything else is a bug and is thrown on. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof KilnError)) throw error;
  return { code: error.code, happened: error.happened, todo: error.todo };
}

function ignoreExisting(error: unknown): void {
  if (!isCode(error, "EEXIST")) throw error;
}

/** A folder that can't be written to now had no part made in it by this run; an earlier part waits for the next. */
function ignoreUnreachable(error: unknown): void {
  if (!isCode(error, "EACCES", "EPERM", "EROFS", "EIO", "ENXIO", "ESTALE")) throw error;
}
