/** Writes baseline JPEGs of any coefficients, with the tables that T.81 prints for example (annex K). */

/** How many codes of each length 1..16 there are, and their symbols. */
type Codes = readonly [counts: readonly number[], symbols: readonly number[]];

const DC: Codes = [
  [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
];

/** Every symbol of AC, the frequent ones first; lengths up to 16, so that the look-up's limit is crossed. */
const AC: Codes = (() => {
  const symbols = [0x01, 0x02, 0x00, 0x03, 0x11, 0x04, 0x12, 0x21, 0x05, 0x31, 0xf0];
  for (let run = 0; run < 16; run += 1) {
    for (let digits = 1; digits <= 10; digits += 1) {
      const symbol = 16 * run + digits;
      if (!symbols.includes(symbol)) symbols.push(symbol);
    }
  }
  return [[0, 2, 1, 2, 2, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, symbols.length - 11], symbols];
})();

export interface Coefficients {
  readonly width: number;
  readonly height: number;
  /** Blocks of luma to one of chroma. */
  readonly across: 1 | 2;
  readonly down: 1 | 2;
  readonly restartInterval: number;
  readonly quantiser: number;
  /** 64 numbers of the next block, in zigzag order; 11 bits for the first (as it differs from the last), 10 for the others. */
  readonly block: (component: number) => readonly number[];
}

export function writeBaselineJpeg(picture: Coefficients): Buffer {
  const { width, height, across, down, restartInterval, quantiser, block } = picture;
  const codes = { dc: codesOf(DC), ac: codesOf(AC) };
  const units = Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down));
  const scan: number[] = [];
  let bits = new BitWriter(scan);
  let before = [0, 0, 0];
  for (let unit = 0; unit < units; unit += 1) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
      bits.pad();
      scan.push(0xff, 0xd0 + ((unit / restartInterval - 1) % 8));
      bits = new BitWriter(scan);
      before = [0, 0, 0];
    }
    for (let component = 0; component < 3; component += 1) {
      for (let n = component === 0 ? across * down : 1; n > 0; n -= 1) {
        const numbers = block(component);
        writeBlock(bits, codes, numbers, before[component] ?? 0);
        before[component] = numbers[0] ?? 0;
      }
    }
  }
  bits.pad();
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...Array<number>(64).fill(quantiser)]),
    ...segment(0xc0, [
      ...[8, height >> 8, height & 255, width >> 8, width & 255, 3],
      ...[1, 16 * across + down, 0, 2, 0x11, 0, 3, 0x11, 0],
    ]),
    ...segment(0xc4, [0x00, ...DC[0], ...DC[1]]),
    ...segment(0xc4, [0x10, ...AC[0], ...AC[1]]),
    ...(restartInterval > 0 ? segment(0xdd, [restartInterval >> 8, restartInterval & 255]) : []),
    ...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    ...scan,
    ...[0xff, 0xd9],
  ]);
}

function segment(marker: number, body: readonly number[]): number[] {
  const length = body.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...body];
}

/** For each symbol its code and the code's length. */
function codesOf([counts, symbols]: Codes): Map<number, readonly [number, number]> {
  const codes = new Map<number, readonly [number, number]>();
  let code = 0;
  let index = 0;
  counts.forEach((count, i) => {
    for (let n = 0; n < count; n += 1) {
      codes.set(symbols[index] ?? 0, [code, i + 1]);
      code += 1;
      index += 1;
    }
    code <<= 1;
  });
  return codes;
}

function writeBlock(
  bits: BitWriter,
  { dc, ac }: Record<"dc" | "ac", Map<number, readonly [number, number]>>,
  numbers: readonly number[],
  before: number,
): void {
  const put = (codes: Map<number, readonly [number, number]>, run: number, value: number) => {
    const digits = value === 0 ? 0 : 32 - Math.clz32(Math.abs(value));
    const [code = 0, length = 0] = codes.get(16 * run + digits) ?? [];
    bits.write(code, length);
    bits.write(value < 0 ? value + (1 << digits) - 1 : value, digits);
  };
  put(dc, 0, (numbers[0] ?? 0) - before);
  let run = 0;
  for (let place = 1; place < 64; place += 1) {
    const value = numbers[place] ?? 0;
    if (value === 0) {
      run += 1;
      continue;
    }
    for (; run >= 16; run -= 16) put(ac, 15, 0);
    put(ac, run, value);
    run = 0;
  }
  if (run > 0) put(ac, 0, 0);
}

class BitWriter {
  readonly #bytes: number[];
  #byte = 0;
  #count = 0;

  constructor(bytes: number[]) {
    this.#bytes = bytes;
  }

  write(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      this.#byte = 2 * this.#byte + ((value >> bit) & 1);
      this.#count += 1;
      if (this.#count < 8) continue;
      this.#bytes.push(this.#byte);
      if (this.#byte === 0xff) this.#bytes.push(0);
      this.#byte = 0;
      this.#count = 0;
    }
  }

  /** Ends the last byte with ones. */
  pad(): void {
    while (this.#count > 0) this.write(1, 1);
  }
}
