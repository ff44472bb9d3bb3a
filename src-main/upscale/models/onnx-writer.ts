import type { Layer } from "./layers.ts";
import type { Network } from "./network.ts";
import { Message } from "./protobuf.ts";

/** The version of ONNX's operators that is written, and of its file format; understood by all execution providers. */
const OPSET = 17;
const IR_VERSION = 8;

/** onnx.TensorProto.DataType */
export const FLOAT = 1;
export const UINT8 = 2;
export const UINT16 = 4;
export const FLOAT16 = 10;

/**
 * A network as an ONNX file: float32, `input` [1, 3, H, W] to `output` [1, 3, H·scale, W·scale], weights inside.
 * The same network gives the same bytes.
 */
export function writeOnnx(network: Network): Uint8Array {
  const { layers, tensors, scale } = network;
  const graph = new Message();
  const constants = new Map<string, Message>();
  const name = (value: number): string =>
    value === 0 ? "input" : value === layers.length ? "output" : `value_${value}`;
  layers.forEach((layer, i) => {
    graph.message(1, nodeOf(layer, name, i + 1, constants));
  });
  graph.string(2, network.architecture);
  for (const [key, { shape, data }] of tensors) {
    const shuffle = unshuffleBefore(layers, key);
    const values = shuffle > 1 ? toDepthOrder(data, shape, shuffle) : data;
    const isSlope = shape.length === 1 && !key.endsWith(".bias");
    graph.message(5, tensor(key, isSlope ? [...shape, 1, 1] : shape, values));
  }
  for (const constant of constants.values()) graph.message(5, constant);
  graph.message(11, valueInfo("input", FLOAT, [1, 3, "height", "width"]));
  graph.message(
    12,
    valueInfo("output", FLOAT, scale === 1 ? [1, 3, "height", "width"] : [1, 3, "rows", "columns"]),
  );
  return new Message()
    .int(1, IR_VERSION)
    .string(2, "kiln")
    .message(7, graph)
    .message(8, new Message().int(2, OPSET))
    .finish();
}

function nodeOf(
  layer: Layer,
  name: (value: number) => string,
  made: number,
  constants: Map<string, Message>,
): Message {
  const output = name(made);
  const from = (typeof layer.from === "number" ? [layer.from] : layer.from).map(name);
  const constant = (key: string, shape: readonly number[], values: readonly number[]): string => {
    constants.set(key, tensor(key, shape, Float32Array.from(values)));
    return key;
  };
  switch (layer.op) {
    case "conv":
      return node("Conv", [...from, `${layer.key}.weight`, `${layer.key}.bias`], output)
        .message(5, integers("kernel_shape", [3, 3]))
        .message(5, integers("pads", [1, 1, 1, 1]));
    case "prelu":
      return node("PRelu", [...from, `${layer.key}.weight`], output);
    case "leaky":
      return layer.slope === 0
        ? node("Relu", from, output)
        : node("LeakyRelu", from, output).message(5, float("alpha", layer.slope));
    case "add":
      return node("Add", from, output);
    case "scale":
      return node("Mul", [...from, constant(`${layer.by}`, [], [layer.by])], output);
    case "concat":
      return node("Concat", from, output).message(5, integer("axis", 1));
    case "nearest": {
      const scales = constant(`${layer.by}x`, [4], [1, 1, layer.by, layer.by]);
      return node("Resize", [...from, "", scales], output)
        .message(5, string("mode", "nearest"))
        .message(5, string("coordinate_transformation_mode", "asymmetric"))
        .message(5, string("nearest_mode", "floor"));
    }
    case "shuffle":
      // PyTorch's order of channels; ONNX's default is TensorFlow's.
      return node("DepthToSpace", from, output)
        .message(5, integer("blocksize", layer.by))
        .message(5, string("mode", "CRD"));
    case "unshuffle":
      return node("SpaceToDepth", from, output).message(5, integer("blocksize", layer.by));
  }
}

/** @returns the edge of the pixel-unshuffle right before a convolution that a tensor is the weight of, else 1. */
function unshuffleBefore(layers: readonly Layer[], tensorKey: string): number {
  const conv = layers.find(({ op }) => op === "conv");
  if (conv?.op !== "conv" || `${conv.key}.weight` !== tensorKey) return 1;
  const before = layers[conv.from - 1];
  return before?.op === "unshuffle" ? before.by : 1;
}

/**
 * ONNX's SpaceToDepth puts the place within the block before the colour, PyTorch's pixel_unshuffle the colour before
 * the place; the first convolution's input channels are permuted instead of the picture's.
 */
export function toDepthOrder(
  weight: Float32Array,
  shape: readonly number[],
  by: number,
): Float32Array {
  const colours = (shape[1] ?? 0) / by ** 2;
  return permuted(weight, shape, (to) => (to % colours) * by ** 2 + Math.floor(to / colours));
}

/** The way back of `toDepthOrder`. */
export function fromDepthOrder(
  weight: Float32Array,
  shape: readonly number[],
  by: number,
): Float32Array {
  const colours = (shape[1] ?? 0) / by ** 2;
  return permuted(weight, shape, (to) => (to % by ** 2) * colours + Math.floor(to / by ** 2));
}

/** @param source the input channel whose numbers go to this one */
function permuted(
  weight: Float32Array,
  [outputs = 0, inputs = 0, rows = 0, columns = 0]: readonly number[],
  source: (to: number) => number,
): Float32Array {
  const kernel = rows * columns;
  const moved = new Float32Array(weight.length);
  for (let output = 0; output < outputs; output += 1) {
    for (let to = 0; to < inputs; to += 1) {
      const at = (output * inputs + source(to)) * kernel;
      moved.set(weight.subarray(at, at + kernel), (output * inputs + to) * kernel);
    }
  }
  return moved;
}

/** onnx.NodeProto; attributes are added as field 5. */
export function node(operator: string, inputs: readonly string[], output: string): Message {
  const message = new Message();
  for (const input of inputs) message.string(1, input);
  return message.string(2, output).string(3, output).string(4, operator);
}

/** onnx.AttributeProto, by the type of what it holds */
export function integer(name: string, value: number): Message {
  return new Message().string(1, name).int(3, value).int(20, 2);
}

export function integers(name: string, values: readonly number[]): Message {
  const message = new Message().string(1, name);
  for (const value of values) message.int(8, value);
  return message.int(20, 7);
}

export function float(name: string, value: number): Message {
  return new Message().string(1, name).float(2, value).int(20, 1);
}

export function string(name: string, value: string): Message {
  return new Message().string(1, name).string(4, value).int(20, 3);
}

/** onnx.TensorProto of float32 */
export function tensor(name: string, shape: readonly number[], values: Float32Array): Message {
  const message = new Message();
  for (const size of shape) message.int(1, size);
  return message
    .int(2, FLOAT)
    .string(8, name)
    .bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** onnx.ValueInfoProto: sizes that are free have a name. */
export function valueInfo(
  name: string,
  type: number,
  shape: readonly (number | string)[],
): Message {
  const dimensions = new Message();
  for (const size of shape) {
    const dimension = new Message();
    if (typeof size === "number") dimension.int(1, size);
    else dimension.string(2, size);
    dimensions.message(1, dimension);
  }
  const tensorType = new Message().int(1, type).message(2, dimensions);
  return new Message().string(1, name).message(2, new Message().message(1, tensorType));
}
