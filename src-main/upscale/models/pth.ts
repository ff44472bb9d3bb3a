import {
  type PickleDict,
  PickleGlobal,
  type PickleHost,
  PickleStorage,
  PickleTensor,
  PickleTuple,
  type PickleValue,
  readPickle,
  type StorageName,
} from "./pickle.ts";
import { weightsBroken, weightsTruncated, weightsUnknownArchitecture } from "./problems.ts";
import {
  countOf,
  decodeNumbers,
  type NumberFormat,
  numberBytes,
  type StoredTensor,
} from "./tensor.ts";
import { readStoredZip } from "./zip.ts";

const formats: Readonly<Record<StorageName, NumberFormat>> = {
  "torch.FloatStorage": "f32",
  "torch.HalfStorage": "f16",
  "torch.BFloat16Storage": "bf16",
  "torch.DoubleStorage": "f64",
  "torch.IntStorage": "i32",
  "torch.LongStorage": "i64",
};

/** What torch.save writes first when it doesn't write a zip: PROTO 2, LONG1 0x1950a86a20f9469cfc6c, STOP. */
export const legacyMagic = Uint8Array.of(
  ...[0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
);

const damaged = (name: string) =>
  weightsBroken(name, {
    en: "a tensor of it lies outside of its numbers",
    ko: "텐서가 저장된 값의 범위를 벗어납니다",
  });

/**
 * The tensors of a .pth as torch.save writes it since PyTorch 1.6: a zip with a pickle that names them, and their
 * numbers beside it.
 *
 * @throws KilnError
 */
export function readZipPth(file: Uint8Array, name: string): Map<string, StoredTensor> {
  const entries = readStoredZip(file, name);
  const pickle = [...entries.keys()].find((key) => /^[^/]+\/data\.pkl$/.test(key));
  if (pickle === undefined) throw weightsUnknownArchitecture(name, [...entries.keys()]);
  const root = pickle.slice(0, -"data.pkl".length);
  const order = new TextDecoder().decode(entries.get(`${root}byteorder`)?.subarray(0, 16));
  const storages: Storages = {
    isBigEndian: order === "big",
    numbersOf: ({ key, kind, count }) => {
      const numbers = entries.get(`${root}data/${key}`);
      if (numbers?.byteLength !== count * numberBytes[formats[kind]]) throw damaged(name);
      return numbers;
    },
  };
  const { value } = readPickle(
    entries.get(pickle) ?? new Uint8Array(0),
    0,
    name,
    pickleHost(name, storages),
  );
  return takeTensors(value, name);
}

/**
 * The tensors of a .pth as torch.save wrote it before: pickles of a magic number, a version, the system, the object
 * and the storages' keys, then for each of these its count and its numbers.
 *
 * @throws KilnError
 */
export function readLegacyPth(file: Uint8Array, name: string): Map<string, StoredTensor> {
  const numbers = new Map<string, Uint8Array>();
  const kinds = new Map<string, PickleStorage>();
  const storages: Storages = {
    isBigEndian: false,
    numbersOf: ({ key }) => numbers.get(key) ?? nothing,
    seen: (storage) => {
      const known = kinds.get(storage.key);
      if (known !== undefined && (known.kind !== storage.kind || known.count !== storage.count)) {
        throw damaged(name);
      }
      kinds.set(storage.key, storage);
    },
  };
  const host = pickleHost(name, storages);
  let at = legacyMagic.length;
  const next = (): PickleValue => {
    const { value, end } = readPickle(file, at, name, host);
    at = end;
    return value;
  };
  const version = next();
  const system = next();
  const object = next();
  const keys = next();
  const isLittle = system instanceof Map ? system.get("little_endian") : null;
  if (version !== 1001 || isLittle !== true || !Array.isArray(keys)) {
    throw weightsBroken(name, {
      en: "it doesn't begin as PyTorch's files do",
      ko: "PyTorch 파일의 형식으로 시작하지 않습니다",
    });
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (const key of keys) {
    const storage = typeof key === "string" ? kinds.get(key) : undefined;
    if (storage === undefined || numbers.has(storage.key)) throw damaged(name);
    if (at + 8 > file.byteLength) throw weightsTruncated(name);
    if (view.getBigInt64(at, true) !== BigInt(storage.count)) throw damaged(name);
    const length = storage.count * numberBytes[formats[storage.kind]];
    if (length > file.byteLength - at - 8) throw weightsTruncated(name);
    numbers.set(storage.key, file.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  if (numbers.size !== kinds.size) throw weightsTruncated(name);
  if (at !== file.byteLength) throw damaged(name);
  return takeTensors(object, name);
}

const nothing = new Uint8Array(0);

interface Storages {
  readonly isBigEndian: boolean;
  /** As long as the storage says. Asked for when a tensor is read, or at once where `seen` is left out. */
  numbersOf(storage: PickleStorage): Uint8Array;
  /** The numbers come later in the file. */
  seen?(storage: PickleStorage): void;
}

function pickleHost(name: string, storages: Storages): PickleHost {
  return {
    storage(id) {
      const [word, kind, key, , count, view] = id;
      const isStorage =
        word === "storage" &&
        kind instanceof PickleGlobal &&
        kind.name in formats &&
        typeof key === "string" &&
        typeof count === "number" &&
        Number.isSafeInteger(count) &&
        count >= 0 &&
        // A part of another storage, as PyTorch before 0.4 wrote it.
        (view === undefined || view === null);
      if (!isStorage) throw damaged(name);
      const storage = new PickleStorage(kind.name as StorageName, key, count);
      if (storages.seen === undefined) storages.numbersOf(storage);
      else storages.seen(storage);
      return storage;
    },
    tensor(storage, offset, shape, strides) {
      const count = countOf(shape);
      const format = formats[storage.kind];
      if (count === null || strides.length !== shape.length) throw damaged(name);
      const last = lastPlace(offset, shape, strides);
      if (count > 0 && !(last < storage.count)) throw damaged(name);
      // More numbers than there are: strides of 0 would make much of little.
      if (count > storage.count) throw damaged(name);
      return {
        shape,
        bytes: count * numberBytes[format],
        read() {
          const numbers = storages.numbersOf(storage);
          const size = numberBytes[format];
          if (count === 0) return new Float32Array(0);
          const span = numbers.subarray(offset * size, (last + 1) * size);
          const isWhole = last - offset + 1 === count && isRowMajor(shape, strides);
          const own = isWhole ? span : gathered(span, size, shape, strides, count);
          return decodeNumbers(storages.isBigEndian ? swapped(own, size) : own, format);
        },
      };
    },
  };
}

/** @returns the place of a tensor's farthest number within its storage, NaN where there can't be one. */
function lastPlace(offset: number, shape: readonly number[], strides: readonly number[]): number {
  if (!(Number.isSafeInteger(offset) && offset >= 0)) return Number.NaN;
  const last = shape.reduce((sum, size, i) => {
    const stride = strides[i] ?? -1;
    return stride >= 0 ? sum + (size - 1) * stride : Number.NaN;
  }, offset);
  return Number.isSafeInteger(last) ? last : Number.NaN;
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i -= 1) {
    if (shape[i] !== 1 && strides[i] !== expected) return false;
    expected *= shape[i] ?? 1;
  }
  return true;
}

/** The bytes, row-major, of a tensor that lies otherwise, such as in channels-last order. */
function gathered(
  span: Uint8Array,
  size: number,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Uint8Array {
  const result = new Uint8Array(count * size);
  const place = shape.map(() => 0);
  let from = 0;
  for (let i = 0; i < count; i += 1) {
    for (let byte = 0; byte < size; byte += 1) {
      result[i * size + byte] = span[from * size + byte] ?? 0;
    }
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const at = (place[axis] ?? 0) + 1;
      const stride = strides[axis] ?? 0;
      from += stride;
      place[axis] = at;
      if (at < (shape[axis] ?? 1)) break;
      from -= stride * at;
      place[axis] = 0;
    }
  }
  return result;
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const copy = Buffer.from(bytes);
  if (size === 2) return copy.swap16();
  return size === 4 ? copy.swap32() : copy.swap64();
}

/** Where training scripts keep the weights, the more wanted ones first (as spandrel looks for them). */
const wrappers = [
  "model_state_dict",
  "state_dict",
  "params_ema",
  "params-ema",
  "params",
  "model",
  "net",
];

/** The state dict of what a file holds, out of whatever a training script wrapped it in. */
function takeTensors(object: PickleValue, name: string) {
  let dict = object;
  for (let depth = 0; depth < 4 && dict instanceof Map; depth += 1) {
    const inner: PickleValue | undefined = innerDict(dict);
    if (inner === undefined) break;
    dict = inner;
  }
  if (!(dict instanceof Map)) throw weightsUnknownArchitecture(name, [describe(dict)]);
  const tensors = new Map<string, StoredTensor>();
  for (const [key, value] of dict) {
    if (typeof key !== "string" || !(value instanceof PickleTensor)) continue;
    tensors.set(key, value.stored);
  }
  if (tensors.size === 0) throw weightsUnknownArchitecture(name, [...dict.keys()].map(String));
  return tensors;
}

function innerDict(dict: PickleDict): PickleDict | undefined {
  for (const wrapper of wrappers) {
    const inner = dict.get(wrapper);
    if (inner instanceof Map) return inner;
  }
  const [only] = dict.values();
  return dict.size === 1 && only instanceof Map ? only : undefined;
}

function describe(value: PickleValue): string {
  if (value instanceof PickleTensor) return "tensor";
  if (value instanceof PickleTuple || Array.isArray(value)) return "list";
  return typeof value;
}
