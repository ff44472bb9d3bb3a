import { recogniseTensors, type TensorsOrigin } from "./architectures.ts";
import { areSame, type Layer } from "./layers.ts";
import type { Network } from "./network.ts";
import { weightsUnknownArchitecture } from "./problems.ts";
import type { StoredTensor } from "./tensor.ts";

/** A graph in terms of Kiln's layers, with tensors by whatever keys the layers name. */
export interface TracedGraph {
  readonly layers: readonly Layer[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Kinds of layers in it, for what is said to people. */
  readonly seen: readonly string[];
}

/**
 * Finds the architecture of a graph that carries no names of its own: its convolutions are given the names that they
 * would have, and what comes of these has to compute the same, step by step.
 *
 * @throws KilnError as `recogniseTensors`
 */
export function recogniseLayers(graph: TracedGraph, origin: TensorsOrigin): Network {
  const { layers, tensors, seen } = graph;
  const keys = (op: "conv" | "prelu"): string[] => [
    ...new Set(layers.flatMap((layer) => (layer.op === op ? [layer.key] : []))),
  ];
  const convolutions = keys("conv");
  const isDense = layers.some(({ op }) => op === "concat");
  const ups = layers.filter(({ op }) => op === "nearest").length;
  const names = isDense ? rrdbNames(convolutions.length, ups) : [];
  const renamed = new Map<string, StoredTensor>();
  const rename = (key: string, name: string): void => {
    for (const part of ["weight", "bias"]) {
      const tensor = tensors.get(`${key}.${part}`);
      if (tensor !== undefined) renamed.set(`${name}.${part}`, tensor);
    }
  };
  convolutions.forEach((key, i) => {
    rename(key, names[i] ?? `body.${2 * i}`);
  });
  keys("prelu").forEach((key, i) => {
    rename(key, `body.${2 * i + 1}`);
  });
  const activation = layers.find((layer) => layer.op === "leaky");
  const network = recogniseTensors(renamed, {
    ...origin,
    seen,
    activation: activation?.op === "leaky" ? activation.slope : undefined,
  });
  if (!areSame(network.layers, layers)) throw weightsUnknownArchitecture(origin.name, seen);
  return network;
}

/** Of all convolutions of RRDBNet, in the order in which they are run. */
function rrdbNames(count: number, ups: number): string[] {
  const blocks = (count - 4 - ups) / 15;
  if (!Number.isInteger(blocks) || blocks < 1) return [];
  const dense = Array.from({ length: 15 * blocks }, (_, i) => {
    const rdb = Math.floor(i / 5) % 3;
    return `body.${Math.floor(i / 15)}.rdb${rdb + 1}.conv${(i % 5) + 1}`;
  });
  const up = Array.from({ length: ups }, (_, i) => `conv_up${i + 1}`);
  return ["conv_first", ...dense, "conv_body", ...up, "conv_hr", "conv_last"];
}
