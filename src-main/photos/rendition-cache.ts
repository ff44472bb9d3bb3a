import { join } from "node:path";

/** Renditions that the cache keeps, by what they are for. */
export type Rendition = "256" | "512" | "preview" | "full";

const folders: Record<Rendition, string> = {
  "256": "thumbnails",
  "512": "thumbnails",
  preview: "previews",
  full: "full",
};

/**
 * Where renditions of photos lie inside the library: `cache/<what>/<two digits>/<id>-<version>-<rendition>`. The
 * version changes with the file, so that a stale rendition is never met. Everything below `cache` can be deleted at any
 * time; it is made again.
 */
export class RenditionCache {
  readonly #directory: string;

  constructor(libraryDirectory: string) {
    this.#directory = join(libraryDirectory, "cache");
  }

  /** Absolute path of a rendition; whoever writes it makes its folder. */
  path(photo: { readonly id: number; readonly version: string }, rendition: Rendition): string {
    const shard = (photo.id % 100).toString().padStart(2, "0");
    const name = `${photo.id}-${photo.version}-${rendition}.jpg`;
    return join(this.#directory, folders[rendition], shard, name);
  }
}
