/**
 * Decodes the one scan of a baseline JPEG (ITU-T T.81) of three components to a quarter of its size: what libjpeg makes
 * of it at half its size, and of that every second pixel of every second row, from the second on. A block of luma becomes
 * 2 × 2 pixels; one of chroma as many as bring it to the same scale. Anything that is not as it should be ends the
 * decoding: a decoder that can say what is wrong, or live with it, then has its turn.
 */
import { toFour, toTwo, toWide } from "./idct";

/**
 * A component's Huffman tables in memory: for every 10 bits that can come next, an entry of DC (32 bits each), then an
 * entry of AC (64 bits each). Behind the entries of each lies what longer codes need: for each length 0..17 one more than
 * its largest code, brought to 16 bits; the distance from its codes to their symbols; the symbols, a byte each.
 *
 * An entry whose lowest byte is not 0 holds a code and the number behind it: in its lowest byte the bits of both, in the
 * next by how many places of the block it goes on, above them the number. Else its second byte is the length of the
 * code, 0 for one longer than 10 bits, and the third its symbol.
 *
 * The upper half of an entry of AC is for what comes after it, where that fits into the 10 bits, too: again the places,
 * then the bits of the first alone, then the number. The lowest byte counts the bits of both then. Where it doesn't fit,
 * it goes on by no place, to put the first number where it is.
 */
const LOOK: i32 = 10;
const ENDS: usize = 0;
const SHIFTS: usize = ENDS + 18 * 4;
const SYMBOLS: usize = SHIFTS + 18 * 4;
const CODES_BYTES: usize = 512;
const DC_CODES: usize = 4 << LOOK;
const AC: usize = DC_CODES + CODES_BYTES;
const AC_CODES: usize = AC + (8 << LOOK);

/** Bytes from quantisers to quantisers. */
const QUANTISER_BYTES: usize = 128;

/** Where a coefficient lies in its block, in bytes, by its order in the scan; all behind the last lie on one place. */
const ZIGZAG = memory.data<u8>([
  0, 2, 16, 32, 18, 4, 6, 20, 34, 48, 64, 50, 36, 22, 8, 10, 24, 38, 52, 66, 80, 96, 82, 68, 54, 40,
  26, 12, 14, 28, 42, 56, 70, 84, 98, 112, 114, 100, 86, 72, 58, 44, 30, 46, 60, 74, 88, 102, 116,
  118, 104, 90, 76, 62, 78, 92, 106, 120, 122, 108, 94, 110, 124, 126, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
]);

/**
 * The most that the mean of a block can be, dequantised: pixels make 1,024 of it, rounding and encoders a little more.
 * Behind flipped bits it drifts farther, and then every build of libjpeg makes other pixels of it.
 */
const MOST_MEAN: i32 = 2047;

/** By how much the end of a block goes on: by more than any run beyond its 64th place. */
const END: i32 = 80;

/**
 * Copies entropy-coded data from `from` to `to` without the zeros that are stuffed into it, up to the next marker, as
 * 32-bit words whose first byte is the highest. `to` needs as much room as there is data, and 16 bytes more.
 *
 * @returns where the marker is; `end` where there is none. The bytes copied are at the address 0 of `result`.
 */
export function unstuff(from: usize, end: usize, to: usize, result: usize): usize {
  const start = to;
  const full = i8x16.splat(-1);
  while (from < end) {
    if (from + 16 <= end) {
      const bytes = v128.load(from);
      const found = i8x16.bitmask(i8x16.eq(bytes, full));
      v128.store(to, bytes);
      if (found === 0) {
        from += 16;
        to += 16;
        continue;
      }
      const before = <usize>ctz(found);
      from += before;
      to += before;
    } else if (load<u8>(from) !== 0xff) {
      store<u8>(to, load<u8>(from));
      from += 1;
      to += 1;
      continue;
    }
    if (from + 2 > end || load<u8>(from + 1) !== 0) break;
    store<u8>(to, 0xff);
    from += 2;
    to += 1;
  }
  store<u32>(result, <u32>(to - start));
  v128.store(to, i64x2.splat(0));
  for (let at = start; at < to; at += 16) {
    const bytes = v128.load(at);
    v128.store(
      at,
      i8x16.shuffle(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12),
    );
  }
  return from;
}

// The reader's state between blocks. While it decodes a block it is in locals.
let words: usize = 0;
let bits: u64 = 0;
let count: i32 = 0;

/**
 * Decodes `units` units (MCUs) from number `first` on, of one stretch that {@link unstuff} made.
 *
 * @param data the stretch; behind its `bytes` there must be 4096 bytes that may be read
 * @param lumaTables, blueTables, redTables of the components; those of chroma may be the same
 * @param quantisers in the order of a block's rows, 16 bits each: luma, chroma, chroma
 * @param across, down blocks of luma in a unit
 * @param block 144 bytes, all 0
 * @returns 0 when all is well
 */
export function decodeScan(
  data: usize,
  bytes: i32,
  lumaTables: usize,
  blueTables: usize,
  redTables: usize,
  quantisers: usize,
  first: i32,
  units: i32,
  unitsAcross: i32,
  across: i32,
  down: i32,
  luma: usize,
  lumaStride: usize,
  blue: usize,
  red: usize,
  chromaStride: usize,
  block: usize,
): i32 {
  words = data;
  bits = 0;
  count = 0;
  const limit = data + <usize>bytes + 8;
  let lumaBefore = 0;
  let blueBefore = 0;
  let redBefore = 0;
  const lumaAcross = <usize>(2 * across);
  const lumaDown = <usize>(2 * down);
  const chromaAcross: usize = across === 2 ? 4 : 2;
  let x = <usize>(first % unitsAcross);
  let y = <usize>(first / unitsAcross);
  for (let unit = 0; unit < units; unit += 1) {
    const at = luma + y * lumaDown * lumaStride + x * lumaAcross;
    for (let row = 0; row < down; row += 1) {
      for (let column = 0; column < across; column += 1) {
        const out = at + <usize>(2 * row) * lumaStride + <usize>(2 * column);
        const level = decodeBlock(lumaTables, quantisers, lumaBefore, block);
        if (level === i32.MIN_VALUE) return 1;
        lumaBefore = level >> 1;
        if (level & 1) {
          toTwo(block, quantisers, out, lumaStride);
          clear(block);
        } else {
          const pixels = flat(lumaBefore, quantisers);
          store<u16>(out, <u16>(pixels * 0x0101));
          store<u16>(out + lumaStride, <u16>(pixels * 0x0101));
        }
      }
    }
    const chroma = y * lumaDown * chromaStride + x * chromaAcross;
    const blueQuantisers = quantisers + QUANTISER_BYTES;
    let level = decodeBlock(blueTables, blueQuantisers, blueBefore, block);
    if (level === i32.MIN_VALUE) return 1;
    blueBefore = level >> 1;
    putChroma(level, block, blueQuantisers, blue + chroma, chromaStride, across, down);
    const redQuantisers = quantisers + 2 * QUANTISER_BYTES;
    level = decodeBlock(redTables, redQuantisers, redBefore, block);
    if (level === i32.MIN_VALUE) return 1;
    redBefore = level >> 1;
    putChroma(level, block, redQuantisers, red + chroma, chromaStride, across, down);
    if (words > limit) return 2;
    x += 1;
    if (x === <usize>unitsAcross) {
      x = 0;
      y += 1;
    }
  }
  // What is left is less than a byte of padding.
  const used = 8 * <i64>(words - data) - count;
  const left = 8 * <i64>bytes - used;
  return left >= 0 && left < 8 ? 0 : 3;
}

@inline
function clear(block: usize): void {
  const zero = i64x2.splat(0);
  v128.store(block, zero);
  v128.store(block + 16, zero);
  v128.store(block + 32, zero);
  v128.store(block + 48, zero);
  v128.store(block + 64, zero);
  v128.store(block + 80, zero);
  v128.store(block + 96, zero);
  v128.store(block + 112, zero);
}

/** The level of a block that is of one. */
@inline
function flat(mean: i32, quantisers: usize): u32 {
  const level = 128 + ((<i32>(<i16>mean * load<i16>(quantisers)) + 4) >> 3);
  return <u32>min(255, max(0, level));
}

/** A block of chroma, as large as its unit is at 4:2:0 and 4:4:4; at 4:2:2 it is to be filtered along its rows yet. */
@inline
function putChroma(
  level: i32,
  block: usize,
  quantisers: usize,
  out: usize,
  stride: usize,
  across: i32,
  down: i32,
): void {
  if (level & 1) {
    if (down === 2) toFour(block, quantisers, out, stride);
    else if (across === 2) toWide(block, quantisers, out, stride);
    else toTwo(block, quantisers, out, stride);
    clear(block);
    return;
  }
  const four = flat(level >> 1, quantisers) * 0x01010101;
  if (across === 1) {
    store<u16>(out, <u16>four);
    store<u16>(out + stride, <u16>four);
    return;
  }
  store<u32>(out, four);
  store<u32>(out + stride, four);
  if (down === 1) return;
  store<u32>(out + 2 * stride, four);
  store<u32>(out + 3 * stride, four);
}

/**
 * Decodes the coefficients of a block into `block`.
 *
 * @param tables of its component
 * @param quantisers of its component
 * @param before the DC coefficient of the last block of this component
 * @returns twice this one's, plus 1 where there are others; i32.MIN_VALUE where the data makes no sense
 */
@inline
function decodeBlock(tables: usize, quantisers: usize, before: i32, block: usize): i32 {
  let at = words;
  let next = bits;
  let left = count;
  if (left < 32) {
    next |= (<u64>load<u32>(at)) << (32 - left);
    at += 4;
    left += 32;
  }
  let first = load<i32>(tables + (<usize>(next >> (64 - LOOK)) << 2));
  let size = first & 0xff;
  if (size === 0) {
    const symbol = slowSymbol(tables + DC_CODES, first, <i32>(next >> 48));
    if (symbol < 0) return i32.MIN_VALUE;
    const code = symbol >> 8;
    const digits = symbol & 0xff;
    if (digits > 11) return i32.MIN_VALUE;
    first = number(<i32>((next << code) >> 48), digits) << 16;
    size = code + digits;
  }
  next <<= size;
  left -= size;
  const mean = before + (first >> 16);
  if (abs(mean * <i32>load<i16>(quantisers)) > MOST_MEAN) return i32.MIN_VALUE;
  let place = 1;
  do {
    if (left < 32) {
      next |= (<u64>load<u32>(at)) << (32 - left);
      at += 4;
      left += 32;
    }
    let entry = load<u64>(tables + AC + (<usize>(next >> (64 - LOOK)) << 3));
    size = <i32>entry & 0xff;
    if (size === 0) {
      const symbol = slowSymbol(tables + AC_CODES, <i32>entry, <i32>(next >> 48));
      const code = symbol >> 8;
      const digits = symbol & 15;
      if (symbol < 0 || digits > 10) return i32.MIN_VALUE;
      place += digits === 0 && (symbol & 0xff) !== 0xf0 ? END : ((symbol & 0xff) >> 4) + 1;
      put(block, place, number(<i32>((next << code) >> 48), digits));
      next <<= code + digits;
      left -= code + digits;
      continue;
    }
    place += <i32>(entry >> 8) & 0xff;
    put(block, place, <i32>(entry >> 16));
    // Behind the last coefficient the next block begins.
    if (place >= 64) {
      size = <i32>(entry >> 40) & 0xff;
      next <<= size;
      left -= size;
      break;
    }
    next <<= entry;
    left -= size;
    place += <i32>(entry >> 32) & 0xff;
    put(block, place, <i32>(entry >> 48));
    if (place >= 64) break;
    // There are 22 bits left at least: enough for another short one.
    entry = load<u64>(tables + AC + (<usize>(next >> (64 - LOOK)) << 3));
    size = <i32>entry & 0xff;
    if (size === 0) continue;
    place += <i32>(entry >> 8) & 0xff;
    put(block, place, <i32>(entry >> 16));
    if (place >= 64) {
      size = <i32>(entry >> 40) & 0xff;
      next <<= size;
      left -= size;
      break;
    }
    next <<= entry;
    left -= size;
    place += <i32>(entry >> 32) & 0xff;
    put(block, place, <i32>(entry >> 48));
  } while (place < 64);
  words = at;
  bits = next;
  count = left;
  store<i16>(block, <i16>mean);
  if (place === 1 + END) return mean << 1;
  // 64: the last coefficient was there. More than END: the end was said. Between them: a run beyond the block's end.
  if (place > 64 && place <= END) return i32.MIN_VALUE;
  return (mean << 1) | 1;
}

@inline
function put(block: usize, place: i32, value: i32): void {
  store<i16>(block + load<u8>(ZIGZAG + place - 1), <i16>value);
}

/** A number of so many digits from the highest of 16 bits: its first digit tells the sign (T.81, F.2.2.1). */
@inline
function number(next: i32, digits: i32): i32 {
  if (digits === 0) return 0;
  const value = (next & 0xffff) >> (16 - digits);
  return value >> (digits - 1) !== 0 ? value : value - (1 << digits) + 1;
}

/** A code that has no entry of its own. @returns its length << 8 | its symbol; negative where there is none such */
function slowSymbol(codes: usize, entry: i32, next: i32): i32 {
  const short = (entry >> 8) & 0xff;
  if (short !== 0) return (short << 8) | ((entry >> 16) & 0xff);
  for (let size = LOOK + 1; size <= 16; size += 1) {
    if (next < load<i32>(codes + ENDS + <usize>(4 * size))) {
      const index = (next >> (16 - size)) + load<i32>(codes + SHIFTS + <usize>(4 * size));
      return (size << 8) | load<u8>(codes + SYMBOLS + <usize>(index & 0xff));
    }
  }
  return -1;
}
