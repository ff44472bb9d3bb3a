import type { Localized } from "../../../src-preload/contract/problem.ts";
import type { NetworkInfo } from "../network.ts";
import { reachOf } from "./onnx-reach.ts";
import type { OnnxModel, OnnxValue } from "./onnx-reader.ts";
import { FLOAT, FLOAT16, valueInfo } from "./onnx-writer.ts";
import {
  onnxControlFlow,
  onnxForeignOperator,
  onnxNotAnUpscaler,
  onnxOpset,
  weightsNotNumbers,
} from "./problems.ts";
import { decodeNumbers } from "./tensor.ts";
import { cast, wrapGraph } from "./wrap-graph.ts";

/** Where Clip, Resize and Round came to be what they are today. */
const MIN_OPSET = 11;

const controlFlow = new Set(["If", "Loop", "Scan", "SequenceMap"]);

/** What ONNX Runtime's own format has at this place: it would be read as that, whatever else it looks like. */
const ORT_FORMAT = "ORTM";

/** By its ending, or the first byte of nearly every file: the format's version comes first. */
export function isOnnx(file: Uint8Array, name: string): boolean {
  const isOrt = new TextDecoder().decode(file.subarray(4, 8)) === ORT_FORMAT;
  return !isOrt && (file[0] === 0x08 || /\.onnx$/i.test(name));
}

/**
 * Refuses graphs that are more, or other, than a plain network from one picture to a larger one.
 *
 * @param name of the file, for what is said
 * @throws KilnError `onnx-…`, `weights-not-numbers`
 */
export function checkForeign(model: OnnxModel, name: string): void {
  if (model.hasFunctions) throw onnxControlFlow(name, "functions");
  if (model.hasSparse) throw onnxForeignOperator(name, "sparse_initializer");
  if (model.opset < MIN_OPSET) throw onnxOpset(name, model.opset);
  for (const { operator, domain, hasGraphs } of model.nodes) {
    if (hasGraphs || controlFlow.has(operator)) throw onnxControlFlow(name, operator);
    if (domain !== "" && domain !== "ai.onnx") {
      throw onnxForeignOperator(name, `${domain}.${operator}`);
    }
  }
  const [input, ...inputs] = model.inputs;
  const [output, ...outputs] = model.outputs;
  if (input === undefined || output === undefined || inputs.length + outputs.length > 0) {
    throw onnxNotAnUpscaler(name, {
      en: `takes in ${model.inputs.length} things and gives out ${model.outputs.length}, not one picture each`,
      ko: `그림 하나를 받아 하나를 내놓지 않고 입력이 ${model.inputs.length}개, 출력이 ${model.outputs.length}개입니다`,
    });
  }
  const wrong = wrongEnd(input, true) ?? wrongEnd(output, false);
  if (wrong !== null) throw onnxNotAnUpscaler(name, wrong);
  for (const { name: key, type, numbers } of model.initializers.values()) {
    if (numbers === null || (type !== FLOAT && type !== FLOAT16)) continue;
    const values = decodeNumbers(numbers, type === FLOAT ? "f32" : "f16");
    if (values.some(Number.isNaN)) throw weightsNotNumbers(name, key);
  }
}

/** What keeps an end of the graph from being a picture. */
function wrongEnd({ type, shape }: OnnxValue, isInput: boolean): Localized | null {
  if (type !== FLOAT && type !== FLOAT16) {
    return {
      en: "works on numbers other than 16-bit and 32-bit floats",
      ko: "16비트나 32비트 실수가 아닌 값으로 작동합니다",
    };
  }
  if (shape === null) return null;
  const [batch, channels, height, width] = shape;
  if (shape.length !== 4 || (batch !== null && batch !== 1)) {
    return { en: "doesn't work on one picture at a time", ko: "그림을 한 장씩 처리하지 않습니다" };
  }
  if (channels !== null && channels !== 3) {
    return {
      en: `works on ${channels} channels instead of red, green and blue`,
      ko: `빨강, 초록, 파랑 대신 ${channels}개 채널로 작동합니다`,
    };
  }
  if (isInput && (height !== null || width !== null)) {
    return {
      en: `works on pictures of ${width ?? "any"} × ${height ?? "any"} pixels only`,
      ko: `${width ?? "임의"} × ${height ?? "임의"} 픽셀 그림만 처리합니다`,
    };
  }
  return null;
}

/** The graph with float32 at both ends: networks of half precision take and give it, too. */
export function withFloatEnds(onnx: Uint8Array, model: OnnxModel): Uint8Array {
  const [input, output] = [model.inputs[0]?.type, model.outputs[0]?.type];
  if (input === FLOAT && output === FLOAT) return onnx;
  return wrapGraph(onnx, model, (first, last, name) => ({
    before: [cast(name("input"), first, input ?? FLOAT)],
    after: [cast(last, name("output"), FLOAT)],
    input: valueInfo(name("input"), FLOAT, [1, 3, "height", "width"]),
    output: valueInfo(name("output"), FLOAT, [1, 3, "rows", "columns"]),
  }));
}

/** Where more can't be told: as much as networks of this size are found to see. */
const GENEROUS_PADDING = 96;

/**
 * What can be told of a foreign graph from its operators.
 *
 * @returns with a scale of 0 where only running it tells
 * @throws KilnError `onnx-not-an-upscaler` for a scale that is none
 */
export function foreignInfo(model: OnnxModel, name: string): NetworkInfo {
  const reach = reachOf(model);
  const scale = reach?.scale ?? 0;
  if (reach !== null && ![1, 2, 3, 4, 8, 16].includes(scale)) {
    throw onnxNotAnUpscaler(name, {
      en: `changes a picture's size by a factor of ${scale}`,
      ko: `그림 크기를 ${scale}배로 바꿉니다`,
    });
  }
  const radius = reach?.radius ?? GENEROUS_PADDING;
  return {
    architecture: "onnx",
    scale,
    multiple: reach?.multiple ?? 1,
    receptiveRadius: radius,
    padding: Math.min(radius, GENEROUS_PADDING * (reach?.multiple ?? 1)),
    flops: 0,
    parameters: 0,
  };
}
