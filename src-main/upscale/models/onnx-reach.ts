import type { OnnxModel, OnnxNode, OnnxTensor } from "./onnx-reader.ts";
import { constantsOf, resizeFactor } from "./onnx-tracer.ts";

/** What the operators of a foreign graph say about where its pixels come from. */
export interface GraphReach {
  /** As `NetworkInfo.receptiveRadius`; an upper bound. */
  readonly radius: number;
  /** Output pixels an input pixel, along an edge. */
  readonly scale: number;
  /** As `NetworkInfo.multiple`. */
  readonly multiple: number;
}

/** Operators whose output at a pixel depends on that pixel alone. */
const pointwise = new Set(
  (
    "Abs Add BatchNormalization Cast Ceil Clip Div Dropout Elu Equal Erf Exp Floor Gelu Greater HardSigmoid " +
    "HardSwish Identity LeakyRelu Less Log Max Min Mish Mul Neg PRelu Pow Reciprocal Relu Round Selu Sigmoid Sign " +
    "Softplus Sqrt Sub Tanh Where"
  ).split(" "),
);

/** No network reduces a picture by more; the smallest one that such a graph could take would fill the memory. */
const MAX_MULTIPLE = 64;

interface Step {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Pixels behind it, for each before it. */
  readonly factor: number;
  /** ±R pixels behind it are how many before it. */
  before(reach: number): number;
}

/** @returns null where an operator looks at the whole picture, or may, or what they say is absurd */
export function reachOf(model: OnnxModel): GraphReach | null {
  const constants = constantsOf(model);
  const density = new Map<string, number>([[model.inputs[0]?.name ?? "", 1]]);
  const steps: Step[] = [];
  let sparsest = 1;
  for (const node of model.nodes) {
    const inputs = node.inputs.filter((name) => density.has(name));
    // Nothing of the picture goes in.
    if (inputs.length === 0) continue;
    const step = stepOf(node, constants);
    const [first = 1, ...others] = inputs.map((name) => density.get(name) ?? 1);
    if (step === null || others.some((other) => Math.abs(other - first) > 1e-6)) return null;
    const made = first * step.factor;
    sparsest = Math.min(sparsest, made);
    for (const name of node.outputs) density.set(name, made);
    steps.push({ ...step, inputs, outputs: node.outputs });
  }
  const output = model.outputs[0]?.name ?? "";
  const scale = density.get(output);
  if (scale === undefined) return null;
  const reach = new Map<string, number>([[output, 0]]);
  for (const { inputs, outputs, before } of steps.reverse()) {
    const behind = Math.max(...outputs.map((name) => reach.get(name) ?? -1));
    if (behind < 0) continue;
    for (const name of inputs) {
      reach.set(name, Math.max(reach.get(name) ?? 0, before(behind)));
    }
  }
  const radius = reach.get(model.inputs[0]?.name ?? "") ?? 0;
  const multiple = Math.max(1, Math.round(1 / sparsest));
  if (multiple > MAX_MULTIPLE || !Number.isSafeInteger(radius)) return null;
  return { radius, scale: Math.round(scale * 1e6) / 1e6, multiple };
}

function stepOf(
  node: OnnxNode,
  constants: ReadonlyMap<string, OnnxTensor>,
): Pick<Step, "factor" | "before"> | null {
  const { operator, attributes, inputs } = node;
  const largest = (name: string, otherwise: number): number =>
    Math.max(otherwise, ...(attributes.get(name)?.ints ?? []));
  const same = (reach: number): number => reach;
  if (pointwise.has(operator)) return { factor: 1, before: same };
  switch (operator) {
    case "Concat":
    case "Split": {
      return attributes.get("axis")?.int === 1 ? { factor: 1, before: same } : null;
    }
    case "Conv":
    case "MaxPool":
    case "AveragePool": {
      const shape =
        operator === "Conv" ? constants.get(inputs[1] ?? "")?.shape.slice(2) : undefined;
      const kernel = Math.max(largest("kernel_shape", 1), ...(shape ?? []));
      const span = (kernel - 1) * largest("dilations", 1);
      const stride = largest("strides", 1);
      const padding = largest("pads", 0);
      // Padding on one side alone moves the picture: the whole of the kernel may lie on the other.
      return {
        factor: 1 / stride,
        before: (reach) => reach * stride + stride - 1 + Math.max(padding, span - padding),
      };
    }
    case "ConvTranspose": {
      const kernel = Math.max(
        largest("kernel_shape", 1),
        ...(constants.get(inputs[1] ?? "")?.shape.slice(2) ?? []),
      );
      const stride = largest("strides", 1);
      const span = (kernel - 1) * largest("dilations", 1) + 1;
      return { factor: stride, before: (reach) => Math.ceil((reach + span) / stride) };
    }
    case "DepthToSpace": {
      const by = Math.max(1, attributes.get("blocksize")?.int ?? 1);
      return { factor: by, before: (reach) => Math.ceil(reach / by) };
    }
    case "SpaceToDepth": {
      const by = Math.max(1, attributes.get("blocksize")?.int ?? 1);
      return { factor: 1 / by, before: (reach) => reach * by + by - 1 };
    }
    case "Resize": {
      const by = resizeFactor(node, constants);
      if (by === null) return null;
      const mode = attributes.get("mode")?.string ?? "nearest";
      const isUp = attributes.get("nearest_mode")?.string.endsWith("ceil") === true;
      const around = mode === "cubic" ? 2 : mode === "linear" || isUp ? 1 : 0;
      return { factor: by, before: (reach) => Math.ceil(reach / by) + around };
    }
    default:
      return null;
  }
}
