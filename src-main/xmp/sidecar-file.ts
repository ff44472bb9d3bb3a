import { createHash } from "node:crypto";
import {
  type FileHandle,
  lstat,
  open,
  readFile,
  realpath,
  rename,
  stat,
  unlink,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  anyMark,
  isCode,
  moveWithoutOverwrite,
  reservationFor,
  syncFolder,
} from "../library/index.ts";
import {
  readingProblem,
  sidecarChanged,
  sidecarDamaged,
  sidecarLimitBytes,
  sidecarLocked,
  sidecarNotXmp,
  sidecarOnCard,
  sidecarTooLarge,
  writingProblem,
} from "./problems.ts";
import {
  isEmptyOfKiln,
  readSidecar,
  type Sidecar,
  type SidecarValues,
  updateSidecar,
} from "./sidecar.ts";

/** The bytes of a sidecar at one moment. */
export interface SidecarVersion {
  readonly bytes: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly modifiedMs: number;
  /** Hex. */
  readonly sha256: string;
}

export interface SidecarFile extends SidecarVersion {
  readonly content: Uint8Array;
}

export interface WriteSidecarPorts {
  /** The top folder of the camera's card that a folder is on, or null: `cardHolding` of the library. */
  readonly cardHolding: (folder: string) => Promise<string | null>;
  readonly now?: () => Date;
}

/**
 * Reads the bytes of a sidecar; null where there is none.
 *
 * @throws KilnError `sidecar-too-large`, `sidecar-unreadable`, `sidecar-not-xmp` for what is no file
 */
export async function loadSidecar(path: string): Promise<SidecarFile | null> {
  const name = basename(path);
  let handle: FileHandle | null = null;
  try {
    // Asked before it is opened: opening a pipe would wait for somebody to write.
    if (!(await stat(path)).isFile()) throw sidecarNotXmp(name);
    handle = await open(path, "r");
    const { size, mtimeMs } = await handle.stat();
    if (size > sidecarLimitBytes) throw sidecarTooLarge(name);
    const content = await readAtMost(handle, sidecarLimitBytes + 1);
    if (content.length > sidecarLimitBytes) throw sidecarTooLarge(name);
    return { content, ...versionOf(content, mtimeMs) };
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return null;
    throw readingProblem(name, error);
  } finally {
    await handle?.close();
  }
}

/** What a sidecar's bytes say. @throws KilnError see `readSidecar` */
export function sidecarOf(path: string, file: SidecarFile): Sidecar {
  return readSidecar(file.content, basename(path));
}

/** How far the time that Kiln notes in a sidecar and the file's own may be apart: FAT counts in steps of 2 s. */
const sameMomentMs = 3000;

/**
 * Brings values into a sidecar, in one step: whoever looks sees the old file or the new one. The new bytes are on the
 * disk and read back before they get the name. A sidecar that another program changes meanwhile is left to it. With
 * nothing to change nothing is written, and where there is no sidecar none is made for a photo without values. One that
 * Kiln made, that nobody else has written since, and that would say nothing any more, is removed.
 *
 * @returns the sidecar as it is now; null where there is none
 * @throws KilnError `sidecar-on-card`, `sidecar-locked`, `sidecar-folder-read-only`, `sidecar-changed`,
 * `sidecar-damaged`, `disk-full` and those of `loadSidecar` and `updateSidecar`: the sidecar is then as it was
 */
export async function writeSidecar(
  path: string,
  values: SidecarValues,
  ports: WriteSidecarPorts,
): Promise<SidecarVersion | null> {
  const name = basename(path);
  const before = await loadSidecar(path);
  if (before === null && (values.rating ?? 0) === 0 && (values.label ?? "") === "") return null;
  const content = updateSidecar(before?.content ?? null, values, name, ports.now?.());
  if (content === before?.content) return before;
  try {
    // The file that a link leads to is written, not the link replaced.
    const place = before === null ? path : await realpath(path);
    if ((await ports.cardHolding(dirname(place))) !== null) throw sidecarOnCard(name);
    if (before !== null && isEmptyOfKiln(content) && (await isLeftByKiln(path, before))) {
      await remove(path, before);
      return null;
    }
    return await replace(place, before, content);
  } catch (error) {
    throw writingProblem(name, error);
  }
}

/** Whether a sidecar is a file of its own that was last written when it says so: others note no time, or their own way. */
async function isLeftByKiln(path: string, { content, modifiedMs }: SidecarFile): Promise<boolean> {
  const { metadataDate } = readSidecar(content, basename(path));
  if (metadataDate === null || Math.abs(modifiedMs - metadataDate) > sameMomentMs) return false;
  return !(await lstat(path)).isSymbolicLink();
}

async function remove(path: string, before: SidecarFile): Promise<void> {
  const name = basename(path);
  if (isReadOnly((await stat(path)).mode)) throw sidecarLocked(name);
  if ((await loadSidecar(path))?.sha256 !== before.sha256) throw sidecarChanged(name);
  await unlink(path);
  await syncFolder(dirname(path));
}

async function replace(
  path: string,
  before: SidecarFile | null,
  content: Uint8Array,
): Promise<SidecarVersion> {
  const name = basename(path);
  const mode = before === null ? null : (await stat(path)).mode & 0o777;
  if (mode !== null && isReadOnly(mode)) throw sidecarLocked(name);
  // Hidden, so that nobody takes it for a sidecar, and of one name, so that what a crash leaves goes with the next.
  const part = join(dirname(path), `.${name}.kiln-part`);
  await removeIfThere(part);
  try {
    const modifiedMs = await writeThrough(part, content, mode);
    if (!(await readFile(part)).equals(content)) throw sidecarDamaged(name);
    const current = await loadSidecar(path);
    if (current?.sha256 !== before?.sha256) throw sidecarChanged(name);
    if (before === null) {
      const outcome = await moveWithoutOverwrite(part, path, reservationFor(anyMark()));
      if (outcome !== "moved") throw sidecarChanged(name);
    } else {
      await rename(part, path);
      await syncFolder(dirname(path));
    }
    return versionOf(content, modifiedMs);
  } finally {
    await removeIfThere(part);
  }
}

/** Neither a rename over a file nor its removal asks for its permission: who made it read-only meant it. */
function isReadOnly(mode: number): boolean {
  return (mode & 0o222) === 0;
}

async function writeThrough(
  part: string,
  content: Uint8Array,
  mode: number | null,
): Promise<number> {
  const handle = await open(part, "wx");
  try {
    await handle.writeFile(content);
    if (mode !== null) await keepMode(handle, mode);
    await handle.sync();
    return (await handle.stat()).mtimeMs;
  } finally {
    await handle.close();
  }
}

/** FAT and some shares have no permissions to set. */
async function keepMode(handle: FileHandle, mode: number): Promise<void> {
  try {
    await handle.chmod(mode);
  } catch (error) {
    if (!isCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL")) throw error;
  }
}

async function readAtMost(handle: FileHandle, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (length < limit) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(1 << 16));
    if (bytesRead === 0) break;
    pieces.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(pieces);
}

function versionOf(content: Uint8Array, modifiedMs: number): SidecarVersion {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { bytes: content.length, modifiedMs, sha256 };
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isCode(error, "ENOENT", "ENOTDIR")) throw error;
  }
}
