import { stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import {
  areTwoNamesOfOneFile,
  entryAt,
  isCode,
  type MoveOutcome,
  moveWithoutOverwrite,
  removeReservation,
  syncFolder,
} from "../library/index.ts";
import {
  nameTaken,
  sourceChanged,
  sourceProblem,
  sourceVanished,
  targetProblem,
} from "./file-problems.ts";
import { copyVerified, guard, hashFile } from "./verified-copy.ts";

/** One file's way from one name to another. */
export interface Way {
  readonly from: string;
  readonly to: string;
  /** The unfinished file's name while it is copied to another device; beside `to`, and of this item alone. */
  readonly part: string;
  /** Holds a name on volumes without hard links; of this item alone. See `moveWithoutOverwrite`. */
  readonly reservation: string;
}

export interface RelocateOptions {
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
  /** Writes the hash of what is about to be placed at `to` into the journal: `settle` needs it after a crash. */
  readonly onVerified: (sha256: string) => void;
}

/**
 * Gives a finished part file its final name, never over another file, and brings the name to the disk.
 *
 * @throws KilnError `name-taken` (the part stays) and those of `targetProblem`
 */
export async function place(part: string, to: string, reservation: string): Promise<void> {
  const outcome = await guard(targetProblem, dirname(to), () =>
    moveWithoutOverwrite(part, to, reservation),
  );
  if (outcome !== "moved") throw nameTaken(to);
}

/**
 * Moves a file, never over another one: inside a device by its names alone; to another device by a verified copy,
 * after which the source goes only if it is still, by size, time and hash, what was copied.
 *
 * @throws KilnError `name-taken`, `source-changed`, those of `copyVerified`; the signal's reason. The source is then
 *   where it was and nothing stands at `to`.
 */
export async function relocate(way: Way, options: RelocateOptions): Promise<void> {
  const outcome = await moveInside(way);
  if (outcome === "taken") throw nameTaken(way.to);
  if (outcome === "moved") return;

  const { size, mtimeNs } = await guard(sourceProblem, way.from, () =>
    stat(way.from, { bigint: true }),
  );
  const sha256 = await copyVerified(way.from, way.part, { ...options, keepMode: true });
  options.onVerified(sha256);
  await place(way.part, way.to, way.reservation);
  try {
    const isSame = (await hashFile(way.from, options.signal)) === sha256;
    const now = await stat(way.from, { bigint: true });
    if (!isSame || now.size !== size || now.mtimeNs !== mtimeNs) throw sourceChanged(way.from);
    await unlink(way.from);
  } catch (error) {
    // Somebody else took the source away: what we verified a moment ago is the file now.
    if ((await entryAt(way.from)) === null) return;
    await unlink(way.to);
    throw sourceProblem(way.from, error);
  }
  await syncFolder(dirname(way.from));
}

async function moveInside(way: Way): Promise<MoveOutcome> {
  try {
    return await moveWithoutOverwrite(way.from, way.to, way.reservation);
  } catch (error) {
    if ((await entryAt(way.from)) === null) throw sourceVanished(way.from);
    const place = error instanceof Error && "path" in error ? error.path : null;
    const isOfTarget =
      place === way.to ||
      place === dirname(way.to) ||
      isCode(error, "ENOENT", "ENOSPC", "EDQUOT", "ENAMETOOLONG", "EILSEQ");
    throw isOfTarget ? targetProblem(dirname(way.to), error) : sourceProblem(way.from, error);
  }
}

/**
 * Where a file is after a `relocate` that a crash may have cut short. What was half done is taken back: the file has
 * one name then, at `from` or at `to`. A part is left for the caller, who strikes the hash from the journal before
 * he removes it (see `isOwn`).
 *
 * - `from`: nothing was moved (what may stand at `to` is somebody else's).
 * - `to`: the move was finished.
 * - `both`: the copy arrived at another device, then somebody changed the source; both are left alone.
 * - `none`: somebody took the file away.
 *
 * @param sha256 what `onVerified` was told, or null
 */
export async function settle(
  way: Way,
  sha256: string | null,
): Promise<"from" | "to" | "both" | "none"> {
  await removeReservation(way.to, way.reservation);
  const source = await entryAt(way.from);
  if (source === null) {
    if ((await entryAt(way.to)) === null) return "none";
    // Without its folder the source may be on a drive that was unplugged: then the name at `to` alone says nothing.
    const isGone = (await entryAt(dirname(way.from))) !== null;
    return isGone || (await isOwn(way.to, way.part, sha256)) ? "to" : "none";
  }
  if (await areTwoNamesOfOneFile(way.from, way.to)) await unlink(way.to);
  else if (await isOwn(way.to, way.part, sha256)) {
    if ((await hashFile(way.from)) !== sha256) return "both";
    await unlink(way.to);
  }
  return "from";
}

/**
 * True when what stands at `path` is what we placed there from `part`. As long as the part is there, only a second
 * name of the same file is; once it is gone, the hash in the journal tells. (Nobody but us removes a part, and we
 * strike the hash from the journal first.)
 */
export async function isOwn(path: string, part: string, sha256: string | null): Promise<boolean> {
  const found = await entryAt(path);
  if (found === null || !found.isFile() || sha256 === null) return false;
  if ((await entryAt(part)) !== null) return areTwoNamesOfOneFile(part, path);
  return (await hashFile(path)) === sha256;
}
