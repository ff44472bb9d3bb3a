import { stat } from "node:fs/promises";
import type { NetworkFile } from "../network.ts";
import type { Provider } from "./protocol.ts";
import { openTileRunner, type TileRunner } from "./runtime.ts";

/** What ran on no larger tiles than this holds on to little memory. */
const SMALL_PIXELS = 2 ** 18;

interface Kept {
  readonly key: string;
  readonly runner: TileRunner;
}

/**
 * Keeps the network that ran last on something small: who looks at a model on one piece of a photo soon looks at
 * another, and loading takes as long as running does.
 */
export class KeptRunner {
  #kept: Kept | null = null;

  /** As `openTileRunner`; the one who opens it has it for itself until it is disposed of. */
  async open(
    network: NetworkFile,
    provider: Provider,
    bits: 8 | 16,
    name: string,
    mayTrim = false,
  ): Promise<TileRunner> {
    const key = await keyOf(network, provider, bits, mayTrim);
    const kept = this.#kept;
    this.#kept = null;
    if (kept !== null && kept.key !== key) await kept.runner[Symbol.asyncDispose]();
    const runner =
      kept?.key === key
        ? kept.runner
        : await openTileRunner(network, provider, bits, name, mayTrim);
    let isSmall = true;
    return {
      rim: runner.rim,
      run: async (pixels, width, height, slot) => {
        const wasSmall = isSmall && width * height <= SMALL_PIXELS;
        // Until it is done: what failed is not kept.
        isSmall = false;
        const result = await runner.run(pixels, width, height, slot);
        isSmall = wasSmall;
        return result;
      },
      [Symbol.asyncDispose]: async () => {
        if (!isSmall) return await runner[Symbol.asyncDispose]();
        const other = this.#kept;
        this.#kept = { key, runner };
        await other?.runner[Symbol.asyncDispose]();
      },
    };
  }
}

/** Of the file's bytes, too: a model that was fetched again is another. */
async function keyOf(
  network: NetworkFile,
  ...how: readonly [provider: Provider, bits: number, mayTrim: boolean]
): Promise<string> {
  // A file that is gone is said by whoever reads it.
  const found = await stat(network.path).catch(() => null);
  return JSON.stringify([network, found?.mtimeMs, found?.size, ...how]);
}
