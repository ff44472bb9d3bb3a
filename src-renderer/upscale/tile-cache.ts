import type { Bitmap } from "../viewer2d/bitmap-cache.ts";
import type { Tile } from "./tile-grid.ts";

/** Reads and decodes one tile. Rejects when it is aborted or can't be had. */
export type LoadTile<B extends Bitmap> = (tile: Tile, signal: AbortSignal) => Promise<B>;

export function keyOfTile({ level, x, y }: Tile): string {
  return `${level}/${x}/${y}`;
}

const bytesAPixel = 4;
/** What a whole tile takes, decoded. */
const tileBytes = 512 * 512 * bytesAPixel;
/** Tiles that are read at the same time. */
const lanes = 6;

/**
 * Decoded tiles of one picture, bounded by bytes, so that a picture of any size can be looked at. What is wanted is
 * loaded in the order in which it is asked for; what nobody wants any more is aborted, and leaves when room is needed,
 * the longest unused first. What is wanted never drives out what is wanted more.
 */
export class TileCache<B extends Bitmap> {
  readonly #load: LoadTile<B>;
  readonly #maxBytes: number;
  readonly #onChange: () => void;
  /** In order of use: the longest unused first. */
  readonly #held = new Map<string, B>();
  readonly #running = new Map<string, AbortController>();
  readonly #failed = new Set<string>();
  #wanted: ReadonlyMap<string, Tile> = new Map();

  /** @param options.onChange a tile arrived or failed */
  constructor(options: {
    readonly load: LoadTile<B>;
    readonly maxBytes: number;
    readonly onChange: () => void;
  }) {
    this.#load = options.load;
    this.#maxBytes = options.maxBytes;
    this.#onChange = options.onChange;
  }

  /** Bytes of the tiles that are held and being loaded. */
  get bytes(): number {
    let bytes = this.#running.size * tileBytes;
    for (const { width, height } of this.#held.values()) bytes += width * height * bytesAPixel;
    return bytes;
  }

  /** Whether a wanted tile can't be had. It is tried again once it was out of sight. */
  get hasFailed(): boolean {
    return this.#failed.size > 0;
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  get(tile: Tile): B | null {
    const key = keyOfTile(tile);
    const held = this.#held.get(key);
    if (held === undefined) return null;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held;
  }

  /** Says what is to be seen, most wanted first; replaces what was wanted before. */
  want(tiles: readonly Tile[]): void {
    this.#wanted = new Map(tiles.map((tile) => [keyOfTile(tile), tile]));
    for (const [key, running] of this.#running) {
      if (!this.#wanted.has(key)) {
        running.abort();
        this.#running.delete(key);
      }
    }
    for (const key of this.#failed) if (!this.#wanted.has(key)) this.#failed.delete(key);
    this.#settle();
  }

  /** Lets go of everything. */
  dispose(): void {
    this.want([]);
    for (const bitmap of this.#held.values()) bitmap.close();
    this.#held.clear();
  }

  #settle(): void {
    for (const [key, tile] of this.#wanted) {
      if (this.#running.size >= lanes) return;
      if (this.#held.has(key) || this.#running.has(key) || this.#failed.has(key)) continue;
      if (!this.#makeRoom(tileBytes)) return;
      void this.#start(key, tile);
    }
  }

  /** Lets go of what nobody wants until `bytes` more fit. Answers whether they do. */
  #makeRoom(bytes: number): boolean {
    let needed = this.bytes + bytes - this.#maxBytes;
    for (const [key, bitmap] of this.#held) {
      if (needed <= 0) break;
      if (this.#wanted.has(key)) continue;
      needed -= bitmap.width * bitmap.height * bytesAPixel;
      bitmap.close();
      this.#held.delete(key);
    }
    return needed <= 0;
  }

  async #start(key: string, tile: Tile): Promise<void> {
    const abort = new AbortController();
    this.#running.set(key, abort);
    const bitmap = await this.#load(tile, abort.signal).catch(() => null);
    if (abort.signal.aborted) {
      bitmap?.close();
      return;
    }
    this.#running.delete(key);
    if (bitmap === null) this.#failed.add(key);
    else this.#held.set(key, bitmap);
    this.#settle();
    this.#onChange();
  }
}
