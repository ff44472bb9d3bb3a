import { readSync, writeSync } from "node:fs";
import { type Raster, rowBytes } from "../raster.ts";
import { reflect, type TileGrid } from "./tiles.ts";

/** Samples of 8 or of 16 bits. */
export type Samples = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** A raster whose file is open. */
export interface OpenRaster extends Raster {
  readonly fd: number;
}

export function samples(bits: 8 | 16, count: number): Samples {
  return bits === 8 ? new Uint8Array(count) : new Uint16Array(count);
}

/** What the network takes of one tile, padding and all: interleaved RGB. */
export interface TileInput {
  /** Grey is replicated. */
  readonly colour: Samples;
  /** Alpha, replicated; null where the network need not see it. */
  readonly alpha: Samples | null;
}

/** Cuts padded tiles from a raster. Its buffers are its own and are filled again by the next `read`. */
export class TileReader {
  readonly #source: OpenRaster;
  readonly #grid: TileGrid;
  readonly #columns: number;
  readonly #rows: number;
  readonly #tile: TileInput;
  /** As long as the longest piece of a row that a tile needs. */
  readonly #row: Samples;

  /** @param withAlpha whether alpha goes through the network */
  constructor(source: OpenRaster, grid: TileGrid, withAlpha: boolean) {
    this.#source = source;
    this.#grid = grid;
    this.#columns = grid.width + 2 * grid.padding;
    this.#rows = grid.height + 2 * grid.padding;
    const count = this.#columns * this.#rows * 3;
    this.#tile = {
      colour: samples(source.bits, count),
      alpha: withAlpha ? samples(source.bits, count) : null,
    };
    this.#row = samples(source.bits, Math.min(source.width, this.#columns) * source.channels);
  }

  /** @throws the system's error; one with the code EOF where the file is shorter than it should be */
  read(left: number, top: number): TileInput {
    const { width, height } = this.#source;
    const { padding } = this.#grid;
    const places = Array.from({ length: this.#columns }, (_, i) =>
      reflect(left - padding + i, width),
    );
    const first = places.reduce((least, place) => Math.min(least, place), width);
    const last = places.reduce((most, place) => Math.max(most, place), 0);
    const channels = this.#source.channels;
    const offsets = places.map((place) => (place - first) * channels);
    for (let row = 0; row < this.#rows; row += 1) {
      const y = reflect(top - padding + row, height);
      this.#readRow(y, first, last - first + 1);
      this.#spread(row, offsets);
    }
    return this.#tile;
  }

  #readRow(y: number, x: number, count: number): void {
    const { fd, offset, channels, bits } = this.#source;
    const pixel = channels * (bits / 8);
    readExactly(
      fd,
      bytesOf(this.#row.subarray(0, count * channels)),
      offset + y * rowBytes(this.#source) + x * pixel,
    );
  }

  /** @param offsets where each pixel of the tile's row lies in the piece that was read */
  #spread(row: number, offsets: readonly number[]): void {
    const { colour, alpha } = this.#tile;
    const { channels } = this.#source;
    const piece = this.#row;
    const isGrey = channels < 3;
    let to = row * this.#columns * 3;
    for (const from of offsets) {
      colour[to] = piece[from] ?? 0;
      colour[to + 1] = piece[isGrey ? from : from + 1] ?? 0;
      colour[to + 2] = piece[isGrey ? from : from + 2] ?? 0;
      if (alpha !== null) alpha.fill(piece[from + channels - 1] ?? 0, to, to + 3);
      to += 3;
    }
  }
}

export interface TileResults {
  /** Of the network. */
  readonly scale: number;
  /** Input pixels of the padding that a result leaves out on each side. */
  readonly rim: number;
  /** Its three colours are alike and are to stay so. */
  readonly isGrey: boolean;
}

/** Puts the middles of tiles' results into a raster. */
export class TileWriter {
  readonly #target: OpenRaster;
  readonly #grid: TileGrid;
  readonly #scale: number;
  /** What of the padding is in the result, in input pixels. */
  readonly #margin: number;
  readonly #isGrey: boolean;
  readonly #row: Samples;

  constructor(target: OpenRaster, grid: TileGrid, { scale, rim, isGrey }: TileResults) {
    this.#isGrey = isGrey || target.channels < 3;
    this.#target = target;
    this.#grid = grid;
    this.#scale = scale;
    this.#margin = grid.padding - rim;
    this.#row = samples(target.bits, grid.width * scale * target.channels);
  }

  /**
   * @param colour what the network gave, interleaved RGB
   * @param alpha the same for alpha, or the one value that it has everywhere
   * @throws the system's error
   */
  write(left: number, top: number, colour: Samples, alpha: Samples | number): void {
    const { fd, offset, width, height, channels, bits } = this.#target;
    const scale = this.#scale;
    const margin = this.#margin;
    const stride = (this.#grid.width + 2 * margin) * scale * 3;
    // A picture smaller than its network's multiple is less than one tile.
    const columns = Math.min(this.#grid.width * scale, width - left * scale);
    const rows = Math.min(this.#grid.height * scale, height - top * scale);
    const pixel = channels * (bits / 8);
    for (let row = 0; row < rows; row += 1) {
      const from = (margin * scale + row) * stride + margin * scale * 3;
      const line =
        channels === 3 && !this.#isGrey
          ? colour.subarray(from, from + columns * 3)
          : this.#interleave(from, columns, colour, alpha);
      writeExactly(
        fd,
        bytesOf(line),
        offset + (top * scale + row) * rowBytes(this.#target) + left * scale * pixel,
      );
    }
  }

  #interleave(from: number, columns: number, colour: Samples, alpha: Samples | number): Samples {
    const { channels } = this.#target;
    const row = this.#row;
    let to = 0;
    for (let at = from; at < from + columns * 3; at += 3) {
      if (this.#isGrey) {
        // Of three channels that should be alike, the middle one.
        const grey = colour[at + 1] ?? 0;
        row[to] = grey;
        if (channels > 2) row[to + 1] = row[to + 2] = grey;
      } else {
        row[to] = colour[at] ?? 0;
        row[to + 1] = colour[at + 1] ?? 0;
        row[to + 2] = colour[at + 2] ?? 0;
      }
      to += channels;
      if (channels % 2 === 0) {
        row[to - 1] = typeof alpha === "number" ? alpha : (alpha[at + 1] ?? 0);
      }
    }
    return row.subarray(0, to);
  }
}

/** The one value that alpha has in all of a raster; null where it has several or there is none. */
export async function constantAlpha(
  source: OpenRaster,
  pause: () => Promise<void>,
): Promise<number | null> {
  const { fd, offset, width, height, channels } = source;
  if (channels % 2 !== 0) return null;
  const rows = Math.max(1, Math.floor(2 ** 22 / rowBytes(source)));
  const chunk = samples(source.bits, rows * width * channels);
  let value: number | null = null;
  for (let row = 0; row < height; row += rows) {
    await pause();
    const count = Math.min(rows, height - row) * width * channels;
    readExactly(fd, bytesOf(chunk.subarray(0, count)), offset + row * rowBytes(source));
    value ??= chunk[channels - 1] ?? 0;
    for (let at = channels - 1; at < count; at += channels) {
      if (chunk[at] !== value) return null;
    }
  }
  return value;
}

function bytesOf(values: Samples): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function readExactly(fd: number, into: Uint8Array, position: number): void {
  let done = 0;
  while (done < into.length) {
    const count = readSync(fd, into, done, into.length - done, position + done);
    if (count === 0) throw Object.assign(new Error("The raster ends early"), { code: "EOF" });
    done += count;
  }
}

function writeExactly(fd: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}
