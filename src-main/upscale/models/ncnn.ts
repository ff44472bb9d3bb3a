import type { Localized } from "../../../src-preload/contract/problem.ts";
import { LayerList } from "./layers.ts";
import {
  weightsBroken,
  weightsTruncated,
  weightsUnknownArchitecture,
  weightsUnsupported,
} from "./problems.ts";
import type { TracedGraph } from "./recognise-layers.ts";
import { decodeNumbers, type StoredTensor } from "./tensor.ts";

const MAGIC = "7767517";
/** RRDBNet of 23 blocks has 999 layers in 140 KB. */
const MAX_LAYERS = 20_000;
const MAX_TEXT = 8 * 2 ** 20;

/** Words before numbers in a .bin that say how they are stored (ncnn, modelbin.cpp). */
const HALF = 0x01306b47;
const INT8 = 0x000d4b38;
const FLOAT = 0x0002c056;

interface NcnnLayer {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly parameters: ReadonlyMap<number, readonly number[]>;
}

/** The text of a .param: https://github.com/Tencent/ncnn/wiki/param-and-model-file-structure */
function readParam(text: string, name: string): NcnnLayer[] {
  const damaged = () =>
    weightsBroken(name, {
      en: "its .param doesn't describe a network",
      ko: ".param 파일이 신경망을 설명하지 않습니다",
    });
  if (text.length > MAX_TEXT) throw damaged();
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const [layerCount] = lines[1]?.trim().split(/\s+/).map(Number) ?? [];
  if (lines[0]?.trim() !== MAGIC || layerCount !== lines.length - 2 || layerCount > MAX_LAYERS) {
    throw damaged();
  }
  return lines.slice(2).map((line) => {
    const [type = "", , ins, outs, ...rest] = line.trim().split(/\s+/);
    const [inputs, outputs] = [Number(ins), Number(outs)];
    const isCount = (count: number): boolean => Number.isInteger(count) && count >= 0;
    if (!isCount(inputs) || !isCount(outputs) || inputs + outputs > rest.length) throw damaged();
    const parameters = new Map<number, readonly number[]>();
    for (const pair of rest.slice(inputs + outputs)) {
      const [key, list] = /^(-?\d+)=(.+)$/.exec(pair)?.slice(1) ?? [];
      const values = list?.split(",").map(Number) ?? [];
      const id = Number(key);
      if (key === undefined || values.some((value) => !Number.isFinite(value))) throw damaged();
      // Lists are written with their length before them, under −23300 less their number.
      const isList = id <= -23300;
      if (values.length !== (isList ? (values[0] ?? 0) + 1 : 1)) throw damaged();
      parameters.set(isList ? -23300 - id : id, isList ? values.slice(1) : values);
    }
    return {
      type,
      inputs: rest.slice(0, inputs),
      outputs: rest.slice(inputs, inputs + outputs),
      parameters,
    };
  });
}

/** Numbers of a .bin, one layer after another. */
class BinReader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  at = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  /** Weights with a word before them that says how they are stored. */
  flagged(shape: readonly number[], count: number): StoredTensor {
    const word = this.#take(4);
    const flag = new DataView(word.buffer, word.byteOffset).getUint32(0, true);
    if (flag === HALF) {
      const bytes = this.#take(count * 2);
      this.#take((4 - (this.at % 4)) % 4);
      return { shape, bytes: bytes.length, read: () => decodeNumbers(bytes, "f16") };
    }
    if (flag === FLOAT || flag === 0) return this.plain(shape, count);
    if (flag === INT8) {
      throw weightsUnsupported(this.#name, {
        en: "an ncnn model in 8-bit whole numbers",
        ko: "8비트 정수로 양자화된 ncnn 모델",
      });
    }
    const table = decodeNumbers(this.#take(4 * 256), "f32");
    const places = this.#take(count);
    this.#take((4 - (this.at % 4)) % 4);
    return {
      shape,
      // A byte becomes four.
      bytes: count,
      read: () => Float32Array.from(places, (place) => table[place] ?? Number.NaN),
    };
  }

  /** float32, without a word before them. */
  plain(shape: readonly number[], count: number): StoredTensor {
    const bytes = this.#take(count * 4);
    return { shape, bytes: bytes.length, read: () => decodeNumbers(bytes, "f32") };
  }

  #take(count: number): Uint8Array {
    if (!(count <= this.#bytes.byteLength - this.at)) throw weightsTruncated(this.#name);
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }
}

/**
 * The graph and the weights of an ncnn model.
 *
 * A bicubic reduction at the end, as animevideov3's ×2 and ×3 have it, is left out: Kiln resamples to the size that is
 * asked for itself, and better.
 *
 * @throws KilnError
 */
export function readNcnn(weights: Uint8Array, param: string, name: string): TracedGraph {
  const described = readParam(param, name);
  const seen = [...new Set(described.map(({ type }) => type))];
  const reader = new BinReader(weights, name);
  const tracer = new Tracer(
    reader,
    () => weightsUnknownArchitecture(name, seen),
    (what) => weightsBroken(name, what),
  );
  described.forEach((layer, i) => {
    tracer.add(layer, i === described.length - 1);
  });
  if (reader.at !== weights.byteLength) {
    throw weightsBroken(name, {
      en: "it holds more than its .param says",
      ko: ".param에 적힌 것보다 많은 값이 들어 있습니다",
    });
  }
  return { layers: tracer.list.layers, tensors: tracer.tensors, seen };
}

class Tracer {
  readonly list = new LayerList();
  readonly tensors = new Map<string, StoredTensor>();
  readonly #values = new Map<string, number>();
  readonly #reader: BinReader;
  readonly #unknown: () => Error;
  readonly #broken: (what: Localized) => Error;

  constructor(reader: BinReader, unknown: () => Error, broken: (what: Localized) => Error) {
    this.#reader = reader;
    this.#unknown = unknown;
    this.#broken = broken;
  }

  add(layer: NcnnLayer, isLast: boolean): void {
    const from = layer.inputs.map((blob) => {
      const value = this.#values.get(blob);
      if (value === undefined) {
        throw this.#broken({
          en: "its .param names what isn't there",
          ko: ".param에 없는 값을 가리킵니다",
        });
      }
      return value;
    });
    const made = this.#trace(layer, from, isLast);
    for (const blob of layer.outputs) this.#values.set(blob, made);
  }

  #trace({ type, parameters }: NcnnLayer, from: readonly number[], isLast: boolean): number {
    const number = (key: number, otherwise = 0): number => parameters.get(key)?.[0] ?? otherwise;
    const [first = -1, second = -1] = from;
    const has = (count: number): void => {
      if (from.length !== count) throw this.#unknown();
    };
    switch (type) {
      case "Input":
        has(0);
        // One picture goes in.
        if (this.#values.size > 0) throw this.#unknown();
        return 0;
      case "Split":
      case "Dropout":
      case "Noop":
        has(1);
        return first;
      case "Convolution":
        has(1);
        return this.#convolution(first, parameters);
      case "PReLU": {
        has(1);
        const key = `${this.tensors.size}`;
        const count = number(0);
        this.tensors.set(`${key}.weight`, this.#reader.plain([count], count));
        return this.list.push({ op: "prelu", from: first, key });
      }
      case "ReLU":
        has(1);
        return this.list.leaky(first, number(0));
      case "Concat":
        if (number(0) !== 0 || from.length < 1) throw this.#unknown();
        return this.list.push({ op: "concat", from });
      case "Eltwise": {
        has(2);
        const [a = 1, b = 1] = parameters.get(1) ?? [];
        if (number(0) !== 1) throw this.#unknown();
        return this.list.push({
          op: "add",
          from: [this.#scaled(first, a), this.#scaled(second, b)],
        });
      }
      case "BinaryOp":
        if (number(1) === 1 && number(0) === 2 && from.length === 1) {
          return this.#scaled(first, number(2));
        }
        has(2);
        if (number(0) !== 0) throw this.#unknown();
        return this.list.push({ op: "add", from: [first, second] });
      case "PixelShuffle":
        has(1);
        if (number(1) !== 0) throw this.#unknown();
        return this.list.push({ op: "shuffle", from: first, by: this.#factor(number(0)) });
      case "Interp": {
        has(1);
        const [kind, rows, columns] = [number(0), number(1), number(2)];
        if (rows !== columns) throw this.#unknown();
        if (kind !== 1 && rows < 1 && isLast) return first;
        if (kind !== 1) throw this.#unknown();
        return this.list.push({ op: "nearest", from: first, by: this.#factor(rows) });
      }
      default:
        throw this.#unknown();
    }
  }

  #convolution(from: number, parameters: NcnnLayer["parameters"]): number {
    const number = (key: number, otherwise = 0): number => parameters.get(key)?.[0] ?? otherwise;
    const [outputs, kernel, count] = [number(0), number(1), number(6)];
    const pad = number(4);
    const isPlain =
      kernel % 2 === 1 &&
      number(11, kernel) === kernel &&
      [2, 12, 3, 13].every((key) => number(key, 1) === 1) &&
      [4, 14, 15, 16].every((key) => number(key, pad) === (kernel - 1) / 2) &&
      number(5) === 1 &&
      [8, 18, 19].every((key) => number(key) === 0);
    const inputs = count / (outputs * kernel * kernel);
    const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value > 0;
    if (!isPlain || ![outputs, kernel, count, inputs].every(isWhole)) throw this.#unknown();
    const key = `${this.tensors.size}`;
    const shape = [outputs, inputs, kernel, kernel];
    this.tensors.set(`${key}.weight`, this.#reader.flagged(shape, count));
    this.tensors.set(`${key}.bias`, this.#reader.plain([outputs], outputs));
    const made = this.list.conv(from, key);
    const activation = number(9);
    if (activation === 0) return made;
    if (activation > 2) throw this.#unknown();
    return this.list.leaky(made, activation === 1 ? 0 : number(10));
  }

  #scaled(from: number, by: number): number {
    return by === 1 ? from : this.list.push({ op: "scale", from, by });
  }

  #factor(by: number): number {
    if (!Number.isInteger(by) || by < 1 || by > 16) throw this.#unknown();
    return by;
  }
}
