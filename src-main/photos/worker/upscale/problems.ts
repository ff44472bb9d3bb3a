import type { Localized } from "../../../../src-preload/contract/problem.ts";
import { KilnError } from "../../../errors.ts";

/** What can keep a photo from being upscaled, or its result from being written; beside `../problems.ts`. */

export function samplesUnsupported(): KilnError {
  return new KilnError(
    "upscale-samples-unsupported",
    {
      en: "This file has samples of 32 bits or floating point, which Kiln does not upscale.",
      ko: "샘플이 32비트이거나 부동소수점인 파일이라 업스케일할 수 없습니다.",
    },
    sixteenBits,
  );
}

export function channelsUnsupported(channels: number): KilnError {
  return new KilnError(
    "upscale-samples-unsupported",
    {
      en: `This file has ${channels} channels, which are more than colours and transparency.`,
      ko: `채널이 ${channels}개인 파일입니다. 색상과 투명도 말고 다른 채널이 더 들어 있습니다.`,
    },
    sixteenBits,
  );
}

export function outputFull(cause: unknown): KilnError {
  return new KilnError(
    "disk-full",
    {
      en: "The disk became full before the picture was written as a whole.",
      ko: "사진을 다 쓰기 전에 디스크가 가득 찼습니다.",
    },
    {
      en: "Free some space, or choose another folder. Nothing half-written was left.",
      ko: "공간을 비우거나 다른 폴더를 고르세요. 쓰다 만 파일은 남지 않았습니다.",
    },
    { cause },
  );
}

export function outputFolderGone(cause: unknown): KilnError {
  return new KilnError(
    "output-folder-gone",
    {
      en: "The folder for the result is no longer there.",
      ko: "결과를 저장할 폴더가 더 이상 없습니다.",
    },
    {
      en: "Check that its drive is connected, or choose another folder.",
      ko: "드라이브가 연결되어 있는지 확인하거나 다른 폴더를 고르세요.",
    },
    { cause },
  );
}

export function outputForbidden(cause: unknown): KilnError {
  return new KilnError(
    "output-forbidden",
    {
      en: "Kiln may not write into the folder for the result.",
      ko: "결과를 저장할 폴더에 쓸 권한이 없습니다.",
    },
    {
      en: "Give yourself permission to write there, or choose another folder.",
      ko: "폴더에 쓰기 권한을 주거나 다른 폴더를 고르세요.",
    },
    { cause },
  );
}

/** @param reason the system's own code or what the encoder said. */
export function outputUnwritable(reason: string, cause: unknown): KilnError {
  return new KilnError(
    "output-unwritable",
    {
      en: `The result could not be written (${reason}).`,
      ko: `결과를 쓰지 못했습니다(${reason}).`,
    },
    {
      en: "Check the drive, or choose another folder or format.",
      ko: "드라이브를 점검하거나 다른 폴더나 형식을 고르세요.",
    },
    { cause },
  );
}

const sixteenBits: Localized = {
  en: "Save it as RGB with 8 or 16 bits a channel.",
  ko: "채널당 8비트나 16비트 RGB로 저장하세요.",
};
