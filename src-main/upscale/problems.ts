import { KilnError } from "../errors.ts";

/** @param needed bytes that the work takes. @param free bytes that the disk has. */
export function noSpaceFor(needed: number, free: number): KilnError {
  return new KilnError(
    "disk-full",
    {
      en: `Not enough space on the disk that holds Kiln's library: this needs ${gigabytes(needed)}, and ${gigabytes(free)} are free.`,
      ko: `Kiln 라이브러리가 있는 디스크의 공간이 부족합니다. ${gigabytes(needed)}가 필요한데 ${gigabytes(free)}가 남아 있습니다.`,
    },
    {
      en: "Free some space on it, or choose a smaller size.",
      ko: "이 디스크의 공간을 비우거나 더 작은 크기를 고르세요.",
    },
  );
}

/** The disk that rasters are written to became full meanwhile. */
export function libraryFull(cause: unknown): KilnError {
  return new KilnError(
    "disk-full",
    {
      en: "The disk that holds Kiln's library is full.",
      ko: "Kiln 라이브러리가 있는 디스크가 가득 찼습니다.",
    },
    {
      en: "Free some space on it, then retry.",
      ko: "이 디스크의 공간을 비운 뒤 다시 시도하세요.",
    },
    { cause },
  );
}

/** What a failed write into the library means to a person; `error` itself where the disk is not just full. */
export function libraryProblem(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return code === "ENOSPC" || code === "EDQUOT" ? libraryFull(error) : error;
}

/** @param times that an edge is to grow. @param most times that it may. */
export function tooFar(times: number, most: number): KilnError {
  return new KilnError(
    "upscale-too-far",
    {
      en: `That is ${times.toFixed(1)} times the photo's size, where Kiln makes up to ${most} times.`,
      ko: `사진의 ${times.toFixed(1)}배 크기입니다. 최대 ${most}배까지 만들 수 있습니다.`,
    },
    { en: "Choose a smaller size.", ko: "더 작은 크기를 고르세요." },
  );
}

/** A network of scale 1, which cleans a picture and leaves its size. */
export function modelKeepsSize(): KilnError {
  return new KilnError(
    "model-keeps-size",
    {
      en: "This model cleans photos and does not make them larger.",
      ko: "이 모델은 사진을 다듬기만 하고 크기를 키우지는 않습니다.",
    },
    {
      en: "Choose another model, or the photo's own size.",
      ko: "다른 모델을 고르거나 원본 크기를 고르세요.",
    },
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 1)} GB`;
}
