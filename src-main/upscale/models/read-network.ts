import { KilnError } from "../../errors.ts";
import type { NetworkInfo } from "../network.ts";
import { recogniseTensors, type TensorsOrigin } from "./architectures.ts";
import { readNcnn } from "./ncnn.ts";
import { infoOf, type Network } from "./network.ts";
import { checkForeign, foreignInfo, isOnnx, withFloatEnds } from "./onnx-foreign.ts";
import { readOnnx } from "./onnx-reader.ts";
import { traceOnnx } from "./onnx-tracer.ts";
import { writeOnnx } from "./onnx-writer.ts";
import {
  networksUnlike,
  weightsTooLarge,
  weightsUnknownFormat,
  weightsWithoutParam,
} from "./problems.ts";
import { legacyMagic, readLegacyPth, readZipPth } from "./pth.ts";
import { recogniseLayers } from "./recognise-layers.ts";
import { isSafetensors, readSafetensors } from "./safetensors.ts";
import type { StoredTensor, Tensor } from "./tensor.ts";

export interface ModelFiles {
  /** The whole file: .pth, .safetensors, .onnx, or ncnn's .bin. What it is, is seen from its bytes. */
  readonly weights: Uint8Array;
  /** The text of ncnn's .param. */
  readonly param?: string;
  /** Name of the file, for what is said to people. */
  readonly name: string;
}

export interface ReadNetwork {
  readonly info: NetworkInfo;
  /** What it was read as; null for a foreign graph. */
  readonly network: Network | null;
  /** The network as a file (see `NetworkFile`); the same one gives the same bytes. */
  onnx(): Uint8Array;
}

/** The largest that people use (transformers) have half of it. */
const MAX_FILE_BYTES = 2 ** 30;

/**
 * Reads a network from a model file, without running anything that is in it. Memory stays within a small multiple of
 * the file's size.
 *
 * @throws KilnError `weights-…` for what can't be read or isn't known, `onnx-…` for graphs that are refused
 */
export function readNetwork(files: ModelFiles): ReadNetwork {
  const { weights, param, name } = files;
  if (weights.byteLength > MAX_FILE_BYTES) throw weightsTooLarge(name);
  const origin = { name, bytes: weights.byteLength };
  if (param !== undefined)
    return understood(recogniseLayers(readNcnn(weights, param, name), origin));
  const starts = (...bytes: readonly number[]): boolean =>
    bytes.every((byte, i) => weights[i] === byte);
  if (starts(0x50, 0x4b, 3, 4)) return withTensors(readZipPth(weights, name), origin);
  if (starts(...legacyMagic)) return withTensors(readLegacyPth(weights, name), origin);
  if (isSafetensors(weights)) return withTensors(readSafetensors(weights, name), origin);
  if (/\.bin$/i.test(name)) throw weightsWithoutParam(name);
  if (isOnnx(weights, name)) return readOnnxNetwork(weights, origin);
  throw weightsUnknownFormat(name);
}

function withTensors(tensors: Map<string, StoredTensor>, origin: TensorsOrigin): ReadNetwork {
  return understood(recogniseTensors(withoutPrefix(tensors), origin));
}

/** A graph that turns out to be one of Kiln's own architectures is treated as that; any other stays as it is. */
function readOnnxNetwork(weights: Uint8Array, origin: TensorsOrigin): ReadNetwork {
  const { name } = origin;
  const model = readOnnx(weights, name);
  checkForeign(model, name);
  const graph = traceOnnx(model);
  try {
    if (graph !== null) return understood(recogniseLayers(graph, origin));
  } catch (error) {
    if (!(error instanceof KilnError && error.code === "weights-unknown-architecture")) throw error;
  }
  const info = foreignInfo(model, name);
  return { info, network: null, onnx: () => withFloatEnds(weights, model) };
}

function understood(network: Network): ReadNetwork {
  return { info: infoOf(network), network, onnx: () => writeOnnx(network) };
}

/** What wrappers of networks put before every key. */
const prefixes = ["module.", "netG.", "params_ema.", "params."];
/** Each wrapper puts one. */
const MAX_WRAPPERS = 8;

function withoutPrefix(tensors: Map<string, StoredTensor>): Map<string, StoredTensor> {
  let bare = tensors;
  for (let depth = 0; depth < MAX_WRAPPERS; depth += 1) {
    const prefix = prefixes.find((each) => bare.keys().every((key) => key.startsWith(each)));
    if (prefix === undefined || bare.size === 0) return bare;
    bare = new Map(bare.entries().map(([key, tensor]) => [key.slice(prefix.length), tensor]));
  }
  return bare;
}

/**
 * Deep network interpolation (Wang et al., 2019): d · general + (1 − d) · wdn over equal tensors. For general-x4v3 and
 * its WDN twin d is the denoise strength: 1 is general alone, 0 is WDN alone, which keeps the grain.
 *
 * @param d 0..1
 * @throws KilnError `networks-unlike`
 */
export function blendNetworks(general: ReadNetwork, wdn: ReadNetwork, d: number): ReadNetwork {
  if (!(d >= 0 && d <= 1)) throw new RangeError(`strength ${d}`);
  const [one, other] = [general.network, wdn.network];
  if (one === null || other === null || !isAlike(one, other)) throw networksUnlike();
  const tensors = new Map<string, Tensor>();
  for (const [key, { shape, data }] of one.tensors) {
    const twin = other.tensors.get(key)?.data ?? data;
    tensors.set(key, {
      shape,
      data: data.map((value, i) => d * value + (1 - d) * (twin[i] ?? 0)),
    });
  }
  return understood({ ...one, tensors });
}

function isAlike(one: Network, other: Network): boolean {
  return (
    one.architecture === other.architecture &&
    one.tensors.size === other.tensors.size &&
    one.tensors
      .entries()
      .every(([key, { shape }]) => `${other.tensors.get(key)?.shape}` === `${shape}`)
  );
}
