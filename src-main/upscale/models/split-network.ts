import { readOnnx } from "./onnx-reader.ts";
import { FLOAT, valueInfo } from "./onnx-writer.ts";
import { Message, readFields } from "./protobuf.ts";

/** A network in two: what works at the size of the picture, and what enlarges. */
export interface SplitNetwork {
  /** Gives [1, channels, H, W] float32. */
  readonly trunk: Uint8Array;
  /** Takes that, and gives what the whole network does. */
  readonly head: Uint8Array;
  readonly channels: number;
}

/**
 * Cuts an RRDBNet before its first enlargement. Its features are as large as the result there, so that the little that
 * is left to do takes most of the memory: run in strips, it doesn't.
 *
 * @param onnx a network as `NetworkFile` describes it, or one `withPixels`
 * @returns null where more than one value would have to pass the cut, or nothing is enlarged that a network made
 */
export function splitNetwork(onnx: Uint8Array): SplitNetwork | null {
  const { nodes, initializers } = readOnnx(onnx, "network");
  const resize = nodes.findIndex(({ operator }) => operator === "Resize");
  const cut = nodes[resize]?.inputs[0] ?? "";
  const [before, after] = [nodes.slice(0, resize), nodes.slice(resize)];
  const isConstant = ({ inputs }: (typeof nodes)[number]) => inputs.length === 0;
  const made = new Set(
    before.filter((each) => !isConstant(each)).flatMap(({ outputs }) => outputs),
  );
  const passing = after.flatMap(({ inputs }) => inputs.filter((name) => made.has(name)));
  if (!made.has(cut) || passing.some((name) => name !== cut)) return null;
  const conv = after.find(({ operator }) => operator === "Conv");
  const channels = initializers.get(conv?.inputs[1] ?? "")?.shape[1];
  // Right behind a convolution of the picture itself nothing is won.
  if (channels === undefined || !before.some(({ operator }) => operator === "Conv")) return null;
  const value = valueInfo(cut, FLOAT, [1, channels, "height", "width"]);
  const part = (isMine: (place: number) => boolean, replaced: 11 | 12): Uint8Array => {
    const mine = nodes.filter((each, i) => isConstant(each) || isMine(i));
    const used = new Set(mine.flatMap(({ inputs }) => inputs));
    return rewriteGraph(onnx, (graph) => {
      const kept = new Message();
      let place = -1;
      let tensor = -1;
      const names = [...initializers.keys()];
      for (const { field, bytes, start, end } of readFields(graph)) {
        if (field === 1) place += 1;
        if (field === 5) tensor += 1;
        const node = nodes[place];
        const isKept =
          field === 1
            ? node !== undefined && (isConstant(node) || isMine(place))
            : field === 5
              ? used.has(names[tensor] ?? "")
              : field !== replaced && bytes.length > 0;
        if (isKept) kept.append(graph.subarray(start, end));
      }
      return kept.message(replaced, value);
    });
  };
  return {
    trunk: part((place) => place < resize, 12),
    head: part((place) => place >= resize, 11),
    channels,
  };
}

function rewriteGraph(onnx: Uint8Array, rewrite: (graph: Uint8Array) => Message): Uint8Array {
  const model = new Message();
  for (const { field, bytes, start, end } of readFields(onnx)) {
    if (field === 7) model.message(7, rewrite(bytes));
    else model.append(onnx.subarray(start, end));
  }
  return model.finish();
}
