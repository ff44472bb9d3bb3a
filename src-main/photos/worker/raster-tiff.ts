export interface RasterLayout {
  readonly width: number;
  readonly height: number;
  /** RGB, or RGB and unassociated alpha. */
  readonly channels: 3 | 4;
  readonly icc: Buffer | undefined;
}

/** Readers hold one strip in memory at a time. */
const ROWS_PER_STRIP = 64;

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const typeBytes = { [SHORT]: 2, [LONG]: 4, [UNDEFINED]: 1 };

/**
 * An uncompressed 8-bit TIFF (TIFF 6.0; ICC profile as tag 34675) that is made without a second copy of its pixels.
 *
 * @param writeRow fills one row's bytes.
 */
export function rasterTiff(
  { width, height, channels, icc }: RasterLayout,
  writeRow: (row: number, target: Buffer) => void,
): Buffer {
  const rowBytes = width * channels;
  const strips = Math.ceil(height / ROWS_PER_STRIP);
  const stripBytes = (strip: number): number =>
    rowBytes * Math.min(ROWS_PER_STRIP, height - strip * ROWS_PER_STRIP);
  const each = <T>(value: (strip: number) => T): T[] =>
    Array.from({ length: strips }, (_, strip) => value(strip));

  const build = (pixelsAt: number): Buffer =>
    header([
      [256, LONG, [width]],
      [257, LONG, [height]],
      [258, SHORT, Array.from({ length: channels }, () => 8)],
      [259, SHORT, [1]],
      [262, SHORT, [2]],
      [273, LONG, each((strip) => pixelsAt + strip * ROWS_PER_STRIP * rowBytes)],
      [277, SHORT, [channels]],
      [278, LONG, [ROWS_PER_STRIP]],
      [279, LONG, each(stripBytes)],
      [284, SHORT, [1]],
      ...(channels === 4 ? [[338, SHORT, [2]] as const] : []),
      ...(icc === undefined ? [] : [[34675, UNDEFINED, [...icc]] as const]),
    ]);
  // Its length does not depend on the offsets inside it.
  const pixelsAt = build(0).length;
  const file = Buffer.allocUnsafe(pixelsAt + height * rowBytes);
  build(pixelsAt).copy(file);
  for (let row = 0; row < height; row += 1) {
    const at = pixelsAt + row * rowBytes;
    writeRow(row, file.subarray(at, at + rowBytes));
  }
  return file;
}

type Entry = readonly [tag: number, type: keyof typeof typeBytes, values: readonly number[]];

/** Little-endian: signature, directory, then the values that don't fit into it. */
function header(entries: readonly Entry[]): Buffer {
  const directory = Buffer.alloc(8 + 2 + 12 * entries.length + 4);
  directory.write("II*\0\x08\0\0\0", "latin1");
  directory.writeUInt16LE(entries.length, 8);
  const extra: Buffer[] = [];
  let extraAt = directory.length;
  entries.forEach(([tag, type, values], i) => {
    const at = 10 + 12 * i;
    const packed = pack(type, values);
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(values.length, at + 4);
    if (packed.length <= 4) {
      packed.copy(directory, at + 8);
    } else {
      directory.writeUInt32LE(extraAt, at + 8);
      extra.push(packed);
      extraAt += packed.length;
    }
  });
  return Buffer.concat([directory, ...extra]);
}

/** Padded to an even length, as TIFF wants offsets. */
function pack(type: Entry[1], values: readonly number[]): Buffer {
  const size = typeBytes[type];
  const packed = Buffer.alloc(size * values.length + ((size * values.length) % 2));
  values.forEach((value, i) => {
    packed.writeUIntLE(value, i * size, size);
  });
  return packed;
}
