import { basename } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Log } from "../log/index.ts";

/** A camera or a copy writes in bursts: one reading after this much quiet, not one a file. */
const quietMs = 1500;

/**
 * Watches the folder that is being looked at. Whatever happens in it (photos added, changed, removed) ends in one call
 * of `onChange`, after things have been quiet for a while.
 */
export class FolderWatch {
  readonly #onChange: (rootId: number) => void;
  readonly #log: Log;
  #current: { readonly rootId: number; readonly watcher: FSWatcher } | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: (rootId: number) => void, log: Log) {
    this.#onChange = onChange;
    this.#log = log;
  }

  /**
   * Watches this folder instead of the one before.
   *
   * @param catchUp whatever happened in it while nobody watched is to be found out: `onChange` is called in any case
   */
  async watch(rootId: number, path: string, catchUp = false): Promise<void> {
    if (this.#current?.rootId === rootId) return;
    const closed = this.close();
    const watcher = watch(path, {
      ignoreInitial: true,
      ignored: (each) => each !== path && basename(each).startsWith("."),
      followSymlinks: false,
    });
    this.#current = { rootId, watcher };
    const tell = (): void => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#onChange(rootId), quietMs);
    };
    watcher.on("all", tell);
    if (catchUp) tell();
    // Where a folder can't be watched (limits, network drives), 'read again' still works.
    watcher.on("error", (error) => this.#log.warn("folder is not watched", { path, error }));
    await closed;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const current = this.#current;
    this.#current = null;
    await current?.watcher.close();
  }
}
