import type { TiffDirectory, TiffReader } from "./tiff.ts";

/** Where a container keeps what EXIF says of a photo; offsets of each are its own reader's. */
export interface ExifDirectories {
  readonly image: TiffDirectory;
  readonly photo: TiffDirectory | null;
  readonly gps: TiffDirectory | null;
  /** Of a container that keeps the maker note apart (CR3): its directory. Elsewhere it is a field of `photo`. */
  readonly makerNote: TiffDirectory | null;
}

const PHOTO_POINTER = 0x8769;
const GPS_POINTER = 0x8825;
const ORIENTATION = 0x0112;

/** The first directory's fields that are about the photo and not about where its pixels are. */
const imageTags = [0x010e, 0x010f, 0x0110, 0x0131, 0x0132, 0x013b, 0x4746, 0x8298];
/** Maker note (its offsets would lead nowhere), size of the pixels (the preview's is another), pointers. */
const photoTagsLeftOut = [0x927c, 0xa002, 0xa003, 0xa005, 0xea1c];

/** Everything together must fit into one segment of a JPEG. */
const MAX_FIELD_BYTES = 4096;
const MAX_BYTES = 60_000;

/** Fields with their values, as they are stored: what is left of them when the file is closed. */
export interface ExifFields {
  readonly order: TiffReader["order"];
  readonly image: readonly CopiedField[];
  readonly photo: readonly CopiedField[];
  readonly gps: readonly CopiedField[];
}

interface CopiedField {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Buffer;
}

export async function exifDirectories(image: TiffDirectory): Promise<ExifDirectories> {
  const [photo = null] = await image.directories(PHOTO_POINTER);
  const [gps = null] = await image.directories(GPS_POINTER);
  return { image, photo, gps, makerNote: null };
}

/** EXIF orientation, 1..8; null when it is not said. */
export async function orientationIn(image: TiffDirectory): Promise<number | null> {
  const value = await image.number(ORIENTATION);
  return value !== null && value >= 1 && value <= 8 ? value : null;
}

export async function copyExif({ image, photo, gps }: ExifDirectories): Promise<ExifFields> {
  const { order } = image.reader;
  const budget = { left: MAX_BYTES };
  const isOfPhoto = (tag: number): boolean => !photoTagsLeftOut.includes(tag);
  // One block has one byte order.
  const copied = (directory: TiffDirectory | null, wants: (tag: number) => boolean) =>
    directory?.reader.order === order ? copyFields(directory, wants, budget) : [];
  return {
    order,
    image: await copied(image, (tag) => imageTags.includes(tag)),
    photo: await copied(photo, isOfPhoto),
    gps: await copied(gps, () => true),
  };
}

async function copyFields(
  directory: TiffDirectory,
  wants: (tag: number) => boolean,
  budget: { left: number },
): Promise<CopiedField[]> {
  const copied: CopiedField[] = [];
  for (const [tag, { type, count }] of directory.fields) {
    if (!wants(tag)) continue;
    const value = await directory.bytes(tag, Math.min(MAX_FIELD_BYTES, budget.left));
    if (value === null) continue;
    budget.left -= value.length + 14;
    copied.push({ tag, type, count, value });
  }
  return copied;
}

/** A TIFF structure (what follows "Exif\0\0" in a JPEG) that says all this, and this orientation. */
export function encodeExif({ order, image, photo, gps }: ExifFields, orientation: number): Buffer {
  const u16 = (value: number): Buffer => {
    const bytes = Buffer.alloc(2);
    if (order === "II") bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    return bytes;
  };
  const u32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    if (order === "II") bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return bytes;
  };
  const pointer = (tag: number, offset: number): CopiedField => ({
    tag,
    type: 4,
    count: 1,
    value: u32(offset),
  });
  /** One directory and the values that don't fit into it, for this place in the block. */
  const directory = (fields: readonly CopiedField[], at: number): Buffer => {
    const sorted = fields.toSorted((a, b) => a.tag - b.tag);
    const values: Buffer[] = [];
    let valuesAt = at + 2 + 12 * sorted.length + 4;
    const entries = sorted.flatMap(({ tag, type, count, value }) => {
      const fits = value.length <= 4;
      const inPlace = fits ? Buffer.concat([value, Buffer.alloc(4 - value.length)]) : u32(valuesAt);
      if (!fits) {
        values.push(value, Buffer.alloc(value.length % 2));
        valuesAt += value.length + (value.length % 2);
      }
      return [u16(tag), u16(type), u32(count), inPlace];
    });
    return Buffer.concat([u16(sorted.length), ...entries, u32(0), ...values]);
  };
  const first = (photoAt: number, gpsAt: number): Buffer =>
    directory(
      [
        ...image,
        { tag: ORIENTATION, type: 3, count: 1, value: u16(orientation) },
        ...(photo.length > 0 ? [pointer(PHOTO_POINTER, photoAt)] : []),
        ...(gps.length > 0 ? [pointer(GPS_POINTER, gpsAt)] : []),
      ],
      8,
    );
  // The length does not depend on the offsets inside.
  const photoAt = 8 + first(0, 0).length;
  const photoBytes = directory(photo, photoAt);
  const gpsAt = photoAt + photoBytes.length;
  const header = Buffer.concat([Buffer.from(order), u16(42), u32(8)]);
  return Buffer.concat([header, first(photoAt, gpsAt), photoBytes, directory(gps, gpsAt)]);
}
