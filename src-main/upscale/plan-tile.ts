import type { NetworkInfo } from "./network.ts";
import type { Provider } from "./worker/protocol.ts";
import { STRIP_PIXELS } from "./worker/strip-runner.ts";
import { bandStarts, isTrimmable, type TileGrid, tileGrid, tilePixels } from "./worker/tiles.ts";

export interface TilePlanInput {
  readonly network: NetworkInfo;
  readonly provider: Provider;
  /** Of the picture that goes in, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16;
  /** Memory that is free now. */
  readonly freeBytes: number;
}

/** Of what is free a run takes this share: the rest is the window's, the encoder's and the disk cache's. */
const SHARE_OF_FREE = 0.5;

/** A larger tile saves less and less padding. Deep networks gain by more: each pixel around a tile costs them dear. */
const MOST_BYTES = { compact: 1.25e9, rrdb: 2e9, onnx: 2e9 } as const;

/** What no system reports: the memory of a graphics card is taken to be this. */
const GRAPHICS_BYTES = 1.5e9;

/** Runs on the processor until it is loaded: the runtime, and weights in the file's form and the kernels'. */
const RUNTIME_BYTES = 60e6;
const BYTES_A_PARAMETER = 21;

/** Of tiles that cost nearly the same the smaller one: progress, a cancel and a resume come sooner. */
const NEARLY = 1.01;

const SMALLEST_EDGE = 16;

/**
 * The tile with the least to compute that fits into memory: edge in input pixels, padding not counted. Where no tile
 * fits, the smallest one; a run halves it when memory runs out all the same.
 */
export function planTile(input: TilePlanInput): number {
  const { network, width, height } = input;
  const budget = bytesFor(input);
  const smallest = Math.max(SMALLEST_EDGE, network.multiple);
  const plans = candidates(width, height, smallest)
    .map((tile) => ({ tile, ...tileCost(input, tile) }))
    .filter(({ bytes }) => bytes <= budget);
  const least = Math.min(...plans.map(({ computed }) => computed));
  return plans
    .filter(({ computed }) => computed <= least * NEARLY)
    .reduce((best, { tile }) => Math.min(best, tile), plans.length > 0 ? Infinity : smallest);
}

export interface TileCost {
  /** Input pixels that run through the network, a mean over its layers. */
  readonly computed: number;
  /** Which share of them is padding, or done already by another tile: 0..1. */
  readonly padding: number;
  /** The most memory that the run takes, the runtime itself counted. */
  readonly bytes: number;
}

/** What it takes to upscale a picture with a tile of this edge; 0 is untiled. */
export function tileCost(input: Omit<TilePlanInput, "freeBytes">, tile: number): TileCost {
  const { network, provider, width, height } = input;
  const grid = tileGrid(input, network, tile);
  const tiles = grid.columns.length * bandStarts(input, network, grid, 0).length;
  const computed =
    tiles * (isTrimmable(network, provider) ? trimmedPixels(grid) : tilePixels(grid));
  return {
    computed,
    padding: 1 - (width * height) / computed,
    bytes: RUNTIME_BYTES + BYTES_A_PARAMETER * network.parameters + tileBytes(input, grid),
  };
}

/** Of a tile that loses one pixel on each side with each convolution, until its padding is gone: the mean. */
function trimmedPixels({ width, height, padding }: TileGrid): number {
  let sum = 0;
  for (let around = 0; around < padding; around += 1) {
    sum += (width + 2 * around) * (height + 2 * around);
  }
  return padding === 0 ? width * height : sum / padding;
}

/**
 * Measured with onnxruntime-node 1.30 and its arena: general-x4v3 takes 1.1 KB an input pixel with 8 bits and 1.4 KB
 * with 16. x4plus takes 3.1 KB, and what its strips take that are enlarged one by one; undivided, 14 KB.
 */
function tileBytes({ network, provider, bits }: Omit<TilePlanInput, "freeBytes">, grid: TileGrid) {
  const { architecture, scale, multiple, parameters, receptiveRadius } = network;
  const pixels = tilePixels(grid);
  // Of the result: colour and alpha.
  const buffers = 2 * scale ** 2 * 3 * (bits / 8);
  if (architecture === "compact") {
    // As many convolutions as the radius says, each of features² · 9 weights.
    const features = Math.sqrt(parameters / (9 * Math.max(1, receptiveRadius)));
    return pixels * (17 * features + 3 * scale ** 2 * 4 + buffers);
  }
  if (architecture === "rrdb" && provider === "cpu") {
    const strips = STRIP_PIXELS * 900 * (scale * multiple) ** 2;
    return pixels * (3400 / multiple ** 2 + buffers) + strips;
  }
  const undivided = 900 * scale ** 2 + 3400 / multiple ** 2;
  // Of a foreign graph nothing is known: twice what the largest known one takes.
  return pixels * ((architecture === "onnx" ? 2 : 1) * undivided + buffers);
}

function bytesFor({ network, provider, freeBytes }: TilePlanInput): number {
  const most = MOST_BYTES[network.architecture];
  return Math.min(provider === "cpu" ? most : GRAPHICS_BYTES, SHARE_OF_FREE * freeBytes);
}

/** Edges that cut one side of the picture into equal parts. */
function candidates(width: number, height: number, smallest: number): number[] {
  const edges = new Set<number>();
  for (const length of [width, height]) {
    for (let parts = 1; length / parts >= smallest; parts += 1) {
      edges.add(Math.ceil(length / parts));
    }
  }
  return [...edges, smallest];
}
