import { PIXEL_LOOPS } from "./compiled.ts";

/** What src-wasm/index.ts exports. Addresses are bytes from the start of the module's memory. */
interface PixelLoops {
  readonly memory: WebAssembly.Memory;
  unstuff(from: number, end: number, to: number, result: number): number;
  decodeScan(
    data: number,
    bytes: number,
    tables: number,
    quantisers: number,
    first: number,
    units: number,
    unitsAcross: number,
    across: number,
    down: number,
    luma: number,
    lumaStride: number,
    blue: number,
    red: number,
    chromaStride: number,
    block: number,
  ): number;
  upsampleRow(from: number, width: number, to: number): void;
  convert(luma: number, blue: number, red: number, count: number, rgb: number, grey: number): void;
}

/** What lies below is the module's own. */
const FIRST_ADDRESS = 65_536;
const PAGE = 65_536;

/** Each piece of memory begins at a multiple of this, and as much may be read and written behind its end. */
const VECTOR = 16;

/**
 * The compiled loops and their memory. It is laid out anew for every photo: whoever is given a piece is done with it, or
 * has copied it, before anything else runs.
 */
export class PixelModule {
  readonly loops: PixelLoops;
  #top = FIRST_ADDRESS;

  constructor() {
    const compiled = new WebAssembly.Module(Buffer.from(PIXEL_LOOPS, "base64"));
    // Its types are those of src-wasm/index.ts.
    this.loops = new WebAssembly.Instance(compiled).exports as unknown as PixelLoops;
  }

  /** Forgets all pieces. */
  clear(): void {
    this.#top = FIRST_ADDRESS;
  }

  /** The address of a piece whose content is not known. Makes views of older pieces useless. */
  take(bytes: number): number {
    const address = this.#top;
    this.#top = address + VECTOR * Math.ceil(bytes / VECTOR + 1);
    const { memory } = this.loops;
    const missing = this.#top - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return address;
  }

  /** The bytes of a piece, until another is taken. */
  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.loops.memory.buffer, address, length);
  }

  /** The address of bytes that lie in this memory, or of a copy of them. */
  place(bytes: Uint8Array): number {
    if (bytes.buffer === this.loops.memory.buffer) return bytes.byteOffset;
    const address = this.take(bytes.length);
    this.bytes(address, bytes.length).set(bytes);
    return address;
  }
}

let shared: PixelModule | null = null;

/** The process's one, made when it is first needed: compiling it takes a few milliseconds. */
export function pixelModule(): PixelModule {
  shared ??= new PixelModule();
  return shared;
}
