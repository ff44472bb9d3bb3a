import type { Box } from "../../src-main/sample/index.ts";

/** What a bench's frame says of itself. */
export interface FrameExif {
  /** Local time, in ms as if it were UTC. */
  readonly takenAt: number;
  /** Where the camera says that it focused, in pixels of the stored picture; null for a camera that does not say. */
  readonly subjectArea: Box | null;
}

const ASCII = 2;
const SHORT = 3;
const LONG = 4;

interface Field {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Buffer;
}

/** The JPEG with an EXIF segment (TIFF 6.0 in APP1; sharp writes no SubjectArea) right behind its first marker. */
export function withExif(jpeg: Buffer, { takenAt, subjectArea }: FrameExif): Buffer {
  const time = new Date(takenAt).toISOString();
  const stamp = `${time.slice(0, 10).replaceAll("-", ":")} ${time.slice(11, 19)}`;
  const root = [text(0x010f, "Kiln"), text(0x0110, "Bench camera")];
  const exif = [
    text(0x9003, stamp),
    text(0x9291, time.slice(20, 23)),
    ...(subjectArea === null ? [] : [area(subjectArea)]),
  ];
  const exifAt = 8 + directorySize([...root, number(0x8769, 0)]);
  const tiff = Buffer.concat([
    Buffer.from("MM\0*\0\0\0\x08", "latin1"),
    directory([...root, number(0x8769, exifAt)], 8),
    directory(exif, exifAt),
  ]);
  const header = Buffer.from("\xff\xe1\0\0Exif\0\0", "latin1");
  header.writeUInt16BE(header.length - 2 + tiff.length, 2);
  return Buffer.concat([jpeg.subarray(0, 2), header, tiff, jpeg.subarray(2)]);
}

function text(tag: number, value: string): Field {
  return { tag, type: ASCII, count: value.length + 1, value: Buffer.from(`${value}\0`, "latin1") };
}

function number(tag: number, value: number): Field {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return { tag, type: LONG, count: 1, value: bytes };
}

/** SubjectArea of four: middle, width, height. */
function area({ x, y, width, height }: Box): Field {
  const value = Buffer.alloc(8);
  for (const [i, length] of [x + width / 2, y + height / 2, width, height].entries()) {
    value.writeUInt16BE(Math.max(0, Math.round(length)), 2 * i);
  }
  return { tag: 0x9214, type: SHORT, count: 4, value };
}

/** With what does not fit into its entries behind it, each at an even place. */
function directorySize(fields: readonly Field[]): number {
  const outside = fields.filter(({ value }) => value.length > 4);
  return 6 + 12 * fields.length + outside.reduce((sum, { value }) => sum + padded(value), 0);
}

function directory(fields: readonly Field[], at: number): Buffer {
  const bytes = Buffer.alloc(directorySize(fields));
  bytes.writeUInt16BE(fields.length, 0);
  let outside = 6 + 12 * fields.length;
  for (const [i, { tag, type, count, value }] of fields.entries()) {
    const entry = 2 + 12 * i;
    bytes.writeUInt16BE(tag, entry);
    bytes.writeUInt16BE(type, entry + 2);
    bytes.writeUInt32BE(count, entry + 4);
    if (value.length <= 4) {
      value.copy(bytes, entry + 8);
      continue;
    }
    bytes.writeUInt32BE(at + outside, entry + 8);
    value.copy(bytes, outside);
    outside += padded(value);
  }
  return bytes;
}

function padded(value: Buffer): number {
  return value.length + (value.length % 2);
}
