import { type Layer, LayerList } from "./layers.ts";
import type { Network } from "./network.ts";
import {
  weightsBroken,
  weightsNotNumbers,
  weightsUnknownArchitecture,
  weightsUnsupported,
} from "./problems.ts";
import { areFinite, type StoredTensor, type Tensor } from "./tensor.ts";

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** Beyond what anyone has trained, by far. */
const MAX_BLOCKS = 128;
const MAX_CONVOLUTIONS = 512;

/** What an architecture is made of: its steps, and what each of its tensors has to look like. */
interface Plan {
  readonly architecture: Network["architecture"];
  readonly scale: number;
  readonly multiple: number;
  /** null where the tensors don't tell them. */
  readonly layers: readonly Layer[] | null;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** What is known of tensors besides themselves. */
export interface TensorsOrigin {
  /** Of the file, for what is said. */
  readonly name: string;
  /** Of the file: tensors that are more, together, share their numbers, and would make much of little. */
  readonly bytes: number;
  /** What it holds, for a person, where it isn't the tensors' own names. */
  readonly seen?: readonly string[];
  /** Slope of the ReLUs of a Compact network that has no PReLUs. */
  readonly activation?: number | undefined;
}

/**
 * Finds the architecture from names and shapes alone, and takes its tensors out of the file.
 *
 * @throws KilnError `weights-unknown-architecture`, `weights-unsupported`, `weights-not-numbers`, `weights-broken`
 */
export function recogniseTensors(stored: StoredTensors, origin: TensorsOrigin): Network {
  const { name, seen = [...stored.keys()] } = origin;
  if (stored.values().reduce((sum, { bytes }) => sum + bytes, 0) > origin.bytes) {
    throw weightsBroken(name, {
      en: "its tensors are more than what is in it",
      ko: "텐서의 크기가 파일보다 큽니다",
    });
  }
  const unknown = () => weightsUnknownArchitecture(name, seen);
  if (stored.keys().some((key) => key.includes("conv1x1"))) {
    throw weightsUnsupported(name, { en: "an ESRGAN+ network", ko: "ESRGAN+ 모델" });
  }
  const renamed = renameTensors(stored);
  const shape = (key: string): readonly number[] => renamed.get(key)?.shape ?? [];
  const plan = renamed.has("conv_first.weight")
    ? rrdbPlan(shape)
    : compactPlan(shape, [...renamed.keys()], origin.activation);
  if (plan === null || plan.shapes.size !== stored.size) throw unknown();
  const wanted = [...plan.shapes];
  if (wanted.some(([key, sizes]) => `${renamed.get(key)?.shape}` !== `${sizes}`)) throw unknown();
  if (plan.layers === null) {
    throw weightsUnsupported(name, {
      en: "a Compact network whose file doesn't say which activation it was trained with",
      ko: "활성화 함수가 적혀 있지 않은 Compact 모델",
    });
  }
  const tensors = new Map<string, Tensor>();
  for (const [key, sizes] of wanted) {
    const data = renamed.get(key)?.read() ?? new Float32Array(0);
    if (!areFinite(data)) throw weightsNotNumbers(name, key);
    tensors.set(key, { shape: sizes, data });
  }
  const { architecture, scale, multiple, layers } = plan;
  return { architecture, scale, multiple, layers, tensors };
}

/**
 * Keys of RRDBNet as Real-ESRGAN writes them, from the dialects of BSRGAN and RealSR (`RRDB_trunk`) and of the first
 * ESRGAN (`model.1.sub`). Keys of anything else stay.
 */
function renameTensors(stored: StoredTensors): StoredTensors {
  const keys = [...stored.keys()];
  const rename = keys.some((key) => key.startsWith("model.1.sub."))
    ? firstDialect(keys)
    : keys.some((key) => key.startsWith("RRDB_trunk."))
      ? secondDialect
      : (key: string) => key;
  return new Map(keys.map((key) => [rename(key), stored.get(key) as StoredTensor]));
}

function secondDialect(key: string): string {
  return key
    .replace(/^RRDB_trunk\.(\d+)\.RDB(\d)\./, "body.$1.rdb$2.")
    .replace(/^trunk_conv\./, "conv_body.")
    .replace(/^upconv(\d+)\./, "conv_up$1.")
    .replace(/^HRconv\./, "conv_hr.");
}

/** The first ESRGAN is a sequence: where the trunk's last convolution and the tail lie depends on its length. */
function firstDialect(keys: readonly string[]): (key: string) => string {
  const largest = (pattern: RegExp): number =>
    keys.reduce((most, key) => Math.max(most, Number(pattern.exec(key)?.[1] ?? -1)), -1);
  const last = largest(/^model\.(\d+)\./);
  const trunk = largest(/^model\.1\.sub\.(\d+)\./);
  const ups = Math.floor((last - 4) / 3);
  const names = new Map([
    [0, "conv_first"],
    [3 * ups + 2, "conv_hr"],
    [3 * ups + 4, "conv_last"],
  ]);
  for (let up = 1; up <= Math.min(ups, 8); up += 1) names.set(3 * up, `conv_up${up}`);
  return (key) => {
    const block = /^model\.1\.sub\.(\d+)\.RDB(\d)\.(conv\d)\.0\.(\w+)$/.exec(key);
    if (block !== null) return `body.${block[1]}.rdb${block[2]}.${block[3]}.${block[4]}`;
    const conv = /^model\.(1\.sub\.)?(\d+)\.(weight|bias)$/.exec(key);
    if (conv === null) return key;
    const place = Number(conv[2]);
    const conventional = conv[1] ? (place === trunk ? "conv_body" : undefined) : names.get(place);
    return conventional === undefined ? key : `${conventional}.${conv[3]}`;
  };
}

/**
 * RRDBNet: residual-in-residual dense blocks, then enlargements (Wang et al., ESRGAN, 2018; Real-ESRGAN, 2021).
 *
 * @param shape of the tensor with this key, [] where there is none
 * @returns null for what isn't one
 */
function rrdbPlan(shape: (key: string) => readonly number[]): Plan | null {
  const [features = 0, inputs = 0] = shape("conv_first.weight");
  const [growth = 0] = shape("body.0.rdb1.conv1.weight");
  const multiple = new Map([
    [3, 1],
    [12, 2],
    [48, 4],
  ]).get(inputs);
  if (multiple === undefined || features === 0 || growth === 0) return null;
  const count = (key: (i: number) => string): number => {
    let found = 0;
    while (found <= MAX_BLOCKS && shape(key(found)).length > 0) found += 1;
    return found;
  };
  const blocks = count((i) => `body.${i}.rdb1.conv1.weight`);
  const ups = count((i) => `conv_up${i + 1}.weight`);
  const scale = 2 ** ups / multiple;
  if (blocks > MAX_BLOCKS || ups > 4 || scale < 1) return null;

  const list = new LayerList();
  const shapes = new Map<string, readonly number[]>();
  const conv = (from: number, key: string, ins: number, outs: number): number => {
    shapes.set(`${key}.weight`, [outs, ins, 3, 3]).set(`${key}.bias`, [outs]);
    return list.conv(from, key);
  };
  const active = (from: number, key: string, ins: number, outs: number): number =>
    list.leaky(conv(from, key, ins, outs), 0.2);

  const picture = multiple === 1 ? 0 : list.push({ op: "unshuffle", from: 0, by: multiple });
  const first = conv(picture, "conv_first", inputs, features);
  let trunk = first;
  for (let block = 0; block < blocks; block += 1) {
    let inner = trunk;
    for (let dense = 1; dense <= 3; dense += 1) {
      const key = `body.${block}.rdb${dense}`;
      const parts = [inner];
      for (let i = 1; i <= 4; i += 1) {
        const from = i === 1 ? inner : list.push({ op: "concat", from: [...parts] });
        parts.push(active(from, `${key}.conv${i}`, features + (i - 1) * growth, growth));
      }
      const all = list.push({ op: "concat", from: parts });
      const change = conv(all, `${key}.conv5`, features + 4 * growth, features);
      inner = list.addScaled(inner, change, 0.2);
    }
    trunk = list.addScaled(trunk, inner, 0.2);
  }
  const body = conv(trunk, "conv_body", features, features);
  let tail = list.push({ op: "add", from: [first, body] });
  for (let up = 1; up <= ups; up += 1) {
    tail = list.push({ op: "nearest", from: tail, by: 2 });
    tail = active(tail, `conv_up${up}`, features, features);
  }
  tail = active(tail, "conv_hr", features, features);
  conv(tail, "conv_last", features, 3);
  return { architecture: "rrdb", scale, multiple, layers: list.layers, shapes };
}

/**
 * SRVGGNetCompact of Real-ESRGAN: convolutions in a row, pixel shuffle, and the enlarged picture added.
 *
 * @param shape of the tensor with this key, [] where there is none
 * @param activation slope of its ReLUs where it has no PReLUs
 * @returns null for what isn't one; without layers where there are no PReLUs and nothing says what is there instead
 */
function compactPlan(
  shape: (key: string) => readonly number[],
  keys: readonly string[],
  activation?: number,
): Plan | null {
  const last = keys.reduce(
    (most, key) => Math.max(most, Number(/^body\.(\d+)\.weight$/.exec(key)?.[1] ?? -1)),
    -1,
  );
  const [features = 0] = shape("body.0.weight");
  const [outputs = 0] = shape(`body.${last}.weight`);
  const scale = Math.sqrt(outputs / 3);
  if (last < 2 || last % 2 !== 0 || last > 2 * MAX_CONVOLUTIONS) return null;
  if (features === 0 || ![1, 2, 3, 4, 8].includes(scale)) return null;
  const hasSlopes = shape("body.1.weight").length === 1;

  const list = new LayerList();
  const shapes = new Map<string, readonly number[]>();
  let value = 0;
  for (let i = 0; i <= last; i += 2) {
    const outs = i === last ? outputs : features;
    shapes.set(`body.${i}.weight`, [outs, i === 0 ? 3 : features, 3, 3]);
    shapes.set(`body.${i}.bias`, [outs]);
    value = list.conv(value, `body.${i}`);
    if (i === last) break;
    if (hasSlopes) shapes.set(`body.${i + 1}.weight`, [features]);
    value = hasSlopes
      ? list.push({ op: "prelu", from: value, key: `body.${i + 1}` })
      : list.leaky(value, activation ?? 0);
  }
  let picture = 0;
  if (scale > 1) {
    value = list.push({ op: "shuffle", from: value, by: scale });
    picture = list.push({ op: "nearest", from: 0, by: scale });
  }
  list.push({ op: "add", from: [value, picture] });
  const isTold = hasSlopes || activation !== undefined;
  return {
    architecture: "compact",
    scale,
    multiple: 1,
    layers: isTold ? list.layers : null,
    shapes,
  };
}
