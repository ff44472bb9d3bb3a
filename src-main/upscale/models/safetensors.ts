import { z } from "zod";
import { weightsBroken, weightsTruncated } from "./problems.ts";
import {
  countOf,
  decodeNumbers,
  type NumberFormat,
  numberBytes,
  type StoredTensor,
} from "./tensor.ts";

/** The format allows 100 MB; 1,000 tensors take 100 KB. JSON takes up to a hundred times its size to read. */
const MAX_HEADER = 2 ** 20;
const MAX_TENSORS = 65_536;

const formats: ReadonlyMap<string, NumberFormat> = new Map([
  ["F16", "f16"],
  ["BF16", "bf16"],
  ["F32", "f32"],
  ["F64", "f64"],
  ["I32", "i32"],
  ["I64", "i64"],
]);

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()).max(8),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

const damaged = (name: string) =>
  weightsBroken(name, {
    en: "the list of what is in it contradicts itself",
    ko: "내용 목록이 서로 맞지 않습니다",
  });

/** A header's length that can be one, and a brace behind it. */
export function isSafetensors(file: Uint8Array): boolean {
  if (file.byteLength < 10 || file[8] !== 0x7b) return false;
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  return length <= BigInt(MAX_HEADER);
}

/**
 * The tensors of a .safetensors: a header of JSON, and the numbers behind it without gaps or overlaps.
 * https://huggingface.co/docs/safetensors
 *
 * @throws KilnError `weights-truncated`, `weights-broken`
 */
export function readSafetensors(file: Uint8Array, name: string): Map<string, StoredTensor> {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (length > file.byteLength - 8) throw weightsTruncated(name);
  const numbers = file.subarray(8 + length);
  const header = readHeader(file.subarray(8, 8 + length), name);
  const tensors = new Map<string, StoredTensor>();
  const spans: (readonly [start: number, end: number])[] = [];
  for (const [key, value] of Object.entries(header)) {
    if (key === "__metadata__") continue;
    const entry = entrySchema.safeParse(value).data;
    if (entry === undefined || tensors.size >= MAX_TENSORS) throw damaged(name);
    const { shape, dtype, data_offsets: span } = entry;
    const count = countOf(shape);
    const [start, end] = span;
    spans.push(span);
    if (end > numbers.byteLength) throw weightsTruncated(name);
    // A kind of numbers that weights don't come in, such as a step count's: nothing that is wanted.
    const format = formats.get(dtype);
    if (count === null || start > end) throw damaged(name);
    if (format === undefined) continue;
    const bytes = count * numberBytes[format];
    if (end - start !== bytes) throw damaged(name);
    tensors.set(key, {
      shape,
      bytes,
      read: () => decodeNumbers(numbers.subarray(start, end), format),
    });
  }
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let at = 0;
  for (const [start, end] of spans) {
    if (start !== at) throw damaged(name);
    at = end;
  }
  if (at !== numbers.byteLength) throw damaged(name);
  return tensors;
}

function readHeader(bytes: Uint8Array, name: string): Record<string, unknown> {
  const text = new TextDecoder().decode(bytes);
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header === "object" && header !== null && !Array.isArray(header)) {
      return header as Record<string, unknown>;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw damaged(name);
}
