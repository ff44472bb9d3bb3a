import { LayerList } from "./layers.ts";
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from "./onnx-reader.ts";
import { FLOAT, fromDepthOrder } from "./onnx-writer.ts";
import type { TracedGraph } from "./recognise-layers.ts";
import { countOf, decodeNumbers, type StoredTensor } from "./tensor.ts";

/**
 * A graph in terms of Kiln's layers: what Kiln has written itself, and what PyTorch exports of the same architectures.
 *
 * @returns null where it has steps that are none of them
 */
export function traceOnnx(model: OnnxModel): TracedGraph | null {
  const tracer = new OnnxTracer(model);
  if (!model.nodes.every((node) => tracer.add(node))) return null;
  const output = tracer.valueOf(model.outputs[0]?.name ?? "");
  if (output !== tracer.list.layers.length) return null;
  return { layers: tracer.list.layers, tensors: tracer.tensors, seen: operatorsOf(model) };
}

export function operatorsOf(model: OnnxModel): string[] {
  return [...new Set(model.nodes.map(({ operator }) => operator))];
}

/** Tensors that don't depend on the picture: initializers, and nodes that only hold one. */
export function constantsOf(model: OnnxModel): Map<string, OnnxTensor> {
  const constants = new Map(model.initializers);
  for (const { operator, outputs, attributes } of model.nodes) {
    const value = attributes.get("value")?.tensor;
    if (operator === "Constant" && value) constants.set(outputs[0] ?? "", value);
  }
  return constants;
}

/** Numbers of a float32 constant; null for what isn't one, or is more than `most` of them. */
export function floatsOf(tensor: OnnxTensor | undefined, most: number): Float32Array | null {
  if (tensor?.type !== FLOAT || tensor.numbers === null) return null;
  const count = countOf(tensor.shape);
  if (count === null || count > most || tensor.numbers.byteLength !== 4 * count) return null;
  return decodeNumbers(tensor.numbers, "f32");
}

/** How much a Resize enlarges both edges, where a constant says it. */
export function resizeFactor(
  { inputs }: OnnxNode,
  constants: ReadonlyMap<string, OnnxTensor>,
): number | null {
  const [batch, channels, rows, columns, ...others] =
    floatsOf(constants.get(inputs[2] ?? ""), 4) ?? [];
  if (batch !== 1 || channels !== 1 || rows !== columns || others.length > 0) return null;
  return rows !== undefined && rows > 0 ? rows : null;
}

class OnnxTracer {
  readonly list = new LayerList();
  readonly tensors = new Map<string, StoredTensor>();
  readonly #values = new Map<string, number>();
  readonly #constants: ReadonlyMap<string, OnnxTensor>;

  constructor(model: OnnxModel) {
    this.#constants = constantsOf(model);
    this.#values.set(model.inputs[0]?.name ?? "", 0);
  }

  valueOf(name: string): number | undefined {
    return this.#values.get(name);
  }

  /** @returns whether it could be followed */
  add(node: OnnxNode): boolean {
    if (node.operator === "Constant") return true;
    const made = this.#trace(node);
    const [output, ...others] = node.outputs;
    if (made === null || output === undefined || others.length > 0) return false;
    if (this.#values.has(output)) return false;
    this.#values.set(output, made);
    return true;
  }

  #trace(node: OnnxNode): number | null {
    const { operator, inputs, attributes } = node;
    const from = this.#values.get(inputs[0] ?? "") ?? null;
    const int = (name: string): number | undefined => attributes.get(name)?.int;
    const text = (name: string): string | undefined => attributes.get(name)?.string;
    if (operator === "Mul") return this.#scaled(inputs);
    if (from === null) return null;
    switch (operator) {
      case "Conv":
        return this.#convolution(from, inputs, attributes);
      case "PRelu": {
        const slopes = this.#stored(inputs[1]);
        const [channels = 0, ...ones] = slopes?.shape ?? [];
        if (slopes === null || `${ones}` !== "1,1") return null;
        const key = `${this.tensors.size}`;
        this.tensors.set(`${key}.weight`, { ...slopes, shape: [channels] });
        return this.list.push({ op: "prelu", from, key });
      }
      case "LeakyRelu":
        return this.list.leaky(from, attributes.get("alpha")?.float ?? 0.01);
      case "Relu":
        return this.list.leaky(from, 0);
      case "Identity":
        return from;
      case "Add": {
        const other = this.#values.get(inputs[1] ?? "");
        return other === undefined ? null : this.list.push({ op: "add", from: [from, other] });
      }
      case "Concat": {
        const parts = inputs.map((name) => this.#values.get(name) ?? -1);
        const isKnown = parts.every((part) => part >= 0);
        return int("axis") === 1 && isKnown ? this.list.push({ op: "concat", from: parts }) : null;
      }
      case "DepthToSpace": {
        const by = int("blocksize") ?? 0;
        return text("mode") === "CRD" ? this.list.push({ op: "shuffle", from, by }) : null;
      }
      case "SpaceToDepth": {
        const by = int("blocksize") ?? 0;
        return from === 0 ? this.list.push({ op: "unshuffle", from, by }) : null;
      }
      case "Resize": {
        const by = resizeFactor(node, this.#constants);
        const isPlain =
          text("mode") === "nearest" &&
          text("coordinate_transformation_mode") === "asymmetric" &&
          text("nearest_mode") === "floor";
        return isPlain && by !== null ? this.list.push({ op: "nearest", from, by }) : null;
      }
      default:
        return null;
    }
  }

  #scaled([a = "", b = ""]: readonly string[]): number | null {
    for (const [value, factor] of [
      [a, b],
      [b, a],
    ] as const) {
      const from = this.#values.get(value);
      const [by] = floatsOf(this.#constants.get(factor), 1) ?? [];
      if (from !== undefined && by !== undefined) return this.list.push({ op: "scale", from, by });
    }
    return null;
  }

  #convolution(
    from: number,
    [, weightName, biasName]: readonly string[],
    attributes: ReadonlyMap<string, OnnxAttribute>,
  ): number | null {
    const weight = this.#stored(weightName);
    const bias = this.#stored(biasName);
    const [outputs, , rows = 0, columns, ...others] = weight?.shape ?? [];
    /** Left out, they are as they are wanted, but for the padding. */
    const all = (name: string, wanted: number): boolean =>
      attributes.get(name)?.ints.every((each) => each === wanted) ??
      (name !== "pads" || wanted === 0);
    const isPlain =
      rows === columns &&
      rows % 2 === 1 &&
      others.length === 0 &&
      `${bias?.shape}` === `${outputs}` &&
      (attributes.get("group")?.int ?? 1) === 1 &&
      (attributes.get("auto_pad")?.string ?? "NOTSET") === "NOTSET" &&
      all("strides", 1) &&
      all("dilations", 1) &&
      all("kernel_shape", rows) &&
      all("pads", (rows - 1) / 2);
    if (weight === null || bias === null || !isPlain) return null;
    const before = this.list.layers[from - 1];
    const by = before?.op === "unshuffle" ? before.by : 1;
    const read = () => (by === 1 ? weight.read() : fromDepthOrder(weight.read(), weight.shape, by));
    const key = `${this.tensors.size}`;
    this.tensors.set(`${key}.weight`, { ...weight, read });
    this.tensors.set(`${key}.bias`, bias);
    return this.list.conv(from, key);
  }

  #stored(name = ""): StoredTensor | null {
    const tensor = this.#constants.get(name);
    const numbers = tensor?.numbers;
    const count = countOf(tensor?.shape ?? []);
    if (tensor?.type !== FLOAT || !numbers || numbers.byteLength !== 4 * (count ?? -1)) return null;
    return {
      shape: tensor.shape,
      bytes: numbers.byteLength,
      read: () => decodeNumbers(numbers, "f32"),
    };
  }
}
