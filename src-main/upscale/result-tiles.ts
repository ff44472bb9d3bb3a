import { access } from "node:fs/promises";
import { join } from "node:path";
import { upscaleLevels } from "../../src-preload/contract/media.ts";
import type { UpscaleRecord, UpscaleStore } from "../library/index.ts";
import type { ImageWorkerMethods } from "../photos/index.ts";
import type { WorkerPool } from "../workers/index.ts";
import type { Crops } from "./crops.ts";
import { tilesDirectory } from "./make-upscale.ts";
import { resultGone } from "./upscale-problems.ts";

/** Pixels on the disk, ready to be streamed. */
export interface TileFile {
  readonly path: string;
  readonly contentType: string;
  readonly etag: string;
}

/** What somebody looks at goes before what is done in bulk. */
const PRIORITY = 150;

const contentTypes = { jpg: "image/jpeg", webp: "image/webp" } as const;

export interface ResultTileServices {
  readonly directory: string;
  readonly store: UpscaleStore;
  readonly images: Pick<WorkerPool<ImageWorkerMethods>, "run">;
  readonly crops: Crops;
}

/** Pictures of results for windows: tiles of any size of result, and pieces that models are chosen by. */
export class ResultTiles {
  readonly #services: ResultTileServices;
  /** One making of a result's tiles, however many of them are asked for. */
  readonly #making = new Map<string, Promise<unknown>>();

  constructor(services: ResultTileServices) {
    this.#services = services;
  }

  /**
   * A tile of a result; null where there is none. Tiles that left the cache are made again from the result's file.
   *
   * @throws KilnError `result-gone`, and what is said of files that can't be decoded
   */
  async tile(id: number, level: number, x: number, y: number): Promise<TileFile | null> {
    const record = this.#services.store.get(id);
    if (record === null || record.isGone || record.path === null) return null;
    if (level >= upscaleLevels(record.width, record.height)) return null;
    const directory = tilesDirectory(this.#services.directory, record.version);
    if (!(await isThere(join(directory, "pyramid.json")))) await this.#make(record, directory);
    for (const extension of ["jpg", "webp"] as const) {
      const path = join(directory, String(level), `${x}_${y}.${extension}`);
      if (await isThere(path)) {
        return { path, contentType: contentTypes[extension], etag: record.version };
      }
    }
    return null;
  }

  /** A piece of a photo as it is or upscaled, by the key of `Crops.make`; null where it is not there. */
  async crop(key: string, side: "before" | "after"): Promise<TileFile | null> {
    const path = this.#services.crops.file(key, side);
    if (!(await isThere(path))) return null;
    return { path, contentType: "image/png", etag: `${key}-${side}` };
  }

  async #make(record: UpscaleRecord, directory: string): Promise<void> {
    const path = record.path ?? "";
    if (!(await isThere(path))) throw resultGone(path);
    const making =
      this.#making.get(directory) ??
      this.#services.images.run(
        "pyramid",
        { from: { path }, directory },
        { priority: PRIORITY, timeoutMs: null },
      );
    this.#making.set(directory, making);
    try {
      await making;
    } finally {
      this.#making.delete(directory);
    }
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
