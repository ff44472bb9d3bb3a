import { KilnError } from "../errors.ts";
import { isCode } from "../library/index.ts";
import { destinationMissing, destinationUnwritable } from "./plan-problems.ts";

/** Codes after which every further file would fail the same way: the run stops and can be resumed or undone. */
const stopping = new Set([
  "disk-full",
  "disk-failed",
  "destination-missing",
  "destination-unwritable",
  "destination-on-card",
]);

/** True when it is no use to go on with the next file. */
export function stopsTheRun(error: KilnError): boolean {
  return stopping.has(error.code);
}

/** What node:fs said of a source, for a person; what is no failure of a file comes back as it is. */
export function sourceProblem(path: string, error: unknown): unknown {
  if (isCode(error, "ENOENT", "ENOTDIR")) return sourceVanished(path);
  if (isCode(error, "EACCES", "EPERM", "EBUSY", "EROFS")) return sourceLocked(path, error);
  if (isCode(error, "EIO", "ENXIO", "ENODEV", "EISDIR", "ESTALE", "ELOOP", "ETIMEDOUT")) {
    return sourceUnreadable(path, error);
  }
  return error;
}

/** What node:fs said while writing below the destination. `folder` is the folder that was written to. */
export function targetProblem(folder: string, error: unknown): unknown {
  if (isCode(error, "ENOSPC", "EDQUOT")) return diskFull(folder, error);
  if (isCode(error, "EACCES", "EPERM", "EROFS")) return destinationUnwritable(folder, error);
  if (isCode(error, "ENOENT", "ENOTDIR")) return destinationMissing(folder);
  if (isCode(error, "EIO", "ENXIO", "ENODEV", "ESTALE", "ETIMEDOUT"))
    return diskFailed(folder, error);
  if (isCode(error, "EFBIG", "ENAMETOOLONG", "EILSEQ", "EINVAL")) return fileRefused(folder, error);
  return error;
}

export function sourceVanished(path: string): KilnError {
  return new KilnError(
    "source-vanished",
    { en: `“${path}” is not there any more.`, ko: `“${path}”이(가) 더 이상 없습니다.` },
    {
      en: "Refresh the folder, then plan again.",
      ko: "폴더를 새로 고친 뒤 다시 계획하세요.",
    },
  );
}

export function sourceChanged(path: string): KilnError {
  return new KilnError(
    "source-changed",
    {
      en: `“${path}” has changed since the plan was made. It was left alone.`,
      ko: `계획을 세운 뒤 “${path}”이(가) 바뀌어 건드리지 않았습니다.`,
    },
    {
      en: "Look at the photo, then plan again.",
      ko: "사진을 확인한 뒤 다시 계획하세요.",
    },
  );
}

/** A move to another drive was cut short, and somebody changed the source before it could be finished. */
export function bothKept(source: string, target: string): KilnError {
  return new KilnError(
    "both-kept",
    {
      en: `“${source}” was changed after its bytes had reached “${target}”. Both files were kept.`,
      ko: `“${target}”(으)로 옮긴 뒤 “${source}”이(가) 바뀌었습니다. 두 파일 모두 그대로 두었습니다.`,
    },
    { en: "Keep the one you want.", ko: "원하는 파일을 남기세요." },
  );
}

function sourceLocked(path: string, cause: unknown): KilnError {
  return new KilnError(
    "source-locked",
    {
      en: `“${path}” could not be read or moved: no permission, or another program uses it.`,
      ko: `“${path}”을(를) 읽거나 옮길 수 없습니다. 권한이 없거나 다른 프로그램이 사용하고 있습니다.`,
    },
    {
      en: "Close that program or allow access, then retry.",
      ko: "프로그램을 닫거나 접근을 허용한 뒤 다시 시도하세요.",
    },
    { cause },
  );
}

function sourceUnreadable(path: string, cause: unknown): KilnError {
  return new KilnError(
    "source-unreadable",
    {
      en: `The drive could not read “${path}”.`,
      ko: `드라이브에서 “${path}”을(를) 읽지 못했습니다.`,
    },
    {
      en: "Check the drive and its cable, then retry.",
      ko: "드라이브와 케이블을 확인한 뒤 다시 시도하세요.",
    },
    { cause },
  );
}

export function nameTaken(path: string): KilnError {
  return new KilnError(
    "name-taken",
    {
      en: `“${path}” appeared after the plan was made. Nothing was overwritten.`,
      ko: `계획을 세운 뒤 “${path}”이(가) 생겼습니다. 아무것도 덮어쓰지 않았습니다.`,
    },
    {
      en: "Plan again: the photo then gets a name of its own.",
      ko: "다시 계획하세요. 그러면 사진에 다른 이름이 붙습니다.",
    },
  );
}

/** The bytes read back differ from those written. */
export function copyDamaged(path: string): KilnError {
  return new KilnError(
    "copy-damaged",
    {
      en: `The copy of “${path}” was not the same as the original, and was removed.`,
      ko: `“${path}”의 사본이 원본과 달라 지웠습니다.`,
    },
    {
      en: "Check the destination's drive and its cable, then retry.",
      ko: "저장할 드라이브와 케이블을 확인한 뒤 다시 시도하세요.",
    },
  );
}

function diskFull(folder: string, cause: unknown): KilnError {
  return new KilnError(
    "disk-full",
    {
      en: `The disk is full: “${folder}”. What was finished is verified and stays; the originals are untouched.`,
      ko: `디스크가 가득 찼습니다: “${folder}”. 끝난 파일은 검증되어 남아 있고 원본은 그대로입니다.`,
    },
    {
      en: "Free some space and retry, or undo.",
      ko: "공간을 비우고 다시 시도하거나 실행 취소하세요.",
    },
    { cause },
  );
}

function diskFailed(folder: string, cause: unknown): KilnError {
  return new KilnError(
    "disk-failed",
    {
      en: `The drive failed while writing to “${folder}”. The originals are untouched.`,
      ko: `“${folder}”에 쓰는 동안 드라이브 오류가 발생했습니다. 원본은 그대로입니다.`,
    },
    {
      en: "Check the drive and its cable, then retry or undo.",
      ko: "드라이브와 케이블을 확인한 뒤 다시 시도하거나 실행 취소하세요.",
    },
    { cause },
  );
}

function fileRefused(folder: string, cause: unknown): KilnError {
  return new KilnError(
    "file-refused",
    {
      en: `The drive of “${folder}” does not take this file: it is too large or its name is not allowed there.`,
      ko: `“${folder}”의 드라이브가 이 파일을 받지 않습니다. 너무 크거나 그곳에서 쓸 수 없는 이름입니다.`,
    },
    {
      en: "Choose another name pattern or another drive.",
      ko: "다른 이름 규칙이나 다른 드라이브를 선택하세요.",
    },
    { cause },
  );
}
