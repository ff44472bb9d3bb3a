import { type FileHandle, open, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { libraryProblem, noSpaceFor } from "./problems.ts";
import { type Raster, rowBytes } from "./raster.ts";

/** Width, height, channels and sample depth: a raster but for its place. */
export type RasterLayout = Omit<Raster, "path" | "offset">;

/** Field types of TIFF 6.0 and BigTIFF that are written here. */
export const tiffType = {
  byte: 1,
  ascii: 2,
  short: 3,
  long: 4,
  rational: 5,
  undefined: 7,
  long8: 16,
};

/** One field of a directory. */
export interface TiffField {
  readonly tag: number;
  readonly type: number;
  /** How many values of that type. */
  readonly count: number;
  /** Little-endian. */
  readonly value: Buffer;
}

/** What a picture says of itself besides pixels, as TIFF fields that libvips reads. */
export interface RasterMetadata {
  readonly icc: Buffer | null;
  /** An XMP packet. */
  readonly xmp: Buffer | null;
  /** An IPTC-IIM record, bare. */
  readonly iptc: Buffer | null;
  /** Pixels an inch. */
  readonly density: number | null;
}

/** A decoder holds one strip in memory at a time; far smaller ones cost a call each. */
const STRIP_BYTES = 2 ** 20;

/** Where the rows begin: on a page of the file system. */
const ALIGNMENT = 4096;

/** Left free on a disk besides what is asked for, so that the system and the library's database still can write. */
const RESERVE_BYTES = 64 * 2 ** 20;

/**
 * A new raster of zeros at `path`, which is replaced: an uncompressed BigTIFF (libtiff's specification, 2007) in
 * strips, its header and directory first, then all rows from `offset` on without gaps. The file has its full length
 * at once, but takes space on the disk only as rows are written, where the file system knows sparse files.
 *
 * @throws KilnError `disk-full` where the disk has not as much free space as all rows will take.
 */
export async function createTarget(path: string, layout: RasterLayout): Promise<Raster> {
  const directory = (offset: number): Buffer =>
    directoryBytes(layoutFields(layout, offset), HEADER_BYTES, BIG);
  const offset = Math.ceil((HEADER_BYTES + directory(0).length) / ALIGNMENT) * ALIGNMENT;
  const bytes = offset + rowBytes(layout) * layout.height;
  await needSpace(dirname(path), bytes);
  try {
    await using file = await open(path, "w");
    await file.write(header(HEADER_BYTES), 0, HEADER_BYTES, 0);
    const fields = directory(offset);
    await file.write(fields, 0, fields.length, HEADER_BYTES);
    await file.truncate(bytes);
  } catch (error) {
    throw libraryProblem(error);
  }
  // A layout may be another raster's, whose place is its own.
  const { width, height, channels, bits } = layout;
  return { path, offset, width, height, channels, bits };
}

/**
 * Says in a raster of {@link createTarget} what belongs to the picture besides pixels: a second directory behind the
 * last row takes the first one's place. The rows stay as they are; said again, it replaces what was said before.
 */
export async function describeTarget(raster: Raster, metadata: RasterMetadata): Promise<void> {
  const at = evenly(raster.offset + rowBytes(raster) * raster.height);
  const fields = directoryBytes(
    [...layoutFields(raster, raster.offset), ...metadataFields(metadata)],
    at,
    BIG,
  );
  await using file = await open(raster.path, "r+");
  await file.truncate(at);
  await file.write(fields, 0, fields.length, at);
  // Last: a file that was cut short before still has its first directory.
  await file.write(header(at), 0, HEADER_BYTES, 0);
}

/**
 * The raster inside a little-endian TIFF or BigTIFF that was written without compression, strip after strip.
 *
 * @throws Error for any other.
 */
export async function findRaster(path: string): Promise<Raster> {
  await using file = await open(path, "r");
  const { fields } = await readDirectory(file);
  const all = (tag: number): readonly number[] =>
    fields.flatMap((one) => (one.tag === tag ? unsigned(one) : []));
  const number = (tag: number): number => all(tag)[0] ?? 0;
  const offset = number(273);
  const lengths = all(279);
  let end = offset;
  for (const [i, at] of all(273).entries()) {
    if (at !== end) throw new Error(`${path}: the strips are not one after the other`);
    end += lengths[i] ?? 0;
  }
  const channels = number(277);
  const bits = number(258);
  const isKnown = channels >= 1 && channels <= 4 && (bits === 8 || bits === 16);
  if (!isKnown || number(259) !== 1) throw new Error(`${path}: no plain raster`);
  const raster: Raster = {
    path,
    offset,
    width: number(256),
    height: number(257),
    channels: channels as Raster["channels"],
    bits,
  };
  if (end - offset !== rowBytes(raster) * raster.height)
    throw new Error(`${path}: rows are missing`);
  return raster;
}

/** Fields for a TIFF's first directory, and the directories that it is to point at, by the tag that does so. */
export interface AddedFields {
  readonly first: readonly TiffField[];
  readonly pointed: ReadonlyMap<number, readonly TiffField[]>;
}

/** Adds fields to a little-endian TIFF or BigTIFF of one picture; what it says already by the same tag stays. */
export async function addFields(path: string, { first, pointed }: AddedFields): Promise<void> {
  await using file = await open(path, "r+");
  const { fields, widths } = await readDirectory(file);
  let end = evenly((await file.stat()).size);
  const append = async (directory: readonly TiffField[]): Promise<number> => {
    const at = end;
    const bytes = directoryBytes(directory, at, widths);
    await file.write(bytes, 0, bytes.length, at);
    end = evenly(at + bytes.length);
    return at;
  };
  const own = new Set([...fields.map(({ tag }) => tag), ...pointed.keys()]);
  const all = [
    ...fields.filter(({ tag }) => !pointed.has(tag)),
    ...first.filter(({ tag }) => !own.has(tag)),
  ];
  const type = widths === BIG ? tiffType.long8 : tiffType.long;
  for (const [tag, directory] of pointed) {
    if (directory.length > 0) all.push(numbers(tag, type, [await append(directory)]));
  }
  const at = await append(all);
  const pointer = packed([at], widths.offset);
  await file.write(pointer, 0, pointer.length, widths === BIG ? 8 : 4);
}

/** The first directory of a little-endian TIFF, with its values. */
async function readDirectory(
  file: FileHandle,
): Promise<{ readonly fields: readonly TiffField[]; readonly widths: Widths }> {
  const read = async (at: number, length: number): Promise<Buffer> => {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
    if (bytesRead < length) throw new Error("a TIFF that ends early");
    return buffer;
  };
  const head = await read(0, HEADER_BYTES);
  const widths = head.readUInt16LE(2) === 43 ? BIG : CLASSIC;
  const number = (bytes: Buffer, at: number, size: number): number =>
    bytes.readUIntLE(at, Math.min(6, size));
  const at = number(head, widths === BIG ? 8 : 4, widths.offset);
  const count = number(await read(at, widths.count), 0, widths.count);
  const entryBytes = 4 + 2 * widths.offset;
  const entries = await read(at + widths.count, count * entryBytes);
  const fields: TiffField[] = [];
  for (let i = 0; i < count; i += 1) {
    const entry = entries.subarray(i * entryBytes, (i + 1) * entryBytes);
    const type = entry.readUInt16LE(2);
    const amount = number(entry, 4, widths.offset);
    const bytes = amount * (sizes[type] ?? 1);
    const inPlace = entry.subarray(4 + widths.offset);
    const value =
      bytes <= inPlace.length
        ? Buffer.from(inPlace.subarray(0, bytes))
        : await read(number(inPlace, 0, widths.offset), bytes);
    fields.push({ tag: entry.readUInt16LE(0), type, count: amount, value });
  }
  return { fields, widths };
}

function unsigned({ type, count, value }: TiffField): number[] {
  const size = sizes[type] ?? 1;
  return Array.from({ length: count }, (_, i) => value.readUIntLE(i * size, Math.min(6, size)));
}

/** A small picture with its profile, for a decoder: the same file in memory. */
export function smallTiff(layout: RasterLayout, icc: Buffer | null, pixels: Buffer): Buffer {
  const said = metadataFields({ icc, xmp: null, iptc: null, density: null });
  const directory = (offset: number): Buffer =>
    directoryBytes([...layoutFields(layout, offset), ...said], HEADER_BYTES, BIG);
  const offset = HEADER_BYTES + directory(0).length;
  return Buffer.concat([header(HEADER_BYTES), directory(offset), pixels]);
}

/** @throws KilnError `disk-full` where fewer than `bytes` are free for whoever runs this. */
export async function needSpace(directory: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free < bytes + RESERVE_BYTES) throw noSpaceFor(bytes + RESERVE_BYTES, free);
}

/** Signature, offset size, place of the first directory. */
const HEADER_BYTES = 16;

function header(directoryAt: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write("II\x2b\0\x08\0\0\0", "latin1");
  bytes.writeUIntLE(directoryAt, 8, 6);
  return bytes;
}

function layoutFields(layout: RasterLayout, offset: number): TiffField[] {
  const { width, height, channels, bits } = layout;
  const row = rowBytes(layout);
  const rows = Math.min(height, Math.max(1, Math.floor(STRIP_BYTES / row)));
  const strips = Math.ceil(height / rows);
  const each = (value: (strip: number) => number): number[] =>
    Array.from({ length: strips }, (_, strip) => value(strip));
  const hasAlpha = channels === 2 || channels === 4;
  return [
    numbers(256, tiffType.long, [width]),
    numbers(257, tiffType.long, [height]),
    numbers(
      258,
      tiffType.short,
      Array.from({ length: channels }, () => bits),
    ),
    // No compression; grey with 0 for black, or RGB.
    numbers(259, tiffType.short, [1]),
    numbers(262, tiffType.short, [channels <= 2 ? 1 : 2]),
    numbers(
      273,
      tiffType.long8,
      each((strip) => offset + strip * rows * row),
    ),
    numbers(277, tiffType.short, [channels]),
    numbers(278, tiffType.long, [rows]),
    numbers(
      279,
      tiffType.long8,
      each((strip) => row * Math.min(rows, height - strip * rows)),
    ),
    // Samples of one pixel lie together.
    numbers(284, tiffType.short, [1]),
    // Alpha that colours are not multiplied by.
    ...(hasAlpha ? [numbers(338, tiffType.short, [2])] : []),
  ];
}

function metadataFields({ icc, xmp, iptc, density }: RasterMetadata): TiffField[] {
  const blob = (tag: number, type: number, value: Buffer | null): TiffField[] =>
    value === null ? [] : [{ tag, type, count: value.length, value }];
  const resolution = (tag: number): TiffField => ({
    tag,
    type: tiffType.rational,
    count: 1,
    value: packed([Math.round((density ?? 72) * 1000), 1000], 4),
  });
  return [
    ...(density === null
      ? []
      : [resolution(282), resolution(283), numbers(296, tiffType.short, [2])]),
    ...blob(700, tiffType.byte, xmp),
    ...blob(33_723, tiffType.undefined, iptc),
    ...blob(34_675, tiffType.undefined, icc),
  ];
}

/** Bytes of an offset (and of a number of values), and of a number of fields. 48 bits of 64 are enough. */
interface Widths {
  readonly offset: number;
  readonly count: number;
}

const BIG: Widths = { offset: 8, count: 8 };
const CLASSIC: Widths = { offset: 4, count: 2 };

/** Bytes a value of each type; 1 for those that are not here. */
const sizes: Readonly<Record<number, number>> = {
  3: 2,
  4: 4,
  5: 8,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/** A field of unsigned numbers. */
export function numbers(tag: number, type: number, values: readonly number[]): TiffField {
  return { tag, type, count: values.length, value: packed(values, sizes[type] ?? 1) };
}

function packed(values: readonly number[], size: number): Buffer {
  const bytes = Buffer.alloc(size * values.length);
  values.forEach((value, i) => {
    bytes.writeUIntLE(value, size * i, Math.min(6, size));
  });
  return bytes;
}

/** A directory and the values that don't fit into it, for this place in a file. Its length is the same anywhere. */
function directoryBytes(
  fields: readonly TiffField[],
  at: number,
  { offset, count }: Widths,
): Buffer {
  const sorted = fields.toSorted((a, b) => a.tag - b.tag);
  const entryBytes = 4 + 2 * offset;
  const directory = Buffer.alloc(count + entryBytes * sorted.length + offset);
  directory.writeUIntLE(sorted.length, 0, Math.min(6, count));
  const values: Buffer[] = [];
  let valuesAt = at + directory.length;
  sorted.forEach(({ tag, type, count: amount, value }, i) => {
    const entry = count + entryBytes * i;
    directory.writeUInt16LE(tag, entry);
    directory.writeUInt16LE(type, entry + 2);
    directory.writeUIntLE(amount, entry + 4, Math.min(6, offset));
    if (value.length <= offset) {
      value.copy(directory, entry + 4 + offset);
    } else {
      directory.writeUIntLE(valuesAt, entry + 4 + offset, Math.min(6, offset));
      const filled = Buffer.alloc(evenly(value.length));
      value.copy(filled);
      values.push(filled);
      valuesAt += filled.length;
    }
  });
  return Buffer.concat([directory, ...values]);
}

/** TIFF wants offsets to be even. */
function evenly(offset: number): number {
  return offset + (offset % 2);
}
