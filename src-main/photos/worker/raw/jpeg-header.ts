import type { ByteSource } from "./byte-source.ts";

/** What a JPEG says of itself before its pixels begin. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** Where the TIFF structure of its EXIF block begins, in the source. */
  readonly exifAt: number | null;
}

const MAX_SEGMENTS = 256;

/**
 * The header of a JPEG that libjpeg can show: baseline, extended or progressive, 8 bits. RAW data that is stored as
 * lossless JPEG (SOF3) is no picture.
 *
 * @param position of its first byte
 * @param length as the container says it; the source may end before.
 */
export async function readJpegHeader(
  source: ByteSource,
  position: number,
  length: number,
): Promise<JpegHeader | null> {
  const end = Math.min(position + length, source.size);
  const start = await source.read(position, 2);
  if (start.length < 2 || start.readUInt16BE(0) !== 0xffd8) return null;
  let exifAt: number | null = null;
  let size: { width: number; height: number } | null = null;
  for (let at = position + 2, segments = 0; segments < MAX_SEGMENTS; segments += 1) {
    const head = await source.read(at, 10);
    if (head.length < 10 || at + 10 > end || head[0] !== 0xff) return null;
    const marker = head[1] ?? 0;
    if (marker === 0xff) {
      // Fill bytes may precede a marker.
      at += 1;
      continue;
    }
    if (marker === 0xda) return size && { ...size, exifAt };
    if (isFrame(marker)) {
      const showable = marker <= 0xc2 && head[4] === 8;
      size = { height: head.readUInt16BE(5), width: head.readUInt16BE(7) };
      if (!showable || size.width === 0 || size.height === 0) return null;
    }
    if (marker === 0xe1 && exifAt === null && head.toString("latin1", 4, 10) === "Exif\0\0") {
      exifAt = at + 10;
    }
    at += 2 + head.readUInt16BE(2);
  }
  return null;
}

/** SOF0..SOF15; three of these codes are tables. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

const EXIF_SIGNATURE = "Exif\0\0";
const XMP_SIGNATURE = "http://ns.adobe.com/xap/1.0/\0";

/** What fits into one segment beside its signature. */
export const MAX_SEGMENT_BYTES = 65_535 - 2 - XMP_SIGNATURE.length;

/**
 * A JPEG with this metadata in place of its own.
 *
 * @param jpeg a whole one, or its beginning.
 * @param exif a TIFF structure of up to {@link MAX_SEGMENT_BYTES}.
 * @param xmp as long at the most; null leaves what there is.
 */
export function withMetadata(jpeg: Buffer, exif: Buffer, xmp: Buffer | null): Buffer {
  const replaced = xmp === null ? [EXIF_SIGNATURE] : [EXIF_SIGNATURE, XMP_SIGNATURE];
  const kept: Buffer[] = [
    Buffer.from("\xff\xd8", "latin1"),
    segment(EXIF_SIGNATURE, exif),
    ...(xmp === null ? [] : [segment(XMP_SIGNATURE, xmp)]),
  ];
  let at = 2;
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg[at + 1] ?? 0;
    if (marker < 0xe0 || marker > 0xef) break;
    const next = at + 2 + jpeg.readUInt16BE(at + 2);
    const body = jpeg.subarray(at + 4, next).toString("latin1", 0, XMP_SIGNATURE.length);
    const isReplaced = marker === 0xe1 && replaced.some((signature) => body.startsWith(signature));
    if (!isReplaced) kept.push(jpeg.subarray(at, next));
    at = next;
  }
  return Buffer.concat([...kept, jpeg.subarray(at)]);
}

/** APP1, of which there may be several. */
function segment(signature: string, body: Buffer): Buffer {
  const head = Buffer.from(`\xff\xe1\0\0${signature}`, "latin1");
  head.writeUInt16BE(2 + signature.length + body.length, 2);
  return Buffer.concat([head, body]);
}
