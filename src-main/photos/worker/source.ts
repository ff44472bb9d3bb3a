import { createHash } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { KilnError } from "../../errors.ts";
import { kindOfName, type PhotoFormat, sniff } from "../formats.ts";
import {
  fileDamaged,
  fileEmpty,
  fileForbidden,
  fileMissing,
  fileTruncated,
  fileUnreadable,
  formatUnsupported,
  notAPhoto,
  rawReaderMissing,
  rawWithoutPreview,
  tooManyBytes,
} from "./problems.ts";
import { bufferSource, fileSource } from "./raw/byte-source.ts";
import { ExifToolUnavailable, extractWithExifTool } from "./raw/exiftool.ts";
import {
  MIN_PREVIEW_EDGE,
  type RawPhoto,
  type RawPreview,
  rawPhotoOf,
  readRawPhoto,
} from "./raw/raw-photo.ts";
import { endsEarly } from "./truncation.ts";

const MAX_BYTES = 2 * 2 ** 30;

/** Bytes at each end of a file that its fast hash covers. */
const HASHED = 64 * 1024;

/** A photo's file that is there, can be read and is of a format that Kiln knows. */
export interface PhotoSource {
  readonly path: string;
  /** Of its pixels: a RAW's are those of a JPEG inside. */
  readonly format: PhotoFormat;
  /** What was found inside a RAW; null for every other photo. */
  readonly raw: RawPhoto | null;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** The first and the last 64 KiB; both are the whole file where it is shorter. */
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** @throws KilnError for everything that keeps this file from being a photo that can be decoded. */
export async function openSource(path: string): Promise<PhotoSource> {
  const source = await readEnds(path).catch((error: unknown) => {
    throw error instanceof KilnError ? error : systemProblem(error);
  });
  const sniffed = sniff(source.head);
  // Most brands begin as a TIFF does: there the name tells. A JPEG is one whatever it is called.
  const isRaw =
    sniffed.is === "raw" ||
    (kindOfName(path) === "raw" && (sniffed.is !== "photo" || sniffed.format === "tiff"));
  if (isRaw) return { path, format: "jpeg", raw: await openRaw(path, source), ...source };
  switch (sniffed.is) {
    case "photo":
      return { path, format: sniffed.format, raw: null, ...source };
    case "unsupported":
      throw formatUnsupported(sniffed.name);
    case "foreign":
      throw notAPhoto();
  }
}

/** The bytes of a preview, from the file as it is now; `most` of them. */
export async function readPreview(
  { path }: PhotoSource,
  { at }: RawPreview,
  most = Number.POSITIVE_INFINITY,
): Promise<Buffer> {
  if (Buffer.isBuffer(at)) return at;
  await using file = await open(path, "r");
  return readAt(file, at.offset, Math.min(at.length, most));
}

/** By Kiln's own reading; where that finds nothing to look at, by ExifTool's. */
async function openRaw(path: string, { bytes, head }: FileEnds): Promise<RawPhoto> {
  const own = await readOwn(path, bytes, head).catch((error: unknown) => {
    throw systemProblem(error);
  });
  if (own.photo !== null && longEdge(own.photo) >= MIN_PREVIEW_EDGE) return own.photo;
  try {
    const extracted = await extractWithExifTool(path, bytes);
    const photo =
      extracted && (await rawPhotoOf(bufferSource(extracted.jpeg), extracted.jpeg, extracted));
    if (photo !== null && longEdge(photo) > (own.photo ? longEdge(own.photo) : 0)) return photo;
  } catch (error) {
    if (!(error instanceof ExifToolUnavailable)) throw error;
    if (own.photo === null && !own.endsEarly) throw rawReaderMissing(error);
  }
  if (own.photo !== null) return own.photo;
  throw own.endsEarly ? fileTruncated() : rawWithoutPreview();
}

async function readOwn(
  path: string,
  bytes: number,
  head: Buffer,
): Promise<{ photo: RawPhoto | null; endsEarly: boolean }> {
  await using file = await open(path, "r");
  const source = fileSource(file, bytes, head);
  const photo = await readRawPhoto(source);
  return photo === "cut"
    ? { photo: null, endsEarly: true }
    : { photo, endsEarly: source.wasReadBeyond };
}

function longEdge({ preview }: RawPhoto): number {
  return Math.max(preview.width, preview.height);
}

/** Hex digest of the size and both ends: equal files have it equal, and it costs two short reads. */
export function fastHash({ bytes, head, tail }: PhotoSource): string {
  return createHash("sha256").update(`${bytes}:`).update(head).update(tail).digest("hex");
}

/** Why a decoder failed, as a KilnError with what it said for its cause. Bugs of ours come back as they are. */
export async function explainFailure(source: PhotoSource, error: unknown): Promise<unknown> {
  if (error instanceof KilnError || error instanceof TypeError) return error;
  if (error instanceof Error && "syscall" in error) return systemProblem(error);
  // The file may have gone, or its disk, while it was decoded.
  try {
    await readEnds(source.path);
  } catch (gone) {
    return gone instanceof KilnError ? gone : systemProblem(gone);
  }
  const message = error instanceof Error ? error.message : String(error);
  const isCut = source.raw === null ? await endsEarly(source) : source.raw.isCut;
  if (/premature end|end of file/i.test(message) || isCut) {
    return fileTruncated(error);
  }
  const missing =
    /support for this compression|not supported|no codec|unsupported (?:feature|codec)/i;
  if (missing.test(message)) {
    return formatUnsupported(`such ${source.format.toUpperCase()}`, error);
  }
  return fileDamaged(error);
}

type FileEnds = Omit<PhotoSource, "path" | "format" | "raw">;

async function readEnds(path: string): Promise<FileEnds> {
  // Before opening: a pipe would wait for its writer for ever.
  const info = await stat(path);
  if (!info.isFile()) throw notAPhoto();
  if (info.size === 0) throw fileEmpty();
  if (info.size > MAX_BYTES) throw tooManyBytes(info.size);
  await using file = await open(path, "r");
  const [head, tail] = await Promise.all([
    readAt(file, 0, HASHED),
    readAt(file, Math.max(0, info.size - HASHED), HASHED),
  ]);
  return { bytes: info.size, modifiedMs: info.mtimeMs, head, tail };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function systemProblem(error: unknown): KilnError {
  const code = errorCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") return fileMissing(error);
  if (code === "EACCES" || code === "EPERM") return fileForbidden(error);
  return fileUnreadable(code, error);
}

/** The system's name of an error (ENOENT); the message of one that the system did not name. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
