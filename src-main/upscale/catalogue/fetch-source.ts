import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Download, type DownloadOptions, StartOver } from "./download.ts";
import type { ModelSource, SourceFile } from "./manifest.ts";
import type { Mirrors } from "./mirrors.ts";
import { failures, SourceFailure } from "./problems.ts";
import { tarFiles } from "./tarball.ts";

/** The most that is taken of a file whose size nobody stated. */
export const largestModelBytes = 512 * 2 ** 20;
/** An archive that grows to more than this is a bomb. */
const largestArchiveBytes = 4 * 2 ** 30;
/** Times that a source may be begun anew. */
const maxBeginnings = 3;

export interface FetchOptions extends DownloadOptions {
  readonly mirrors: Mirrors;
}

/** Files that lie in the same archive and are wanted later, with known hashes, and the folder that they are kept in. */
export interface Bycatch {
  readonly files: readonly SourceFile[];
  readonly folder: string;
}

/** A file of a source that has arrived and is what it should be. */
export interface FetchedFile {
  readonly role: SourceFile["role"];
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The address that a source is asked at, for what is said about it. */
export function hostOf(source: ModelSource, mirrors: Mirrors): string {
  const url = mirrors(source.archive?.url ?? source.files[0]?.url ?? "");
  // A mirror's address may make none of it: asking it then says that it can't be reached.
  return URL.parse(url)?.host ?? url;
}

/** What a source sends, all told; null where that isn't known. */
export function bytesOf({ archive, files }: ModelSource): number | null {
  if (archive !== null) return archive.bytes;
  return files.reduce<number | null>(
    (sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes),
    0,
  );
}

/**
 * Fetches the files of one source into a folder. What had arrived there before is not asked for again; what has arrived
 * stays there when it fails, unless its hash is wrong.
 *
 * @param onBytes bytes that are there, of how many; null while that isn't known
 * @param bycatch what else of its archive is kept. That it can't be is no failure
 * @throws SourceFailure; the signal's reason; what node:fs throws
 */
export async function fetchSource(
  source: ModelSource,
  folder: string,
  options: FetchOptions,
  signal: AbortSignal,
  onBytes: (received: number, total: number | null) => void,
  bycatch: readonly Bycatch[] = [],
): Promise<FetchedFile[]> {
  await mkdir(folder, { recursive: true });
  for (let beginning = 1; ; beginning += 1) {
    try {
      return source.archive === null
        ? await fetchEach(source, folder, options, signal, onBytes)
        : await fetchMembers(source, folder, options, signal, onBytes, bycatch);
    } catch (error) {
      if (!(error instanceof StartOver)) throw error;
      if (beginning === maxBeginnings) throw failures.brokeOff(error);
    }
  }
}

/** Sources in their order, but first one whose files lie in the folder by their sizes, and whether there is one. */
export async function nearestFirst(
  sources: readonly ModelSource[],
  folder: string,
): Promise<{ readonly sources: readonly ModelSource[]; readonly isHere: boolean }> {
  const arrived = await Promise.all(sources.map((source) => hasArrived(source, folder)));
  const here = sources.filter((_, at) => arrived[at]);
  const away = sources.filter((_, at) => !arrived[at]);
  return { sources: [...here, ...away], isHere: here.length > 0 };
}

async function hasArrived({ files }: ModelSource, folder: string): Promise<boolean> {
  const sizes = await Promise.all(
    files.map(({ name }) =>
      stat(join(folder, name)).then(
        (info) => (info.isFile() ? info.size : null),
        () => null,
      ),
    ),
  );
  return files.every(({ bytes, sha256 }, at) => sha256 !== null && bytes === sizes[at]);
}

/** The files of a source that lie in a folder already, to the last byte; null where one is missing or another. */
export async function arrivedFiles(
  source: ModelSource,
  folder: string,
): Promise<FetchedFile[] | null> {
  if (!(await hasArrived(source, folder))) return null;
  const arrived: FetchedFile[] = [];
  for (const { role, name, sha256 } of source.files) {
    const path = join(folder, name);
    const content = await readFile(path);
    if (createHash("sha256").update(content).digest("hex") !== sha256) return null;
    arrived.push({ role, name, path, bytes: content.length, sha256 });
  }
  return arrived;
}

async function fetchEach(
  source: ModelSource,
  folder: string,
  options: FetchOptions,
  signal: AbortSignal,
  onBytes: (received: number, total: number | null) => void,
): Promise<FetchedFile[]> {
  const total = bytesOf(source);
  const fetched: FetchedFile[] = [];
  let before = 0;
  for (const file of source.files) {
    const { role, name, url = "" } = file;
    const limit = file.bytes ?? largestModelBytes;
    const path = join(folder, name);
    const download = new Download(options.mirrors(url), path, limit, options);
    const hash = createHash("sha256");
    let bytes = 0;
    const chunks = download.read(signal, (received, whole) =>
      onBytes(before + received, total ?? (source.files.length === 1 ? whole : null)),
    );
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    const sha256 = hash.digest("hex");
    if (!isExpected(file, bytes, sha256)) {
      throw await withoutDamage(download, failures.otherBytes());
    }
    fetched.push({ role, name, path, bytes, sha256 });
    before += bytes;
  }
  return fetched;
}

async function fetchMembers(
  source: ModelSource,
  folder: string,
  options: FetchOptions,
  signal: AbortSignal,
  onBytes: (received: number, total: number | null) => void,
  bycatch: readonly Bycatch[],
): Promise<FetchedFile[]> {
  const { url, bytes: limit } = source.archive ?? { url: "", bytes: 0 };
  const download = new Download(options.mirrors(url), join(folder, "archive.tgz"), limit, options);
  const wanted = new Map(source.files.map((file) => [file.member, file]));
  const besides = new Map(
    bycatch.flatMap(({ files, folder: place }) =>
      files.map((file) => [file.member, { file, folder: place }] as const),
    ),
  );
  const fetched: FetchedFile[] = [];
  // What follows the last file is nobody's business: the transfer ends there, also where the server is silent.
  const enough = new AbortController();
  const chunks = download.read(AbortSignal.any([signal, enough.signal]), onBytes);
  try {
    for await (const { name, size, content } of tarFiles(unpacked(chunks))) {
      const file = wanted.get(name);
      const beside = besides.get(name);
      if (file !== undefined) {
        try {
          fetched.push(await saveMember(file, size, content, folder));
        } catch (error) {
          enough.abort();
          throw error;
        }
      } else if (beside !== undefined) await keepBeside(beside.file, size, content, beside.folder);
      else continue;
      wanted.delete(name);
      besides.delete(name);
      if (wanted.size > 0 || besides.size > 0) continue;
      enough.abort();
      return fetched;
    }
    throw failures.otherBytes();
  } catch (error) {
    // What was not asked for need not be there, nor arrive.
    if (wanted.size === 0 && error instanceof SourceFailure) return fetched;
    throw await withoutDamage(download, error);
  }
}

async function saveMember(
  file: SourceFile,
  size: number,
  content: AsyncIterable<Uint8Array>,
  folder: string,
): Promise<FetchedFile> {
  const { role, name } = file;
  if (size > (file.bytes ?? largestModelBytes)) throw failures.otherBytes();
  const path = join(folder, name);
  const sha256 = await save(content, path);
  if (isExpected(file, size, sha256)) return { role, name, path, bytes: size, sha256 };
  await rm(path, { force: true });
  throw failures.otherBytes();
}

/** Keeps a file for later, in one step; one that is not as it should be, or for which there is no room, is passed over. */
async function keepBeside(
  { name, bytes, sha256 }: SourceFile,
  size: number,
  content: AsyncIterable<Uint8Array>,
  folder: string,
): Promise<void> {
  if (size !== bytes) return;
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  const whole = Buffer.concat(pieces);
  if (createHash("sha256").update(whole).digest("hex") !== sha256) return;
  const path = join(folder, name);
  const part = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(part, whole, { flush: true });
    await rename(part, path);
  } catch {
    await rm(part, { force: true });
  }
}

function isExpected(file: SourceFile, bytes: number, sha256: string): boolean {
  return (file.bytes ?? bytes) === bytes && (file.sha256 ?? sha256) === sha256;
}

/** Damaged bytes are not kept; where a part of them was old, they are asked for once more, all of them. */
async function withoutDamage(download: Download, error: unknown): Promise<unknown> {
  if (!(error instanceof SourceFailure && error.kind === "damaged")) return error;
  await download.discard();
  return download.resumedFrom > 0 ? new StartOver() : error;
}

async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const packed = Readable.from(chunks);
  const flowing = pipeline(packed, gunzip);
  // It is waited for below; until then its failure is seen by who reads.
  flowing.catch(() => undefined);
  let bytes = 0;
  try {
    for await (const chunk of gunzip) {
      bytes += chunk.length;
      if (bytes > largestArchiveBytes) throw failures.tooLarge();
      yield chunk;
    }
  } catch (error) {
    throw isBadData(error) ? failures.otherBytes(error) : error;
  } finally {
    packed.destroy();
    gunzip.destroy();
    // The connection and the file are closed when this returns.
    await flowing.catch(() => undefined);
  }
}

function isBadData(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^Z_(DATA|BUF)_ERROR$/.test(`${error.code}`);
}

/** @returns the SHA-256 of what was written */
async function save(content: AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "w");
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      await file.appendFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}
