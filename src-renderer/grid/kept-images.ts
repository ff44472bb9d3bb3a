interface Size {
  readonly naturalWidth: number;
  readonly naturalHeight: number;
}

/** Of all that is kept: some 6,000 thumbnails of the usual size, whose files take about 90 MB. */
const usualPixels = 256e6;

/**
 * Keeps images in the browser's memory, bounded by their pixels; the longest unused goes first. Otherwise the browser
 * drops one soon after the last element that showed it: the collector clears hundreds of them in one pause, 15 ms every
 * five seconds of a scroll, which is a late frame. And what is kept is there at once when it is scrolled back to.
 */
export class KeptImages {
  readonly #hold: (url: string) => unknown;
  readonly #maxPixels: number;
  /** By address, in order of use: the longest unused first. */
  readonly #kept = new Map<string, { readonly held: unknown; readonly pixels: number }>();
  #pixels = 0;

  /** @param hold makes what keeps an address in memory as long as it is referred to: an Image, unless told */
  constructor(maxPixels = usualPixels, hold: (url: string) => unknown = imageOf) {
    this.#maxPixels = maxPixels;
    this.#hold = hold;
  }

  has(url: string): boolean {
    return this.#kept.has(url);
  }

  /** Keeps what an element has just shown; asked again, it counts as used again. */
  keep(url: string, { naturalWidth, naturalHeight }: Size): void {
    const known = this.#kept.get(url);
    this.#kept.delete(url);
    const pixels = naturalWidth * naturalHeight;
    this.#kept.set(url, known ?? { held: this.#hold(url), pixels });
    if (known === undefined) this.#pixels += pixels;
    for (const [oldest, { pixels: freed }] of this.#kept) {
      if (this.#pixels <= this.#maxPixels) break;
      this.#kept.delete(oldest);
      this.#pixels -= freed;
    }
  }
}

function imageOf(url: string): HTMLImageElement {
  const image = new Image();
  image.src = url;
  return image;
}
