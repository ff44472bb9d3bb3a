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

/** From the one that is most often as large as the photo to the one that is always there. */
const previewTags = ["JpgFromRaw", "PreviewImage", "OtherImage", "ThumbnailImage"];

const TIMEOUT_MS = 20_000;

let starting: Promise<ExifTool> | null = null;

/**
 * Has ExifTool look for a preview: a process of its own, started with the first RAW that needs it and ended with this
 * worker. It takes some 250 ms to start and 40 ms a file.
 *
 * @returns null when it finds none either, or can't read the file.
 * @throws ExifToolUnavailable
 */
export async function extractWithExifTool(path: string): Promise<ExtractedPreview | null> {
  const exiftool = await startOnce();
  for (const tag of previewTags) {
    // ExifTool says in many words that a file has no such thing, or is none that it knows.
    const jpeg = await exiftool.extractBinaryTagToBuffer(tag, path).catch(() => null);
    if (jpeg === null) continue;
    const said = await exiftool
      .readRaw(path, { readArgs: ["-n", "-Orientation", "-ImageWidth", "-ImageHeight"] })
      .catch(() => ({}));
    const orientation = numberIn(said, "Orientation");
    const [width, height] = [numberIn(said, "ImageWidth"), numberIn(said, "ImageHeight")];
    return {
      jpeg,
      orientation: orientation !== null && orientation <= 8 ? orientation : null,
      size: width === null || height === null ? null : { width, height },
    };
  }
  return null;
}

async function startOnce(): Promise<ExifTool> {
  starting ??= start();
  try {
    return await starting;
  } catch (error) {
    // Perl may be installed meanwhile.
    starting = null;
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

/** A positive whole number of what ExifTool said. */
function numberIn(said: object, name: string): number | null {
  const value: unknown = Object.entries(said).find(([key]) => key === name)?.[1];
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : null;
}
