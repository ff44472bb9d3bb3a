import { KilnError } from "../errors.ts";

/** @param needed bytes that the work takes. @param free bytes that the disk has. */
export function noSpaceFor(needed: number, free: number): KilnError {
  return new KilnError(
    "disk-full",
    {
      en: `Not enough space on the disk: this needs ${gigabytes(needed)}, and ${gigabytes(free)} are free.`,
      ko: `디스크 공간이 부족합니다. ${gigabytes(needed)}가 필요한데 ${gigabytes(free)}가 남아 있습니다.`,
    },
    {
      en: "Free some space, or choose a smaller size.",
      ko: "공간을 비우거나 더 작은 크기를 고르세요.",
    },
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 1)} GB`;
}
