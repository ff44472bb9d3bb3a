import type { Localized } from "../../../src-preload/contract/problem.ts";
import { KilnError } from "../../errors.ts";

/**
 * What can be wrong with a photo's file, each in its own sentence. None names the file: whoever shows it stands
 * beside the file's name.
 */

export function fileMissing(cause?: unknown): KilnError {
  return new KilnError(
    "file-missing",
    { en: "The file is no longer there.", ko: "파일이 더 이상 그 자리에 없습니다." },
    {
      en: "Check that the drive is connected and the file was not moved.",
      ko: "드라이브가 연결되어 있는지, 파일이 옮겨지지 않았는지 확인하세요.",
    },
    { cause },
  );
}

export function fileForbidden(cause?: unknown): KilnError {
  return new KilnError(
    "file-unreadable",
    { en: "Kiln may not read this file.", ko: "이 파일을 읽을 권한이 없습니다." },
    { en: "Give yourself permission to read it.", ko: "파일에 읽기 권한을 주세요." },
    { cause },
  );
}

/** @param reason the system's own code, such as EIO. */
export function fileUnreadable(reason: string, cause?: unknown): KilnError {
  return new KilnError(
    "file-unreadable",
    {
      en: `The system can't read this file (${reason}).`,
      ko: `시스템이 이 파일을 읽지 못합니다(${reason}).`,
    },
    {
      en: "Check the drive or card. Copy the file elsewhere if you still can.",
      ko: "드라이브나 카드를 점검하세요. 아직 복사할 수 있다면 다른 곳에 복사해 두세요.",
    },
    { cause },
  );
}

export function fileEmpty(): KilnError {
  return new KilnError(
    "file-empty",
    { en: "The file is empty (0 bytes).", ko: "빈 파일입니다(0바이트)." },
    copyAgain,
  );
}

export function fileTruncated(cause?: unknown): KilnError {
  return new KilnError(
    "file-truncated",
    {
      en: "The file ends early: the last part of the photo is missing.",
      ko: "파일이 중간에 끊겨 사진의 뒷부분이 없습니다.",
    },
    copyAgain,
    { cause },
  );
}

export function fileDamaged(cause?: unknown): KilnError {
  return new KilnError(
    "file-damaged",
    { en: "The file is damaged and can't be decoded.", ko: "파일이 손상되어 해독할 수 없습니다." },
    copyAgain,
    { cause },
  );
}

export function notAPhoto(): KilnError {
  return new KilnError(
    "not-a-photo",
    { en: "What is inside is not a photo.", ko: "내용이 사진이 아닙니다." },
    {
      en: "If it should be one, check the file's name and where it came from.",
      ko: "사진이어야 한다면 파일 이름과 출처를 확인하세요.",
    },
  );
}

/** @param name the format, or the part of it that is not known, as people call it. */
export function formatUnsupported(name: string, cause?: unknown): KilnError {
  return new KilnError(
    "format-unsupported",
    { en: `Kiln can't open ${name} files.`, ko: `${name} 파일은 열 수 없습니다.` },
    {
      en: "Save it as JPEG, PNG, WebP, AVIF, TIFF or HEIC.",
      ko: "JPEG, PNG, WebP, AVIF, TIFF, HEIC 가운데 하나로 저장하세요.",
    },
    { cause },
  );
}

export function rawWithoutPreview(): KilnError {
  return new KilnError(
    "raw-without-preview",
    {
      en: "This RAW file holds no picture that Kiln can show.",
      ko: "이 RAW 파일에는 보여 줄 수 있는 사진이 들어 있지 않습니다.",
    },
    {
      en: "Put a JPEG or HEIC of the same name beside it: they count as one photo.",
      ko: "같은 이름의 JPEG나 HEIC를 옆에 두면 한 장으로 다룹니다.",
    },
  );
}

/** A RAW that only ExifTool could open, which is not to be had here. */
export function rawReaderMissing(cause: unknown): KilnError {
  return new KilnError(
    "raw-reader-missing",
    {
      en: "Kiln needs ExifTool for this RAW file, and it can't be started (on Linux and macOS it needs Perl).",
      ko: "이 RAW 파일에는 ExifTool이 필요한데 실행할 수 없습니다(Linux와 macOS에서는 Perl이 필요합니다).",
    },
    {
      en: "Install Perl, or put a JPEG or HEIC of the same name beside the file.",
      ko: "Perl을 설치하거나 같은 이름의 JPEG나 HEIC를 옆에 두세요.",
    },
    { cause },
  );
}

export function tooManyBytes(bytes: number): KilnError {
  const size = (bytes / 2 ** 30).toFixed(1);
  return tooLarge({
    en: `The file is too large: ${size} GiB, where Kiln opens up to 2.`,
    ko: `파일이 너무 큽니다. ${size}GiB인데 2GiB까지 열 수 있습니다.`,
  });
}

/** @param limit megapixels that Kiln opens in a file of this kind. */
export function tooManyPixels(width: number, height: number, limit: number): KilnError {
  const size = `${width.toLocaleString("en")} × ${height.toLocaleString("en")}`;
  return tooLarge({
    en: `The photo is too large: ${size} pixels, where Kiln opens up to ${limit} megapixels of this kind.`,
    ko: `사진이 너무 큽니다. ${size}픽셀인데 이런 파일은 ${limit}메가픽셀까지 열 수 있습니다.`,
  });
}

export function diskFull(cause?: unknown): KilnError {
  return new KilnError(
    "disk-full",
    {
      en: "The disk that holds Kiln's library is full.",
      ko: "Kiln 라이브러리가 있는 디스크가 가득 찼습니다.",
    },
    { en: "Free some space, then try again.", ko: "공간을 비운 뒤 다시 시도하세요." },
    { cause },
  );
}

/** @param reason the system's own code, such as EROFS. */
export function cacheUnwritable(reason: string, cause?: unknown): KilnError {
  return new KilnError(
    "cache-unwritable",
    {
      en: `Kiln can't write into its library (${reason}).`,
      ko: `Kiln 라이브러리에 쓸 수 없습니다(${reason}).`,
    },
    {
      en: "Check that the library's drive is connected and may be written to.",
      ko: "라이브러리가 있는 드라이브가 연결되어 있고 쓸 수 있는지 확인하세요.",
    },
    { cause },
  );
}

const copyAgain: Localized = {
  en: "Copy it again from the card or from a backup.",
  ko: "카드나 백업에서 다시 복사하세요.",
};

function tooLarge(happened: Localized): KilnError {
  return new KilnError("file-too-large", happened, {
    en: "Make a smaller copy of it with the program it came from.",
    ko: "원래 프로그램에서 더 작은 사본을 만드세요.",
  });
}
