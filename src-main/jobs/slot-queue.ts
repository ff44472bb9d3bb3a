import type { JobSlot, PreparedJob } from "./define-job.ts";
import type { JobEntry } from "./job-entry.ts";
import type { JobRun } from "./job-run.ts";

export type Capacities = Readonly<Record<JobSlot, number>>;

/** A cpu, gpu or disk job uses all there is; two downloads share a line well. */
export const defaultCapacities: Capacities = { cpu: 1, gpu: 1, net: 2, disk: 1 };

/** A job that waits, with the work it waits to do. */
export interface QueuedJob {
  readonly entry: JobEntry;
  readonly prepared: PreparedJob;
}

/** Jobs that wait: first in, first out within each slot, and no slot waits for another. */
export class SlotQueue {
  readonly #capacities: Capacities;
  #queued: QueuedJob[] = [];

  constructor(capacities: Capacities) {
    this.#capacities = capacities;
  }

  add(job: QueuedJob): void {
    this.#queued.push(job);
  }

  remove(entry: JobEntry): void {
    this.#queued = this.#queued.filter((queued) => queued.entry !== entry);
  }

  clear(): void {
    this.#queued = [];
  }

  /** Takes out the jobs that may begin beside `runs`. */
  take(runs: ReadonlySet<JobRun>): QueuedJob[] {
    const free = { ...this.#capacities };
    for (const run of runs) if (run.holdsSlot) free[run.definition.slot] -= 1;
    const running = new Set([...runs].map(({ jobId }) => jobId));
    const taken: QueuedJob[] = [];
    this.#queued = this.#queued.filter((job) => {
      const { slot } = job.prepared.definition;
      // A retried job waits until its cancelled run has let go: no job runs twice at once.
      if (free[slot] <= 0 || running.has(job.entry.record.id)) return true;
      free[slot] -= 1;
      taken.push(job);
      return false;
    });
    return taken;
  }
}
