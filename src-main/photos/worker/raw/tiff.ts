import type { ByteSource } from "./byte-source.ts";

/** TIFF 6.0, section 2; 13 is Adobe's IFD (TIFF Tech Note 1). Bytes of one value, by type. */
const typeBytes: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
};

const ENTRY_BYTES = 12;

/** Cameras have up to some 100 entries and 20 directories: more is a broken or a hostile file. */
const MAX_ENTRIES = 1024;
const MAX_DIRECTORIES = 64;
/** No list of numbers that is looked at here is longer. */
const MAX_NUMBERS = 4096;

export interface TiffField {
  readonly type: number;
  readonly count: number;
  /** Of its value, in the source. */
  readonly position: number;
  /** Of its value. */
  readonly bytes: number;
}

export type ByteOrder = "II" | "MM";

/**
 * Reads directories of one TIFF structure: offsets count from `base`. Each directory is given once, so that loops end.
 */
export class TiffReader {
  readonly source: ByteSource;
  readonly base: number;
  readonly order: ByteOrder;
  readonly #seen = new Set<number>();
  #reach = 0;

  constructor(source: ByteSource, base: number, order: ByteOrder) {
    this.source = source;
    this.base = base;
    this.order = order;
  }

  /** Where the last directory that was asked for ends, wherever the file does. */
  get reach(): number {
    return this.#reach;
  }

  /**
   * What starts with a TIFF header, or with Olympus's and Panasonic's own.
   *
   * @returns null when nothing like it is there.
   */
  static async open(
    source: ByteSource,
    base: number,
  ): Promise<{ readonly reader: TiffReader; readonly first: number } | null> {
    const header = await source.read(base, 8);
    const order = header.toString("latin1", 0, 2);
    if (header.length < 8 || (order !== "II" && order !== "MM")) return null;
    const magic = header.toString("latin1", 2, 4);
    if (!["*\0", "\0*", "RO", "RS", "OR", "U\0"].includes(magic)) return null;
    const first = order === "II" ? header.readUInt32LE(4) : header.readUInt32BE(4);
    return { reader: new TiffReader(source, base, order), first };
  }

  /** @returns null for a directory that was given before, is empty, or is not there. */
  async directory(offset: number): Promise<TiffDirectory | null> {
    const at = this.base + offset;
    if (offset < 2 || this.#seen.has(at) || this.#seen.size >= MAX_DIRECTORIES) return null;
    this.#seen.add(at);
    this.#reach = Math.max(this.#reach, at + 2);
    const head = await this.source.read(at, 2);
    if (head.length < 2) return null;
    const count = this.u16(head, 0);
    if (count === 0 || count > MAX_ENTRIES) return null;
    this.#reach = Math.max(this.#reach, at + 2 + ENTRY_BYTES * count + 4);
    const body = await this.source.read(at + 2, ENTRY_BYTES * count + 4);
    const fields = new Map<number, TiffField>();
    for (let i = 0; i < count && ENTRY_BYTES * (i + 1) <= body.length; i += 1) {
      const entry = ENTRY_BYTES * i;
      const type = this.u16(body, entry + 2);
      const values = this.u32(body, entry + 4);
      const bytes = values * (typeBytes[type] ?? 0);
      if (bytes === 0) continue;
      const inPlace = bytes <= 4;
      fields.set(this.u16(body, entry), {
        type,
        count: values,
        bytes,
        position: inPlace ? at + 2 + entry + 8 : this.base + this.u32(body, entry + 8),
      });
    }
    const isWhole = body.length === ENTRY_BYTES * count + 4;
    return new TiffDirectory(this, fields, isWhole ? this.u32(body, ENTRY_BYTES * count) : 0);
  }

  u16(bytes: Buffer, at: number): number {
    return this.order === "II" ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  u32(bytes: Buffer, at: number): number {
    return this.order === "II" ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }
}

export class TiffDirectory {
  readonly reader: TiffReader;
  readonly fields: ReadonlyMap<number, TiffField>;
  /** Offset of the directory that follows; 0 for none. */
  readonly next: number;

  constructor(reader: TiffReader, fields: ReadonlyMap<number, TiffField>, next: number) {
    this.reader = reader;
    this.fields = fields;
    this.next = next;
  }

  /** The bytes of a field; null when it isn't there, ends early or is larger than `most`. */
  async bytes(tag: number, most: number): Promise<Buffer | null> {
    const field = this.fields.get(tag);
    if (field === undefined || field.bytes > most) return null;
    const bytes = await this.reader.source.read(field.position, field.bytes);
    return bytes.length === field.bytes ? bytes : null;
  }

  /** Whole numbers of a field, bytes of an undefined one too; empty when it isn't there or holds others. */
  async numbers(tag: number): Promise<readonly number[]> {
    const field = this.fields.get(tag);
    if (field === undefined || field.count > MAX_NUMBERS) return [];
    const bytes = await this.bytes(tag, 4 * MAX_NUMBERS);
    if (bytes === null) return [];
    const signed = field.type === 6 || field.type === 8 || field.type === 9;
    const each = typeBytes[field.type] ?? 0;
    if (field.type === 2 || ![1, 2, 4].includes(each) || field.type === 11) return [];
    return Array.from({ length: field.count }, (_, i) => {
      const at = i * each;
      if (this.reader.order === "II") {
        return signed ? bytes.readIntLE(at, each) : bytes.readUIntLE(at, each);
      }
      return signed ? bytes.readIntBE(at, each) : bytes.readUIntBE(at, each);
    });
  }

  async number(tag: number): Promise<number | null> {
    return (await this.numbers(tag))[0] ?? null;
  }

  async text(tag: number): Promise<string> {
    if (this.fields.get(tag)?.type !== 2) return "";
    const bytes = await this.bytes(tag, 256);
    return bytes?.toString("latin1").replace(/\0.*$/s, "").trim() ?? "";
  }

  /** The directories that a field points at, unread ones only. @param most of them */
  async directories(tag: number, most = 1): Promise<readonly TiffDirectory[]> {
    const found: TiffDirectory[] = [];
    for (const offset of (await this.numbers(tag)).slice(0, most)) {
      const directory = await this.reader.directory(offset);
      if (directory !== null) found.push(directory);
    }
    return found;
  }
}
