import type { NetworkFile } from "../network.ts";
import type { Raster } from "../raster.ts";

/** Execution providers of ONNX Runtime, by its own names: DirectML, CUDA, CoreML, WebGPU, the processor. */
export const providers = ["dml", "cuda", "coreml", "webgpu", "cpu"] as const;
export type Provider = (typeof providers)[number];

/** A part of a raster, in its pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface UpscaleInput {
  readonly network: NetworkFile;
  readonly provider: Provider;
  /** Name of what is upscaled, for what is said when the child dies over it. */
  readonly name: string;
  readonly source: Raster;
  /** Its three colours are alike everywhere, and those of the result are to be: networks add a cast of their own. */
  readonly isGrey?: boolean;
  /**
   * What of the source is upscaled, with the rest about it: the same pixels as in the result of the whole. Its left and
   * its top are multiples of the network's `multiple`. All of it if not said.
   */
  readonly region?: Region;
  /**
   * Where the result goes: `scale` times the size of what is upscaled, same channels and bits. What lies before `offset` is
   * already there; rows are written from the top down.
   */
  readonly target: Raster;
  /** Rows of the target that an earlier run has finished: a number that such a run reported. */
  readonly fromRow: number;
  /**
   * Edge of a tile in input pixels, padding not counted; 0 is untiled. See `planTile`. Where `fromRow` is not 0, the one
   * that was reported with it: an undisturbed run would have gone on with it, too.
   */
  readonly tile: number;
}

/** What the upscaling child does: it owns ONNX Runtime, and reads and writes rasters. One call at a time. */
export type UpscaleWorkerMethods = {
  /** Which providers ONNX Runtime has on this system, whether or not there is hardware for them, and its version. */
  backends: {
    input: { readonly name: string };
    output: { readonly version: string; readonly providers: readonly Provider[] };
    progress: never;
  };
  /**
   * Runs a small seeded picture through a network with a provider and through the processor.
   *
   * Fails with KilnError `provider-unavailable` where it can't be used here, `provider-wrong` where its numbers are,
   * `model-broken` where even the processor can't run the network.
   */
  selfTest: {
    input: { readonly network: NetworkFile; readonly provider: Provider; readonly name: string };
    output: {
      /** Largest difference from the processor's result, in 1/255. */
      readonly maxDifference: number;
      /** Wall seconds an output megapixel, the first run not counted. */
      readonly secondsPerMegapixel: number;
    };
    progress: never;
  };
  /**
   * Loads a network that was brought and runs it on a tile: what it takes in and gives out.
   *
   * Fails with KilnError `model-broken` where it doesn't load, gives another size than its scale says, or no numbers.
   */
  check: {
    input: { readonly network: NetworkFile; readonly name: string };
    output: { readonly scale: number };
    progress: never;
  };
  /**
   * Upscales a raster. After each band of rows that is safely in the file, progress says so. A tile that does not fit
   * into memory is halved, and the band begun again.
   *
   * Fails with KilnError `picture-empty`, `upscale-no-memory`, `disk-full`, `raster-failed`, `provider-wrong`,
   * `provider-unavailable`, `model-broken`.
   */
  upscale: {
    input: UpscaleInput;
    output: { readonly tiles: number };
    progress: {
      /** Rows of the target that are on the disk and stay. */
      readonly finishedRows: number;
      /** Of all tiles, for a bar that moves between bands. */
      readonly doneTiles: number;
      readonly totalTiles: number;
      /** The tile in force: smaller than what was asked for once memory was short. To be handed on with `fromRow`. */
      readonly tile: number;
    };
  };
};
