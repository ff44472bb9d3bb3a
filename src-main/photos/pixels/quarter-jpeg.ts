import { open } from "node:fs/promises";
import {
  type BaselineJpeg,
  type HuffmanCodes,
  readMarkers,
  type ScanComponent,
} from "./jpeg-markers.ts";
import { type PixelModule, pixelModule } from "./module.ts";

/** A photo at a quarter of its size. Both views lie in the memory of the module: they hold until it is used again. */
export interface QuarterFrame {
  readonly width: number;
  readonly height: number;
  /** Interleaved 8-bit RGB. */
  readonly rgb: Uint8Array;
  /** Y' of every pixel (ITU-R BT.601, in 16-bit fixed point). */
  readonly luma: Uint8Array;
}

/** Larger files would leave the module with more memory than a photo is worth. */
const MOST_BYTES = 40 * 2 ** 20;

/** The layout of a Huffman table, of quantisers and of a block: see src-wasm/jpeg.ts. */
const LOOK = 10;
const SHIFTS = 18 * 4;
const SYMBOLS = SHIFTS + 18 * 4;
const CODES_BYTES = 512;
const DC_CODES = 4 << LOOK;
const AC = DC_CODES + CODES_BYTES;
const AC_CODES = AC + (8 << LOOK);
const TABLES_BYTES = AC_CODES + CODES_BYTES;
const QUANTISER_BYTES = 128;
const BLOCK_BYTES = 144;
/** What the decoder may read behind the data that it was given. */
const SLACK = 8192;

/** The last symbol of a block goes on by more places than any other. */
const END = 80;
const SIXTEEN_ZEROS = 0xf0;

const NARROWEST = 12;

const END_OF_IMAGE = 0xd9;
const RESTART = 0xd0;

/**
 * Decodes a JPEG to a quarter of its width and height: every second pixel of every second row of what libjpeg makes of
 * it at half its size, from the second on. sharp does the same where it is asked for a quarter with the kernel "nearest",
 * in twice the time; the bytes are equal.
 *
 * It takes baseline files of cameras (see readMarkers), of a size that can be divided by four, without a colour profile
 * and without the least flaw.
 *
 * @returns null for every other file: then it is sharp's to decode, or to say what is wrong with it
 */
export function decodeQuarter(file: Uint8Array): QuarterFrame | null {
  if (file.length > MOST_BYTES) return null;
  const module = pixelModule();
  module.clear();
  return decodePlaced(module, module.place(file), file.length);
}

/**
 * {@link decodeQuarter} of a file that is read where it is decoded, at one go.
 *
 * @throws the system's error when it can't be read
 */
export async function readQuarter(path: string): Promise<QuarterFrame | null> {
  await using file = await open(path, "r");
  const { size } = await file.stat();
  if (size > MOST_BYTES) return null;
  const module = pixelModule();
  module.clear();
  const address = module.take(size);
  const { bytesRead } = await file.read(module.bytes(address, size), 0, size, 0);
  return decodePlaced(module, address, bytesRead);
}

function decodePlaced(module: PixelModule, address: number, length: number): QuarterFrame | null {
  const jpeg = readMarkers(module.bytes(address, length));
  if (jpeg === null || jpeg.width % 4 !== 0 || jpeg.height % 4 !== 0) return null;
  // So narrow a chroma is widened without a filter.
  if (jpeg.width < NARROWEST) return null;
  const planes = layOut(module, jpeg);
  const scan = { from: address + jpeg.scanAt, end: address + length };
  if (!decodeScan(module, jpeg, planes, scan)) return null;
  return convert(module, jpeg, planes);
}

/** Where the components lie, at a quarter of the photo's size; 4:2:2 has chroma at an eighth of its width there. */
interface Planes {
  readonly luma: number;
  readonly lumaStride: number;
  readonly blue: number;
  readonly red: number;
  readonly chromaStride: number;
  readonly unitsAcross: number;
  readonly units: number;
}

function layOut(module: PixelModule, { width, height, across, down }: BaselineJpeg): Planes {
  const unitsAcross = Math.ceil(width / (8 * across));
  const unitsDown = Math.ceil(height / (8 * down));
  const lumaStride = unitsAcross * 2 * across;
  const rows = unitsDown * 2 * down;
  // A block of chroma is as wide as the unit at 4:2:0, and is made so later at 4:2:2.
  const chromaStride = across === 2 ? 4 * unitsAcross : lumaStride;
  return {
    luma: module.take(lumaStride * rows),
    lumaStride,
    blue: module.take(chromaStride * rows),
    red: module.take(chromaStride * rows),
    chromaStride,
    unitsAcross,
    units: unitsAcross * unitsDown,
  };
}

/** @returns whether all of it could be decoded */
function decodeScan(
  module: PixelModule,
  { components, restartInterval, across, down }: BaselineJpeg,
  planes: Planes,
  scan: { readonly from: number; readonly end: number },
): boolean {
  const tables = module.take(3 * TABLES_BYTES);
  const quantisers = module.take(3 * QUANTISER_BYTES);
  const block = module.take(BLOCK_BYTES);
  const length = module.take(4);
  const data = module.take(scan.end - scan.from + SLACK);
  components.forEach((component, index) => {
    writeTables(module, tables + index * TABLES_BYTES, component);
    writeQuantisers(module, quantisers + index * QUANTISER_BYTES, component.quantisers);
  });
  module.bytes(block, BLOCK_BYTES).fill(0);
  const { memory, unstuff, decodeScan: decode } = module.loops;
  const view = new DataView(memory.buffer);
  const { end } = scan;
  const { units, unitsAcross, luma, lumaStride, blue, red, chromaStride } = planes;
  const step = restartInterval === 0 ? units : restartInterval;
  const [, { dc, ac }, last] = components;
  const blueTables = tables + TABLES_BYTES;
  // Mostly the same: they are near in the processor's memory then.
  const redTables = last.dc === dc && last.ac === ac ? blueTables : blueTables + TABLES_BYTES;
  let { from } = scan;
  for (let first = 0; first < units; first += step) {
    from = unstuff(from, end, data, length);
    const flaw = decode(
      data,
      view.getUint32(length, true),
      tables,
      blueTables,
      redTables,
      quantisers,
      first,
      Math.min(step, units - first),
      unitsAcross,
      across,
      down,
      luma,
      lumaStride,
      blue,
      red,
      chromaStride,
      block,
    );
    if (flaw !== 0 || from + 2 > end) return false;
    const isLast = first + step >= units;
    const marker = isLast ? END_OF_IMAGE : RESTART + ((first / step) % 8);
    if (view.getUint8(from + 1) !== marker) return false;
    from += 2;
  }
  return true;
}

/** A component's tables: see src-wasm/jpeg.ts. */
function writeTables(module: PixelModule, address: number, { dc, ac }: ScanComponent): void {
  const { buffer } = module.loops.memory;
  const count = 1 << LOOK;
  writeCodes(buffer, address + DC_CODES, dc, new Int32Array(buffer, address, count), true);
  const single = new Int32Array(count);
  writeCodes(buffer, address + AC_CODES, ac, single, false);
  const pairs = new Int32Array(buffer, address + AC, 2 * count);
  for (let next = 0; next < count; next += 1) {
    const entry = single[next] ?? 0;
    const size = entry & 0xff;
    const isLast = ((entry >> 8) & 0xff) === END;
    const after = size === 0 || isLast ? 0 : (single[(next << size) & (count - 1)] ?? 0);
    const both = size + (after & 0xff);
    const isPair = (after & 0xff) > 0 && both <= LOOK;
    pairs[2 * next] = isPair ? (entry & ~0xff) | both : entry;
    pairs[2 * next + 1] =
      (isPair ? after & ~0xffff : entry & ~0xffff) |
      (size << 8) |
      (isPair ? (after >> 8) & 0xff : 0);
  }
}

/** Writes what longer codes need, and for all bits that can come next their one entry. */
function writeCodes(
  buffer: ArrayBuffer,
  address: number,
  { counts, symbols }: HuffmanCodes,
  entries: Int32Array,
  isDc: boolean,
): void {
  entries.fill(0);
  const ends = new Int32Array(buffer, address, 18).fill(0);
  const shifts = new Int32Array(buffer, address + SHIFTS, 18).fill(0);
  new Uint8Array(buffer, address + SYMBOLS, symbols.length).set(symbols);
  let code = 0;
  let index = 0;
  for (let size = 1; size <= 16; size += 1) {
    shifts[size] = index - code;
    for (let left = counts[size - 1] ?? 0; left > 0; left -= 1) {
      if (size <= LOOK) writeEntries(entries, code, size, symbols[index] ?? 0, isDc);
      code += 1;
      index += 1;
    }
    ends[size] = code << (16 - size);
    code <<= 1;
  }
}

function writeEntries(
  entries: Int32Array,
  code: number,
  size: number,
  symbol: number,
  isDc: boolean,
): void {
  const digits = isDc ? symbol : symbol & 15;
  const step = !isDc && digits === 0 && symbol !== SIXTEEN_ZEROS ? END : (symbol >> 4) + 1;
  const last = (code + 1) << (LOOK - size);
  for (let next = code << (LOOK - size); next < last; next += 1) {
    const unread = LOOK - size - digits;
    entries[next] =
      unread < 0
        ? (symbol << 16) | (size << 8)
        : (number(next >> unread, digits) << 16) | (step << 8) | (size + digits);
  }
}

/** The number that the last `digits` bits stand for: the first tells the sign (T.81, F.2.2.1). */
function number(bits: number, digits: number): number {
  const value = bits & ((1 << digits) - 1);
  return digits === 0 || value >> (digits - 1) !== 0 ? value : value - (1 << digits) + 1;
}

function writeQuantisers(module: PixelModule, address: number, zigzag: Uint8Array): void {
  const rows = new Int16Array(module.loops.memory.buffer, address, 64);
  let [row, column] = [0, 0];
  for (const quantiser of zigzag) {
    rows[8 * row + column] = quantiser;
    const isRising = (row + column) % 2 === 0;
    if (isRising && column === 7) row += 1;
    else if (isRising && row === 0) column += 1;
    else if (isRising) [row, column] = [row - 1, column + 1];
    else if (row === 7) column += 1;
    else if (column === 0) row += 1;
    else [row, column] = [row + 1, column - 1];
  }
}

function convert(module: PixelModule, jpeg: BaselineJpeg, planes: Planes): QuarterFrame {
  const { luma, lumaStride, blue, red, chromaStride } = planes;
  const [width, height] = [jpeg.width / 4, jpeg.height / 4];
  const isHalfWide = jpeg.across === 2 && jpeg.down === 1;
  const wideBlue = module.take(2 * chromaStride);
  const wideRed = module.take(2 * chromaStride);
  const rgb = module.take(3 * width * height);
  // The last row's vectors may reach beyond it by 15 pixels of three bytes.
  module.take(3 * VECTOR_PIXELS);
  const grey = module.take(width * height);
  const { loops } = module;
  for (let y = 0; y < height; y += 1) {
    let [u, v] = [blue + y * chromaStride, red + y * chromaStride];
    if (isHalfWide) {
      loops.upsampleRow(u, width, wideBlue);
      loops.upsampleRow(v, width, wideRed);
      [u, v] = [wideBlue, wideRed];
    }
    loops.convert(luma + y * lumaStride, u, v, width, rgb + 3 * y * width, grey + y * width);
  }
  return {
    width,
    height,
    rgb: module.bytes(rgb, 3 * width * height),
    luma: module.bytes(grey, width * height),
  };
}

const VECTOR_PIXELS = 16;
