import type { JobStore } from "../library/index.ts";
import type { Log } from "../log/index.ts";
import type { JobEntry } from "./job-entry.ts";

/** Writes jobs to their rows; what the disk refuses is kept and goes along with the next write. */
export class JobRows {
  readonly #store: JobStore;
  readonly #log: Log;
  readonly #unsaved = new Set<JobEntry>();
  #failing = false;

  constructor(store: JobStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Never throws: a full disk must not take down the work that it would have been about. */
  save(entries: Iterable<JobEntry>): void {
    for (const entry of entries) this.#unsaved.add(entry);
    if (this.#unsaved.size === 0) return;
    try {
      this.#store.update([...this.#unsaved].map(({ record }) => record));
      this.#unsaved.clear();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#log.error("The state of jobs can't be saved.", { error });
      this.#failing = true;
    }
  }
}
