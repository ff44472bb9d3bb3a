/**
 * Python's pickle format, as far as trained weights need it. Nothing that a file names is ever run. Long, because the
 * opcodes are one list.
 */
import {
  weightsBroken,
  weightsForeignCode,
  weightsForeignOpcode,
  weightsTruncated,
} from "./problems.ts";
import type { StoredTensor } from "./tensor.ts";

/** What a pickle may be made of. Dictionaries are maps, by text and number alike. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleTuple
  | PickleValue[]
  | PickleDict
  | PickleGlobal
  | PickleStorage
  | PickleTensor;
export type PickleDict = Map<PickleValue, PickleValue>;

export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** One of the few names that are allowed. */
export class PickleGlobal {
  readonly name: GlobalName;
  constructor(name: GlobalName) {
    this.name = name;
  }
}

/** Numbers outside the pickle; what they are is the container's to say. */
export class PickleStorage {
  readonly kind: StorageName;
  readonly key: string;
  readonly count: number;
  constructor(kind: StorageName, key: string, count: number) {
    this.kind = kind;
    this.key = key;
    this.count = count;
  }
}

export class PickleTensor {
  readonly stored: StoredTensor;
  constructor(stored: StoredTensor) {
    this.stored = stored;
  }
}

const storageNames = [
  "torch.FloatStorage",
  "torch.HalfStorage",
  "torch.BFloat16Storage",
  "torch.DoubleStorage",
  "torch.IntStorage",
  "torch.LongStorage",
] as const;
export type StorageName = (typeof storageNames)[number];

/** Everything that state dicts of PyTorch ask for. Anything else is refused. */
const allowedGlobals = [
  "collections.OrderedDict",
  "typing.OrderedDict",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_parameter",
  ...storageNames,
] as const;
type GlobalName = (typeof allowedGlobals)[number];

/** How the container makes a tensor of a storage. */
export interface PickleHost {
  /** @param id what stands in the pickle for numbers outside of it */
  storage(id: readonly PickleValue[]): PickleStorage;
  tensor(storage: PickleStorage, offset: number, shape: number[], strides: number[]): StoredTensor;
}

/** A network of 1,000 tensors takes some 50,000 steps. What they can make of a hostile file stays within 200 MB. */
const MAX_STEPS = 400_000;
const MAX_NAME = 256;
/** All texts of a pickle together, in bytes: 1,000 tensors' names take 50 KB. */
const MAX_TEXTS = 2 ** 24;

const damaged = (name: string) =>
  weightsBroken(name, {
    en: "the list of what is in it contradicts itself",
    ko: "내용 목록이 서로 맞지 않습니다",
  });

/**
 * Runs one pickle.
 *
 * Only the opcodes that PyTorch writes for weights are known (protocols 2 to 4). Every step adds one value at most, so
 * that what it makes stays within a small multiple of its bytes; nothing is called, calls are only recognised.
 *
 * @param at where it begins
 * @param name of the file, for what is said
 * @returns what it holds, and where it ends
 * @throws KilnError `weights-truncated`, `weights-broken`, `weights-foreign-code`, `weights-foreign-opcode`
 */
export function readPickle(
  bytes: Uint8Array,
  at: number,
  name: string,
  host: PickleHost,
): { readonly value: PickleValue; readonly end: number } {
  const machine = new PickleMachine(bytes, at, name, host);
  return { value: machine.run(), end: machine.at };
}

const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder();

class PickleMachine {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;
  readonly #host: PickleHost;
  #textsLeft = MAX_TEXTS;
  #stack: PickleValue[] = [];
  readonly #marks: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, at: number, name: string, host: PickleHost) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.#name = name;
    this.#host = host;
  }

  run(): PickleValue {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const opcode = this.#take(1)[0] ?? 0;
      if (opcode === 0x2e) {
        const value = this.#pop();
        if (this.#stack.length > 0 || this.#marks.length > 0) throw damaged(this.#name);
        return value;
      }
      this.#step(opcode);
    }
    throw damaged(this.#name);
  }

  /** Names of the opcodes are pickletools'. */
  #step(opcode: number): void {
    const stack = this.#stack;
    switch (opcode) {
      case 0x80: // PROTO
        if (this.#byte() > 5) throw damaged(this.#name);
        return;
      case 0x95: // FRAME: says how much follows at a time, of interest to streams only
        this.#take(8);
        return;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        return;
      case 0x5d: // EMPTY_LIST
        stack.push([]);
        return;
      case 0x29: // EMPTY_TUPLE
        stack.push(new PickleTuple([]));
        return;
      case 0x4e: // NONE
        stack.push(null);
        return;
      case 0x88: // NEWTRUE
        stack.push(true);
        return;
      case 0x89: // NEWFALSE
        stack.push(false);
        return;
      case 0x4a: // BININT
        stack.push(this.#number(4, (place) => this.#view.getInt32(place, true)));
        return;
      case 0x4b: // BININT1
        stack.push(this.#byte());
        return;
      case 0x4d: // BININT2
        stack.push(this.#number(2, (place) => this.#view.getUint16(place, true)));
        return;
      case 0x8a: // LONG1
        stack.push(this.#long());
        return;
      case 0x47: // BINFLOAT
        stack.push(this.#number(8, (place) => this.#view.getFloat64(place)));
        return;
      case 0x58: // BINUNICODE
        stack.push(this.#text(this.#uint32(), utf8));
        return;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(this.#text(this.#byte(), utf8));
        return;
      case 0x55: // SHORT_BINSTRING
        stack.push(this.#text(this.#byte(), latin1));
        return;
      case 0x28: // MARK
        this.#marks.push(stack);
        this.#stack = [];
        return;
      case 0x71: // BINPUT
        this.#memo.set(this.#byte(), this.#top());
        return;
      case 0x72: // LONG_BINPUT
        this.#memo.set(this.#uint32(), this.#top());
        return;
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        return;
      case 0x68: // BINGET
        stack.push(this.#remembered(this.#byte()));
        return;
      case 0x6a: // LONG_BINGET
        stack.push(this.#remembered(this.#uint32()));
        return;
      case 0x63: // GLOBAL
        stack.push(this.#global(this.#line(), this.#line()));
        return;
      case 0x93: {
        // STACK_GLOBAL
        const member = this.#pop();
        const module = this.#pop();
        if (typeof module !== "string" || typeof member !== "string") throw damaged(this.#name);
        stack.push(this.#global(module, member));
        return;
      }
      case 0x74: // TUPLE
        this.#push(new PickleTuple(this.#popMark()));
        return;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        if (stack.length < opcode - 0x84) throw damaged(this.#name);
        stack.push(new PickleTuple(stack.splice(stack.length - (opcode - 0x84))));
        return;
      case 0x61: {
        // APPEND
        const item = this.#pop();
        this.#list().push(item);
        return;
      }
      case 0x65: {
        // APPENDS
        const items = this.#popMark();
        const list = this.#list();
        for (const item of items) list.push(item);
        return;
      }
      case 0x73: {
        // SETITEM
        const value = this.#pop();
        const key = this.#pop();
        this.#setItems([key, value]);
        return;
      }
      case 0x75: // SETITEMS
        this.#setItems(this.#popMark());
        return;
      case 0x62: // BUILD: attributes such as _metadata, of no interest
        this.#pop();
        this.#top();
        return;
      case 0x51: {
        // BINPERSID
        const id = this.#pop();
        if (!(id instanceof PickleTuple)) throw damaged(this.#name);
        stack.push(this.#host.storage(id.items));
        return;
      }
      case 0x52: {
        // REDUCE
        const given = this.#pop();
        const called = this.#pop();
        if (!(given instanceof PickleTuple && called instanceof PickleGlobal)) {
          throw damaged(this.#name);
        }
        stack.push(this.#call(called.name, given.items));
        return;
      }
      default:
        throw weightsForeignOpcode(this.#name, opcode);
    }
  }

  #call(called: GlobalName, given: readonly PickleValue[]): PickleValue {
    if (called === "collections.OrderedDict" || called === "typing.OrderedDict") {
      const [pairs, ...others] = given;
      if (others.length > 0) throw damaged(this.#name);
      const dict: PickleDict = new Map();
      if (pairs === undefined) return dict;
      if (!Array.isArray(pairs)) throw damaged(this.#name);
      for (const pair of pairs) {
        // Python 2 wrote lists, Python 3 tuples.
        const items = pair instanceof PickleTuple ? pair.items : pair;
        if (!Array.isArray(items) || items.length !== 2) throw damaged(this.#name);
        this.#set(dict, items[0], items[1]);
      }
      return dict;
    }
    if (called === "torch._utils._rebuild_parameter") {
      const [tensor] = given;
      if (!(tensor instanceof PickleTensor)) throw damaged(this.#name);
      return tensor;
    }
    if (called === "torch._utils._rebuild_tensor_v2") {
      const [storage, offset, shape, strides] = given;
      const isTensor =
        storage instanceof PickleStorage &&
        typeof offset === "number" &&
        shape instanceof PickleTuple &&
        strides instanceof PickleTuple;
      if (!isTensor) throw damaged(this.#name);
      const stored = this.#host.tensor(storage, offset, this.#sizes(shape), this.#sizes(strides));
      return new PickleTensor(stored);
    }
    throw damaged(this.#name);
  }

  #sizes({ items }: PickleTuple): number[] {
    return items.map((item) => {
      if (typeof item !== "number") throw damaged(this.#name);
      return item;
    });
  }

  #global(module: string, member: string): PickleGlobal {
    const wanted = `${module}.${member}`;
    const allowed = allowedGlobals.find((name) => name === wanted);
    if (allowed === undefined) throw weightsForeignCode(this.#name, wanted);
    return new PickleGlobal(allowed);
  }

  #setItems(items: readonly PickleValue[]): void {
    const dict = this.#top();
    if (!(dict instanceof Map) || items.length % 2 !== 0) throw damaged(this.#name);
    for (let i = 0; i < items.length; i += 2) this.#set(dict, items[i], items[i + 1]);
  }

  #set(dict: PickleDict, key: PickleValue = null, value: PickleValue = null): void {
    if (typeof key !== "string" && typeof key !== "number") throw damaged(this.#name);
    if (dict.has(key)) throw damaged(this.#name);
    dict.set(key, value);
  }

  #take(count: number): Uint8Array {
    if (count > this.#bytes.byteLength - this.at) throw weightsTruncated(this.#name);
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  #number(bytes: number, read: (place: number) => number): number {
    this.#take(bytes);
    return read(this.at - bytes);
  }

  #byte(): number {
    return this.#number(1, (place) => this.#view.getUint8(place));
  }

  #uint32(): number {
    return this.#number(4, (place) => this.#view.getUint32(place, true));
  }

  #long(): number | bigint {
    const bytes = this.#take(this.#byte());
    if (bytes.byteLength > 16) throw damaged(this.#name);
    const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const signed = BigInt.asIntN(8 * bytes.byteLength, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  #text(length: number, decoder: typeof utf8): string {
    const bytes = this.#take(length);
    this.#textsLeft -= length;
    if (this.#textsLeft < 0) throw damaged(this.#name);
    return decoder.decode(bytes);
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw weightsTruncated(this.#name);
    if (end - this.at > MAX_NAME) throw damaged(this.#name);
    const line = latin1.decode(this.#take(end - this.at));
    this.#take(1);
    return line;
  }

  #push(value: PickleValue): void {
    this.#stack.push(value);
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw damaged(this.#name);
    return value;
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw damaged(this.#name);
    return value;
  }

  #list(): PickleValue[] {
    const list = this.#top();
    if (!Array.isArray(list)) throw damaged(this.#name);
    return list;
  }

  #popMark(): PickleValue[] {
    const below = this.#marks.pop();
    if (below === undefined) throw damaged(this.#name);
    const items = this.#stack;
    this.#stack = below;
    return items;
  }

  #remembered(place: number): PickleValue {
    const value = this.#memo.get(place);
    if (value === undefined) throw damaged(this.#name);
    return value;
  }
}
