import { KilnError } from "../errors.ts";
import { isCode } from "../library/index.ts";

/** Larger ones exist only by accident: the history of a hundred thousand brush strokes has 5 MB. */
export const sidecarLimitBytes = 10 * 1024 * 1024;

const leftAlone = {
  en: "It was left as it is. Repair it in the program that wrote it, rename it or delete it, then try again.",
  ko: "그대로 두었습니다. 만든 프로그램에서 고치거나 이름을 바꾸거나 지운 뒤 다시 시도하세요.",
};

export function sidecarBroken(name: string, cause?: unknown): KilnError {
  return new KilnError(
    "sidecar-broken",
    {
      en: `The sidecar “${name}” is damaged: its XML has no proper end or form.`,
      ko: `사이드카 ‘${name}’이(가) 손상되어 XML 형식이 맞지 않습니다.`,
    },
    leftAlone,
    { cause },
  );
}

export function sidecarNotXmp(name: string): KilnError {
  return new KilnError(
    "sidecar-not-xmp",
    {
      en: `“${name}” is named like a sidecar, but holds no XMP.`,
      ko: `‘${name}’은(는) 이름만 사이드카이고 XMP가 들어 있지 않습니다.`,
    },
    leftAlone,
  );
}

/** A rating or label written in a way that Kiln could only change by losing something. */
export function sidecarUnusual(name: string): KilnError {
  return new KilnError(
    "sidecar-unusual",
    {
      en: `The rating or label in “${name}” carries notes of another program, which a change would lose.`,
      ko: `‘${name}’의 별점이나 색에는 다른 프로그램의 메모가 붙어 있어 바꾸면 사라집니다.`,
    },
    leftAlone,
  );
}

export function sidecarTooLarge(name: string): KilnError {
  return new KilnError(
    "sidecar-too-large",
    {
      en: `The sidecar “${name}” is larger than Kiln reads (10 MB, 250,000 entries).`,
      ko: `사이드카 ‘${name}’이(가) Kiln이 읽는 크기(10MB, 항목 25만 개)보다 큽니다.`,
    },
    leftAlone,
  );
}

/** Somebody wrote the file between Kiln's reading and writing it. */
export function sidecarChanged(name: string): KilnError {
  return new KilnError(
    "sidecar-changed",
    {
      en: `Another program was writing “${name}” at the same time. Its version was kept.`,
      ko: `다른 프로그램이 동시에 ‘${name}’을(를) 쓰고 있어 그 내용을 남겨 두었습니다.`,
    },
    { en: "Try again in a moment.", ko: "잠시 뒤 다시 시도하세요." },
  );
}

export function sidecarOnCard(name: string): KilnError {
  return new KilnError(
    "sidecar-on-card",
    {
      en: `“${name}” would lie on a camera's card, and Kiln never writes to one.`,
      ko: `‘${name}’의 위치가 카메라 카드입니다. Kiln은 카드에 쓰지 않습니다.`,
    },
    {
      en: "Your decision is kept in Kiln. Copy the photos to a drive to write sidecars.",
      ko: "결정은 Kiln에 남아 있습니다. 사이드카를 쓰려면 사진을 드라이브로 복사하세요.",
    },
  );
}

/** The bytes read back differ from those written. */
export function sidecarDamaged(name: string): KilnError {
  return new KilnError(
    "sidecar-damaged",
    {
      en: `What was written for “${name}” could not be read back the same. Nothing was replaced.`,
      ko: `‘${name}’에 쓴 내용이 다시 읽은 내용과 달라 바꾸지 않았습니다.`,
    },
    {
      en: "Check the drive and its cable, then try again.",
      ko: "드라이브와 케이블을 확인한 뒤 다시 시도하세요.",
    },
  );
}

export function sidecarLocked(name: string, cause?: unknown): KilnError {
  return new KilnError(
    "sidecar-locked",
    {
      en: `The sidecar “${name}” is locked: it is read-only, or another program uses it.`,
      ko: `사이드카 ‘${name}’이(가) 잠겨 있습니다. 읽기 전용이거나 다른 프로그램이 사용하고 있습니다.`,
    },
    {
      en: "Your decision is kept in Kiln. Unlock the file, then try again.",
      ko: "결정은 Kiln에 남아 있습니다. 잠금을 푼 뒤 다시 시도하세요.",
    },
    { cause },
  );
}

/** What node:fs said while reading a sidecar; what the system did not throw comes back as it is. */
export function readingProblem(name: string, cause: unknown): unknown {
  if (isCode(cause, "EACCES", "EPERM", "EBUSY")) return unreadable(name, cause);
  if (isCode(cause, "EIO", "ENXIO", "ENODEV", "EISDIR", "ESTALE", "ELOOP", "ETIMEDOUT")) {
    return unreadable(name, cause);
  }
  return cause;
}

/** What node:fs said while writing a sidecar; what the system did not throw comes back as it is. */
export function writingProblem(name: string, cause: unknown): unknown {
  if (isCode(cause, "EROFS", "EACCES", "EPERM")) return folderReadOnly(name, cause);
  if (isCode(cause, "EBUSY")) return sidecarLocked(name, cause);
  if (isCode(cause, "ENOENT", "ENOTDIR")) return folderMissing(name, cause);
  if (isCode(cause, "ENOSPC", "EDQUOT")) return diskFull(name, cause);
  if (isCode(cause, "EIO", "ENXIO", "ENODEV", "ESTALE", "ETIMEDOUT", "ENAMETOOLONG", "EINVAL")) {
    return refused(name, cause);
  }
  return cause;
}

function unreadable(name: string, cause: unknown): KilnError {
  return new KilnError(
    "sidecar-unreadable",
    {
      en: `The sidecar “${name}” can't be read: no permission, another program uses it, or the drive fails.`,
      ko: `사이드카 ‘${name}’을(를) 읽을 수 없습니다. 권한이 없거나 다른 프로그램이 사용 중이거나 드라이브에 문제가 있습니다.`,
    },
    {
      en: "Allow access or close that program, then try again.",
      ko: "접근을 허용하거나 그 프로그램을 닫은 뒤 다시 시도하세요.",
    },
    { cause },
  );
}

function folderReadOnly(name: string, cause: unknown): KilnError {
  return new KilnError(
    "sidecar-folder-read-only",
    {
      en: `Kiln may not write “${name}”: its folder is read-only.`,
      ko: `폴더가 읽기 전용이라 ‘${name}’을(를) 쓸 수 없습니다.`,
    },
    {
      en: "Your decision is kept in Kiln. Allow writing to the folder to have it in the sidecar, too.",
      ko: "결정은 Kiln에 남아 있습니다. 사이드카에도 남기려면 폴더에 쓰기를 허용하세요.",
    },
    { cause },
  );
}

function folderMissing(name: string, cause: unknown): KilnError {
  return new KilnError(
    "sidecar-folder-missing",
    {
      en: `The folder of “${name}” is not there.`,
      ko: `‘${name}’의 폴더가 없습니다.`,
    },
    {
      en: "Your decision is kept in Kiln. Connect the drive, then try again.",
      ko: "결정은 Kiln에 남아 있습니다. 드라이브를 연결한 뒤 다시 시도하세요.",
    },
    { cause },
  );
}

function diskFull(name: string, cause: unknown): KilnError {
  return new KilnError(
    "disk-full",
    {
      en: `The disk is full: “${name}” was not written.`,
      ko: `디스크가 가득 차 ‘${name}’을(를) 쓰지 못했습니다.`,
    },
    {
      en: "Your decision is kept in Kiln. Free some space, then try again.",
      ko: "결정은 Kiln에 남아 있습니다. 공간을 비운 뒤 다시 시도하세요.",
    },
    { cause },
  );
}

function refused(name: string, cause: unknown): KilnError {
  return new KilnError(
    "sidecar-refused",
    {
      en: `The drive did not take “${name}”.`,
      ko: `드라이브에 ‘${name}’을(를) 쓰지 못했습니다.`,
    },
    {
      en: "Your decision is kept in Kiln. Check the drive, then try again.",
      ko: "결정은 Kiln에 남아 있습니다. 드라이브를 확인한 뒤 다시 시도하세요.",
    },
    { cause },
  );
}
