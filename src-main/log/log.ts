import { open, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../make-folder.ts";
import { type JsonValue, redact, redactText } from "./redact.ts";

export type LogLevel = "info" | "warn" | "error";

/** Named values of a line; anything may be passed, secrets and what JSON can't hold are taken out. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the parts of Kiln write what a person never sees but a bug report needs. None of it throws. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with these fields on every line (a job's id, a worker's name). */
  child(bindings: LogFields): Log;
}

/** The log of a process, as its composition root holds it. */
export interface LogFile extends Log {
  /** The last `bytes` of the log at most, in whole lines, across rotated files; empty when there is none. */
  tail(bytes: number): Promise<string>;
  /** Settles when all lines so far are written or given up. Never rejects. */
  flush(): Promise<void>;
}

export interface LogOptions {
  readonly directory: string;
  /** Size of one file in bytes before the next is begun. */
  readonly maxBytes?: number;
  /** Files kept, the one being written among them. */
  readonly maxFiles?: number;
}

/** Lines waiting for the disk, in characters; what comes on top is dropped and counted. */
const longestQueue = 4 * 1024 * 1024;

/**
 * Opens the log of this process: JSON lines in `kiln.log`, older ones in `kiln.1.log`, `kiln.2.log` … Each line has
 * `time` (ISO 8601), `level`, `message` and its fields. Lines are written behind the caller's back, in order; where
 * the disk refuses them they are dropped, and the next line that can be written says how many.
 */
export function createLog(options: LogOptions): LogFile {
  return new FileLog(new RotatingFile(options), {});
}

class FileLog implements LogFile {
  readonly #file: RotatingFile;
  readonly #bindings: { readonly [key: string]: JsonValue };

  constructor(file: RotatingFile, bindings: { readonly [key: string]: JsonValue }) {
    this.#file = file;
    this.#bindings = bindings;
  }

  info(message: string, fields: LogFields = {}): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#write("warn", message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#write("error", message, fields);
  }

  child(bindings: LogFields): Log {
    return new FileLog(this.#file, { ...this.#bindings, ...redact(bindings) });
  }

  tail(bytes: number): Promise<string> {
    return this.#file.tail(bytes);
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  #write(level: LogLevel, message: string, fields: LogFields): void {
    const head = { time: new Date().toISOString(), level, message: redactText(message) };
    // Twice: first on the line, and not to be replaced by a field of the same name.
    const line = { ...head, ...this.#bindings, ...redact(fields), ...head };
    this.#file.append(`${JSON.stringify(line)}\n`);
  }
}

/** Lines of text appended to one file at a time, by one write at a time. */
class RotatingFile {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  #queue: string[] = [];
  #queued = 0;
  #lost = 0;
  #writing: Promise<void> | null = null;

  constructor({ directory, maxBytes = 5 * 1024 * 1024, maxFiles = 5 }: LogOptions) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#maxFiles = maxFiles;
  }

  append(line: string): void {
    if (this.#queued + line.length > longestQueue) {
      this.#lost += 1;
      return;
    }
    this.#queue.push(line);
    this.#queued += line.length;
    this.#writing ??= this.#drain();
  }

  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async tail(bytes: number): Promise<string> {
    await this.flush();
    let text = Buffer.alloc(0);
    for (let age = 0; age < this.#maxFiles && text.length < bytes; age += 1) {
      const older = await readFile(this.#path(age)).catch(() => null);
      if (older === null) break;
      text = Buffer.concat([older, text]);
    }
    if (text.length <= bytes) return text.toString("utf8");
    const kept = text.subarray(text.length - bytes);
    // The first line of the rest is most likely cut; unless the cut fell on a line's start.
    if (text[text.length - bytes - 1] === 0x0a) return kept.toString("utf8");
    return kept.subarray(kept.indexOf(0x0a) + 1).toString("utf8");
  }

  async #drain(): Promise<void> {
    // Lines of one turn of the event loop go out in one write.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const lines = this.#queue;
      this.#queue = [];
      this.#queued = 0;
      const lost = this.#lost;
      const note = lost === 0 ? [] : [lostLine(lost)];
      try {
        await this.#write([...note, ...lines].join(""));
        this.#lost -= lost;
      } catch {
        // The log is the last to complain: a full or missing disk must not take the work down with it.
        this.#lost += lines.length;
      }
    }
    this.#writing = null;
  }

  async #write(text: string): Promise<void> {
    const size = await this.#size();
    if (size > 0 && size + Buffer.byteLength(text) > this.#maxBytes) await this.#rotate();
    const file = await this.#open();
    try {
      await file.appendFile(text);
    } finally {
      await file.close();
    }
  }

  async #open() {
    const path = this.#path(0);
    try {
      return await open(path, "a");
    } catch {
      await makeFolder(this.#directory);
      return open(path, "a");
    }
  }

  async #size(): Promise<number> {
    const found = await stat(this.#path(0)).catch(() => null);
    return found?.size ?? 0;
  }

  /** Where a file can't be renamed (Windows, while another program reads it) the log goes on in the same file. */
  async #rotate(): Promise<void> {
    for (let age = this.#maxFiles - 1; age > 0; age -= 1) {
      await rename(this.#path(age - 1), this.#path(age)).catch(() => undefined);
    }
  }

  #path(age: number): string {
    return join(this.#directory, age === 0 ? "kiln.log" : `kiln.${age}.log`);
  }
}

/** Begins with a line break: the write that failed may have left half a line. */
function lostLine(count: number): string {
  const time = new Date().toISOString();
  return `\n${JSON.stringify({ time, level: "warn", message: "Log lines were lost.", count })}\n`;
}
