import type { OnnxModel } from "./onnx-reader.ts";
import { integer, node } from "./onnx-writer.ts";
import { Message, readFields } from "./protobuf.ts";

/** What stands around a graph from now on; nodes are onnx.NodeProtos, ends onnx.ValueInfoProtos. */
export interface Wrapping {
  /** Nodes that make the graph's own input. */
  readonly before: readonly Message[];
  /** Nodes that take the graph's own output. */
  readonly after: readonly Message[];
  readonly input: Message;
  readonly output: Message;
}

/**
 * Puts nodes before and behind a graph of one input and one output. Its weights are copied once, nothing is decoded.
 *
 * @param wrap gets the names of the graph's ends, and a way to make names that the graph doesn't use
 */
export function wrapGraph(
  onnx: Uint8Array,
  model: OnnxModel,
  wrap: (input: string, output: string, name: (name: string) => string) => Wrapping,
): Uint8Array {
  const [input] = model.inputs;
  const [output] = model.outputs;
  if (input === undefined || output === undefined) throw new Error("not a network");
  const name = unusedNames(model.nodes.flatMap((each) => [...each.inputs, ...each.outputs]));
  const around = wrap(input.name, output.name, name);
  const wrapped = new Message();
  for (const field of readFields(onnx)) {
    if (field.field !== 7) {
      wrapped.append(onnx.subarray(field.start, field.end));
      continue;
    }
    const graph = new Message();
    for (const each of around.before) graph.message(1, each);
    for (const part of readFields(field.bytes)) {
      const isReplaced =
        part.field === 12 || (part.field === 11 && !model.initializers.has(nameOf(part.bytes)));
      if (!isReplaced) graph.append(field.bytes.subarray(part.start, part.end));
    }
    for (const each of around.after) graph.message(1, each);
    graph.message(11, around.input).message(12, around.output);
    wrapped.message(7, graph);
  }
  return wrapped.finish();
}

export function cast(from: string, to: string, type: number): Message {
  return node("Cast", [from], to).message(5, integer("to", type));
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
