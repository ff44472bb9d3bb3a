import { readOnnx } from "./onnx-reader.ts";
import { FLOAT, integers, node, tensor, UINT8, UINT16, valueInfo } from "./onnx-writer.ts";
import { Message } from "./protobuf.ts";
import { cast, wrapGraph } from "./wrap-graph.ts";

/**
 * Wraps a network so that it takes and gives pixels as they lie in a raster: one input [1, H, W, 3] and one output
 * [1, H·scale, W·scale, 3], uint8 or uint16, RGB. The network between works on 0..1 as before; what it gives is
 * clamped, and rounded half to even.
 *
 * Names of the input and output are the session's to tell.
 *
 * @param onnx a network as `NetworkFile` describes it
 * @param bits of a sample
 */
export function withPixels(onnx: Uint8Array, bits: 8 | 16): Uint8Array {
  const type = bits === 8 ? UINT8 : UINT16;
  return wrapGraph(onnx, readOnnx(onnx, "network"), (input, output, name) => ({
    before: [
      constant(name("most"), 2 ** bits - 1),
      constant(name("least"), 0),
      cast(name("pixels"), name("numbers"), FLOAT),
      node("Div", [name("numbers"), name("most")], name("shares")),
      transpose(name("shares"), input, [0, 3, 1, 2]),
    ],
    after: [
      node("Mul", [output, name("most")], name("scaled")),
      node("Clip", [name("scaled"), name("least"), name("most")], name("clipped")),
      node("Round", [name("clipped")], name("rounded")),
      cast(name("rounded"), name("planes"), type),
      transpose(name("planes"), name("upscaled"), [0, 2, 3, 1]),
    ],
    input: valueInfo(name("pixels"), type, [1, "height", "width", 3]),
    output: valueInfo(name("upscaled"), type, [1, "rows", "columns", 3]),
  }));
}

/** A node rather than an initializer: old versions of the format want those among the graph's inputs. */
function constant(name: string, value: number): Message {
  const attribute = new Message()
    .string(1, "value")
    .message(5, tensor(name, [], Float32Array.of(value)))
    .int(20, 4);
  return node("Constant", [], name).message(5, attribute);
}

function transpose(from: string, to: string, order: readonly number[]): Message {
  return node("Transpose", [from], to).message(5, integers("perm", order));
}
