import { onnxExternalData, weightsBroken } from "./problems.ts";
import { type Field, ProtobufError, readFields, signed } from "./protobuf.ts";

/** onnx.TensorProto, as much of it as is looked at. Nothing is copied. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** onnx.TensorProto.DataType: 1 float32, 7 int64, 10 float16, 11 float64 … */
  readonly type: number;
  /** Little-endian numbers: `raw_data`, or `float_data` as it lies in the file; null where they are given otherwise. */
  readonly numbers: Uint8Array | null;
  /** `int64_data` */
  readonly integers: readonly number[];
}

export interface OnnxAttribute {
  readonly int: number;
  readonly float: number;
  readonly string: string;
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly tensor: OnnxTensor | null;
}

export interface OnnxNode {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /** It brings graphs of its own. */
  readonly hasGraphs: boolean;
}

/** What a graph takes in or gives out. */
export interface OnnxValue {
  readonly name: string;
  /** onnx.TensorProto.DataType; 0 where it is no tensor or isn't said. */
  readonly type: number;
  /** Sizes, null where they are free; null for the whole where nothing is said. */
  readonly shape: readonly (number | null)[] | null;
}

export interface OnnxModel {
  /** Of the standard operators; 0 where none is named. */
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** Without those that only stand for initializers. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** It defines operators of its own, or steps of training. */
  readonly hasFunctions: boolean;
  readonly hasSparse: boolean;
}

/** Far beyond what any upscaling network has: what is kept of a hostile file stays small. */
const MAX_NODES = 50_000;
const MAX_INITIALIZERS = 50_000;
const MAX_LIST = 4096;
/** Names and numbers of lists that are kept of a file, all together. A transformer of 30,000 nodes has 300,000. */
const MAX_KEPT = 2_000_000;

/**
 * Reads an ONNX file's structure. External data is refused right here, wherever a tensor may hide it.
 *
 * @param name of the file, for what is said
 * @throws KilnError `weights-broken`, `onnx-external-data`
 */
export function readOnnx(bytes: Uint8Array, name: string): OnnxModel {
  try {
    return readModel(bytes, name);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw weightsBroken(name, {
      en: "its structure doesn't hold together",
      ko: "내부 구조가 맞지 않습니다",
    });
  }
}

/** One file while it is read. */
class Reading {
  /** Of the file, for what is said. */
  readonly name: string;
  #left = MAX_KEPT;

  constructor(name: string) {
    this.name = name;
  }

  /** @param count of names or numbers that stay in memory */
  keep(count: number): void {
    this.#left -= count;
    if (this.#left < 0) throw new ProtobufError("too much of everything");
  }
}

function readModel(bytes: Uint8Array, name: string): OnnxModel {
  const reading = new Reading(name);
  let opset = 0;
  let graph: Uint8Array | null = null;
  let hasFunctions = false;
  for (const field of readFields(bytes)) {
    if (field.field === 7) {
      // A parser would merge them: what was checked would not be what runs.
      if (graph !== null || field.wire !== 2) throw new ProtobufError("several graphs");
      graph = field.bytes;
    }
    if (field.field === 8) {
      const { domain, version } = readOpset(field.bytes);
      if (domain === "" || domain === "ai.onnx") opset = Math.max(opset, version);
    }
    if (field.field === 20 || field.field === 25) hasFunctions = true;
  }
  if (graph === null) throw new ProtobufError("no graph");
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, OnnxTensor>();
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  let hasSparse = false;
  for (const { field, bytes: part } of readFields(graph)) {
    if (field === 1) nodes.push(readNode(part, reading));
    if (field === 5) {
      const tensor = readTensor(part, reading);
      if (initializers.has(tensor.name)) throw new ProtobufError("a tensor stands there twice");
      initializers.set(tensor.name, tensor);
    }
    if (field === 11) inputs.push(readValue(part, reading));
    if (field === 12) outputs.push(readValue(part, reading));
    if (field === 15) hasSparse = true;
    if (
      nodes.length > MAX_NODES ||
      initializers.size > MAX_INITIALIZERS ||
      inputs.length > MAX_INITIALIZERS ||
      outputs.length > MAX_LIST
    ) {
      throw new ProtobufError("too much of everything");
    }
  }
  return {
    opset,
    nodes,
    initializers,
    inputs: inputs.filter((value) => !initializers.has(value.name)),
    outputs,
    hasFunctions,
    hasSparse,
  };
}

function readOpset(bytes: Uint8Array): { domain: string; version: number } {
  let domain = "";
  let version = 0;
  for (const field of readFields(bytes)) {
    if (field.field === 1) domain = text(field);
    if (field.field === 2) version = field.int;
  }
  return { domain, version };
}

function readNode(bytes: Uint8Array, reading: Reading): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  let operator = "";
  let domain = "";
  let hasGraphs = false;
  for (const field of readFields(bytes)) {
    if (field.field === 1) inputs.push(text(field));
    if (field.field === 2) outputs.push(text(field));
    if (field.field === 4) operator = text(field);
    if (field.field === 7) domain = text(field);
    if (field.field === 5) {
      const read = readAttribute(field.bytes, reading);
      if (attributes.has(read.name)) throw new ProtobufError("an attribute stands there twice");
      attributes.set(read.name, read.attribute);
      if (read.hasGraphs) hasGraphs = true;
    }
    if (inputs.length + outputs.length + attributes.size > MAX_LIST) {
      throw new ProtobufError("a node without end");
    }
  }
  reading.keep(inputs.length + outputs.length + attributes.size);
  return { operator, domain, inputs, outputs, attributes, hasGraphs };
}

function readAttribute(bytes: Uint8Array, reading: Reading) {
  let name = "";
  let int = 0;
  let float = 0;
  let string = "";
  let tensor: OnnxTensor | null = null;
  let hasGraphs = false;
  const ints: number[] = [];
  const floats: number[] = [];
  for (const field of readFields(bytes)) {
    if (field.field === 1) name = text(field);
    if (field.field === 2) float = floatsOf(field)[0] ?? 0;
    if (field.field === 3) int = field.int;
    if (field.field === 4) string = text(field);
    if (field.field === 5) {
      if (tensor !== null) throw new ProtobufError("a tensor stands there twice");
      tensor = readTensor(field.bytes, reading);
    }
    if (field.field === 10) readTensor(field.bytes, reading);
    if (field.field === 7) floats.push(...floatsOf(field));
    if (field.field === 8) ints.push(...integersOf(field));
    if (field.field === 6 || field.field === 11) hasGraphs = true;
    // A sparse tensor's parts are tensors.
    if (field.field === 22 || field.field === 23) {
      for (const part of readFields(field.bytes)) {
        if (part.field === 1 || part.field === 2) readTensor(part.bytes, reading);
      }
    }
    if (ints.length > MAX_LIST || floats.length > MAX_LIST) {
      throw new ProtobufError("an attribute without end");
    }
  }
  reading.keep(ints.length + floats.length);
  return { name, hasGraphs, attribute: { int, float, string, ints, floats, tensor } };
}

function readTensor(bytes: Uint8Array, reading: Reading): OnnxTensor {
  const shape: number[] = [];
  const integers: number[] = [];
  const lists: Uint8Array[] = [];
  let name = "";
  let type = 0;
  for (const field of readFields(bytes)) {
    if (field.field === 13 || (field.field === 14 && field.int !== 0)) {
      throw onnxExternalData(reading.name);
    }
    if (field.field === 1) shape.push(...integersOf(field));
    if (field.field === 2) type = field.int;
    if (field.field === 7) integers.push(...integersOf(field));
    if (field.field === 8) name = text(field);
    if (field.field === 4 || field.field === 9) lists.push(field.bytes);
    if (shape.length > MAX_LIST || integers.length > MAX_LIST || lists.length > MAX_LIST) {
      throw new ProtobufError("a tensor without end");
    }
  }
  reading.keep(shape.length + integers.length);
  const [only, ...others] = lists;
  return {
    name,
    shape,
    type,
    integers,
    numbers: only !== undefined && others.length === 0 ? only : null,
  };
}

function readValue(bytes: Uint8Array, reading: Reading): OnnxValue {
  let name = "";
  let type = 0;
  let shape: (number | null)[] | null = null;
  for (const field of readFields(bytes)) {
    if (field.field === 1) name = text(field);
    if (field.field !== 2) continue;
    for (const kind of readFields(field.bytes)) {
      if (kind.field !== 1) continue;
      for (const part of readFields(kind.bytes)) {
        if (part.field === 1) type = part.int;
        if (part.field === 2) shape = readShape(part.bytes);
      }
    }
  }
  reading.keep(shape?.length ?? 0);
  return { name, type, shape };
}

function readShape(bytes: Uint8Array): (number | null)[] {
  const sizes: (number | null)[] = [];
  for (const dimension of readFields(bytes)) {
    if (dimension.field !== 1) continue;
    let size: number | null = null;
    for (const part of readFields(dimension.bytes)) if (part.field === 1) size = part.int;
    if (sizes.push(size) > MAX_LIST) throw new ProtobufError("a shape without end");
  }
  return sizes;
}

const utf8 = new TextDecoder();
const MAX_TEXT = 1024;

function text({ wire, bytes }: Field): string {
  if (wire !== 2 || bytes.byteLength > MAX_TEXT) throw new ProtobufError("not a name");
  return utf8.decode(bytes);
}

/** One whole number, or a packed list of them that isn't too long. */
function integersOf({ wire, int, bytes }: Field): number[] {
  if (wire === 0) return [int];
  if (wire !== 2) throw new ProtobufError("not whole numbers");
  const list: number[] = [];
  let at = 0;
  while (at < bytes.byteLength && list.length <= MAX_LIST) {
    let end = at;
    while (end < bytes.byteLength && (bytes[end] ?? 0) >= 128) end += 1;
    if (end >= bytes.byteLength || end - at > 9) throw new ProtobufError("ends inside a number");
    list.push(signed(bytes.subarray(at, end + 1)));
    at = end + 1;
  }
  return list;
}

function floatsOf({ wire, bytes }: Field): number[] {
  if (wire !== 5 && wire !== 2) throw new ProtobufError("not numbers");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.min(Math.floor(bytes.byteLength / 4), MAX_LIST + 1);
  return Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
}
