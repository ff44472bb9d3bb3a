import Database from "better-sqlite3";
import { KilnError } from "../errors.ts";

/** Another process (or another window of this one) has the library open. */
export function libraryBusy(directory: string, cause: unknown): KilnError {
  return new KilnError(
    "library-busy",
    {
      en: `The library in “${directory}” is already open in another Kiln.`,
      ko: `“${directory}”의 라이브러리를 다른 Kiln에서 이미 사용하고 있습니다.`,
    },
    {
      en: "Use the Kiln that is open, close it first, or choose another library folder.",
      ko: "열려 있는 Kiln을 사용하거나, 먼저 닫거나, 다른 라이브러리 폴더를 선택하세요.",
    },
    { cause },
  );
}

/** A Kiln that knows a later schema wrote this library. */
export function libraryNewer(path: string): KilnError {
  return new KilnError(
    "library-newer",
    {
      en: `“${path}” was made by a newer version of Kiln. Nothing in it was changed.`,
      ko: `“${path}”은(는) 더 새로운 버전의 Kiln에서 만든 라이브러리입니다. 아무것도 바꾸지 않았습니다.`,
    },
    {
      en: "Update Kiln, or choose another library folder.",
      ko: "Kiln을 업데이트하거나 다른 라이브러리 폴더를 선택하세요.",
    },
  );
}

/** A sound SQLite file that Kiln did not make. */
export function libraryForeign(path: string): KilnError {
  return new KilnError(
    "library-foreign",
    {
      en: `“${path}” belongs to another program. Nothing in it was changed.`,
      ko: `“${path}”은(는) 다른 프로그램의 파일입니다. 아무것도 바꾸지 않았습니다.`,
    },
    {
      en: "Choose another folder for Kiln's library.",
      ko: "Kiln 라이브러리로 쓸 다른 폴더를 선택하세요.",
    },
  );
}

/** `cause`: what SQLite says is wrong. */
export function libraryDamaged(path: string, cause: unknown): KilnError {
  return new KilnError(
    "library-damaged",
    {
      en: `“${path}” is damaged. Your photos are not: they are not stored in this file.`,
      ko: `“${path}” 파일이 손상되었습니다. 사진은 이 파일에 들어 있지 않으므로 안전합니다.`,
    },
    {
      en: "Move the file away to start with an empty library, or put back a backup (“library-v….db” in the same folder, renamed to “library.db”).",
      ko: "빈 라이브러리로 시작하려면 이 파일을 다른 곳으로 옮기세요. 백업(같은 폴더의 “library-v….db”)이 있으면 이름을 “library.db”로 바꾸어 되돌릴 수 있습니다.",
    },
    { cause },
  );
}

function libraryUnwritable(path: string, cause: unknown): KilnError {
  return new KilnError(
    "library-unwritable",
    {
      en: `Kiln can't write to its library in “${path}”.`,
      ko: `“${path}”의 라이브러리에 쓸 수 없습니다.`,
    },
    {
      en: "Allow writing to this folder, or choose another library folder.",
      ko: "이 폴더에 쓸 수 있게 하거나 다른 라이브러리 폴더를 선택하세요.",
    },
    { cause },
  );
}

function libraryNotFolder(path: string, cause: unknown): KilnError {
  return new KilnError(
    "library-unwritable",
    {
      en: `No library can be in “${path}”: a file is in its way.`,
      ko: `“${path}”에는 라이브러리를 둘 수 없습니다. 그 자리에 파일이 있습니다.`,
    },
    { en: "Choose a folder for the library.", ko: "라이브러리로 쓸 폴더를 선택하세요." },
    { cause },
  );
}

function libraryDiskFull(path: string, cause: unknown): KilnError {
  return new KilnError(
    "library-disk-full",
    {
      en: `The disk that holds Kiln's library (“${path}”) is full. What was being saved was not saved.`,
      ko: `Kiln 라이브러리가 있는 디스크(“${path}”)가 가득 찼습니다. 저장하던 내용은 저장되지 않았습니다.`,
    },
    {
      en: "Free some space on this disk, then try again.",
      ko: "이 디스크의 공간을 비운 뒤 다시 시도하세요.",
    },
    { cause },
  );
}

function libraryDiskError(path: string, cause: unknown): KilnError {
  return new KilnError(
    "library-disk-error",
    {
      en: `The disk failed while Kiln used its library in “${path}”.`,
      ko: `“${path}”의 라이브러리를 사용하는 동안 디스크 오류가 발생했습니다.`,
    },
    {
      en: "Check that the disk is connected and healthy, then try again.",
      ko: "디스크가 연결되어 있고 정상인지 확인한 뒤 다시 시도하세요.",
    },
    { cause },
  );
}

/** Codes of node:fs for a place that can't be made or written: no permission, or read-only… */
const unwritableSystemCodes = new Set(["EACCES", "EPERM", "EROFS", "ENOENT"]);
/** …and for one where a file is in the way. */
const fileInTheWayCodes = new Set(["EEXIST", "ENOTDIR"]);

/**
 * Turns what SQLite or the file system threw about the library at `path` into a problem that a person can act on.
 * What is not about the disk (a constraint, a wrong statement: bugs) comes back as it is.
 */
export function asLibraryProblem(error: unknown, path: string): unknown {
  if (error instanceof Database.SqliteError) {
    const { code } = error;
    if (code === "SQLITE_FULL" || code === "SQLITE_IOERR_SHMSIZE") {
      return libraryDiskFull(path, error);
    }
    if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT")) {
      return libraryDamaged(path, error);
    }
    if (code.startsWith("SQLITE_CANTOPEN") || code.startsWith("SQLITE_READONLY")) {
      return libraryUnwritable(path, error);
    }
    if (code.startsWith("SQLITE_IOERR")) return libraryDiskError(path, error);
    return error;
  }
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    if (error.code === "ENOSPC" || error.code === "EDQUOT") return libraryDiskFull(path, error);
    if (unwritableSystemCodes.has(error.code)) return libraryUnwritable(path, error);
    if (fileInTheWayCodes.has(error.code)) return libraryNotFolder(path, error);
    if (error.code === "EIO") return libraryDiskError(path, error);
  }
  return error;
}
