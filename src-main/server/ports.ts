import type { thumbnailEdges } from "../../src-preload/contract/media.ts";

export type ThumbnailEdge = (typeof thumbnailEdges)[number];
export type MediaKind = "thumbnail" | "preview" | "photo";

/** Pixels of one photo as they lie on the disk. */
export interface MediaFile {
  /** Absolute path. It never leaves this process. */
  readonly path: string;
  readonly contentType: string;
  /** Without quotes: the photo's version, or `<version>-<what else the bytes depend on>`. */
  readonly etag: string;
}

/** Where the request handler gets pixels from; the photos room makes what does not exist yet. */
export interface MediaSource {
  /**
   * Null for a photo that is unknown, missing or gone.
   * @param edge long edge of a thumbnail in pixels; of no meaning for the other kinds
   * @throws KilnError when the photo can't be shown
   */
  open(
    kind: MediaKind,
    photoId: number,
    edge: ThumbnailEdge,
    signal: AbortSignal,
  ): Promise<MediaFile | null>;
}

/** Where the request handler gets pictures of upscaled photos from. */
export interface ResultSource {
  /** A tile of a result: column x, row y of a level. Null where there is none. */
  tile(upscaleId: number, level: number, x: number, y: number): Promise<MediaFile | null>;
  /** A piece that a model is chosen by; null where it is not there. */
  crop(key: string, side: "before" | "after"): Promise<MediaFile | null>;
}

/** Takes in the bytes of files dropped on a page that has no paths (browser host). */
export interface Uploads {
  /**
   * Streams `body` into a new file below the folder of `token`. Leaves nothing behind when it fails.
   * @param segments folders and the file's name, each one plain name (see `pathSegments`)
   * @throws KilnError for a token that takes no files, a name that the disk refuses, a name taken, a full disk
   */
  write(
    token: string,
    segments: readonly string[],
    body: ReadableStream<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void>;
}
