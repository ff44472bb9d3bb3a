import type { FileHandle } from "node:fs/promises";

/** Bytes that a parser looks into here and there, and never trusts. */
export interface ByteSource {
  readonly size: number;
  /** Fewer bytes where the source ends, none behind its end or when too much has been read already. */
  read(position: number, length: number): Promise<Buffer>;
}

/** The most that one file is worth: cameras' files take some ten reads and 100 KB. */
const MAX_READS = 256;
const MAX_TOTAL_BYTES = 8 * 2 ** 20;
const MAX_READ_BYTES = 2 ** 20;

/** What is asked for byte by byte is read in pieces of this size, the last few of which are kept. */
const WINDOW_BYTES = 4096;
const MAX_WINDOWS = 8;

export interface FileSource extends ByteSource {
  /** Something was looked for behind the end: that of a file which ends early, or an offset that is wrong. */
  readonly wasReadBeyond: boolean;
}

/** @param head the first bytes of the file, which have been read already. */
export function fileSource(file: FileHandle, size: number, head: Buffer): FileSource {
  const windows = [{ start: 0, bytes: head }];
  let reads = 0;
  let total = 0;
  let wasReadBeyond = false;
  return {
    size,
    get wasReadBeyond() {
      return wasReadBeyond;
    },
    async read(position, length) {
      if (position + length > size) wasReadBeyond = true;
      const wanted = Math.min(length, size - position);
      if (!(position >= 0 && wanted > 0 && wanted <= MAX_READ_BYTES)) return Buffer.alloc(0);
      const known = windows.find(
        ({ start, bytes }) => start <= position && position + wanted <= start + bytes.length,
      );
      if (known !== undefined) {
        return known.bytes.subarray(position - known.start, position - known.start + wanted);
      }
      const span = Math.max(wanted, WINDOW_BYTES);
      reads += 1;
      total += span;
      if (reads > MAX_READS || total > MAX_TOTAL_BYTES) return Buffer.alloc(0);
      const buffer = Buffer.alloc(span);
      const { bytesRead } = await file.read(buffer, 0, span, position);
      windows.push({ start: position, bytes: buffer.subarray(0, bytesRead) });
      // The head stays.
      if (windows.length > MAX_WINDOWS) windows.splice(1, 1);
      return buffer.subarray(0, Math.min(bytesRead, wanted));
    },
  };
}

export function bufferSource(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: (position, length) =>
      Promise.resolve(
        position >= 0 && length > 0 ? bytes.subarray(position, position + length) : Buffer.alloc(0),
      ),
  };
}
