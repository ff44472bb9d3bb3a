import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { isCode } from "../library/index.ts";
import { copyDamaged, sourceChanged, sourceProblem, targetProblem } from "./file-problems.ts";

/** Large enough that a disk streams, small enough that a cancel is seen at once and hashing blocks nobody. */
const chunkBytes = 1 << 20;

export interface CopyOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes of each piece written. */
  readonly onBytes: (bytes: number) => void;
  /** Permissions go along: a moved file stays what it was, a copy is a new file of the person's. */
  readonly keepMode: boolean;
}

/**
 * Copies a file to a name that nobody has, brings it to the disk, reads it back and compares: what stands at `part`
 * afterwards has the bytes of the source and its time of change. Answers with the SHA-256 (hex) of those bytes.
 *
 * Reading back goes through the system's cache where there is one (Node has no way around it), so it proves the path
 * through memory, file system and network, not the last millimetre of a drive that lies about what it stored.
 *
 * On any failure nothing stays at `part`.
 *
 * @throws KilnError of `sourceProblem` and `targetProblem`, `source-changed` when the source changes meanwhile,
 *   `copy-damaged`; the signal's reason
 */
export async function copyVerified(
  source: string,
  part: string,
  options: CopyOptions,
): Promise<string> {
  const from = await guard(sourceProblem, source, () => open(source, "r"));
  try {
    const before = await from.stat({ bigint: true });
    if (!before.isFile()) throw sourceChanged(source);
    await guard(targetProblem, dirname(part), () => removePart(part));
    const written = await write(from, before, source, part, options);
    const readBack = await guard(targetProblem, dirname(part), () =>
      hashFile(part, options.signal),
    );
    if (readBack !== written) throw copyDamaged(source);
    return written;
  } catch (error) {
    await removePart(part).catch(leaveToNextRun);
    throw error;
  } finally {
    await from.close();
  }
}

async function write(
  from: FileHandle,
  before: BigIntStats,
  source: string,
  part: string,
  options: CopyOptions,
): Promise<string> {
  const onTarget = <Result>(work: () => Promise<Result>) =>
    guard(targetProblem, dirname(part), work);
  const to = await onTarget(() => open(part, "wx"));
  try {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let copied = 0n;
    for (;;) {
      options.signal.throwIfAborted();
      const { bytesRead } = await guard(sourceProblem, source, () => from.read(buffer));
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      hash.update(piece);
      await onTarget(() => to.writeFile(piece));
      copied += BigInt(bytesRead);
      // A file that grows as fast as it is read would never end.
      if (copied > before.size) throw sourceChanged(source);
      options.onBytes(bytesRead);
    }
    const after = await from.stat({ bigint: true });
    if (copied !== before.size || after.size !== before.size || after.mtimeNs !== before.mtimeNs) {
      throw sourceChanged(source);
    }
    if (options.keepMode) await keepMode(to, before);
    await onTarget(() => to.utimes(seconds(before.atimeNs), seconds(before.mtimeNs)));
    await onTarget(() => to.sync());
    return hash.digest("hex");
  } finally {
    await onTarget(() => to.close());
  }
}

/** FAT and some shares have no permissions to set. */
async function keepMode(to: FileHandle, stats: BigIntStats): Promise<void> {
  try {
    await to.chmod(Number(stats.mode) & 0o777);
  } catch (error) {
    if (!isCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL")) throw error;
  }
}

/** Node takes seconds in a double: of today's times it keeps a quarter of a microsecond. */
function seconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1e6;
}

/** SHA-256 of a file, hex. @throws what node:fs throws; the signal's reason */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const handle = await open(path, "r");
  try {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** Removes an unfinished file of a plan's own; harmless when there is none. */
export async function removePart(part: string): Promise<void> {
  try {
    await unlink(part);
  } catch (error) {
    if (!isCode(error, "ENOENT", "ENOTDIR")) throw error;
  }
}

/**
 * For tidying up after a failure that is being reported already: a part file that can't be removed now (the drive
 * is gone, say) is removed by the next run of its plan.
 */
function leaveToNextRun(): void {}

/** Runs `work` and turns what node:fs throws into a problem of this place. */
export async function guard<Result>(
  asProblem: (place: string, error: unknown) => unknown,
  place: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw asProblem(place, error);
  }
}
