/**
 * The wire format of Protocol Buffers, as much of it as ONNX files need.
 * https://protobuf.dev/programming-guides/encoding/
 */

/** Encoded parts in order: big ones stay where they are until the whole is put together, once. */
export class Message {
  readonly parts: Uint8Array[] = [];
  byteLength = 0;

  /** Parts that are encoded already, without a tag. */
  append(bytes: Uint8Array): this {
    if (bytes.byteLength > 0) this.parts.push(bytes);
    this.byteLength += bytes.byteLength;
    return this;
  }

  /** A whole number; negative ones as 64-bit two's complement. */
  int(field: number, value: number): this {
    return this.#tag(field, 0).#varint(value);
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, 5).append(bytes);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, 2).#varint(value.byteLength).append(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    this.#tag(field, 2).#varint(value.byteLength);
    for (const part of value.parts) this.append(part);
    return this;
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.byteLength);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.byteLength;
    }
    return whole;
  }

  #tag(field: number, wire: number): this {
    return this.#varint(field * 8 + wire);
  }

  #varint(value: number): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest >= 128n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.append(Uint8Array.from(bytes));
  }
}

/** One field of a message. Which of the values counts says the wire type. */
export interface Field {
  readonly field: number;
  /** 0: `int`; 1: 8 bytes; 2: bytes, a text or a message; 5: 4 bytes. */
  readonly wire: 0 | 1 | 2 | 5;
  /** A signed 64-bit number; beyond 2^53 only roughly. */
  readonly int: number;
  readonly bytes: Uint8Array;
  /** Where the field begins, tag and all, and ends. */
  readonly start: number;
  readonly end: number;
}

/** Not a protobuf message, or one that ends early. */
export class ProtobufError extends Error {}

const nothing = new Uint8Array(0);

/** A message of more fields is made to keep its reader busy. */
const MAX_FIELDS = 4_000_000;

/**
 * The fields of one message, in order. Nothing is copied and no nested message is entered.
 *
 * @throws ProtobufError
 */
export function* readFields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    const first = at;
    let value = 0;
    for (let i = 0; i < 10; i += 1) {
      const byte = message[at];
      if (byte === undefined) throw new ProtobufError("ends inside a number");
      at += 1;
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return i < 7 ? value : signed(message.subarray(first, at));
    }
    throw new ProtobufError("a number that doesn't end");
  };
  for (let count = 0; at < message.byteLength; count += 1) {
    if (count === MAX_FIELDS) throw new ProtobufError("fields without end");
    const start = at;
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (!(field >= 1 && field < 2 ** 29)) throw new ProtobufError("a field without a number");
    let int = 0;
    let length = 0;
    if (wire === 0) int = varint();
    else if (wire === 1) length = 8;
    else if (wire === 2) length = varint();
    else if (wire === 5) length = 4;
    else throw new ProtobufError(`wire type ${wire}`);
    if (!(length >= 0 && length <= message.byteLength - at)) {
      throw new ProtobufError("ends inside a field");
    }
    const bytes = length === 0 ? nothing : message.subarray(at, at + length);
    at += length;
    yield { field, wire: wire as Field["wire"], int, bytes, start, end: at };
  }
}

/** The bytes of a varint, as the 64-bit two's complement that they are. */
export function signed(varint: Uint8Array): number {
  const value = varint.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 127), 0n);
  return Number(BigInt.asIntN(64, value));
}
