import { randomBytes } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { Exif } from "sharp";
import { exifExtent } from "./exif-block.ts";

/**
 * sharp writes no EXIF block as it is given, only fields by name, and libexif drops what it does not know. So the
 * encoder is given a block that is as long as the one wanted, and that is written over it once the file is there.
 */
export interface ExifSlot {
  /** For `withExif`. */
  readonly fields: Exif;
  readonly token: string;
}

/** What fits into one segment of a JPEG, with what libexif adds. */
export const MAX_EXIF_BYTES = 65_000;

/** An encoder puts metadata before the pixels or behind them. */
const WINDOW_BYTES = 8 * 2 ** 20;

export function exifSlot(bytes: number): ExifSlot {
  const token = randomBytes(24).toString("hex");
  return { fields: { IFD0: { ImageDescription: token.padEnd(bytes, "-") } }, token };
}

/** @throws Error when the encoder did not write the slot. */
export async function fillExifSlot(file: string, { token }: ExifSlot, exif: Buffer): Promise<void> {
  await using handle = await open(file, "r+");
  const { size } = await handle.stat();
  for (const at of [0, Math.max(0, size - WINDOW_BYTES)]) {
    const window = await readAt(handle, at, Math.min(WINDOW_BYTES, size - at));
    const tokenAt = window.indexOf(token, 0, "latin1");
    if (tokenAt < 0) continue;
    const start = Math.max(
      window.lastIndexOf("II*\0", tokenAt),
      window.lastIndexOf("MM\0*", tokenAt),
    );
    const length = start < 0 ? null : exifExtent(window.subarray(start));
    if (length === null || length < exif.length) break;
    const filled = Buffer.alloc(length);
    exif.copy(filled);
    await handle.write(filled, 0, length, at + start);
    if (window.toString("latin1", start - 4, start) === "eXIf") {
      // A chunk of a PNG: its length and type before it, a checksum of type and content behind it.
      const content = Buffer.from(
        window.subarray(start - 4, start + window.readUInt32BE(start - 8)),
      );
      filled.copy(content, 4);
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32BE(crc32(content));
      await handle.write(checksum, 0, 4, at + start - 4 + content.length);
    }
    return;
  }
  throw new Error(`no place for EXIF in ${file}`);
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
