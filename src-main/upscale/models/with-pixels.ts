import { readOnnx } from "./onnx-reader.ts";
import { FLOAT, integer, integers, node, tensor, UINT8, UINT16, valueInfo } from "./onnx-writer.ts";
import { Message, readFields } from "./protobuf.ts";

/**
 * Wraps a network so that it takes and gives pixels as they lie in a raster: one input [1, H, W, 3] and one output
 * [1, H·scale, W·scale, 3], uint8 or uint16, RGB. The network between works on 0..1 as before; what it gives is
 * clamped, and rounded half to even. Weights are copied once, nothing is decoded.
 *
 * Names of the input and output are the session's to tell.
 *
 * @param onnx a network as `NetworkFile` describes it
 * @param bits of a sample
 */
export function withPixels(onnx: Uint8Array, bits: 8 | 16): Uint8Array {
  const model = readOnnx(onnx, "network");
  const [input] = model.inputs;
  const [output] = model.outputs;
  if (input === undefined || output === undefined) throw new Error("not a network");
  const type = bits === 8 ? UINT8 : UINT16;
  const name = unusedNames(model.nodes.flatMap((each) => [...each.inputs, ...each.outputs]));
  const most = 2 ** bits - 1;

  const before = [
    constant(name("most"), most),
    constant(name("least"), 0),
    cast(name("pixels"), name("numbers"), FLOAT),
    node("Div", [name("numbers"), name("most")], name("shares")),
    transpose(name("shares"), input.name, [0, 3, 1, 2]),
  ];
  const after = [
    node("Mul", [output.name, name("most")], name("scaled")),
    node("Clip", [name("scaled"), name("least"), name("most")], name("clipped")),
    node("Round", [name("clipped")], name("rounded")),
    cast(name("rounded"), name("planes"), type),
    transpose(name("planes"), name("upscaled"), [0, 2, 3, 1]),
  ];

  const wrapped = new Message();
  for (const field of readFields(onnx)) {
    if (field.field !== 7) {
      wrapped.append(onnx.subarray(field.start, field.end));
      continue;
    }
    const graph = new Message();
    for (const each of before) graph.message(1, each);
    for (const part of readFields(field.bytes)) {
      const isReplaced =
        part.field === 12 || (part.field === 11 && !model.initializers.has(nameOf(part.bytes)));
      if (!isReplaced) graph.append(field.bytes.subarray(part.start, part.end));
    }
    for (const each of after) graph.message(1, each);
    graph.message(11, valueInfo(name("pixels"), type, [1, "height", "width", 3]));
    graph.message(12, valueInfo(name("upscaled"), type, [1, "rows", "columns", 3]));
    wrapped.message(7, graph);
  }
  return wrapped.finish();
}

/** Of an onnx.ValueInfoProto. */
function nameOf(value: Uint8Array): string {
  for (const { field, bytes } of readFields(value)) {
    if (field === 1) return new TextDecoder().decode(bytes);
  }
  return "";
}

/** Names that the graph doesn't use itself. */
function unusedNames(used: readonly string[]): (name: string) => string {
  let prefix = "kiln_";
  while (used.some((name) => name.startsWith(prefix))) prefix += "_";
  return (name) => `${prefix}${name}`;
}

/** A node rather than an initializer: old versions of the format want those among the graph's inputs. */
function constant(name: string, value: number): Message {
  const attribute = new Message()
    .string(1, "value")
    .message(5, tensor(name, [], Float32Array.of(value)))
    .int(20, 4);
  return node("Constant", [], name).message(5, attribute);
}

function cast(from: string, to: string, type: number): Message {
  return node("Cast", [from], to).message(5, integer("to", type));
}

function transpose(from: string, to: string, order: readonly number[]): Message {
  return node("Transpose", [from], to).message(5, integers("perm", order));
}
