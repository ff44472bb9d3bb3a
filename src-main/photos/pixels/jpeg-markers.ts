/** A Huffman table as the file has it: how many codes of each length 1..16 there are, and the symbols in order. */
export interface HuffmanCodes {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** A component of a scan. */
export interface ScanComponent {
  /** Quantisers in zigzag order. */
  readonly quantisers: Uint8Array;
  readonly dc: HuffmanCodes;
  readonly ac: HuffmanCodes;
}

/** A baseline JPEG of Y', Cb and Cr in one scan. */
export interface BaselineJpeg {
  readonly width: number;
  readonly height: number;
  /** Blocks of luma to one of chroma, along the rows and the columns: 1 or 2. */
  readonly across: number;
  readonly down: number;
  readonly components: readonly [ScanComponent, ScanComponent, ScanComponent];
  /** Units (MCUs) from one restart marker to the next; 0 where there are none. */
  readonly restartInterval: number;
  /** Where the entropy-coded data begins. */
  readonly scanAt: number;
}

const START = 0xffd8;
const COMMENT = 0xfffe;

/** Digits of a DC coefficient: decoders refuse a table that has a symbol for more, used or not. */
const MOST_DIGITS = 15;

/**
 * Reads the markers of a JPEG up to its scan (ITU-T T.81, annex B).
 *
 * What it returns is a copy: `bytes` may be gone after.
 *
 * @returns null for every file that is not just what cameras write: eight bits, baseline, Y'CbCr, interleaved, chroma of
 * full or half the width and height, no colour profile; and for one that says anything twice or wrongly
 */
export function readMarkers(bytes: Uint8Array): BaselineJpeg | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 4 || view.getUint16(0) !== START) return null;
  const quantisers: (Uint8Array | undefined)[] = [];
  const codes: (HuffmanCodes | undefined)[] = [];
  let frame: Frame | null = null;
  let restartInterval = 0;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = view.getUint16(at);
    const end = at + 2 + view.getUint16(at + 2);
    if (marker < 0xffc0 || end > bytes.length || end < at + 4) return null;
    const body = bytes.subarray(at + 4, end);
    at = end;
    switch (marker) {
      case 0xffdb:
        if (!readQuantisers(body, quantisers)) return null;
        break;
      case 0xffc4:
        if (!readCodes(body, codes)) return null;
        break;
      case 0xffdd:
        if (body.length !== 2) return null;
        restartInterval = 256 * (body[0] ?? 0) + (body[1] ?? 0);
        break;
      case 0xffc0:
        frame = frame === null ? readFrame(body) : null;
        if (frame === null) return null;
        break;
      case 0xffda: {
        const components = frame && readScan(body, frame, quantisers, codes);
        return frame && components && { ...frame.size, components, restartInterval, scanAt: end };
      }
      case 0xffee:
        // Adobe's: anything but transform 1 has other colours.
        if (latin1(body.subarray(0, 5)) === "Adobe" && body[11] !== 1) return null;
        break;
      case 0xffe2:
        // Its colours are to be converted.
        if (latin1(body.subarray(0, 11)) === "ICC_PROFILE") return null;
        break;
      default:
        // Text and data of applications; every other kind of frame is somebody else's. 0xffff is no marker: any number
        // of bytes 0xff may stand before one.
        if (marker < 0xffe0 || (marker > 0xffef && marker !== COMMENT)) return null;
    }
  }
  return null;
}

interface Frame {
  readonly size: Pick<BaselineJpeg, "width" | "height" | "across" | "down">;
  /** Each component's table of quantisers. */
  readonly quantisers: readonly number[];
}

function readFrame(body: Uint8Array): Frame | null {
  const [precision, h1 = 0, h0 = 0, w1 = 0, w0 = 0, count] = body;
  if (body.length !== 15 || precision !== 8 || count !== 3) return null;
  const [id0, sampling0 = 0, table0 = 0, id1, sampling1, table1 = 0, id2, sampling2, table2 = 0] =
    body.subarray(6);
  // Other numbers may stand for other colours.
  if (id0 !== 1 || id1 !== 2 || id2 !== 3 || sampling1 !== 0x11 || sampling2 !== 0x11) return null;
  if (![0x11, 0x21, 0x22].includes(sampling0)) return null;
  const size = {
    width: 256 * w1 + w0,
    height: 256 * h1 + h0,
    across: sampling0 >> 4,
    down: sampling0 & 15,
  };
  return size.width === 0 || size.height === 0
    ? null
    : { size, quantisers: [table0, table1, table2] };
}

function readQuantisers(body: Uint8Array, tables: (Uint8Array | undefined)[]): boolean {
  for (let at = 0; at < body.length; at += 65) {
    const kind = body[at] ?? 0xff;
    // Those of 16 bits are of no camera.
    if (kind > 3 || at + 65 > body.length) return false;
    tables[kind] = body.slice(at + 1, at + 65);
  }
  return true;
}

/** Tables of DC at 0..3, of AC at 16..19. */
function readCodes(body: Uint8Array, tables: (HuffmanCodes | undefined)[]): boolean {
  for (let at = 0; at < body.length; ) {
    const kind = body[at] ?? 0xff;
    const counts = body.slice(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = body.slice(at + 17, at + 17 + total);
    if ((kind & ~0x13) !== 0 || symbols.length !== total || total > 256) return false;
    if (!areCodes(counts)) return false;
    if (kind < 16 && symbols.some((digits) => digits > MOST_DIGITS)) return false;
    tables[kind] = { counts, symbols };
    at += 17 + total;
  }
  return true;
}

/** Whether there can be so many codes of each length: the one of all ones stays free (T.81, annex C). */
function areCodes(counts: Uint8Array): boolean {
  let room = 1;
  for (const count of counts) {
    room = 2 * room - count;
    if (room < 1) return false;
  }
  return counts.length === 16;
}

function readScan(
  body: Uint8Array,
  frame: Frame,
  quantisers: readonly (Uint8Array | undefined)[],
  codes: readonly (HuffmanCodes | undefined)[],
): [ScanComponent, ScanComponent, ScanComponent] | null {
  if (body.length !== 10 || body[0] !== 3) return null;
  if (body[7] !== 0 || body[8] !== 63 || body[9] !== 0) return null;
  const component = (index: number): ScanComponent | null => {
    const tables = body[2 + 2 * index] ?? 0xff;
    const dc = codes[tables >> 4];
    const ac = codes[16 + (tables & 15)];
    const own = quantisers[frame.quantisers[index] ?? -1];
    if (body[1 + 2 * index] !== index + 1 || tables >> 4 > 3 || !dc || !ac || !own) return null;
    return { quantisers: own, dc, ac };
  };
  const [luma, blue, red] = [component(0), component(1), component(2)];
  return luma && blue && red && [luma, blue, red];
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
