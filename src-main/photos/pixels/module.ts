import { PIXEL_LOOPS } from "./compiled.ts";

/** What src-wasm/index.ts exports. Addresses are bytes from the start of the module's memory. */
interface PixelLoops {
  readonly memory: WebAssembly.Memory;
  unstuff(from: number, end: number, to: number, result: number): number;
  decodeScan(
    data: number,
    bytes: number,
    lumaTables: number,
    blueTables: number,
    redTables: number,
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
  findThresholds(
    data: number,
    width: number,
    lefts: number,
    columns: number,
    top: number,
    bottom: number,
    share: number,
    least: number,
    counts: number,
    limits: number,
  ): void;
  sumRow(
    data: number,
    rgb: number,
    width: number,
    from: number,
    to: number,
    limits: number,
    cellOf: number,
    sigma: number,
    back: number,
    least: number,
    steepness: number,
    contrast: number,
    spread: number,
  ): void;
  sumTiles(data: number, width: number, out: number): number;
  countLevels(data: number, width: number, levels: number): void;
  sumLaplacians(data: number, width: number, out: number): void;
  halve(rgb: number, width: number, height: number, to: number): void;
  convert(luma: number, blue: number, red: number, count: number, rgb: number, grey: number): void;
}

const PAGE = 65_536;

/** What lies below is the module's own; then comes what its users need for a moment; then what they keep. */
const SCRATCH_ADDRESS = PAGE;
const FIRST_ADDRESS = 32 * PAGE;

/** Each piece of memory begins at a multiple of this, and as much may be read and written behind its end. */
const VECTOR = 16;

/** A frame's grey, and its colours where they are known. */
interface FrameBytes {
  readonly data: Uint8Array;
  readonly rgb?: Uint8Array;
}

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
    this.#grow();
  }

  /** Forgets all pieces. */
  clear(): void {
    this.#top = FIRST_ADDRESS;
  }

  /** The address of a piece whose content is not known. Makes views of older pieces useless. */
  take(bytes: number): number {
    const address = this.#top;
    this.#top = address + VECTOR * Math.ceil(bytes / VECTOR + 1);
    this.#grow();
    return address;
  }

  /** Two megabytes to be cut up for what is read again at once. They are there always: views of pieces stay as they are. */
  scratch(): { take(bytes: number): number } {
    let top = SCRATCH_ADDRESS;
    return {
      take: (bytes) => {
        const address = top;
        top = address + VECTOR * Math.ceil(bytes / VECTOR + 1);
        if (top > FIRST_ADDRESS) throw new RangeError(`${bytes} bytes are more than scratch has`);
        return address;
      },
    };
  }

  /** The bytes of a piece, until another is taken. */
  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.loops.memory.buffer, address, length);
  }

  /** The address of a piece with a copy of `bytes`. */
  place(bytes: Uint8Array): number {
    const address = this.take(bytes.length);
    this.bytes(address, bytes.length).set(bytes);
    return address;
  }

  /**
   * The frame with its grey and its colours in this memory: itself where they are there, else a copy in place of all that
   * was.
   *
   * @throws TypeError for a view that has become useless
   */
  hold<Frame extends FrameBytes>(frame: Frame): Frame {
    const { data, rgb } = frame;
    const { buffer } = this.loops.memory;
    if (data.buffer === buffer && (rgb === undefined || rgb.buffer === buffer)) return frame;
    // One of them may lie here.
    if (data.length === 0) throw new TypeError("A frame's memory was given to another");
    const [grey, colours] = [data.slice(), rgb?.slice()];
    this.clear();
    const at = this.place(grey);
    if (colours === undefined) return { ...frame, data: this.bytes(at, grey.length) };
    const coloursAt = this.place(colours);
    return {
      ...frame,
      data: this.bytes(at, grey.length),
      rgb: this.bytes(coloursAt, colours.length),
    };
  }

  #grow(): void {
    const { memory } = this.loops;
    const missing = this.#top - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  }
}

let shared: PixelModule | null = null;

/** The process's one, made when it is first needed: compiling it takes a few milliseconds. */
export function pixelModule(): PixelModule {
  shared ??= new PixelModule();
  return shared;
}
