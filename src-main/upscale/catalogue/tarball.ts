import { failures } from "./problems.ts";

const blockBytes = 512;
/** Longest block of names that is read; a name has 4,096 bytes at most on any system. */
const maxNameBlockBytes = 1 << 16;

/** A regular file of a tar. */
export interface TarFile {
  /** As the archive calls it, with '/'. */
  readonly name: string;
  readonly size: number;
  /** Its bytes; what isn't read of them is passed over. */
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Reads a tar (POSIX 1003.1 ustar and pax, GNU long names) as it arrives; nothing is kept of it. Folders, links and
 * devices are passed over: only files come out.
 *
 * @throws SourceFailure where it is no tar, or ends early; whatever `chunks` throws
 */
export async function* tarFiles(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<TarFile, void, undefined> {
  const bytes = new ByteQueue(chunks);
  try {
    let longName: string | null = null;
    let paxSize: number | null = null;
    for (;;) {
      const header = await bytes.take(blockBytes);
      if (header.every((byte) => byte === 0)) return;
      const { name, size: ownSize, type } = readHeader(header);
      const size: number = paxSize ?? ownSize;
      const padding = (blockBytes - (size % blockBytes)) % blockBytes;
      if (type === "x" || type === "L") {
        if (size > maxNameBlockBytes) throw failures.otherBytes();
        const text = (await bytes.take(size)).toString("utf8");
        if (type === "L") longName = text.replace(/\0.*$/s, "");
        else {
          const fields = paxFields(text);
          longName = fields.get("path") ?? longName;
          paxSize = fields.has("size") ? number(fields.get("size")) : null;
        }
        await bytes.skip(padding);
        continue;
      }
      const end = bytes.position + size;
      if (type === "0" || type === "\0") {
        yield { name: longName ?? name, size, content: bytes.pieces(size) };
      }
      await bytes.skip(end - bytes.position + padding);
      longName = null;
      paxSize = null;
    }
  } finally {
    await bytes.close();
  }
}

function readHeader(header: Buffer) {
  const text = (from: number, length: number): string =>
    header
      .subarray(from, from + length)
      .toString("utf8")
      .replace(/\0.*$/s, "");
  // The sum of the header's bytes, its own field counted as spaces.
  let sum = 8 * 0x20;
  for (const [at, byte] of header.entries()) sum += at >= 148 && at < 156 ? 0 : byte;
  if (Number.parseInt(text(148, 8), 8) !== sum) throw failures.otherBytes();
  const prefix = text(257, 5) === "ustar" ? text(345, 155) : "";
  const name = text(0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size: header[124] === 0x80 ? Number(header.readBigUInt64BE(128)) : number(text(124, 12), 8),
    type: String.fromCharCode(header[156] ?? 0),
  };
}

function number(text: string | undefined, radix = 10): number {
  const value = Number.parseInt(text ?? "", radix);
  if (!Number.isSafeInteger(value) || value < 0) throw failures.otherBytes();
  return value;
}

/** Records "LENGTH KEY=VALUE\n". Lengths count bytes, values of paths and sizes hold no line end. */
function paxFields(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").flatMap((line) => {
      const [, key, value] = /^\d+ ([^=]+)=(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
}

/** Bytes that arrive in pieces, taken in the lengths that a format has. */
class ByteQueue {
  /** Bytes taken so far. */
  position = 0;
  readonly #source: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#source = chunks[Symbol.asyncIterator]();
  }

  async take(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of this.pieces(length)) parts.push(part);
    return Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    for await (const _ of this.pieces(length));
  }

  async *pieces(length: number): AsyncGenerator<Uint8Array, void, undefined> {
    const end = this.position + length;
    while (this.position < end) {
      while (this.#piece.length === 0) {
        const next = await this.#source.next();
        if (next.done === true) throw failures.otherBytes();
        this.#piece = next.value;
      }
      const part = this.#piece.subarray(0, end - this.position);
      this.#piece = this.#piece.subarray(part.length);
      this.position += part.length;
      yield part;
    }
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
