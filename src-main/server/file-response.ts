import { type FileHandle, open } from "node:fs/promises";
import { type ByteRange, matchesEtag, parseRange } from "./ranges.ts";

/** Smaller answers are read at once and hold no file open; nearly every thumbnail is one. */
const readAtOnceBytes = 256 * 1024;
const chunkBytes = 256 * 1024;

export interface ServedFile {
  readonly path: string;
  readonly contentType: string;
  /** With its quotes. */
  readonly etag: string;
  readonly cacheControl: string;
}

/**
 * Answers GET or HEAD with a file, or the part of it that was asked for. The file is opened once: its size and its
 * bytes belong together even when its name is given to another file meanwhile.
 * @throws the system's error when it can't be opened
 */
export async function fileResponse(request: Request, file: ServedFile): Promise<Response> {
  const headers = new Headers({
    "accept-ranges": "bytes",
    "cache-control": file.cacheControl,
    etag: file.etag,
  });
  if (matchesEtag(request.headers.get("if-none-match"), file.etag)) {
    return new Response(null, { status: 304, headers });
  }
  const handle = await open(file.path, "r");
  let isHandedOn = false;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`Not a regular file: ${file.path}`);
    const { size } = stats;
    const range = request.method === "GET" ? askedRange(request, file.etag, size) : null;
    if (range === "unsatisfiable") {
      headers.set("content-range", `bytes */${size}`);
      return new Response(null, { status: 416, headers });
    }
    headers.set("content-type", file.contentType);
    if (range !== null) headers.set("content-range", `bytes ${range.start}-${range.end}/${size}`);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    const length = end - start + 1;
    headers.set("content-length", String(length));
    const init = { status: range === null ? 200 : 206, headers };
    if (request.method === "HEAD" || length === 0) return new Response(null, init);
    if (length <= readAtOnceBytes) return new Response(await readPart(handle, start, length), init);
    isHandedOn = true;
    return new Response(streamPart(handle, start, length), init);
  } finally {
    if (!isHandedOn) await handle.close();
  }
}

/** If-Range turns the range off when it is about other bytes (dates never match: none are sent). */
function askedRange(
  request: Request,
  etag: string,
  size: number,
): ByteRange | "unsatisfiable" | null {
  const condition = request.headers.get("if-range");
  if (condition !== null && condition !== etag) return null;
  return parseRange(request.headers.get("range"), size);
}

async function readPart(
  handle: FileHandle,
  start: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) throw new Error("The file became shorter while it was read.");
    filled += bytesRead;
  }
  return bytes;
}

/** Reads a chunk when the consumer asks for one: a slow or absent reader holds one file and no memory. */
function streamPart(handle: FileHandle, start: number, length: number): ReadableStream<Uint8Array> {
  let position = start;
  const end = start + length;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = await readPart(handle, position, Math.min(chunkBytes, end - position));
          position += chunk.byteLength;
          controller.enqueue(chunk);
          if (position < end) return;
        } catch (error) {
          controller.error(error);
          await handle.close();
          return;
        }
        controller.close();
        await handle.close();
      },
      cancel: () => handle.close(),
    },
    { highWaterMark: 0 },
  );
}
