/** An EXIF block (a TIFF structure, EXIF 2.32) as bytes: changed in place, so that nothing in it moves. */

interface Entry {
  /** Of its twelve bytes, in the block. */
  readonly at: number;
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Of its value. */
  readonly valueAt: number;
  readonly bytes: number;
}

interface Directory {
  readonly at: number;
  readonly entries: readonly Entry[];
  /** Of the four bytes that say where the directory after it is. */
  readonly nextAt: number;
}

export interface ExifChange {
  /** In pixels, upright. */
  readonly width: number;
  readonly height: number;
  /** Pixels an inch; null leaves what is said. */
  readonly density: number | null;
  /** Whether the place where it was taken stays. */
  readonly keepGps: boolean;
}

/** One field with its value in little-endian order. */
export interface ExifField {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Buffer;
}

export interface ExifFieldSet {
  readonly image: readonly ExifField[];
  readonly photo: readonly ExifField[];
  readonly gps: readonly ExifField[];
}

/** Bytes a value of each TIFF type. */
const typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
/** Of which each number has so many. */
const wordBytes = [0, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8, 4];

const MAX_ENTRIES = 1024;

const ASCII = 2;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;

const tags = {
  width: 0x0100,
  height: 0x0101,
  stripOffsets: 0x0111,
  orientation: 0x0112,
  stripBytes: 0x0117,
  xResolution: 0x011a,
  yResolution: 0x011b,
  resolutionUnit: 0x0128,
  thumbnailAt: 0x0201,
  thumbnailBytes: 0x0202,
  photo: 0x8769,
  gps: 0x8825,
  userComment: 0x9286,
  pixelWidth: 0xa002,
  pixelHeight: 0xa003,
  interoperability: 0xa005,
};

/**
 * An EXIF block that tells the truth about upright pixels of a new size: orientation 1, their width and height where
 * the block said some, no thumbnail, which would show what the picture was.
 *
 * Everything else keeps its place, so that maker notes, whose offsets count from the block's start, can still be read.
 *
 * @returns null for a block that is broken.
 */
export function changeExif(original: Buffer, change: ExifChange): Buffer | null {
  const block = ExifBlock.open(original);
  if (block === null) return null;
  try {
    block.setNumber(block.first, tags.orientation, 1);
    block.setNumber(block.first, tags.width, change.width);
    block.setNumber(block.first, tags.height, change.height);
    if (change.density !== null) block.setDensity(change.density);
    const photo = block.sub(tags.photo);
    if (photo !== null) {
      block.setNumber(photo, tags.pixelWidth, change.width);
      block.setNumber(photo, tags.pixelHeight, change.height);
    }
    block.removeThumbnail();
    if (!change.keepGps) block.removeSub(tags.gps);
    return block.trimmed();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** What a block says, apart from how some pixels were stored; null when it is broken. */
export function exifFields(original: Buffer): ExifFieldSet | null {
  const block = ExifBlock.open(original);
  if (block === null) return null;
  try {
    return {
      image: block.fields(block.first).filter(({ tag }) => isOfPhoto(tag)),
      photo: block.fields(block.sub(tags.photo)).filter(({ tag }) => tag !== tags.interoperability),
      gps: block.fields(block.sub(tags.gps)),
    };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** How many bytes of a block its directories and values reach over; null when it is broken. */
export function exifExtent(block: Buffer): number | null {
  return ExifBlock.open(block)?.extent() ?? null;
}

/** TIFF's own fields say how pixels lie in their file: another file has its own. */
function isOfPhoto(tag: number): boolean {
  const isStorage = tag >= 0x00fe && tag <= 0x0103;
  const isLayout = [
    0x0106, 0x0111, 0x0112, 0x0115, 0x0116, 0x0117, 0x011a, 0x011b, 0x011c, 0x0128, 0x013d, 0x0140,
    0x0142, 0x0143, 0x0144, 0x0145, 0x014a, 0x0152, 0x0153, 0x0156, 0x0201, 0x0202, 0x0212, 0x0213,
    0x02bc, 0x83bb, 0x8649, 0x8769, 0x8773, 0x8825,
  ].includes(tag);
  return !isStorage && !isLayout;
}

/** A text with the one zero that ends it. */
function withoutPadding(text: Buffer): Buffer {
  const last = text.findLastIndex((byte) => byte !== 0);
  return Buffer.concat([text.subarray(0, last + 1), Buffer.of(0)]);
}

/** Reading behind its end throws RangeError, as Buffer does. */
class ExifBlock {
  #bytes: Buffer;
  readonly #isLittle: boolean;
  first: Directory;

  private constructor(bytes: Buffer, isLittle: boolean) {
    this.#bytes = bytes;
    this.#isLittle = isLittle;
    this.first = this.#directory(this.#u32(4));
  }

  /** A copy of it, without the signature that some containers put before it. */
  static open(original: Buffer): ExifBlock | null {
    const signed = original.toString("latin1", 0, 6) === "Exif\0\0";
    const bytes = Buffer.from(signed ? original.subarray(6) : original);
    const order = bytes.toString("latin1", 0, 4);
    if (order !== "II*\0" && order !== "MM\0*") return null;
    try {
      return new ExifBlock(bytes, order === "II*\0");
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  setNumber(directory: Directory, tag: number, value: number): void {
    const entry = directory.entries.find((one) => one.tag === tag);
    if (entry === undefined) return;
    const type = value > 0xffff || entry.type === LONG ? LONG : SHORT;
    this.#setU16(entry.at + 2, type);
    this.#setU32(entry.at + 4, 1);
    this.#setU32(entry.at + 8, 0);
    if (type === LONG) this.#setU32(entry.at + 8, value);
    else this.#setU16(entry.at + 8, value);
  }

  /** Fields that are not there yet come in: without them readers take the density to be 72, as EXIF says. */
  setDensity(density: number): void {
    this.#addToFirst([
      [tags.xResolution, RATIONAL],
      [tags.yResolution, RATIONAL],
      [tags.resolutionUnit, SHORT],
    ]);
    for (const { tag, type, valueAt, bytes } of this.first.entries) {
      if (tag !== tags.xResolution && tag !== tags.yResolution) continue;
      if (type !== RATIONAL || bytes !== 8) continue;
      this.#setU32(valueAt, Math.round(density * 1000));
      this.#setU32(valueAt + 4, 1000);
    }
    const INCH = 2;
    this.setNumber(this.first, tags.resolutionUnit, INCH);
  }

  /** The first directory, with empty fields more, moves behind the block's end; all other offsets stay. */
  #addToFirst(wanted: readonly (readonly [tag: number, type: number])[]): void {
    const missing = wanted.filter(([tag]) => !this.first.entries.some((one) => one.tag === tag));
    if (missing.length === 0) return;
    const { entries, nextAt } = this.first;
    const at = this.#bytes.length + (this.#bytes.length % 2);
    const count = entries.length + missing.length;
    const valuesAt = at + 2 + 12 * count + 4;
    const next = this.#u32(nextAt);
    const old = entries.map((entry) => ({
      tag: entry.tag,
      bytes: Buffer.from(this.#bytes.subarray(entry.at, entry.at + 12)),
    }));
    this.#bytes = Buffer.concat([this.#bytes], valuesAt + 8 * missing.length);
    const added = missing.map(([tag, type], i) => {
      const bytes = Buffer.alloc(12);
      const write = (value: number, position: number, size: number): void => {
        if (this.#isLittle) bytes.writeUIntLE(value, position, size);
        else bytes.writeUIntBE(value, position, size);
      };
      write(tag, 0, 2);
      write(type, 2, 2);
      write(1, 4, 4);
      if (type === RATIONAL) write(valuesAt + 8 * i, 8, 4);
      return { tag, bytes };
    });
    this.#setU16(at, count);
    [...old, ...added]
      .toSorted((a, b) => a.tag - b.tag)
      .forEach(({ bytes }, i) => {
        bytes.copy(this.#bytes, at + 2 + 12 * i);
      });
    this.#setU32(at + 2 + 12 * count, next);
    this.#clear(this.first.at, nextAt + 4 - this.first.at);
    this.#setU32(4, at);
    this.first = this.#directory(at);
  }

  removeThumbnail(): void {
    const at = this.#u32(this.first.nextAt);
    if (at === 0) return;
    this.#setU32(this.first.nextAt, 0);
    try {
      const thumbnail = this.#directory(at);
      const number = (tag: number): number => {
        const entry = thumbnail.entries.find((one) => one.tag === tag);
        if (entry === undefined) return 0;
        return entry.type === SHORT ? this.#u16(entry.valueAt) : this.#u32(entry.valueAt);
      };
      this.#clear(number(tags.thumbnailAt), number(tags.thumbnailBytes));
      this.#clear(number(tags.stripOffsets), number(tags.stripBytes));
      this.#clearDirectory(thumbnail);
    } catch (error) {
      // One that can't be read is as good as none.
      if (!(error instanceof RangeError)) throw error;
    }
  }

  /** A directory that a field of the first one points at, with its values. */
  removeSub(tag: number): void {
    const entry = this.first.entries.find((one) => one.tag === tag);
    if (entry === undefined) return;
    const directory = this.sub(tag);
    if (directory !== null) this.#clearDirectory(directory);
    // What follows moves up by one: the entries behind it, and where the next directory is.
    const { at, nextAt } = this.first;
    this.#bytes.copyWithin(entry.at, entry.at + 12, nextAt + 4);
    this.#bytes.fill(0, nextAt - 8, nextAt + 4);
    this.#setU16(at, this.#u16(at) - 1);
  }

  sub(tag: number): Directory | null {
    const entry = this.first.entries.find((one) => one.tag === tag);
    return entry === undefined ? null : this.#directory(this.#u32(entry.valueAt));
  }

  fields(directory: Directory | null): ExifField[] {
    return (directory?.entries ?? []).map(({ tag, type, count, valueAt, bytes }) => {
      const value = Buffer.from(this.#bytes.subarray(valueAt, valueAt + bytes));
      const word = wordBytes[type] ?? 1;
      if (!this.#isLittle && word === 2) value.swap16();
      // UTF-16 in the block's own order, behind eight bytes that say so (EXIF 2.32, UserComment).
      const isUtf16 = tag === tags.userComment && value.toString("latin1", 0, 8) === "UNICODE\0";
      if (!this.#isLittle && isUtf16 && value.length % 2 === 0) value.subarray(8).swap16();
      if (!this.#isLittle && word === 4) value.swap32();
      if (!this.#isLittle && word === 8) value.swap64();
      // Cameras fill their names up with zeros, which a TIFF's readers complain about.
      const text = type === ASCII ? withoutPadding(value) : value;
      return { tag, type, count: type === ASCII ? text.length : count, value: text };
    });
  }

  extent(): number {
    const first = this.#directory(this.#u32(4));
    const all = [first];
    for (const { tag, valueAt } of first.entries) {
      if (tag === tags.photo || tag === tags.gps) all.push(this.#directory(this.#u32(valueAt)));
    }
    const next = this.#u32(first.nextAt);
    if (next !== 0) all.push(this.#directory(next));
    return Math.max(
      ...all.flatMap(({ nextAt, entries }) => [
        nextAt + 4,
        ...entries.map(({ valueAt, bytes }) => valueAt + bytes),
      ]),
    );
  }

  /** Without zeros behind all that it says. */
  trimmed(): Buffer {
    let end = this.#bytes.length;
    const least = this.extent();
    while (end > least && this.#bytes[end - 1] === 0) end -= 1;
    return this.#bytes.subarray(0, Math.min(this.#bytes.length, end + (end % 2)));
  }

  #directory(at: number): Directory {
    const count = this.#u16(at);
    if (at < 8 || count > MAX_ENTRIES) throw new RangeError("no directory");
    const entries: Entry[] = [];
    for (let i = 0; i < count; i += 1) {
      const entryAt = at + 2 + 12 * i;
      const type = this.#u16(entryAt + 2);
      const values = this.#u32(entryAt + 4);
      const bytes = values * (typeBytes[type] ?? 0);
      const valueAt = bytes <= 4 ? entryAt + 8 : this.#u32(entryAt + 8);
      // A field that leads nowhere: cameras write them too.
      if (bytes === 0 || valueAt + bytes > this.#bytes.length) continue;
      entries.push({ at: entryAt, tag: this.#u16(entryAt), type, count: values, valueAt, bytes });
    }
    const nextAt = at + 2 + 12 * count;
    this.#u32(nextAt);
    return { at, entries, nextAt };
  }

  #clearDirectory({ at, entries, nextAt }: Directory): void {
    for (const { valueAt, bytes } of entries) this.#clear(valueAt, bytes);
    this.#clear(at, nextAt + 4 - at);
  }

  #clear(at: number, length: number): void {
    if (at >= 8) this.#bytes.fill(0, at, Math.min(this.#bytes.length, at + length));
  }

  #u16(at: number): number {
    return this.#isLittle ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  #u32(at: number): number {
    return this.#isLittle ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  #setU16(at: number, value: number): void {
    if (this.#isLittle) this.#bytes.writeUInt16LE(value, at);
    else this.#bytes.writeUInt16BE(value, at);
  }

  #setU32(at: number, value: number): void {
    if (this.#isLittle) this.#bytes.writeUInt32LE(value, at);
    else this.#bytes.writeUInt32BE(value, at);
  }
}
