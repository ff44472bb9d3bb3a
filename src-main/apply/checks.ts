import { constants } from "node:fs";
import { access, realpath, stat, statfs } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { cardHolding, type FindVolumeRoot, isCode } from "../library/index.ts";
import {
  destinationMissing,
  destinationNotFolder,
  destinationOnCard,
  destinationUnwritable,
  movesFromCard,
  sourceFolderUnwritable,
} from "./plan-problems.ts";

/**
 * A destination is an existing folder that can be written to, and never on a card. Makes nothing.
 *
 * @throws KilnError `destination-missing`, `destination-not-a-folder`, `destination-unwritable`, `destination-on-card`
 */
export async function checkDestination(path: string, findRoot: FindVolumeRoot): Promise<void> {
  try {
    if (!(await stat(path)).isDirectory()) throw destinationNotFolder(path);
    const card = await cardHolding(path, findRoot);
    if (card !== null) throw destinationOnCard(card);
    // Says EROFS for a read-only volume even to root.
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR", "ELOOP")) throw destinationMissing(path);
    if (isCode(error, "EACCES", "EPERM", "EROFS")) throw destinationUnwritable(path, error);
    throw error;
  }
}

/**
 * A folder that files are taken out of.
 *
 * @throws KilnError `source-on-card`, `source-folder-unwritable`
 */
export async function checkSourceFolder(path: string, findRoot: FindVolumeRoot): Promise<void> {
  const card = await cardHolding(path, findRoot);
  if (card !== null) throw movesFromCard(card);
  try {
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (isCode(error, "EACCES", "EPERM", "EROFS")) throw sourceFolderUnwritable(path, error);
    throw error;
  }
}

/** Bytes that this person may still write on the volume; null if the system doesn't say. */
export async function freeSpace(path: string): Promise<number | null> {
  const { bavail, blocks, bsize } = await statfs(path);
  // Some network and FUSE volumes answer with zeros.
  return blocks === 0 ? null : bavail * bsize;
}

/** True when `path` is `folder` or below it, links resolved. */
export async function isInside(path: string, folder: string | null): Promise<boolean> {
  if (folder === null) return false;
  try {
    const way = relative(await realpath(folder), await realpath(path));
    return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}
