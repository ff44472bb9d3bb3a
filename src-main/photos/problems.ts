import { KilnError } from "../errors.ts";

/**
 * A folder that can't be opened, said in the words of the reason that the system gave. What the system did not throw is
 * a bug and is thrown on.
 */
export function unreadableFolder(path: string, cause: unknown): KilnError {
  if (!isSystemError(cause)) throw cause;
  const { code } = cause;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new KilnError(
      "folder-missing",
      { en: `The folder “${path}” is not there.`, ko: `‘${path}’ 폴더가 없습니다.` },
      {
        en: "Check that the drive is connected and the folder was not moved, then try again.",
        ko: "드라이브가 연결되어 있는지, 폴더가 옮겨지지 않았는지 확인한 뒤 다시 시도하세요.",
      },
      { cause },
    );
  }
  if (code === "EACCES" || code === "EPERM") {
    return new KilnError(
      "folder-unreadable",
      {
        en: `Kiln may not read the folder “${path}”.`,
        ko: `‘${path}’ 폴더를 읽을 권한이 없습니다.`,
      },
      {
        en: "Give yourself permission to read it, then try again.",
        ko: "읽기 권한을 준 뒤 다시 시도하세요.",
      },
      { cause },
    );
  }
  return new KilnError(
    "folder-unreadable",
    {
      en: `The folder “${path}” can't be read (${code}).`,
      ko: `‘${path}’ 폴더를 읽을 수 없습니다(${code}).`,
    },
    {
      en: "Check the drive, then try again.",
      ko: "드라이브를 확인한 뒤 다시 시도하세요.",
    },
    { cause },
  );
}

/** An error of the operating system; with `code`, that one. */
export function isSystemError(error: unknown, code?: string): error is Error & { code: string } {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return false;
  return code === undefined || error.code === code;
}
