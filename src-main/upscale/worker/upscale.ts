import { open } from "node:fs/promises";
import { KilnError } from "../../errors.ts";
import type { WorkerCallContext } from "../../workers/index.ts";
import type { Raster } from "../raster.ts";
import { nothingToUpscale, rasterFailed, upscaleNoMemory } from "./problems.ts";
import type { Provider, Region, UpscaleInput, UpscaleWorkerMethods } from "./protocol.ts";
import { isOutOfMemory, type TileRunner } from "./runtime.ts";
import { TileJudge } from "./tile-judge.ts";
import { constantAlpha, type OpenRaster, TileReader, TileWriter } from "./tile-pixels.ts";
import { bandStarts, tileGrid } from "./tiles.ts";

/** A tile that doesn't fit into memory is halved, down to this edge. */
const SMALLEST_TILE = 16;

type Context = WorkerCallContext<UpscaleWorkerMethods["upscale"]["progress"]>;

/** Opens the network of a call for a provider: the one that was asked for, or the processor to judge it by. */
export type OpenRunner = (provider: Provider, mayTrim: boolean) => Promise<TileRunner>;

/**
 * Upscales a raster, tile by tile and band by band.
 *
 * @throws KilnError `picture-empty`, `upscale-no-memory`, `disk-full`, `raster-failed`, `provider-wrong`, and those of
 * `openRunner`; the signal's reason
 */
export async function upscale(
  input: UpscaleInput,
  context: Context,
  openRunner: OpenRunner,
): Promise<UpscaleWorkerMethods["upscale"]["output"]> {
  const { name, source, target } = input;
  if (source.width < 1 || source.height < 1) throw nothingToUpscale(name);
  refuseOtherSize(input);
  try {
    await using from = await open(source.path, "r");
    await using to = await open(target.path, "r+");
    const run = new Run(
      input,
      { ...source, fd: from.fd },
      { ...target, fd: to.fd },
      () => to.datasync(),
      context,
      openRunner,
    );
    await using _ = run;
    return await run.toTheEnd();
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof KilnError) throw error;
    throw isOutOfMemory(error) ? upscaleNoMemory(name, error) : rasterFailed(name, error);
  }
}

/** What is upscaled. */
function regionOf({ source, region }: UpscaleInput): Region {
  return region ?? { left: 0, top: 0, width: source.width, height: source.height };
}

function refuseOtherSize(input: UpscaleInput): void {
  const { network, source, target } = input;
  const { left, top, width, height } = regionOf(input);
  const fits =
    left >= 0 &&
    top >= 0 &&
    left + width <= source.width &&
    top + height <= source.height &&
    target.width === width * network.scale &&
    target.height === height * network.scale &&
    target.channels === source.channels &&
    target.bits === source.bits;
  const shape = ({ width, height, channels, bits }: Raster) =>
    `${width} × ${height}, ${channels} channels of ${bits} bits`;
  if (!fits) throw new RangeError(`${shape(source)} into ${shape(target)}`);
}

class Run implements AsyncDisposable {
  readonly #input: UpscaleInput;
  readonly #source: OpenRaster;
  readonly #region: Region;
  readonly #target: OpenRaster;
  readonly #sync: () => Promise<void>;
  readonly #context: Context;
  readonly #openRunner: OpenRunner;
  #runner: TileRunner | null = null;
  #judge: TileJudge | null = null;
  #tile: number;
  /** The first row of the region whose result is not safely in the target. */
  #row: number;
  #tiles = 0;

  constructor(
    input: UpscaleInput,
    source: OpenRaster,
    target: OpenRaster,
    sync: () => Promise<void>,
    context: Context,
    openRunner: OpenRunner,
  ) {
    this.#input = input;
    this.#source = source;
    this.#region = regionOf(input);
    this.#target = target;
    this.#sync = sync;
    this.#context = context;
    this.#openRunner = openRunner;
    this.#tile = input.tile;
    this.#row = Math.floor(input.fromRow / input.network.scale);
  }

  async toTheEnd(): Promise<{ readonly tiles: number }> {
    const alpha = await constantAlpha(this.#source, () => this.#breathe());
    while (this.#row < this.#region.height) {
      try {
        await this.#bands(alpha);
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        await this.#halve(error);
      }
    }
    return { tiles: this.#tiles };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runner?.[Symbol.asyncDispose]();
    await this.#judge?.[Symbol.asyncDispose]();
  }

  /** All bands that are still to do, with the tile in force. */
  async #bands(alpha: number | null): Promise<void> {
    const { network, provider } = this.#input;
    const { scale } = network;
    this.#runner ??= await this.#openRunner(provider, true);
    if (provider !== "cpu") {
      this.#judge ??= new TileJudge(network, provider, () => this.#openRunner("cpu", false));
    }
    const grid = tileGrid(this.#region, network, this.#tile);
    const bands = bandStarts(this.#region, network, grid, this.#row);
    const reader = new TileReader(
      this.#source,
      grid,
      this.#source.channels % 2 === 0 && alpha === null,
    );
    const writer = new TileWriter(this.#target, grid, {
      scale,
      rim: this.#runner.rim,
      isGrey: this.#input.isGrey ?? false,
    });
    const columns = grid.columns.length;
    const before = Math.ceil(this.#row / grid.height) * columns;
    const totalTiles = before + bands.length * columns;
    for (const [band, top] of bands.entries()) {
      for (const [column, left] of grid.columns.entries()) {
        await this.#breathe();
        await this.#tileAt(left, top, { reader, writer, alpha, grid });
        this.#tiles += 1;
        this.#report(before + band * columns + column + 1, totalTiles);
      }
      await this.#sync();
      this.#row = Math.min(this.#region.height, top + grid.height);
      this.#report(before + (band + 1) * columns, totalTiles);
    }
  }

  async #tileAt(
    left: number,
    top: number,
    how: {
      readonly reader: TileReader;
      readonly writer: TileWriter;
      readonly alpha: number | null;
      readonly grid: ReturnType<typeof tileGrid>;
    },
  ): Promise<void> {
    const { reader, writer, grid } = how;
    const runner = this.#runner;
    if (runner === null) throw new Error("no network is open");
    const width = grid.width + 2 * grid.padding;
    const height = grid.height + 2 * grid.padding;
    const tile = reader.read(this.#region.left + left, this.#region.top + top);
    const through = async (pixels: typeof tile.colour, slot: "colour" | "alpha") => {
      const result = await runner.run(pixels, width, height, slot);
      await this.#judge?.look({ pixels, result, width, height });
      return result;
    };
    const colour = await through(tile.colour, "colour");
    const alpha = tile.alpha === null ? (how.alpha ?? 0) : await through(tile.alpha, "alpha");
    writer.write(left, top, colour, alpha);
  }

  async #halve(cause: unknown): Promise<void> {
    const { network, name } = this.#input;
    const { width, height } = this.#region;
    // What the session holds on to may be what is missing.
    await this.#runner?.[Symbol.asyncDispose]();
    this.#runner = null;
    const edge = this.#tile === 0 ? Math.max(width, height) : this.#tile;
    const smallest = Math.max(SMALLEST_TILE, network.multiple);
    if (edge <= smallest) throw upscaleNoMemory(name, cause);
    this.#tile = Math.max(smallest, Math.ceil(edge / 2));
  }

  #report(doneTiles: number, totalTiles: number): void {
    this.#context.progress({
      finishedRows: this.#row * this.#input.network.scale,
      doneTiles,
      totalTiles,
      tile: this.#tile,
    });
  }

  /** Lets a cancel in. */
  async #breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#context.signal.throwIfAborted();
  }
}
