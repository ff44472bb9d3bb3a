import { previewEdge } from "../../src-preload/contract/media.ts";
import type { Problem } from "../../src-preload/contract/problem.ts";

/** As much of a photo's row as its pixels depend on. Sizes are upright pixels, 0 until known. */
export interface Picture {
  readonly id: number;
  readonly version: string;
  readonly width: number;
  readonly height: number;
}

/** How much of a photo's resolution: its small thumbnail, its rendition for the screen, all of it. */
export type Level = "thumbnail" | "preview" | "photo";
export const levels = ["thumbnail", "preview", "photo"] as const satisfies readonly Level[];

export interface Want {
  readonly picture: Picture;
  readonly level: Level;
}

export interface Wants {
  /** On the screen now. */
  readonly visible: readonly Want[];
  /** Likely to be on the screen next, likeliest first. */
  readonly ahead: readonly Want[];
}

/** What the cache needs of an ImageBitmap. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

/**
 * Reads and decodes one picture. Rejects with the signal's reason when it is aborted, else with what `problemOf` of the
 * cache understands.
 */
export type Decode<B extends Bitmap> = (want: Want, signal: AbortSignal) => Promise<B>;

interface Held<B extends Bitmap> {
  readonly bitmap: B;
  readonly bytes: number;
}

interface Running {
  readonly level: Level;
  readonly bytes: number;
  readonly abort: AbortController;
}

/** 4 bytes a pixel: what a decoded picture takes. */
function bytesOf(size: { readonly width: number; readonly height: number }): number {
  return size.width * size.height * 4;
}

/** The longest edge that a level has at most. */
const edges: Record<Level, number> = {
  thumbnail: 256,
  preview: previewEdge,
  photo: Number.POSITIVE_INFINITY,
};

/** Decoded size in bytes before it is decoded. A photo of unknown size is taken for one of 24 megapixels. */
export function expectedBytes({ picture, level }: Want): number {
  const { width, height } =
    picture.width > 0 && picture.height > 0 ? picture : { width: 6000, height: 4000 };
  const shrink = Math.min(1, edges[level] / Math.max(width, height));
  return bytesOf({ width: width * shrink, height: height * shrink });
}

function keyOf({ picture, level }: Want): string {
  return `${picture.id}/${picture.version}/${level}`;
}

/** What is seen first goes first, small before large; a second decode beside it may run for what is seen as well. */
const visibleLanes = 2;

/**
 * Decoded pictures for every large view, bounded by bytes. Views say what they want; the cache decodes what is on the
 * screen first and, when nothing else is running, one by one what is likely to come. What nobody wants any more is
 * aborted, and stays only while there is room (the longest unused goes first).
 */
export class BitmapCache<B extends Bitmap> {
  readonly #decode: Decode<B>;
  readonly #problemOf: (error: unknown) => Problem;
  readonly #maxBytes: number;
  /** In order of use: the longest unused first. */
  readonly #held = new Map<string, Held<B>>();
  readonly #running = new Map<string, Running>();
  readonly #problems = new Map<string, Problem>();
  /** True sizes of pictures that turned out too large to keep, so that they are not decoded again and again. */
  readonly #trueBytes = new Map<string, number>();
  readonly #wants = new Map<object, Wants>();
  readonly #listeners = new Set<() => void>();
  readonly #whenQuiet: (run: () => void) => () => void;
  /** Takes back the wait for quiet; null when it is quiet. */
  #stopWaiting: (() => void) | null = null;

  constructor(options: {
    readonly decode: Decode<B>;
    readonly problemOf: (error: unknown) => Problem;
    /** Bytes of decoded pixels, held and being decoded. */
    readonly maxBytes: number;
    /**
     * Calls `run` once the screen had time to show what was just asked for; the answer takes that back. Decoding what
     * may come would only take the cores away from what is there.
     */
    readonly whenQuiet: (run: () => void) => () => void;
  }) {
    this.#decode = options.decode;
    this.#problemOf = options.problemOf;
    this.#maxBytes = options.maxBytes;
    this.#whenQuiet = options.whenQuiet;
  }

  /** Bytes that the held pictures take now. */
  get heldBytes(): number {
    let bytes = 0;
    for (const held of this.#held.values()) bytes += held.bytes;
    return bytes;
  }

  /** Whether everything that is wanted and fits is there: nothing is being decoded. */
  get isSettled(): boolean {
    return this.#running.size === 0 && this.#stopWaiting === null;
  }

  /** Whether a picture can ever be held at this level. */
  fits(want: Want): boolean {
    return this.#bytesFor(want) <= this.#maxBytes;
  }

  #bytesFor(want: Want): number {
    return this.#trueBytes.get(keyOf(want)) ?? expectedBytes(want);
  }

  /** Says what a view wants from now on; replaces what it wanted before. Its own object stands for the view. */
  want(owner: object, wants: Wants): void {
    this.#wants.set(owner, wants);
    this.#settle();
    this.#waitForQuiet();
  }

  /** The view is gone, and its wants with it. */
  release(owner: object): void {
    this.#wants.delete(owner);
    this.#settle();
  }

  #waitForQuiet(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = this.#whenQuiet(() => {
      this.#stopWaiting = null;
      this.#settle();
      // Nothing may be left to decode: that is news, too.
      if (this.isSettled) this.#tell();
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  get(want: Want): B | null {
    const key = keyOf(want);
    const held = this.#held.get(key);
    if (held === undefined) return null;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held.bitmap;
  }

  /** The sharpest that is at hand. */
  best(picture: Picture): { readonly bitmap: B; readonly level: Level } | null {
    for (const level of levels.toReversed()) {
      const bitmap = this.get({ picture, level });
      if (bitmap !== null) return { bitmap, level };
    }
    return null;
  }

  /** Why a wanted picture can't be shown; null while there is hope. Forgotten when nobody wants the picture any more. */
  problem(want: Want): Problem | null {
    return this.#problems.get(keyOf(want)) ?? null;
  }

  /** Calls `listener` whenever a picture arrived or failed, and when all that is wanted is there. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Visible ones in the order in which they are decoded (small before large), then those ahead. */
  #wanted(): { visible: Map<string, Want>; ahead: Map<string, Want> } {
    const all = [...this.#wants.values()];
    const rank = (want: Want) => levels.indexOf(want.level);
    const visible = all
      .flatMap((wants) => wants.visible)
      .toSorted((one, other) => rank(one) - rank(other));
    const seen = new Map(visible.map((want) => [keyOf(want), want]));
    const ahead = all
      .flatMap((wants) => wants.ahead)
      .map((want): [string, Want] => [keyOf(want), want])
      .filter(([key]) => !seen.has(key));
    return { visible: seen, ahead: new Map(ahead) };
  }

  /** Aborts, evicts and starts until what runs and what is held is what is wanted. */
  #settle(): void {
    const { visible, ahead } = this.#wanted();
    for (const [key, running] of this.#running) {
      if (!visible.has(key) && !ahead.has(key)) running.abort.abort();
    }
    for (const key of this.#problems.keys()) {
      if (!visible.has(key) && !ahead.has(key)) this.#problems.delete(key);
    }
    // A large decode that was left behind can't be stopped. Another one beside it would be left behind as well while an
    // arrow is held; when it ends, the photo that is on the screen then gets the cores to itself.
    const isBehind = [...this.#running].some(
      ([key, { level }]) => level === "photo" && !visible.has(key) && !ahead.has(key),
    );
    for (const [key, want] of visible) {
      if (this.#running.size >= visibleLanes) return;
      if (isBehind && want.level === "photo") continue;
      if (this.#isMissing(key) && this.#makeRoom(this.#bytesFor(want), visible, ahead, true)) {
        this.#start(key, want);
      }
    }
    if (this.#running.size > 0 || this.#stopWaiting !== null) return;
    for (const [key, want] of ahead) {
      if (this.#isMissing(key) && this.#makeRoom(this.#bytesFor(want), visible, ahead, false)) {
        this.#start(key, want);
        return;
      }
    }
  }

  #isMissing(key: string): boolean {
    return !this.#held.has(key) && !this.#running.has(key) && !this.#problems.has(key);
  }

  /**
   * Lets go of what nobody wants, and for something visible of what is only likely to come, until `bytes` more fit.
   * Answers whether they do. Lets go of nothing that would not help.
   */
  #makeRoom(
    bytes: number,
    visible: ReadonlyMap<string, Want>,
    ahead: ReadonlyMap<string, Want>,
    takeAhead: boolean,
  ): boolean {
    let needed = this.heldBytes + bytes - this.#maxBytes;
    for (const running of this.#running.values()) needed += running.bytes;
    const unwanted = [...this.#held.keys()].filter((key) => !visible.has(key) && !ahead.has(key));
    const unlikeliest = takeAhead ? [...ahead.keys()].filter((key) => !visible.has(key)) : [];
    const leaving: string[] = [];
    for (const key of [...unwanted, ...unlikeliest.toReversed()]) {
      if (needed <= 0) break;
      const held = this.#held.get(key);
      if (held === undefined) continue;
      needed -= held.bytes;
      leaving.push(key);
    }
    if (needed > 0) return false;
    for (const key of leaving) this.#drop(key);
    return true;
  }

  #drop(key: string): void {
    this.#held.get(key)?.bitmap.close();
    this.#held.delete(key);
  }

  #start(key: string, want: Want): void {
    const abort = new AbortController();
    this.#running.set(key, { level: want.level, bytes: this.#bytesFor(want), abort });
    this.#decode(want, abort.signal)
      .then(
        (bitmap) => this.#keep(key, bitmap),
        (error: unknown) => {
          if (!abort.signal.aborted) this.#problems.set(key, this.#problemOf(error));
        },
      )
      .finally(() => {
        this.#running.delete(key);
        this.#settle();
        this.#tell();
      });
  }

  /** Takes a picture in where there is room: it may be larger than was expected, or not wanted any more. */
  #keep(key: string, bitmap: B): void {
    const bytes = bytesOf(bitmap);
    this.#running.delete(key);
    const { visible, ahead } = this.#wanted();
    if (this.#makeRoom(bytes, visible, ahead, visible.has(key))) {
      this.#held.set(key, { bitmap, bytes });
      return;
    }
    this.#trueBytes.set(key, bytes);
    bitmap.close();
  }
}
