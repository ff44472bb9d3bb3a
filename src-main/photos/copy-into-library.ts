import { constants } from "node:fs";
import { copyFile, mkdir, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { KilnError } from "../errors.ts";
import type { FoundPhoto } from "../library/index.ts";
import { scanFiles, scanFolder } from "./folder-scan.ts";

interface CopyPorts {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Copies photos with their companions into a folder of the library, keeping the folders below each source and the
 * files' times. A file appears under its name only when it is whole; copies that are there already are left alone, so
 * that a broken-off run goes on where it was.
 *
 * @param sources absolute paths of folders and files
 * @throws KilnError `library-disk-full`, `copy-failed`, `folder-missing`, `folder-unreadable`
 */
export async function copyIntoLibrary(
  sources: readonly string[],
  target: string,
  ports: CopyPorts,
): Promise<void> {
  const copies: { from: string; to: string }[] = [];
  for (const source of sources) {
    const info = await stat(source).catch(() => null);
    const take = (photos: readonly FoundPhoto[], base: string): void => {
      for (const photo of photos) {
        for (const file of photo.files) {
          const from = join(photo.directory, file.name);
          copies.push({ from, to: join(target, relative(base, from)) });
        }
      }
    };
    if (info?.isFile() === true) {
      take(await scanFiles(dirname(source), [basename(source)]), dirname(source));
      continue;
    }
    await scanFolder(source, {
      signal: ports.signal,
      onFolder: (photos) => take(photos, sources.length === 1 ? source : dirname(source)),
      // What can't be opened can't be copied; reading the copies afterwards has nothing to say of it.
      onUnread: () => undefined,
    });
  }
  for (const [done, copy] of copies.entries()) {
    ports.signal.throwIfAborted();
    await copyWhole(copy.from, copy.to);
    ports.onProgress(done + 1, copies.length);
  }
}

async function copyWhole(from: string, to: string): Promise<void> {
  const part = `${to}.kiln-part`;
  try {
    const source = await stat(from);
    const existing = await stat(to).catch(() => null);
    if (existing?.size === source.size) return;
    await mkdir(dirname(to), { recursive: true });
    await rm(part, { force: true });
    await copyFile(from, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await utimes(part, source.atime, source.mtime);
    await rename(part, to);
  } catch (cause) {
    await rm(part, { force: true });
    throw copyProblem(from, cause);
  }
}

function copyProblem(from: string, cause: unknown): KilnError {
  if (cause instanceof Error && "code" in cause && cause.code === "ENOSPC") {
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
      en: "Check that the drive is still connected, then retry.",
      ko: "드라이브가 연결되어 있는지 확인한 뒤 다시 시도하세요.",
    },
    { cause },
  );
}
