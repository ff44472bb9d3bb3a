import { type FileHandle, open } from "node:fs/promises";
import { createTarget, type Raster, rowBytes } from "../../../upscale/rasters/index.ts";

/** Half the width of the kernel, in pixels of the result (Duchon 1979; as every program's Lanczos3). */
const LOBES = 3;

/** What is read of the source, and written of the result, at a time. */
const BAND_BYTES = 4 * 2 ** 20;

/**
 * Reduces a 16-bit raster by Lanczos3 in floating point. libvips filters 16 bits with weights of 12, whose sums are off
 * by a thousandth from one row to the next: that shows in nothing of 8 bits, and is a hundred steps of 16.
 *
 * Rows stream: each is filtered across as it comes, and as many as the kernel is high wait to be filtered down.
 * Colours are weighted by alpha. Beyond the rim the last pixel goes on.
 */
export async function reduceRaster(
  source: Raster,
  {
    path,
    width,
    height,
  }: { readonly path: string; readonly width: number; readonly height: number },
  signal: AbortSignal,
): Promise<Raster> {
  const { channels } = source;
  const target = await createTarget(path, { width, height, channels, bits: 16 });
  const hasAlpha = channels === 2 || channels === 4;
  const across = kernelOf(source.width, width);
  const down = kernelOf(source.height, height);
  await using from = await open(source.path, "r");
  await using to = await open(path, "r+");
  const rows = new RowReader(from, source);
  const samples = width * channels;
  /** Rows that were filtered across, each at its number modulo how many a column of the kernel reaches over. */
  const waiting = Array.from({ length: down.taps }, () => new Float32Array(samples));
  const sums = new Float64Array(samples);
  const perBand = Math.max(1, Math.floor(BAND_BYTES / rowBytes(target)));
  const band = new Uint16Array(perBand * samples);
  let next = 0;
  for (let y = 0; y < height; y += 1) {
    const first = down.firsts[y] ?? 0;
    for (; next < Math.min(source.height, first + down.taps); next += 1) {
      const row = await rows.next();
      if (next < first) continue;
      filterAcross(row, waiting[next % down.taps] ?? sums, across, { width, channels, hasAlpha });
    }
    sums.fill(0);
    for (let tap = 0; tap < down.taps; tap += 1) {
      const weight = down.weights[y * down.taps + tap] ?? 0;
      const row = waiting[(first + tap) % down.taps];
      if (weight === 0 || row === undefined) continue;
      for (let i = 0; i < samples; i += 1) sums[i] = (sums[i] ?? 0) + weight * (row[i] ?? 0);
    }
    const at = (y % perBand) * samples;
    finishRow(sums, band.subarray(at, at + samples), { channels, hasAlpha });
    const isLast = y === height - 1;
    if (isLast || y % perBand === perBand - 1) {
      signal.throwIfAborted();
      const count = (y % perBand) + 1;
      const position = target.offset + (y + 1 - count) * samples * 2;
      await to.write(Buffer.from(band.buffer), 0, count * samples * 2, position);
    }
  }
  return target;
}

interface Kernel {
  /** Source pixels that count for one of the result. */
  readonly taps: number;
  /** Of each result pixel, the first of them. */
  readonly firsts: Int32Array;
  /** `taps` of each result pixel; they sum up to 1. */
  readonly weights: Float64Array;
}

function kernelOf(source: number, target: number): Kernel {
  const scale = source / target;
  const reach = LOBES * Math.max(1, scale);
  const taps = Math.min(source, 2 * Math.ceil(reach) + 1);
  const firsts = new Int32Array(target);
  const weights = new Float64Array(target * taps);
  for (let i = 0; i < target; i += 1) {
    const middle = (i + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.min(source - taps, Math.round(middle) - Math.ceil(reach)));
    firsts[i] = first;
    let sum = 0;
    for (let at = Math.ceil(middle - reach); at <= middle + reach; at += 1) {
      const weight = lanczos((at - middle) / Math.max(1, scale));
      const inside = Math.max(0, Math.min(source - 1, at)) - first;
      // Beyond the rim: the last pixel counts for those that are not there.
      const tap = i * taps + Math.max(0, Math.min(taps - 1, inside));
      weights[tap] = (weights[tap] ?? 0) + weight;
      sum += weight;
    }
    for (let tap = i * taps; tap < (i + 1) * taps; tap += 1) {
      weights[tap] = (weights[tap] ?? 0) / sum;
    }
  }
  return { taps, firsts, weights };
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const angle = Math.PI * x;
  return (LOBES * Math.sin(angle) * Math.sin(angle / LOBES)) / (angle * angle);
}

interface RowLayout {
  readonly channels: number;
  readonly hasAlpha: boolean;
}

/** Colours that alpha weighs leave multiplied by it, 0..1. */
function filterAcross(
  row: Uint16Array,
  out: Float32Array | Float64Array,
  { taps, firsts, weights }: Kernel,
  { width, channels, hasAlpha }: RowLayout & { readonly width: number },
): void {
  const alphaAt = channels - 1;
  for (let x = 0; x < width; x += 1) {
    const first = (firsts[x] ?? 0) * channels;
    for (let c = 0; c < channels; c += 1) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) {
        const at = first + tap * channels;
        const weight = weights[x * taps + tap] ?? 0;
        const value = weight * (row[at + c] ?? 0);
        sum += hasAlpha && c !== alphaAt ? (value * (row[at + alphaAt] ?? 0)) / 65_535 : value;
      }
      out[x * channels + c] = sum;
    }
  }
}

/** Rounds once, to what 16 bits hold. */
function finishRow(sums: Float64Array, out: Uint16Array, { channels, hasAlpha }: RowLayout): void {
  const alphaAt = channels - 1;
  for (let i = 0; i < sums.length; i += 1) {
    let value = sums[i] ?? 0;
    if (hasAlpha && i % channels !== alphaAt) {
      const alpha = sums[i - (i % channels) + alphaAt] ?? 0;
      value = alpha <= 0.5 ? 0 : (value * 65_535) / alpha;
    }
    out[i] = Math.max(0, Math.min(65_535, Math.round(value)));
  }
}

/** A raster's rows, one after the other. */
class RowReader {
  readonly #file: FileHandle;
  readonly #raster: Raster;
  readonly #samples: number;
  readonly #rows: number;
  readonly #band: Uint16Array;
  readonly #bytes: Buffer;
  #next = 0;

  constructor(file: FileHandle, raster: Raster) {
    this.#file = file;
    this.#raster = raster;
    this.#samples = raster.width * raster.channels;
    this.#rows = Math.max(1, Math.floor(BAND_BYTES / rowBytes(raster)));
    const bytes = new ArrayBuffer(this.#rows * rowBytes(raster));
    this.#band = new Uint16Array(bytes);
    this.#bytes = Buffer.from(bytes);
  }

  async next(): Promise<Uint16Array> {
    const inBand = this.#next % this.#rows;
    if (inBand === 0) {
      const row = rowBytes(this.#raster);
      const bytes = row * Math.min(this.#rows, this.#raster.height - this.#next);
      const position = this.#raster.offset + this.#next * row;
      const { bytesRead } = await this.#file.read(this.#bytes, 0, bytes, position);
      if (bytesRead < bytes) throw new Error(`${this.#raster.path} ends early`);
    }
    this.#next += 1;
    return this.#band.subarray(inBand * this.#samples, (inBand + 1) * this.#samples);
  }
}
