import { createReadStream } from "node:fs";
import { type FileHandle, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { z } from "zod";
import { failures, SourceFailure } from "./problems.ts";

/** How the network is spoken to; tests set other patience. */
export interface DownloadOptions {
  /** A server that sends nothing for this long is given up. */
  readonly silenceMs: number;
  /** Waits before a broken transfer is taken up again. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Attempts in a row that bring not one byte more. */
const maxIdleAttempts = 3;
const maxRedirects = 5;
const firstPauseMs = 500;

/** What is remembered beside a partial file, to know whether the server still has the same. */
const noteSchema = z.object({
  url: z.string(),
  /** A strong ETag or the date of the last change, for If-Range; null where the server says neither. */
  validator: z.string().nullable(),
  total: z.int().nullable(),
});
type Note = z.infer<typeof noteSchema>;

/** What was kept on the disk doesn't fit what the server has now: whoever reads begins anew. It is gone already. */
export class StartOver extends Error {
  override name = "StartOver";
}

/** One address, and the file in which its bytes gather until they are all there. */
export class Download {
  readonly url: string;
  readonly path: string;
  /** Bytes that an earlier run left and that are used now. */
  resumedFrom = 0;
  readonly #limit: number;
  readonly #options: DownloadOptions;

  /** @param limitBytes the most that is taken */
  constructor(url: string, path: string, limitBytes: number, options: DownloadOptions) {
    this.url = url;
    this.path = path;
    this.#limit = limitBytes;
    this.#options = options;
  }

  /**
   * All bytes of the address from the first on: those in the file, then those that arrive, which are in the file
   * before they are given out. A transfer that breaks off is taken up where it was (HTTP Range).
   *
   * @param onBytes called with what is there so far, and what it will be where the server says so
   * @throws SourceFailure; StartOver; the signal's reason; what node:fs throws
   */
  async *read(
    signal: AbortSignal,
    onBytes: (received: number, total: number | null) => void,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let note = await this.#kept();
    let have = note === null ? 0 : await sizeOf(this.path);
    this.resumedFrom = have;
    onBytes(have, note?.total ?? null);
    if (have > 0) yield* createReadStream(this.path, { end: have - 1, highWaterMark: 1 << 20 });
    let file: FileHandle | null = null;
    try {
      for (let idle = 0; note === null || note.total !== have; ) {
        const before = have;
        const patience = new Patience(this.#options.silenceMs, signal);
        try {
          const response = await this.#request(have, note, patience);
          note = await this.#accept(response, have, note);
          file ??= await open(this.path, have > 0 ? "a" : "w");
          for await (const chunk of response.body ?? []) {
            have += chunk.length;
            if (have > Math.min(this.#limit, note.total ?? Infinity)) throw failures.tooLarge();
            await file.appendFile(chunk);
            onBytes(have, note.total);
            patience.rest();
            yield chunk;
            patience.begin();
          }
          // Without a length, the end of the transfer is the end of the file.
          if (note.total === null || note.total === have) return;
          throw failures.brokeOff();
        } catch (error) {
          const failure = asFailure(error, signal);
          idle = have > before ? 0 : idle + 1;
          // A source that never gave a good answer is left for the next one at once.
          const isHopeless = note === null || idle >= maxIdleAttempts;
          if (isHopeless || !isPassing(failure)) throw failure;
          await this.#options.pause(firstPauseMs * 2 ** idle, signal);
        } finally {
          patience.rest();
        }
      }
    } finally {
      await file?.close();
    }
  }

  /** Throws away what has gathered. */
  async discard(): Promise<void> {
    await Promise.all([rm(this.path, { force: true }), rm(this.#notePath, { force: true })]);
  }

  get #notePath(): string {
    return `${this.path}.json`;
  }

  async #kept(): Promise<Note | null> {
    try {
      const note = noteSchema.parse(JSON.parse(await readFile(this.#notePath, "utf8")));
      const size = await sizeOf(this.path);
      if (note.url === this.url && size <= (note.total ?? Infinity)) return note;
    } catch {
      // No note, or half of one: what lies there is of unknown origin.
    }
    await this.discard();
    return null;
  }

  async #request(from: number, note: Note | null, patience: Patience): Promise<Response> {
    const headers: Record<string, string> = { "accept-encoding": "identity" };
    if (from > 0) {
      headers.range = `bytes=${from}-`;
      if (note?.validator) headers["if-range"] = note.validator;
    }
    let url = this.url;
    for (let hops = 0; hops <= maxRedirects; hops += 1) {
      patience.begin();
      const { signal } = patience;
      const response = await fetch(url, { headers, redirect: "manual", signal });
      patience.begin();
      const location = response.headers.get("location");
      if (response.status < 300 || response.status >= 400 || location === null) return response;
      await response.body?.cancel();
      const next = URL.parse(location, url);
      // What began encrypted stays encrypted.
      if (next === null || (url.startsWith("https:") && next.protocol !== "https:")) break;
      url = next.href;
    }
    throw failures.redirects();
  }

  /** Looks whether an answer goes on where the file ends, and notes what it says about the whole. */
  async #accept(response: Response, from: number, before: Note | null): Promise<Note> {
    try {
      const note = this.#noteOf(response, from, before);
      if (note !== before) await writeFile(this.#notePath, JSON.stringify(note));
      return note;
    } catch (error) {
      await response.body?.cancel();
      if (error instanceof StartOver) await this.discard();
      throw error;
    }
  }

  #noteOf({ status, headers }: Response, from: number, before: Note | null): Note {
    // The server has another file now, a shorter one, or always sends the whole.
    if (from > 0 && (status === 200 || status === 416)) throw new StartOver();
    if (status !== (from > 0 ? 206 : 200)) throw failures.status(status);
    if (from > 0 && before !== null) {
      const [, first, total] =
        /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
      if (Number(first) !== from || Number(total) !== before.total) throw new StartOver();
      return before;
    }
    const length = headers.get("content-length");
    const total = length === null ? null : Number(length);
    if (total !== null && !(total <= this.#limit)) throw failures.tooLarge();
    // Weak tags don't promise the same bytes.
    const tag = headers.get("etag");
    const validator = tag?.startsWith('"') ? tag : headers.get("last-modified");
    return { url: this.url, validator, total };
  }
}

/** Ends a request whose server is silent for too long. */
class Patience {
  /** Aborts when it is at an end, or with the signal that it was made with. */
  readonly signal: AbortSignal;
  readonly #silenceMs: number;
  readonly #silent = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(silenceMs: number, signal: AbortSignal) {
    this.#silenceMs = silenceMs;
    this.signal = AbortSignal.any([signal, this.#silent.signal]);
  }

  /** Counts from now. */
  begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#silent.abort(failures.silent(this.#silenceMs)),
      this.#silenceMs,
    );
  }

  /** It isn't the server's turn. */
  rest(): void {
    clearTimeout(this.#timer);
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}

function asFailure(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof TypeError)) return error;
  // Whatever happens to a connection, fetch throws a TypeError: of this message where the answer had begun.
  return error.message === "terminated" ? failures.brokeOff(error) : failures.unreachable(error);
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof SourceFailure && (error.kind === "passing" || error.kind === "unreachable")
  );
}
