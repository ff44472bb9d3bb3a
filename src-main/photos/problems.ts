import { KilnError } from "../errors.ts";

/** A folder that can't be opened, said in the words of the reason that the system gave. */
export function unreadableFolder(path: string, cause: unknown): KilnError {
  const code = errorCode(cause);
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

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown error";
}
