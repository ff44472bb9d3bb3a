/**
 * Pixels in a file, ready to be read at any row: interleaved, row after row without padding, little-endian where a
 * sample has two bytes. What decoders leave for the networks, and networks for encoders, so that no process ever
 * holds a whole picture.
 */
export interface Raster {
  /** Absolute path. */
  readonly path: string;
  /** Where the first row begins, in bytes. */
  readonly offset: number;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha (never premultiplied). */
  readonly channels: 1 | 2 | 3 | 4;
  /** Bits a sample. */
  readonly bits: 8 | 16;
}

/** Bytes of one row. */
export function rowBytes({ width, channels, bits }: Omit<Raster, "path" | "offset">): number {
  return width * channels * (bits / 8);
}
