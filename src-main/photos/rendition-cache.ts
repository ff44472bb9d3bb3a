import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Renditions that the cache keeps, by what they are for. */
export type Rendition = "256" | "512" | "preview" | "full";

const folders: Record<Rendition, string> = {
  "256": "thumbnails",
  "512": "thumbnails",
  preview: "previews",
  full: "full",
};

/** Screen-sized and full-size renditions beyond this many bytes go, the longest unused first. Thumbnails stay. */
const largeRenditionsLimit = 4 * 1024 ** 3;

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

  /**
   * Clears away what killed workers left half written, and large renditions beyond `limit` bytes, the longest unused
   * first. What is cleared is made again when somebody looks.
   */
  async tidy(limit: number = largeRenditionsLimit): Promise<void> {
    const files = await this.#files();
    const large = files
      .filter(({ path, isLarge }) => isLarge && !path.endsWith(".partial"))
      .toSorted((a, b) => b.usedMs - a.usedMs);
    let bytes = 0;
    for (const file of large) {
      bytes += file.bytes;
      if (bytes > limit) await rm(file.path, { force: true });
    }
    for (const { path } of files) if (path.endsWith(".partial")) await rm(path, { force: true });
  }

  async #files() {
    const files: { path: string; isLarge: boolean; bytes: number; usedMs: number }[] = [];
    for (const folder of new Set(Object.values(folders))) {
      const root = join(this.#directory, folder);
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const info = await stat(path).catch(() => null);
        if (info === null) continue;
        const usedMs = Math.max(info.atimeMs, info.mtimeMs);
        files.push({ path, isLarge: folder !== "thumbnails", bytes: info.size, usedMs });
      }
    }
    return files;
  }
}
