import { access, stat } from "node:fs/promises";
import { previewEdge, type thumbnailEdges } from "../../src-preload/contract/media.ts";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { PhotoFile, PhotoStore } from "../library/index.ts";
import type { WorkerPool } from "../workers/index.ts";
import type { Rendition, RenditionCache } from "./rendition-cache.ts";
import type { ImageWorkerMethods } from "./worker/protocol.ts";

/** Pixels of one photo, ready to be streamed. */
export interface MediaFile {
  readonly path: string;
  readonly contentType: string;
  readonly etag: string;
}

export type MediaKind = "thumbnail" | "preview" | "photo";

/** What somebody is looking at goes before everything that is done in bulk, the large picture before small ones. */
const priorities = { thumbnail: 100, preview: 300, photo: 200 } as const;

/** Formats that Chromium shows by itself: their own bytes are served, whatever their size. */
const shownByChromium: Partial<Record<NonNullable<PhotoRow["format"]>, string>> = {
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  avif: "image/avif",
};

/** Pixels for windows: originals where Chromium shows them, else renditions, made when first asked for and kept. */
export class Media {
  readonly #photos: PhotoStore;
  readonly #images: Pick<WorkerPool<ImageWorkerMethods>, "run">;
  readonly #renditions: RenditionCache;
  /** One rendering a file, however many ask for it. */
  readonly #making = new Map<string, Making>();

  constructor(ports: {
    photos: PhotoStore;
    images: Pick<WorkerPool<ImageWorkerMethods>, "run">;
    renditions: RenditionCache;
  }) {
    this.#photos = ports.photos;
    this.#images = ports.images;
    this.#renditions = ports.renditions;
  }

  /**
   * Null for photos that are unknown, missing or gone.
   * @param edge long edge of a thumbnail in pixels; of no meaning for the other kinds
   * @throws KilnError when the file can't be shown (damaged, unreadable, …)
   */
  async open(
    kind: MediaKind,
    photoId: number,
    edge: (typeof thumbnailEdges)[number],
    signal: AbortSignal,
  ): Promise<MediaFile | null> {
    const photo = this.#photos.primaryFile(photoId);
    if (photo === null) return null;
    const contentType =
      photo.format === null || photo.isRaw ? undefined : shownByChromium[photo.format];
    const isSmall = photo.width > 0 && Math.max(photo.width, photo.height) <= previewEdge;
    if (contentType !== undefined && (kind === "photo" || (kind === "preview" && isSmall))) {
      await stat(photo.path);
      return { path: photo.path, contentType, etag: photo.version };
    }
    const rendition: Rendition =
      kind === "thumbnail" ? (edge === 256 ? "256" : "512") : kind === "preview" ? kind : "full";
    const path = this.#renditions.path(photo, rendition);
    if (!(await exists(path))) await this.#make(photo, rendition, path, priorities[kind], signal);
    return { path, contentType: "image/jpeg", etag: `${photo.version}-${rendition}` };
  }

  async #make(
    photo: PhotoFile,
    rendition: Rendition,
    file: string,
    priority: number,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    const making = this.#making.get(file) ?? this.#start(photo, rendition, file, priority);
    making.waiting += 1;
    const leave = (): void => {
      making.waiting -= 1;
      // Nobody looks any more: a tile that was scrolled past is not worth a decode.
      if (making.waiting === 0) making.abort.abort();
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      await making.done;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #start(photo: PhotoFile, rendition: Rendition, file: string, priority: number): Making {
    const abort = new AbortController();
    const options = { signal: abort.signal, priority };
    const done =
      rendition === "256" || rendition === "512"
        ? this.#images.run(
            "thumbnail",
            { path: photo.path, file, edge: rendition === "256" ? 256 : 512 },
            options,
          )
        : this.#images.run(
            "render",
            {
              path: photo.path,
              file,
              edge: rendition === "preview" ? previewEdge : null,
              format: "jpeg",
            },
            options,
          );
    const making: Making = { done, abort, waiting: 0 };
    this.#making.set(file, making);
    const forget = (): void => {
      if (this.#making.get(file) === making) this.#making.delete(file);
    };
    abort.signal.addEventListener("abort", forget);
    done.then(forget, forget);
    return making;
  }
}

interface Making {
  readonly done: Promise<unknown>;
  readonly abort: AbortController;
  waiting: number;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
