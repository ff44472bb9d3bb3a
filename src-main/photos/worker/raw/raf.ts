import type { ByteSource } from "./byte-source.ts";
import type { RawContainer, Size } from "./container.ts";

/** Of a Fujifilm RAF's header, all numbers big-endian: where its parts are and how long they are. */
const JPEG_AT = 84;
const DIRECTORY_AT = 92;
const SENSOR_AT = 100;
const HEADER_BYTES = 108;

/** Of the directory: height and width of what the photo is cropped to. */
const CROPPED_SIZE = 0x0111;
const MAX_ENTRIES = 256;

/** Fujifilm's RAF: a fixed header, one JPEG with all of the EXIF, a directory of its own kind. */
export async function readRaf(source: ByteSource): Promise<RawContainer | null> {
  const header = await source.read(0, HEADER_BYTES);
  if (header.length < HEADER_BYTES) return null;
  const range = (at: number) => ({
    offset: header.readUInt32BE(at),
    length: header.readUInt32BE(at + 4),
  });
  const sensor = range(SENSOR_AT);
  return {
    candidates: [range(JPEG_AT)],
    exif: null,
    xmp: null,
    orientation: null,
    size: await croppedSize(source, header.readUInt32BE(DIRECTORY_AT)),
    end: sensor.offset + sensor.length,
  };
}

async function croppedSize(source: ByteSource, directory: number): Promise<Size | null> {
  const head = await source.read(directory, 4);
  const entries = head.length < 4 ? 0 : Math.min(head.readUInt32BE(0), MAX_ENTRIES);
  for (let at = directory + 4, i = 0; i < entries; i += 1) {
    const entry = await source.read(at, 8);
    if (entry.length < 8) return null;
    if (entry.readUInt16BE(0) === CROPPED_SIZE && entry.readUInt16BE(2) === 4) {
      const size = { height: entry.readUInt16BE(4), width: entry.readUInt16BE(6) };
      return size.width > 0 && size.height > 0 ? size : null;
    }
    at += 4 + entry.readUInt16BE(2);
  }
  return null;
}
