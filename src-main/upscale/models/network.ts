import type { NetworkInfo } from "../network.ts";
import { flopsOf, type Layer, receptiveRadius } from "./layers.ts";
import type { Tensor } from "./tensor.ts";

/** A network that Kiln understands: its architecture, its steps, and its tensors by Real-ESRGAN's own keys. */
export interface Network {
  readonly architecture: "compact" | "rrdb";
  readonly scale: number;
  /** Edge of the pixel-unshuffle at its input, 1 where there is none. */
  readonly multiple: number;
  readonly layers: readonly Layer[];
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * How far away a pixel still matters in RRDBNet, in pixels of its trunk. In theory a 23-block network sees 350 px. Of
 * x4plus over an aerial photograph of a forest in tiles of 56 px, the largest difference from an untiled run is 5 of 255
 * with 64 px, and 1 with 96.
 */
const RRDB_REACH = 96;

export function infoOf(network: Network): NetworkInfo {
  const { architecture, scale, multiple, layers, tensors } = network;
  const kernel = (key: string): number => tensors.get(`${key}.weight`)?.shape[2] ?? 1;
  const radius = receptiveRadius(layers, network, kernel);
  return {
    architecture,
    scale,
    multiple,
    receptiveRadius: radius,
    padding: architecture === "compact" ? radius : Math.min(radius, RRDB_REACH * multiple),
    flops: flopsOf(layers, (key) => tensors.get(`${key}.weight`)?.data.length ?? 0),
    parameters: tensors.values().reduce((sum, { data }) => sum + data.length, 0),
  };
}
