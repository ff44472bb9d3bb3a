import { weightsBroken, weightsTruncated } from "./problems.ts";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const ZIP_64_FIELD = 1;

const damaged = (name: string) =>
  weightsBroken(name, {
    en: "its parts lie where they can't",
    ko: "구성 요소의 위치가 잘못되어 있습니다",
  });

/** A model of 1,000 tensors has as many entries. */
const MAX_ENTRIES = 65_536;

/**
 * The entries of a zip archive whose files are only stored, as PyTorch writes them (APPNOTE 6.3.10, with zip64).
 * Where an entry's bytes begin is said by its own header, whose padding differs from the directory's.
 *
 * @param name of the file, for what is said
 * @returns views into the file, by their names inside
 * @throws KilnError `weights-truncated`, `weights-broken` also for entries that overlap, are named twice, or are packed
 */
export function readStoredZip(file: Uint8Array, name: string): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const { offset, size, count } = findDirectory(file, view, name);
  if (!(count <= MAX_ENTRIES && fits(offset, size, file.byteLength))) throw damaged(name);
  const entries = new Map<string, Uint8Array>();
  const spans: [start: number, end: number][] = [];
  let at = offset;
  for (let i = 0; i < count; i += 1) {
    if (!fits(at, 46, offset + size) || view.getUint32(at, true) !== CENTRAL) throw damaged(name);
    const method = view.getUint16(at + 10, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > offset + size) throw damaged(name);
    const extra = { start: at + 46 + nameLength, end: at + 46 + nameLength + extraLength };
    const wide = new Zip64Field(view, extra);
    const whole = wide.next(view.getUint32(at + 24, true));
    const packed = wide.next(view.getUint32(at + 20, true));
    const header = wide.next(view.getUint32(at + 42, true));
    if (method !== 0 || whole !== packed) {
      throw weightsBroken(name, {
        en: "it was packed again by another program",
        ko: "다른 프로그램으로 다시 압축되었습니다",
      });
    }
    if (!fits(header, 30, offset) || view.getUint32(header, true) !== LOCAL) throw damaged(name);
    const start =
      header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    if (!fits(start, whole, offset)) throw damaged(name);
    const key = new TextDecoder().decode(file.subarray(at + 46, at + 46 + nameLength));
    if (entries.has(key)) throw damaged(name);
    entries.set(key, file.subarray(start, start + whole));
    spans.push([header, start + whole]);
    at = next;
  }
  spans.sort((a, b) => a[0] - b[0]);
  if (spans.some(([start], i) => start < (spans[i - 1]?.[1] ?? 0))) throw damaged(name);
  return entries;
}

function fits(offset: number, length: number, end: number): boolean {
  return Number.isSafeInteger(offset + length) && offset >= 0 && offset + length <= end;
}

function findDirectory(file: Uint8Array, view: DataView, name: string) {
  // Behind it stands a comment of at most 65,535 bytes.
  const first = Math.max(0, file.byteLength - 22 - 65_535);
  for (let at = file.byteLength - 22; at >= first; at -= 1) {
    if (view.getUint32(at, true) !== END) continue;
    const locator = at - 20;
    if (locator >= 0 && view.getUint32(locator, true) === END_64_LOCATOR) {
      const wide = safe(view.getBigUint64(locator + 8, true));
      if (!fits(wide, 56, locator) || view.getUint32(wide, true) !== END_64) throw damaged(name);
      return {
        count: safe(view.getBigUint64(wide + 32, true)),
        size: safe(view.getBigUint64(wide + 40, true)),
        offset: safe(view.getBigUint64(wide + 48, true)),
      };
    }
    return {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
  }
  throw weightsTruncated(name);
}

/** Beyond 2^53 nothing fits anyway. */
function safe(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.NaN : Number(value);
}

/** Sizes and offsets that don't fit into 32 bits, in the order of the header's fields. */
class Zip64Field {
  readonly #view: DataView;
  #at = -1;
  #end = -1;

  constructor(view: DataView, { start, end }: { readonly start: number; readonly end: number }) {
    this.#view = view;
    for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
      if (view.getUint16(at, true) !== ZIP_64_FIELD) continue;
      this.#at = at + 4;
      this.#end = Math.min(end, at + 4 + view.getUint16(at + 2, true));
      return;
    }
  }

  /** @returns NaN where the field should be and isn't: fits nowhere. */
  next(short: number): number {
    if (short !== 0xffff_ffff) return short;
    if (this.#at < 0 || this.#at + 8 > this.#end) return Number.NaN;
    this.#at += 8;
    return safe(this.#view.getBigUint64(this.#at - 8, true));
  }
}
