import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";

/** @param name of the original's file: its pixels are not as many, or lie another way, than when this was asked for */
export function originalChanged(name: string): KilnError {
  return new KilnError(
    "original-changed",
    {
      en: `“${name}” was changed or turned after this was started.`,
      ko: `시작한 뒤에 ‘${name}’ 사진이 바뀌었거나 회전되었습니다.`,
    },
    {
      en: "Upscale it anew; if another file took its place, read its folder again before.",
      ko: "새로 업스케일하세요. 다른 파일로 바뀌었다면 폴더를 먼저 다시 읽으세요.",
    },
  );
}

export function photoUnknown(): KilnError {
  return new KilnError(
    "photo-unknown",
    { en: "This photo's file is not there.", ko: "이 사진의 파일이 없습니다." },
    {
      en: "Connect its drive or read the folder again.",
      ko: "드라이브를 연결하거나 폴더를 다시 읽으세요.",
    },
  );
}

/** @param reason why it could not be read, where that is known */
export function photoNotReady(name: string, reason: Localized | null): KilnError {
  return new KilnError(
    "photo-not-ready",
    reason ?? {
      en: `“${name}” has not been read yet.`,
      ko: `‘${name}’을(를) 아직 읽지 않았습니다.`,
    },
    {
      en: reason === null ? "Wait until its folder is read." : "Leave it out.",
      ko: reason === null ? "폴더를 다 읽을 때까지 기다리세요." : "이 사진은 빼세요.",
    },
  );
}

/** @param reason of the first photo that was left out */
export function nothingToUpscale(reason: Localized | null): KilnError {
  const why = reason ?? { en: "", ko: "" };
  return new KilnError(
    "nothing-to-upscale",
    {
      en: `None of these photos can be upscaled like this. ${why.en}`.trim(),
      ko: `이 설정으로 업스케일할 수 있는 사진이 없습니다. ${why.ko}`.trim(),
    },
    {
      en: "Change the settings or choose other photos.",
      ko: "설정을 바꾸거나 다른 사진을 고르세요.",
    },
  );
}

export function destinationOnCard(card: string): KilnError {
  return new KilnError(
    "destination-on-card",
    {
      en: `“${card}” is a camera's card: Kiln writes nothing to cards.`,
      ko: `‘${card}’은(는) 카메라 카드입니다. Kiln은 카드에 아무것도 쓰지 않습니다.`,
    },
    { en: "Choose another folder.", ko: "다른 폴더를 고르세요." },
  );
}

export function upscaleUnknown(): KilnError {
  return new KilnError(
    "upscale-unknown",
    { en: "This result is not on the list any more.", ko: "이 결과는 더 이상 목록에 없습니다." },
    { en: "There is nothing to do.", ko: "따로 할 일이 없습니다." },
  );
}

export function upscaleInProgress(): KilnError {
  return new KilnError(
    "upscale-in-progress",
    { en: "This result is being made right now.", ko: "지금 만드는 중인 결과입니다." },
    {
      en: "Cancel its job first, then take it off the list.",
      ko: "먼저 작업을 취소한 뒤 목록에서 지우세요.",
    },
  );
}

export function resultGone(path: string): KilnError {
  return new KilnError(
    "result-gone",
    { en: `“${path}” is not where it was.`, ko: `‘${path}’이(가) 제자리에 없습니다.` },
    {
      en: "Put it back, or take it off the list and upscale again.",
      ko: "되돌려 놓거나, 목록에서 지우고 다시 업스케일하세요.",
    },
  );
}

export function upscaleCancelled(): KilnError {
  return new KilnError(
    "upscale-cancelled",
    { en: "It was cancelled.", ko: "취소되었습니다." },
    { en: "Retry to make it after all.", ko: "만들려면 다시 시도하세요." },
  );
}

export function upscaleNotBegun(): KilnError {
  return new KilnError(
    "upscale-not-begun",
    {
      en: "Kiln ended before this was begun.",
      ko: "작업을 시작하기 전에 Kiln이 종료되었습니다.",
    },
    { en: "Retry to make it.", ko: "만들려면 다시 시도하세요." },
  );
}

export function folderNotMade(path: string, cause: unknown): KilnError {
  return new KilnError(
    "folder-not-made",
    {
      en: `The folder “${path}” could not be made.`,
      ko: `‘${path}’ 폴더를 만들 수 없습니다.`,
    },
    {
      en: "Choose a folder that you may write to.",
      ko: "쓸 수 있는 폴더를 고르세요.",
    },
    { cause },
  );
}
