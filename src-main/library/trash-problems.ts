import { KilnError } from "../errors.ts";

export function noTrashOnCard(path: string): KilnError {
  return new KilnError(
    "trash-on-card",
    {
      en: `“${path}” is on a camera card. Kiln never changes a card.`,
      ko: `“${path}”은(는) 카메라 카드에 있습니다. Kiln은 카드를 절대 바꾸지 않습니다.`,
    },
    {
      en: "Import the photos as copies first, or leave rejects where they are.",
      ko: "먼저 사진을 복사하여 가져오거나, 제외한 사진을 그대로 두세요.",
    },
  );
}

export function noTrashOnShare(path: string): KilnError {
  return new KilnError(
    "trash-on-share",
    {
      en: `“${path}” is on a network drive, which has no trash.`,
      ko: `“${path}”은(는) 휴지통이 없는 네트워크 드라이브에 있습니다.`,
    },
    {
      en: "Leave rejects where they are, or remove them in your file manager.",
      ko: "제외한 사진을 그대로 두거나 파일 관리자에서 지우세요.",
    },
  );
}

export function noTrashHere(path: string, cause?: unknown): KilnError {
  return new KilnError(
    "trash-none",
    {
      en: `There is no trash for “${path}”.`,
      ko: `“${path}”을(를) 버릴 수 있는 휴지통이 없습니다.`,
    },
    {
      en: "Leave rejects where they are, or remove them in your file manager.",
      ko: "제외한 사진을 그대로 두거나 파일 관리자에서 지우세요.",
    },
    { cause },
  );
}

export function trashFailed(path: string, cause: unknown): KilnError {
  return new KilnError(
    "trash-failed",
    {
      en: `The system's trash did not work for “${path}”. The file is still there.`,
      ko: `“${path}”에 대해 시스템 휴지통을 사용하지 못했습니다. 파일은 그대로 있습니다.`,
    },
    {
      en: "Close programs that use the file, then try again.",
      ko: "이 파일을 사용하는 프로그램을 닫고 다시 시도하세요.",
    },
    { cause },
  );
}

export function trashOneWay(): KilnError {
  return new KilnError(
    "trash-one-way",
    {
      en: "On this system Kiln can't take a file back out of the trash.",
      ko: "이 시스템에서는 Kiln이 휴지통에서 파일을 되돌릴 수 없습니다.",
    },
    {
      en: "Open the system's trash and restore the file there.",
      ko: "시스템 휴지통을 열어 파일을 복원하세요.",
    },
  );
}

export function trashEmptied(path: string): KilnError {
  return new KilnError(
    "trash-emptied",
    {
      en: `“${path}” is no longer in the trash: it was emptied or restored by hand.`,
      ko: `“${path}”이(가) 휴지통에 없습니다. 휴지통을 비웠거나 직접 복원했습니다.`,
    },
    {
      en: "Look for the file where you restored it, or in a backup.",
      ko: "직접 복원한 곳이나 백업에서 파일을 찾아 보세요.",
    },
  );
}

export function trashPlaceTaken(path: string): KilnError {
  return new KilnError(
    "trash-place-taken",
    {
      en: `Another file has the name “${path}” now. The file is still in the trash.`,
      ko: `지금은 다른 파일이 “${path}” 이름을 쓰고 있습니다. 파일은 휴지통에 그대로 있습니다.`,
    },
    {
      en: "Rename the file that is in the way, then undo again.",
      ko: "그 파일의 이름을 바꾼 뒤 다시 실행 취소하세요.",
    },
  );
}
