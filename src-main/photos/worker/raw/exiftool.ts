import type { ExifTool } from "exiftool-vendored";
import type { Size } from "./container.ts";

/** What ExifTool got out of a RAW: the best JPEG inside, and how the photo lies. */
export interface ExtractedPreview {
  readonly jpeg: Buffer;
  readonly orientation: number | null;
  /** As the sensor lies. */
  readonly size: Size | null;
}

/** ExifTool itself is not to be had: no Perl (Linux, macOS), or not there. */
export class ExifToolUnavailable extends Error {}

/** Which of them is the largest differs by brand. */
const previewTags = ["JpgFromRaw", "PreviewImage", "OtherImage", "ThumbnailImage"];

/** Longer than any camera's, and too long to be handed over as text. */
const MAX_PREVIEW_BYTES = 64 * 2 ** 20;

/** ExifTool holds a preview in memory to look at it, however long it is said to be. */
const MAX_FILE_BYTES = 256 * 2 ** 20;

const TIMEOUT_MS = 20_000;

let starting: Promise<ExifTool> | null = null;

/**
 * Has ExifTool look for a preview: a process of its own, started with the first RAW that needs it and ended with this
 * worker. It takes some 250 ms to start and 40 ms a file.
 *
 * @param bytes of the file
 * @returns null when it finds none either, or can't read the file, or that would take too much memory.
 * @throws ExifToolUnavailable
 */
export async function extractWithExifTool(
  path: string,
  bytes: number,
): Promise<ExtractedPreview | null> {
  if (bytes > MAX_FILE_BYTES) return null;
  const exiftool = await startOnce();
  const names = [...previewTags, "Orientation", "ImageWidth", "ImageHeight"];
  // ExifTool says in many words that a file is none that it knows.
  const said = await exiftool
    .readRaw(path, { readArgs: ["-n", ...names.map((name) => `-${name}`)] })
    .catch(() => ({}));
  const [largest] = previewTags
    .map((tag) => ({ tag, bytes: binaryBytes(tagOf(said, tag)) }))
    .filter(({ bytes }) => bytes > 0 && bytes <= MAX_PREVIEW_BYTES)
    .toSorted((a, b) => b.bytes - a.bytes);
  if (largest === undefined) return null;
  const jpeg = await exiftool.extractBinaryTagToBuffer(largest.tag, path).catch(() => null);
  if (jpeg === null) return null;
  const orientation = wholeNumber(tagOf(said, "Orientation"));
  const width = wholeNumber(tagOf(said, "ImageWidth"));
  const height = wholeNumber(tagOf(said, "ImageHeight"));
  return {
    jpeg,
    orientation: orientation !== null && orientation <= 8 ? orientation : null,
    size: width === null || height === null ? null : { width, height },
  };
}

async function startOnce(): Promise<ExifTool> {
  starting ??= start();
  try {
    return await starting;
  } catch (error) {
    throw new ExifToolUnavailable("ExifTool can't be started", { cause: error });
  }
}

async function start(): Promise<ExifTool> {
  const { ExifTool } = await import("exiftool-vendored");
  const exiftool = new ExifTool({ maxProcs: 1, taskTimeoutMillis: TIMEOUT_MS, taskRetries: 0 });
  try {
    await exiftool.version();
    return exiftool;
  } catch (error) {
    await exiftool.end();
    throw error;
  }
}

function tagOf(said: object, name: string): unknown {
  return Object.entries(said).find(([key]) => key === name)?.[1];
}

function wholeNumber(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : null;
}

/** ExifTool says "(Binary data 12345 bytes, use -b option to extract)". */
function binaryBytes(value: unknown): number {
  const found = typeof value === "string" ? /Binary data (\d+) bytes/.exec(value) : null;
  return Number(found?.[1] ?? 0);
}
