import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { KilnError } from "../errors.ts";
import type { Uploads } from "./ports.ts";

const deepest = 32;
const longestNameBytes = 255;
/** Characters, endings and device names that Windows reads as something else than a file of that name. */
const refusedByWindows = /[<>:"|?*]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

export interface UploadsOptions {
  /** The folder that a token stands for; throws a KilnError for a token that it doesn't know. */
  readonly folder: (token: string) => string;
  /** Folder whose subfolders take files. The page has tokens for others, too; nothing is written there. */
  readonly within: string;
  readonly platform?: NodeJS.Platform;
}

/** Puts dropped files into the library's receiving folders. */
export function createUploads(options: UploadsOptions): Uploads {
  const { platform = process.platform } = options;
  return {
    async write(token, segments, body, signal) {
      const folder = options.folder(token);
      if (!isBelow(folder, options.within)) throw notReceiving();
      const refused = segments.find((name) => !isPlainName(name, platform));
      if (refused !== undefined || segments.length > deepest) {
        throw nameRefused(segments.join("/"));
      }
      const path = join(folder, ...segments);
      const name = segments.at(-1) ?? "";
      try {
        await mkdir(dirname(path), { recursive: true });
        const file = await open(path, "wx");
        try {
          await fill(file, body, signal);
        } catch (error) {
          await rm(path, { force: true });
          throw error;
        }
      } catch (error) {
        throw asUploadProblem(error, name);
      }
    },
  };
}

/** Writes all of `body` and closes the file; what is on the disk then survives a power cut. */
async function fill(
  file: FileHandle,
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const chunk of body) {
      signal.throwIfAborted();
      await file.appendFile(chunk);
    }
    signal.throwIfAborted();
    await file.sync();
  } finally {
    await file.close();
  }
}

function isBelow(path: string, parent: string): boolean {
  const way = relative(parent, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !/^[a-z]:/i.test(way);
}

/** `pathSegments` has taken out separators, '.' and '..'; what is left are the file system's own rules. */
function isPlainName(name: string, platform: NodeJS.Platform): boolean {
  if (Buffer.byteLength(name) > longestNameBytes) return false;
  return platform !== "win32" || !refusedByWindows.test(name);
}

function asUploadProblem(error: unknown, name: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EEXIST" || code === "ENOTDIR" || code === "EISDIR") return nameTaken(name, error);
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(name, error);
  if (code === "ENAMETOOLONG" || code === "EINVAL" || code === "EILSEQ") {
    return nameRefused(name, error);
  }
  return error;
}

function notReceiving(): KilnError {
  return new KilnError(
    "upload-refused",
    { en: "Kiln doesn't take files there.", ko: "그곳에는 파일을 받을 수 없습니다." },
    { en: "Drop the files again.", ko: "파일을 다시 끌어다 놓으세요." },
  );
}

function nameRefused(name: string, cause?: unknown): KilnError {
  return new KilnError(
    "upload-name",
    {
      en: `“${name}” can't be the name of a file here.`,
      ko: `‘${name}’은(는) 여기에서 파일 이름으로 쓸 수 없습니다.`,
    },
    { en: "Rename it and drop it again.", ko: "이름을 바꾼 뒤 다시 끌어다 놓으세요." },
    { cause },
  );
}

function nameTaken(name: string, cause: unknown): KilnError {
  return new KilnError(
    "upload-exists",
    {
      en: `“${name}” is there already. Nothing was overwritten.`,
      ko: `‘${name}’이(가) 이미 있습니다. 아무것도 덮어쓰지 않았습니다.`,
    },
    { en: "Drop each file once.", ko: "각 파일을 한 번만 끌어다 놓으세요." },
    { cause },
  );
}

function diskFull(name: string, cause: unknown): KilnError {
  return new KilnError(
    "disk-full",
    {
      en: `There is no room left for “${name}” on the library's disk.`,
      ko: `라이브러리 디스크에 ‘${name}’을(를) 저장할 공간이 없습니다.`,
    },
    {
      en: "Make room, or open the folder in place instead of importing copies.",
      ko: "공간을 확보하거나, 복사하지 말고 폴더를 그 자리에서 여세요.",
    },
    { cause },
  );
}
