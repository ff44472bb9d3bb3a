import { readOnnx } from "./onnx-reader.ts";
import { integers, node } from "./onnx-writer.ts";
import { Message, readFields } from "./protobuf.ts";

/** onnx.TensorProto.DataType */
const INT64 = 7;

/**
 * A Compact network that gives only what it knows: its convolutions add no zeros around, so that the result is smaller
 * than the picture by the receptive radius on each side. Every number of it is the same, and what a tile takes from
 * its neighbours costs half as much: each convolution works on a rim that is one pixel narrower.
 *
 * @param onnx a network as `NetworkFile` describes it
 * @param radius its receptive radius
 * @returns null for what is no chain of 3 × 3 convolutions with the enlarged picture added
 */
export function withoutRim(onnx: Uint8Array, radius: number): Uint8Array | null {
  const { nodes, inputs } = readOnnx(onnx, "network");
  const picture = inputs[0]?.name ?? "";
  const convolutions = nodes.filter(({ operator }) => operator === "Conv");
  const isChain =
    convolutions.length === radius &&
    convolutions.every(
      ({ attributes }) =>
        `${attributes.get("pads")?.ints}` === "1,1,1,1" &&
        `${attributes.get("kernel_shape")?.ints}` === "3,3",
    );
  const takers = nodes.filter((each) => each.inputs.includes(picture));
  const [first, skip] = [takers[0], takers[1]];
  if (!isChain || takers.length !== 2 || first?.operator !== "Conv") return null;
  // It enlarges the picture, or adds it as it is.
  if (skip === undefined || !["Resize", "Add"].includes(skip.operator)) return null;

  const names = new Set(nodes.flatMap(({ outputs }) => outputs));
  let middle = "kiln_middle";
  while (names.has(middle)) middle += "_";
  const model = new Message();
  for (const field of readFields(onnx)) {
    if (field.field !== 7) {
      model.append(onnx.subarray(field.start, field.end));
      continue;
    }
    const graph = new Message();
    for (const [name, values] of [
      ["starts", [radius, radius]],
      ["ends", [-radius, -radius]],
      ["axes", [2, 3]],
    ] as const) {
      graph.message(1, constant(`${middle}_${name}`, values));
    }
    const slice = [picture, `${middle}_starts`, `${middle}_ends`, `${middle}_axes`];
    graph.message(1, node("Slice", slice, middle));
    let place = -1;
    for (const part of readFields(field.bytes)) {
      if (part.field === 1) place += 1;
      const each = part.field === 1 ? nodes[place] : undefined;
      if (each?.operator === "Conv") graph.message(1, unpadded(part.bytes));
      else if (each !== undefined && each === skip) {
        graph.message(1, renamed(part.bytes, picture, middle));
      } else graph.append(field.bytes.subarray(part.start, part.end));
    }
    model.message(7, graph);
  }
  return model.finish();
}

function constant(name: string, values: readonly number[]): Message {
  const tensor = new Message().int(1, values.length).int(2, INT64);
  for (const value of values) tensor.int(7, value);
  const attribute = new Message().string(1, "value").message(5, tensor).int(20, 4);
  return node("Constant", [], name).message(5, attribute);
}

/** A convolution without zeros around. */
function unpadded(bytes: Uint8Array): Message {
  const message = new Message();
  for (const { field, bytes: part, start, end } of readFields(bytes)) {
    if (field === 5 && nameOf(part) === "pads") message.message(5, integers("pads", [0, 0, 0, 0]));
    else message.append(bytes.subarray(start, end));
  }
  return message;
}

function renamed(bytes: Uint8Array, from: string, to: string): Message {
  const message = new Message();
  for (const { field, bytes: part, start, end } of readFields(bytes)) {
    if (field === 1 && new TextDecoder().decode(part) === from) message.string(1, to);
    else message.append(bytes.subarray(start, end));
  }
  return message;
}

/** Of an onnx.AttributeProto. */
function nameOf(attribute: Uint8Array): string {
  for (const { field, bytes } of readFields(attribute)) {
    if (field === 1) return new TextDecoder().decode(bytes);
  }
  return "";
}
