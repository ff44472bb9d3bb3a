import { KilnError } from "../errors.ts";

const yours = {
  en: "Delete it yourself if you don't need it.",
  ko: "필요 없으면 직접 지우세요.",
};

export function copyWasChanged(path: string): KilnError {
  return new KilnError(
    "copy-changed",
    {
      en: `“${path}” was changed after Kiln wrote it, so it stays.`,
      ko: `Kiln이 쓴 뒤 “${path}”이(가) 바뀌어 그대로 두었습니다.`,
    },
    yours,
  );
}

export function originalIsGone(copy: string, original: string): KilnError {
  return new KilnError(
    "original-gone",
    {
      en: `“${copy}” stays: the original “${original}” is gone or has changed, so no other file may hold these bytes.`,
      ko: `원본 “${original}”이(가) 없거나 바뀌어, 같은 내용이 다른 곳에 없을 수 있으므로 “${copy}”을(를) 그대로 두었습니다.`,
    },
    yours,
  );
}

export function copyNotRemovable(path: string, cause: unknown): KilnError {
  return new KilnError(
    "copy-not-removable",
    {
      en: `“${path}” could not be read or removed.`,
      ko: `“${path}”을(를) 읽거나 지우지 못했습니다.`,
    },
    {
      en: "Close programs that use it or allow access, then delete it yourself.",
      ko: "이 파일을 쓰는 프로그램을 닫거나 접근을 허용한 뒤 직접 지우세요.",
    },
    { cause },
  );
}

export function movedFileVanished(path: string): KilnError {
  return new KilnError(
    "moved-file-vanished",
    {
      en: `“${path}” is not where Kiln had put it, so it could not be moved back.`,
      ko: `“${path}”이(가) Kiln이 옮겨 둔 곳에 없어 되돌리지 못했습니다.`,
    },
    {
      en: "If you moved or renamed it, move it back yourself.",
      ko: "직접 옮겼거나 이름을 바꾸었다면 직접 되돌려 놓으세요.",
    },
  );
}

export function wayBackClosed(path: string, cause: unknown): KilnError {
  return new KilnError(
    "way-back-closed",
    {
      en: `“${path}” could not be moved back: the folder it came from can't be written to.`,
      ko: `“${path}”을(를) 되돌리지 못했습니다. 원래 폴더에 쓸 수 없습니다.`,
    },
    {
      en: "Connect the drive or allow writing, then move it back yourself.",
      ko: "드라이브를 연결하거나 쓰기를 허용한 뒤 직접 옮기세요.",
    },
    { cause },
  );
}

export function wayBackTaken(path: string): KilnError {
  return new KilnError(
    "way-back-taken",
    {
      en: `Another file got the name “${path}” just now. Nothing was overwritten.`,
      ko: `방금 다른 파일이 “${path}” 이름을 차지했습니다. 아무것도 덮어쓰지 않았습니다.`,
    },
    {
      en: "Rename that file, then move this one back yourself.",
      ko: "그 파일의 이름을 바꾼 뒤 이 파일을 직접 되돌려 놓으세요.",
    },
  );
}

export const backUnderOtherNameCode = "back-under-other-name";

/** Not a failure: the file is back, under a name of its own. */
export function backUnderOtherName(path: string, original: string): KilnError {
  return new KilnError(
    backUnderOtherNameCode,
    {
      en: `“${original}” is taken by another file now; the photo came back as “${path}”.`,
      ko: `지금은 다른 파일이 “${original}” 이름을 쓰고 있어 사진을 “${path}”(으)로 되돌렸습니다.`,
    },
    { en: "Rename the files as you like.", ko: "파일 이름을 원하는 대로 바꾸세요." },
  );
}

export function planUnknown(): KilnError {
  return new KilnError(
    "plan-unknown",
    { en: "This plan does not exist any more.", ko: "이 계획은 더 이상 없습니다." },
    { en: "Plan again.", ko: "다시 계획하세요." },
  );
}

export function planUndone(): KilnError {
  return new KilnError(
    "plan-undone",
    {
      en: "This plan was undone, or its undo has begun.",
      ko: "이 계획은 실행 취소되었거나 취소 중입니다.",
    },
    { en: "Finish the undo, then plan again.", ko: "실행 취소를 마친 뒤 다시 계획하세요." },
  );
}

export function planNeverStarted(): KilnError {
  return new KilnError(
    "plan-not-started",
    {
      en: "This plan was never carried out: there is nothing to undo.",
      ko: "이 계획은 실행된 적이 없어 취소할 것이 없습니다.",
    },
    { en: "Plan again if you want.", ko: "필요하면 다시 계획하세요." },
  );
}
