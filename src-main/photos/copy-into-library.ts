import { constants } from "node:fs";
import { copyFile, mkdir, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join, parse, relative } from "node:path";
import { KilnError } from "../errors.ts";
import { type FoundPhoto, sameNameKey } from "../library/index.ts";
import { scanFiles, scanFolder, type UnreadFolder } from "./folder-scan.ts";
import { isSystemError, unreadableFolder } from "./problems.ts";
import { fileForbidden, fileMissing, fileUnreadable } from "./worker/problems.ts";

interface CopyPorts {
  readonly signal: AbortSignal;
  /** See `ScanPorts`. */
  readonly leaveOut: string;
  readonly onProgress: (done: number, total: number) => void;
}

interface SourcePhoto {
  readonly photo: FoundPhoto;
  /** Folder inside the target; empty for the target itself. */
  readonly folder: string;
}

/**
 * Copies photos with their companions into a folder of the library, keeping the folders below each source and the
 * files' times. A file appears under its name only when it is whole; copies that are there already are left alone, so
 * that a broken-off run goes on where it was. Photos of several sources that want one name become '-2', '-3' …
 *
 * @param sources absolute paths of folders and files
 * @returns files and folders that could not be read; everything else was copied
 * @throws KilnError `library-disk-full`, `copy-failed`; `folder-missing`, `folder-unreadable` for the sources themselves
 */
export async function copyIntoLibrary(
  sources: readonly string[],
  target: string,
  ports: CopyPorts,
): Promise<UnreadFolder[]> {
  const unread: UnreadFolder[] = [];
  const found = await findPhotos(sources, ports, (folder) => unread.push(folder));
  const total = found.reduce((sum, { photo }) => sum + photo.files.length, 0);
  const taken = new Set<string>();
  let done = 0;
  for (const { photo, folder } of found) {
    const place = join(target, folder);
    const rename = await freeNames(photo, place, taken);
    for (const { name } of photo.files) {
      ports.signal.throwIfAborted();
      const from = join(photo.directory, name);
      const reason = await copyWhole(from, join(place, rename(name)));
      if (reason !== null) unread.push({ path: from, reason });
      done += 1;
      ports.onProgress(done, total);
    }
  }
  // Where the whole source left, that is what to say.
  if (unread.length > 0) await Promise.all(sources.map(statSource));
  return unread;
}

async function findPhotos(
  sources: readonly string[],
  { signal, leaveOut }: CopyPorts,
  onUnread: (folder: UnreadFolder) => void,
): Promise<SourcePhoto[]> {
  const found: SourcePhoto[] = [];
  const files: string[] = [];
  for (const source of sources) {
    if (!(await statSource(source)).isDirectory()) {
      files.push(source);
      continue;
    }
    const base = sources.length === 1 ? source : dirname(source);
    await scanFolder(source, {
      signal,
      leaveOut,
      onFolder: (photos) => {
        for (const photo of photos) found.push({ photo, folder: relative(base, photo.directory) });
      },
      onUnread,
    });
  }
  for (const [directory, inside] of Map.groupBy(files, dirname)) {
    const names = inside.map((path) => basename(path));
    for (const photo of await scanFiles(directory, names, signal)) {
      found.push({ photo, folder: "" });
    }
  }
  return found;
}

async function statSource(source: string) {
  return stat(source).catch((error: unknown) => {
    throw unreadableFolder(source, error);
  });
}

/** How the files of a photo are called in `place`: as they are, or all with the same number behind the base name. */
async function freeNames(
  photo: FoundPhoto,
  place: string,
  taken: Set<string>,
): Promise<(name: string) => string> {
  const base = parse(photo.files[0]?.name ?? "").name;
  for (let n = 1; ; n += 1) {
    const rename = (name: string): string =>
      n === 1 ? name : `${base}-${n}${name.slice(base.length)}`;
    const keys = photo.files.map(({ name }) => sameNameKey(join(place, rename(name))));
    if (keys.some((key) => taken.has(key))) continue;
    const areFree = await Promise.all(
      photo.files.map(async (file) => {
        const there = await statOrNull(join(place, rename(file.name)));
        return there === null || isCopyOf(there, { size: file.bytes, mtimeMs: file.modifiedMs });
      }),
    );
    if (areFree.includes(false)) continue;
    for (const key of keys) taken.add(key);
    return rename;
  }
}

interface FileFacts {
  readonly size: number;
  readonly mtimeMs: number;
}

/** Some file systems keep times to two seconds only. */
function isCopyOf(copy: FileFacts, source: FileFacts): boolean {
  return copy.size === source.size && Math.abs(copy.mtimeMs - source.mtimeMs) <= 2000;
}

/** Null when the copy is there, else why the source can't be read. */
async function copyWhole(from: string, to: string): Promise<UnreadFolder["reason"] | null> {
  const part = `${to}.kiln-part`;
  try {
    await mkdir(dirname(to), { recursive: true });
  } catch (cause) {
    throw copyProblem(from, cause);
  }
  try {
    const source = await stat(from);
    const existing = await statOrNull(to);
    if (existing !== null && isCopyOf(existing, source)) return null;
    await rm(part, { force: true });
    await copyFile(from, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await utimes(part, source.atime, source.mtime);
    await rename(part, to);
    return null;
  } catch (cause) {
    await rm(part, { force: true });
    const reason = unreadableReason(cause);
    if (reason === null) throw copyProblem(from, cause);
    return reason;
  }
}

/** Why a source can't be read; null where the failure is the target's. */
function unreadableReason(cause: unknown): UnreadFolder["reason"] | null {
  if (!isSystemError(cause)) return null;
  if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return fileMissing().happened;
  if (cause.code === "EACCES" || cause.code === "EPERM") return fileForbidden().happened;
  return cause.code === "EIO" ? fileUnreadable(cause.code).happened : null;
}

function statOrNull(path: string): Promise<FileFacts | null> {
  return stat(path).catch(() => null);
}

function copyProblem(from: string, cause: unknown): KilnError {
  if (isSystemError(cause, "ENOSPC") || isSystemError(cause, "EDQUOT")) {
    return new KilnError(
      "library-disk-full",
      {
        en: "The disk with Kiln's library is full.",
        ko: "Kiln 라이브러리가 있는 디스크가 가득 찼습니다.",
      },
      {
        en: "Free some space and retry, or read the photos in place instead of copying them.",
        ko: "공간을 확보한 뒤 다시 시도하거나, 복사하지 말고 제자리에서 읽으세요.",
      },
      { cause },
    );
  }
  return new KilnError(
    "copy-failed",
    {
      en: `“${basename(from)}” could not be copied.`,
      ko: `‘${basename(from)}’을(를) 복사하지 못했습니다.`,
    },
    {
      en: "Check the drive with the photos and the one with Kiln's library, then retry.",
      ko: "사진이 있는 드라이브와 Kiln 라이브러리가 있는 드라이브를 확인한 뒤 다시 시도하세요.",
    },
    { cause },
  );
}
