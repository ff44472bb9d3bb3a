import type { NetworkInfo } from "../network.ts";
import { providerWrong } from "./problems.ts";
import type { Provider } from "./protocol.ts";
import type { TileRunner } from "./runtime.ts";
import { type Samples, samples } from "./tile-pixels.ts";

/** Edge of the squares that are looked at, in input pixels. */
const SQUARE = 16;

/** Of each so many of a square's pixels one is looked at, along both edges. */
const STEP = 2;

/** An upscaler's pixels are near the ones that they come from; where they are not, the processor judges. */
const SUSPICIOUS = 0.2;

/** How much of the range a provider's result may differ from the processor's. */
export const TOLERANCE = 2 / 255;

/** Squares that the processor found right after all: with so many, the network is one that changes colours. */
const MOST_ACQUITTED = 8;

interface JudgedTile {
  /** Interleaved RGB, and what the network made of it. */
  readonly pixels: Samples;
  readonly result: Samples;
  readonly width: number;
  readonly height: number;
}

/**
 * Watches over what a graphics processor computes: drivers give black, noise or nothing at all when they run out of
 * memory or overheat, long after a self-test. A square that is far from what went in is computed again by the processor.
 */
export class TileJudge implements AsyncDisposable {
  readonly #network: NetworkInfo;
  readonly #provider: Provider;
  readonly #openProcessor: () => Promise<TileRunner>;
  #processor: TileRunner | null = null;
  #acquitted = 0;

  constructor(network: NetworkInfo, provider: Provider, openProcessor: () => Promise<TileRunner>) {
    this.#network = network;
    this.#provider = provider;
    this.#openProcessor = openProcessor;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#processor?.[Symbol.asyncDispose]();
  }

  /** @throws KilnError `provider-wrong` */
  async look(tile: JudgedTile): Promise<void> {
    if (this.#acquitted >= MOST_ACQUITTED) return;
    const square = worstSquare(tile, this.#network.scale);
    if (square.shift <= SUSPICIOUS) return;
    const difference = await this.#differenceAt(tile, square.left, square.top);
    if (difference > TOLERANCE) throw providerWrong(this.#provider, difference * 255);
    this.#acquitted += 1;
  }

  /** Computes the surroundings of a square again. @returns the largest difference within it, as a share of the range */
  async #differenceAt(tile: JudgedTile, left: number, top: number): Promise<number> {
    const { scale, padding, multiple } = this.#network;
    const around = Math.ceil(padding / multiple) * multiple;
    const span = (at: number, length: number) => {
      const from = Math.max(0, at - around);
      const phase = from - (from % multiple);
      const end = Math.min(length, at + SQUARE + around);
      return [phase, Math.ceil((end - phase) / multiple) * multiple] as const;
    };
    const [x, width] = span(left, tile.width);
    const [y, height] = span(top, tile.height);
    const piece = samples(tile.pixels instanceof Uint8Array ? 8 : 16, width * height * 3);
    for (let row = 0; row < height; row += 1) {
      const from = ((y + row) * tile.width + x) * 3;
      piece.set(tile.pixels.subarray(from, from + width * 3), row * width * 3);
    }
    this.#processor ??= await this.#openProcessor();
    const right = await this.#processor.run(piece, width, height, "colour");
    let most = 0;
    const rows = Math.min(SQUARE, tile.height - top) * scale;
    const count = Math.min(SQUARE, tile.width - left) * scale * 3;
    for (let row = 0; row < rows; row += 1) {
      const there = ((top * scale + row) * tile.width + left) * scale * 3;
      const here = (((top - y) * scale + row) * width + (left - x)) * scale * 3;
      const mine = tile.result.subarray(there, there + count);
      for (const [i, value] of mine.entries()) {
        most = Math.max(most, Math.abs(value - (right[here + i] ?? 0)));
      }
    }
    return most / (tile.pixels instanceof Uint8Array ? 255 : 65535);
  }
}

/** The square whose pixels are on average farthest from those that went in: by which share of the range. */
function worstSquare(
  { pixels, result, width, height }: JudgedTile,
  scale: number,
): { readonly left: number; readonly top: number; readonly shift: number } {
  const range = pixels instanceof Uint8Array ? 255 : 65535;
  let worst = { left: 0, top: 0, shift: 0 };
  for (let top = 0; top < height; top += SQUARE) {
    for (let left = 0; left < width; left += SQUARE) {
      let sum = 0;
      let count = 0;
      for (let y = top; y < Math.min(height, top + SQUARE); y += STEP) {
        for (let x = left; x < Math.min(width, left + SQUARE); x += STEP) {
          const before = (y * width + x) * 3;
          const middle = Math.floor(scale / 2);
          const after = ((y * scale + middle) * width * scale + x * scale + middle) * 3;
          for (let channel = 0; channel < 3; channel += 1) {
            sum += Math.abs((result[after + channel] ?? 0) - (pixels[before + channel] ?? 0));
          }
          count += 3;
        }
      }
      const shift = sum / count / range;
      if (shift > worst.shift) worst = { left, top, shift };
    }
  }
  return worst;
}
