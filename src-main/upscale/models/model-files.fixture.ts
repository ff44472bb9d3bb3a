import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { KilnError } from "../../errors.ts";
import { inputsOf, type Layer } from "./layers.ts";
import type { Network } from "./network.ts";
import { type ModelFiles, type ReadNetwork, readNetwork } from "./read-network.ts";

/** Files as other programs write them, for tests: small, and whole or broken as wanted. */

const fixtures = join(import.meta.dirname, "fixtures");

/** What scripts/check-networks.py has recorded: torch.save's files with seeded weights. */
export const recordedNetworks = [
  "compact-x4",
  "compact-x2-legacy",
  "compact-x3-half",
  "compact-x1-bfloat16",
  "rrdb-x4",
  "rrdb-bsrgan-x2",
  "rrdb-first-x4-legacy",
  "rrdb-first-x1",
  "rrdb-unshuffle2-x2",
  "rrdb-unshuffle4-x1",
] as const;

export function recordedFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(fixtures, `${name}.pth`)));
}

/** What PyTorch made of it. */
export function recordedOutput(name: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(join(fixtures, `${name}.f32`))).buffer);
}

export function recordedNetwork(name: string): ReadNetwork {
  return readNetwork({ weights: recordedFile(name), name: `${name}.pth` });
}

/** What Kiln made of it. @throws Error where that is a foreign graph */
export function understood({ network }: ReadNetwork): Network {
  if (network === null) throw new Error("foreign");
  return network;
}

/** The picture that scripts/check-networks.py shows the networks, [1, 3, height, width]. */
export function referencePicture(width: number, height: number): Float32Array {
  return Float32Array.from({ length: 3 * width * height }, (_, i) => ((i * 7919) % 256) / 256);
}

/** Runs a network on float32 [1, 3, height, width]. */
export async function runNetwork(
  onnx: Uint8Array,
  picture: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
) {
  const session = await createSession(onnx);
  const input = new OrtTensor("float32", picture, [1, 3, height, width]);
  return run(session, input);
}

/** Runs a network that takes pixels, [1, height, width, 3]. */
export async function runPixels(
  onnx: Uint8Array,
  pixels: Uint8Array | Uint16Array,
  { width, height }: { readonly width: number; readonly height: number },
) {
  const session = await createSession(onnx);
  const type = pixels instanceof Uint8Array ? "uint8" : "uint16";
  return run(session, new OrtTensor(type, pixels, [1, height, width, 3]));
}

function createSession(onnx: Uint8Array): Promise<InferenceSession> {
  return InferenceSession.create(onnx, {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
}

async function run(session: InferenceSession, input: OrtTensor) {
  const { [session.outputNames[0] ?? ""]: output } = await session.run({
    [session.inputNames[0] ?? ""]: input,
  });
  if (output === undefined) throw new Error("nothing came out");
  const data = output.data as Float32Array | Uint8Array | Uint16Array;
  await session.release();
  return { data, shape: output.dims };
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i += 1) {
    const difference = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    most = Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }
  return most;
}

/** Mulberry32: the same numbers in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a person reads of a file that is refused; everything but a KilnError is a bug and fails the test. */
export function refusal(files: Partial<ModelFiles>): KilnError {
  try {
    readNetwork({ weights: new Uint8Array(), name: "model.pth", ...files });
  } catch (error) {
    if (error instanceof KilnError) return error;
    throw error;
  }
  throw new Error("It was read.");
}

const float32 = (values: Float32Array | readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (let i = 0; i < values.length; i += 1) bytes.writeFloatLE(values[i] ?? 0, 4 * i);
  return bytes;
};

/** float16, for numbers that it can hold. */
function float16(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => {
    const size = Math.abs(value);
    const exponent = Math.max(-14, Math.floor(Math.log2(size || 1e-9)));
    const isSmall = size < 2 ** -14;
    const fraction = isSmall ? size / 2 ** -24 : (size / 2 ** exponent - 1) * 1024;
    const bits = (isSmall ? 0 : (exponent + 15) << 10) + Math.round(fraction);
    bytes.writeUInt16LE((value < 0 ? 0x8000 : 0) | bits, 2 * i);
  });
  return bytes;
}

function bfloat16(values: Float32Array): Buffer {
  const wide = float32(values);
  return Buffer.concat(Array.from(values, (_, i) => wide.subarray(4 * i + 2, 4 * i + 4)));
}

export type SafetensorsFormat = "F32" | "F16" | "BF16";

/** A .safetensors of a network's tensors; numbers that don't fit into the format are cut off. */
export function makeSafetensors({ tensors }: Network, dtype: SafetensorsFormat = "F32"): Buffer {
  const encode = { F32: float32, F16: float16, BF16: bfloat16 }[dtype];
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  const parts: Buffer[] = [];
  let at = 0;
  for (const [key, { shape, data }] of tensors) {
    const part = encode(data);
    header[key] = { dtype, shape, data_offsets: [at, at + part.length] };
    parts.push(part);
    at += part.length;
  }
  return withHeader(JSON.stringify(header), Buffer.concat(parts));
}

/** A .safetensors with this header. */
export function withHeader(header: string, numbers: Buffer): Buffer {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, numbers]);
}

export type NcnnFormat = "f16" | "f32" | "table";

/** An ncnn model of a network, its activations folded into its convolutions where ncnn's converter does so. */
export function makeNcnn(network: Network, format: NcnnFormat = "f32", inputName = "data") {
  const { layers, tensors } = network;
  const lines: string[] = [];
  const numbers: Buffer[] = [];
  const line = (type: string, from: readonly number[], to: string | number, rest = ""): void => {
    const names = from.map((value) => (value === 0 ? inputName : `${value}`)).join(" ");
    const output = to === layers.length ? "output" : to;
    lines.push(`${type} layer_${lines.length} ${from.length} 1 ${names} ${output} ${rest}`.trim());
  };
  line("Input", [], inputName);
  layers.forEach((layer, i) => {
    const [from, made] = [inputsOf(layer), i + 1];
    if (layer.op === "conv") {
      const weight = tensors.get(`${layer.key}.weight`);
      const bias = tensors.get(`${layer.key}.bias`);
      if (weight === undefined || bias === undefined) throw new Error("no such tensor");
      const keys = `0=${weight.shape[0]} 1=3 4=1 5=1 6=${weight.data.length}`;
      line("Convolution", from, made, keys);
      numbers.push(ncnnWeights(weight.data, format), float32(bias.data));
    } else if (layer.op === "prelu") {
      const { data } = tensors.get(`${layer.key}.weight`) ?? { data: new Float32Array() };
      line("PReLU", from, made, `0=${data.length}`);
      numbers.push(float32(data));
    } else {
      line(...otherLine(layer, made));
    }
  });
  return {
    param: `7767517\n${lines.length} ${lines.length}\n${lines.join("\n")}\n`,
    weights: Buffer.concat(numbers),
  };
}

function otherLine(layer: Layer, made: number): [string, readonly number[], number, string] {
  const from = inputsOf(layer);
  switch (layer.op) {
    case "leaky":
      return ["ReLU", from, made, `0=${layer.slope}`];
    case "add":
      return ["BinaryOp", from, made, "0=0"];
    case "scale":
      return ["BinaryOp", from, made, `0=2 1=1 2=${layer.by}`];
    case "concat":
      return ["Concat", from, made, "0=0"];
    case "nearest":
      return ["Interp", from, made, `0=1 1=${layer.by} 2=${layer.by}`];
    case "shuffle":
      return ["PixelShuffle", from, made, `0=${layer.by}`];
    default:
      throw new Error(`ncnn has no ${layer.op}`);
  }
}

function ncnnWeights(data: Float32Array, format: NcnnFormat): Buffer {
  const word = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const padded = (bytes: Buffer): Buffer =>
    Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  if (format === "f16") return Buffer.concat([word(0x01306b47), padded(float16(data))]);
  if (format === "f32") return Buffer.concat([word(0), float32(data)]);
  const table = [...new Set(data)].slice(0, 256);
  const places = Buffer.from(Array.from(data, (value) => Math.max(0, table.indexOf(value))));
  const filled = [...table, ...new Array<number>(256 - table.length).fill(0)];
  return Buffer.concat([word(1), float32(filled), padded(places)]);
}

export type ZipEntries = readonly (readonly [name: string, content: Uint8Array])[];

/**
 * A zip archive whose files are stored, each header padded differently from the directory, as PyTorch does it.
 *
 * @param isWide with zip64 records, and sizes in them alone
 */
export function makeZip(entries: ZipEntries, isWide = false): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  entries.forEach(([name, content], i) => {
    const text = Buffer.from(name);
    const padding = Buffer.alloc(4 + (i % 3) * 8);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(text.length, 26);
    local.writeUInt16LE(padding.length, 28);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(text.length, 28);
    const extra = isWide ? Buffer.alloc(28) : Buffer.alloc(0);
    if (isWide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      for (const [place, value] of [content.length, content.length, at].entries()) {
        extra.writeBigUInt64LE(BigInt(value), 4 + 8 * place);
      }
    }
    central.writeUInt16LE(extra.length, 30);
    central.writeUInt32LE(isWide ? 0xffff_ffff : content.length, 20);
    central.writeUInt32LE(isWide ? 0xffff_ffff : content.length, 24);
    central.writeUInt32LE(isWide ? 0xffff_ffff : at, 42);
    parts.push(local, text, padding, Buffer.from(content));
    directory.push(central, text, extra);
    at += 30 + text.length + padding.length + content.length;
  });
  const whole = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(isWide ? 0xffff : entries.length, 10);
  end.writeUInt32LE(isWide ? 0xffff_ffff : whole.length, 12);
  end.writeUInt32LE(isWide ? 0xffff_ffff : at, 16);
  if (!isWide) return Buffer.concat([...parts, whole, end]);
  const wideEnd = Buffer.alloc(56);
  wideEnd.writeUInt32LE(0x06064b50, 0);
  wideEnd.writeBigUInt64LE(BigInt(entries.length), 32);
  wideEnd.writeBigUInt64LE(BigInt(whole.length), 40);
  wideEnd.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at + whole.length), 8);
  return Buffer.concat([...parts, whole, wideEnd, locator, end]);
}

/** Parts of a pickle, in protocol 2; texts are taken as bytes. */
export const pickle = {
  start: Buffer.of(0x80, 2),
  stop: Buffer.from("."),
  dict: Buffer.from("}"),
  mark: Buffer.from("("),
  setItems: Buffer.from("u"),
  tuple: Buffer.from("t"),
  reduce: Buffer.from("R"),
  persistentId: Buffer.from("Q"),
  false: Buffer.of(0x89),
  emptyTuple: Buffer.from(")"),
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  text(value: string) {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(Buffer.byteLength(value));
    return Buffer.concat([Buffer.from("X"), length, Buffer.from(value)]);
  },
  int(value: number) {
    const bytes = Buffer.alloc(5);
    bytes.write("J");
    bytes.writeInt32LE(value, 1);
    return bytes;
  },
};

export interface PickledTensor {
  readonly key: string;
  readonly kind?: string;
  readonly storage: string;
  readonly count: number;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A state dict in protocol 2, as PyTorch pickles it. */
export function pickleTensors(tensors: readonly PickledTensor[]): Buffer {
  const ints = (values: readonly number[]): Buffer[] => [
    pickle.mark,
    ...values.map(pickle.int),
    pickle.tuple,
  ];
  return Buffer.concat([
    pickle.start,
    pickle.dict,
    pickle.mark,
    ...tensors.flatMap(({ key, kind = "FloatStorage", storage, count, offset = 0, ...rest }) => [
      pickle.text(key),
      pickle.global("torch._utils", "_rebuild_tensor_v2"),
      pickle.mark,
      pickle.mark,
      pickle.text("storage"),
      pickle.global("torch", kind),
      pickle.text(storage),
      pickle.text("cpu"),
      pickle.int(count),
      pickle.tuple,
      pickle.persistentId,
      pickle.int(offset),
      ...ints(rest.shape),
      ...ints(rest.strides),
      pickle.false,
      pickle.global("collections", "OrderedDict"),
      pickle.emptyTuple,
      pickle.reduce,
      pickle.tuple,
      pickle.reduce,
    ]),
    pickle.setItems,
    pickle.stop,
  ]);
}

/** A .pth of a network as PyTorch 2.1 and later write it: with `byteorder`. */
export function makePth(
  { tensors }: Network,
  { byteOrder = "little", isWide = false }: { byteOrder?: "little" | "big"; isWide?: boolean } = {},
): Buffer {
  const listed = [...tensors].map(([key, { shape, data }], i) => ({
    key,
    storage: `${i}`,
    count: data.length,
    shape,
    strides: shape.map((_, axis) => shape.slice(axis + 1).reduce((sum, size) => sum * size, 1)),
  }));
  const numbers = [...tensors.values()].map(({ data }, i) => {
    const bytes = float32(data);
    return [`net/data/${i}`, byteOrder === "big" ? bytes.swap32() : bytes] as const;
  });
  const entries: ZipEntries = [
    ["net/data.pkl", pickleTensors(listed)],
    ["net/byteorder", Buffer.from(byteOrder)],
    ...numbers,
    ["net/version", Buffer.from("3\n")],
  ];
  return makeZip(entries, isWide);
}
