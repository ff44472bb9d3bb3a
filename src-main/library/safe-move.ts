import { randomBytes } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { link, lstat, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** What became of a move: `taken`: something has the name already; `other-device`: only a copy gets there. */
export type MoveOutcome = "moved" | "taken" | "other-device";

/**
 * Moves a file inside one device to a name that nobody has, and never over a file that appears at the last moment.
 * Node has no renameat2(RENAME_NOREPLACE); two ways give the same promise:
 *
 * 1. link() to the new name, which fails when the name exists, then unlink() the old one. A crash in between leaves
 *    one file with two names: nothing is lost, and both names lead to the same inode.
 * 2. Where there are no hard links (FAT, exFAT, many network and FUSE volumes; a file of another owner under
 *    `fs.protected_hardlinks`): take the name with an exclusive create, then rename() over what was just made. What
 *    holds the name is `reservation`, so that after a crash it is known to be ours (`removeReservation`).
 *
 * The new name is on the disk before the old one goes. When it returns or throws, the file has exactly one name.
 *
 * @throws what node:fs throws, unchanged
 */
export async function moveWithoutOverwrite(
  from: string,
  to: string,
  reservation: string,
): Promise<MoveOutcome> {
  try {
    await link(from, to);
  } catch (error) {
    if (isCode(error, "EEXIST")) return "taken";
    if (isCode(error, "EXDEV")) return "other-device";
    if (isCode(error, ...withoutHardLinks)) return moveByReservation(from, to, reservation);
    throw error;
  }
  try {
    await syncFolder(dirname(to));
    await unlink(from);
  } catch (error) {
    // Somebody else took the old name away: the new one is the file's only name now.
    if (await areTwoNamesOfOneFile(from, to)) {
      await unlink(to);
      throw error;
    }
  }
  await syncFolder(dirname(from));
  return "moved";
}

const withoutHardLinks = [
  "EPERM",
  "EACCES",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EINVAL",
  "EMLINK",
  "EISDIR",
  "UNKNOWN",
];

async function moveByReservation(
  from: string,
  to: string,
  reservation: string,
): Promise<MoveOutcome> {
  try {
    const handle = await open(to, "wx");
    try {
      await handle.writeFile(reservation);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isCode(error, "EEXIST")) return "taken";
    await removeReservation(to, reservation);
    throw error;
  }
  if (!(await isReservation(to, reservation))) return "taken";
  try {
    await rename(from, to);
  } catch (error) {
    if (await isReservation(to, reservation)) await unlink(to);
    if (isCode(error, "EXDEV")) return "other-device";
    throw error;
  }
  await syncFolder(dirname(to));
  await syncFolder(dirname(from));
  return "moved";
}

/** What a reserved name holds until its file arrives; `mark` is unique to one move, so that it is known again. */
export function reservationFor(mark: string): string {
  return `Kiln keeps this name for a file that it is moving here (${mark}).\n`;
}

/** A mark for moves whose crash needs no tidying. */
export function anyMark(): string {
  return randomBytes(8).toString("hex");
}

/** True when the file at `path` holds this reservation and nothing else. */
async function isReservation(path: string, reservation: string): Promise<boolean> {
  const found = await entryAt(path);
  if (found === null || !found.isFile()) return false;
  if (found.size !== BigInt(Buffer.byteLength(reservation))) return false;
  return (await readFile(path, "utf8")) === reservation;
}

/**
 * Removes what a crash left of a name that was taken for a file: the reservation, or as much of it as was written,
 * which may be nothing. So an empty file goes, too: only ask for a name that a move was on its way to.
 */
export async function removeReservation(path: string, reservation: string): Promise<void> {
  const found = await entryAt(path);
  if (found === null || !found.isFile()) return;
  if (found.size > BigInt(Buffer.byteLength(reservation))) return;
  if (reservation.startsWith(await readFile(path, "utf8"))) await unlink(path);
}

/**
 * Brings names made or removed in a folder to the disk. Windows has no such call (NTFS journals its folders), and
 * some network volumes refuse it: there it does nothing.
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } catch (error) {
    if (!isCode(error, "EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EBADF")) throw error;
  } finally {
    await handle.close();
  }
}

/** What stands at a path (a link is not followed), or null when nothing does. */
export async function entryAt(path: string): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}

/**
 * True when the two paths are two names of one file: removing one of them leaves the other. Two spellings of one
 * name (letter case, Unicode form) on a volume that doesn't tell them apart are not: they are one name.
 */
export async function areTwoNamesOfOneFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([entryAt(one), entryAt(other)]);
  if (a === null || b === null || a.dev !== b.dev || a.ino !== b.ino || a.nlink < 2n) return false;
  if (sameNameKey(basename(one)) !== sameNameKey(basename(other))) return true;
  const [parentA, parentB] = await Promise.all([
    stat(dirname(one), { bigint: true }),
    stat(dirname(other), { bigint: true }),
  ]);
  return parentA.dev !== parentB.dev || parentA.ino !== parentB.ino;
}

/**
 * Names with the same key may be one name on some file system (NTFS, APFS, exFAT: letter case; APFS: Unicode form).
 * It takes more names for the same than any of them does, which costs a '-2' and never a file.
 */
export function sameNameKey(name: string): string {
  return name.normalize("NFC").toLowerCase().toUpperCase().normalize("NFC");
}

/** True for an error of node:fs with one of these codes. */
export function isCode(error: unknown, ...codes: string[]): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    codes.includes(error.code)
  );
}
