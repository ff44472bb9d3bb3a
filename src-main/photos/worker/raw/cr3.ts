import type { ByteSource } from "./byte-source.ts";
import type { ByteRange, RawContainer } from "./container.ts";
import { type ExifDirectories, orientationIn } from "./exif-fields.ts";
import { type TiffDirectory, TiffReader } from "./tiff.ts";

/** Canon's extensions of ISO/IEC 14496-12 (uuid boxes): what is said of the photo, and the middle-sized preview. */
const CANON_UUID = "85c0b687820f11e08111f4ce462b6a48";
const PREVIEW_UUID = "eaf42b5e1c984b88b9fbb7dc406e4d16";
/** Adobe's, for any file of boxes. */
const XMP_UUID = "be7acfcb97a942e89c71999491e3afac";

/** Canon has some 10 boxes beside each other, and up to 5 tracks. */
const MAX_BOXES = 64;

interface Box {
  readonly type: string;
  /** Of what is behind its header, in the file. */
  readonly body: number;
  /** As it says; may lie behind the file's. */
  readonly end: number;
}

/**
 * Canon's CR3: a film's boxes. The first track is the full-size JPEG, `PRVW` and `THMB` are smaller ones, `CMT1` to
 * `CMT4` TIFF structures with one directory each: image, EXIF, maker note, GPS.
 */
export async function readCr3(source: ByteSource): Promise<RawContainer | null> {
  const found: Found = { candidates: [], cmt: new Map(), xmp: null, end: 0, hasIndex: false };
  for (const box of await boxesIn(source, 0, source.size)) {
    found.end = Math.max(found.end, box.end);
    if (box.type === "moov") await readMovie(source, box, found);
    const id = box.type === "uuid" ? await uuidOf(source, box) : null;
    // Behind the identifier stand eight bytes of versions.
    if (id === PREVIEW_UUID) await readPictures(source, box.body + 24, box.end, found);
    if (id === XMP_UUID) found.xmp = { offset: box.body + 16, length: box.end - box.body - 16 };
  }
  // Behind the film's index stands everything else.
  if (!found.hasIndex) found.end = Number.POSITIVE_INFINITY;
  const image = found.cmt.get("CMT1");
  if (image === undefined) return { ...found, exif: null, orientation: null, size: null };
  const exif: ExifDirectories = {
    image,
    photo: found.cmt.get("CMT2") ?? null,
    makerNote: found.cmt.get("CMT3") ?? null,
    gps: found.cmt.get("CMT4") ?? null,
  };
  const width = (await exif.photo?.number(0xa002)) ?? (await image.number(0x0100));
  const height = (await exif.photo?.number(0xa003)) ?? (await image.number(0x0101));
  const size = width && height ? { width, height } : null;
  return { ...found, exif, orientation: await orientationIn(image), size };
}

interface Found {
  readonly candidates: ByteRange[];
  readonly cmt: Map<string, TiffDirectory>;
  xmp: ByteRange | null;
  end: number;
  hasIndex: boolean;
}

async function readMovie(source: ByteSource, moov: Box, found: Found): Promise<void> {
  found.hasIndex = true;
  for (const box of await boxesIn(source, moov.body, moov.end)) {
    if (box.type === "trak") {
      const sample = await firstSample(source, box);
      if (sample !== null) found.candidates.push(sample);
    }
    if (box.type === "uuid" && (await uuidOf(source, box)) === CANON_UUID) {
      await readPictures(source, box.body + 16, box.end, found);
    }
  }
}

/** Boxes of Canon's own: pictures with a header of 12 or 16 bytes, and TIFF structures. */
async function readPictures(
  source: ByteSource,
  from: number,
  to: number,
  found: Found,
): Promise<void> {
  for (const { type, body, end } of await boxesIn(source, from, to)) {
    if (type === "PRVW" || type === "THMB") {
      const head = await source.read(body, 24);
      const start = head.indexOf("\xff\xd8\xff", 8, "latin1");
      if (start > 0) found.candidates.push({ offset: body + start, length: end - body - start });
    }
    if (/^CMT[1-4]$/.test(type)) {
      const opened = await TiffReader.open(source, body);
      const directory = await opened?.reader.directory(opened.first);
      if (directory) found.cmt.set(type, directory);
    }
  }
}

/** Where a track's only sample is: of the sample table its sizes (`stsz`) and its chunks' offsets (`co64`, `stco`). */
async function firstSample(source: ByteSource, track: Box): Promise<ByteRange | null> {
  let table: Box | undefined = track;
  for (const type of ["mdia", "minf", "stbl"]) {
    if (table === undefined) return null;
    const inside: readonly Box[] = await boxesIn(source, table.body, table.end);
    table = inside.find((box) => box.type === type);
  }
  if (table === undefined) return null;
  let length = 0;
  let offset = 0;
  for (const { type, body } of await boxesIn(source, table.body, table.end)) {
    const head = await source.read(body, 16);
    if (head.length < 12) continue;
    // One size for all samples, or a list of sizes behind their count.
    if (type === "stsz")
      length = head.readUInt32BE(4) || (head.length < 16 ? 0 : head.readUInt32BE(12));
    if (type === "stco") offset = head.readUInt32BE(8);
    if (type === "co64" && head.length === 16) offset = Number(head.readBigUInt64BE(8));
  }
  return offset > 0 && length > 0 ? { offset, length } : null;
}

async function boxesIn(source: ByteSource, from: number, to: number): Promise<readonly Box[]> {
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= Math.min(to, source.size) && boxes.length < MAX_BOXES; ) {
    const header = await source.read(at, 16);
    if (header.length < 8) break;
    const short = header.readUInt32BE(0);
    // 0: to the end; 1: a size of 64 bits follows the type.
    const isLong = short === 1 && header.length === 16;
    const size = isLong ? Number(header.readBigUInt64BE(8)) : short === 0 ? to - at : short;
    if (size < (isLong ? 16 : 8)) break;
    const type = header.toString("latin1", 4, 8);
    boxes.push({ type, body: at + (isLong ? 16 : 8), end: at + size });
    at += size;
  }
  return boxes;
}

async function uuidOf(source: ByteSource, { body }: Box): Promise<string> {
  return (await source.read(body, 16)).toString("hex");
}
