import { open } from "node:fs/promises";
import type { PhotoSource } from "./source.ts";

/**
 * Whether a file that would not decode lacks its end, told by its structure: decoders say it in many words or not
 * at all.
 */
export async function endsEarly(source: PhotoSource): Promise<boolean> {
  const { format, head, tail, bytes } = source;
  switch (format) {
    case "jpeg":
      return !tail.includes(END_OF_JPEG);
    case "png":
      return !tail.includes("IEND");
    case "webp":
      return head.length < 12 || head.readUInt32LE(4) + 8 > bytes;
    case "tiff":
      return lastTiffByte(head) > bytes;
    case "avif":
    case "heic":
      return boxReachesBeyond(source);
  }
}

const END_OF_JPEG = Buffer.from([0xff, 0xd9]);

/** Where the first directory ends as the header says; writers put it behind the pixels or before them. */
function lastTiffByte(head: Buffer): number {
  if (head.length < 8) return 8;
  const offset = head[0] === 0x4d ? head.readUInt32BE(4) : head.readUInt32LE(4);
  return offset + 2;
}

/** Walks the boxes of ISO/IEC 14496-12 from the start; one that reaches beyond the file is cut off. */
async function boxReachesBeyond({ path, bytes }: PhotoSource): Promise<boolean> {
  await using file = await open(path, "r");
  const header = Buffer.alloc(16);
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await file.read(header, 0, 16, at);
    if (bytesRead < 8) return true;
    const short = header.readUInt32BE(0);
    // 0: to the end of the file; 1: a 64-bit size follows the type.
    if (short === 0) return false;
    const size = short === 1 && bytesRead === 16 ? Number(header.readBigUInt64BE(8)) : short;
    if (size < 8) return false;
    at += size;
    if (at > bytes) return true;
  }
  return false;
}
