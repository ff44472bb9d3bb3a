/** Numbers of a trained network, row-major as PyTorch lays them out. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A tensor that still lies in its file: taken out when it is wanted, since files hold more than is needed. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** What it takes up in the file. */
  readonly bytes: number;
  /** Whole and contiguous; NaN and infinities as they stand. */
  read(): Float32Array;
}

/** How numbers are stored, little-endian. */
export const numberBytes = { f16: 2, bf16: 2, f32: 4, f64: 8, i32: 4, i64: 8 } as const;
export type NumberFormat = keyof typeof numberBytes;

/** Shapes beyond this are no tensor of any network. */
export const MAX_DIMENSIONS = 8;

/** @returns how many numbers a shape holds, null where it is no shape or holds more than can be counted. */
export function countOf(shape: readonly number[]): number | null {
  if (shape.length > MAX_DIMENSIONS) return null;
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return null;
    count *= size;
    if (!Number.isSafeInteger(count)) return null;
  }
  return count;
}

/** Little-endian numbers as float32: a view where they are just that and aligned, else a copy. */
export function decodeNumbers(bytes: Uint8Array, format: NumberFormat): Float32Array {
  const count = Math.floor(bytes.byteLength / numberBytes[format]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === "f32") {
    if (bytes.byteOffset % 4 === 0) {
      return new Float32Array(bytes.buffer, bytes.byteOffset, count);
    }
    // Not slice(): that of a Buffer copies nothing.
    return new Float32Array(Uint8Array.from(bytes.subarray(0, 4 * count)).buffer);
  }
  const numbers = new Float32Array(count);
  if (format === "f16") {
    const table = halves();
    for (let i = 0; i < count; i += 1) {
      numbers[i] = table[view.getUint16(2 * i, true)] ?? Number.NaN;
    }
  } else if (format === "bf16") {
    const bits = new Uint32Array(numbers.buffer);
    for (let i = 0; i < count; i += 1) bits[i] = view.getUint16(2 * i, true) << 16;
  } else if (format === "f64") {
    for (let i = 0; i < count; i += 1) numbers[i] = view.getFloat64(8 * i, true);
  } else if (format === "i32") {
    for (let i = 0; i < count; i += 1) numbers[i] = view.getInt32(4 * i, true);
  } else {
    for (let i = 0; i < count; i += 1) numbers[i] = Number(view.getBigInt64(8 * i, true));
  }
  return numbers;
}

let halfTable: Float32Array | undefined;

/** Every float16 as float32, by its bits (IEEE 754 binary16). */
function halves(): Float32Array {
  if (halfTable !== undefined) return halfTable;
  halfTable = new Float32Array(65_536);
  for (let bits = 0; bits < 65_536; bits += 1) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) halfTable[bits] = fraction === 0 ? sign * Infinity : Number.NaN;
    else if (exponent === 0) halfTable[bits] = sign * fraction * 2 ** -24;
    else halfTable[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return halfTable;
}

/** Every number counts: one NaN or infinity makes whole pictures of them. */
export function areFinite(numbers: Float32Array): boolean {
  for (const number of numbers) if (number - number !== 0) return false;
  return true;
}
