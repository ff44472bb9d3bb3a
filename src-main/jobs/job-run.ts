import type { JobRecord } from "../library/index.ts";
import type { Log } from "../log/index.ts";
import type { Clock } from "./clock.ts";
import type { JobContext, JobDefinition, JobResult, PreparedJob } from "./define-job.ts";
import { JobProgress } from "./progress.ts";

/** Stages, progress and checkpoints of a run reach the row and the listeners this often at most. */
const reportEveryMs = 250;

export interface JobRunOptions {
  readonly jobId: number;
  readonly prepared: PreparedJob;
  /** Where an earlier run of this job had got to. */
  readonly stage: string;
  readonly checkpoint: string;
  readonly fraction: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Called at most once in 250 ms, when there is something new to see. */
  readonly onReport: () => void;
}

export type StopReason = "cancel" | "pause" | "shutdown";

/** One execution of a job: what its `run` sees, and what the engine sees of it. */
export class JobRun {
  readonly jobId: number;
  readonly definition: JobDefinition;
  /** Why it was told to stop; what it returns or throws after that is ignored. */
  stopped: StopReason | null = null;
  /** False once the engine gave up waiting for a stopped run to return. */
  holdsSlot = true;
  readonly #options: JobRunOptions;
  readonly #progress: JobProgress;
  readonly #abort = new AbortController();
  #stage: string;
  #checkpoint: string;
  #lastReport = Number.NEGATIVE_INFINITY;
  #stopTimer: (() => void) | null = null;
  readonly #deadlines: (() => void)[] = [];
  #closed = false;

  constructor(options: JobRunOptions) {
    const { jobId, prepared, stage, checkpoint, fraction, clock } = options;
    this.jobId = jobId;
    this.definition = prepared.definition;
    this.#options = options;
    this.#stage = stage;
    this.#checkpoint = checkpoint;
    this.#progress = new JobProgress(prepared.definition.stages, fraction, clock.now());
  }

  /** Where it stands now, as the job's record keeps it, and the seconds left. */
  look(): {
    readonly kept: Pick<JobRecord, "stage" | "checkpoint" | "fraction" | "message">;
    readonly etaSeconds: number | null;
  } {
    const { fraction, message, etaSeconds } = this.#progress.look(this.#options.clock.now());
    return {
      kept: { stage: this.#stage, checkpoint: this.#checkpoint, fraction, message },
      etaSeconds,
    };
  }

  /** Lets the kind's code work, from the next microtask on; settles as that does. */
  async execute(): Promise<JobResult> {
    await Promise.resolve();
    this.#abort.signal.throwIfAborted();
    return this.#options.prepared.run(this.#context());
  }

  /** Aborts the signal. */
  stop(reason: StopReason): void {
    // A pause may still become a cancel, nothing else changes.
    if (this.stopped !== null && !(this.stopped === "pause" && reason === "cancel")) return;
    this.stopped = reason;
    this.#abort.abort();
  }

  /** Calls `action` after `ms`, unless the run returns before. */
  unlessReturned(ms: number, action: () => void): void {
    this.#deadlines.push(this.#options.clock.after(ms, action));
  }

  /** From here on nothing that the kind's code does is seen. */
  close(): void {
    this.#closed = true;
    this.#stopTimer?.();
    this.#stopTimer = null;
  }

  /** The kind's code has returned, or nobody waits for it any more. */
  release(): void {
    this.close();
    for (const stop of this.#deadlines) stop();
  }

  #context(): JobContext {
    const { jobId, log } = this.#options;
    const { signal } = this.#abort;
    return {
      jobId,
      signal,
      restored: this.#checkpoint === "" ? null : JSON.parse(this.#checkpoint),
      restoredStage: this.#stage === "" ? null : this.#stage,
      stage: (id) => {
        signal.throwIfAborted();
        this.#progress.enter(id);
        this.#stage = id;
        this.#report();
      },
      progress: (done, total, note) => {
        this.#progress.report(done, total, note);
        this.#report();
      },
      checkpoint: (value) => {
        this.#checkpoint = JSON.stringify(value);
        this.#report();
      },
      log: (line) => log.info(line),
    };
  }

  /** The first report after a quiet moment goes out at once, the newest of all that follow when its time comes. */
  #report(): void {
    if (this.#closed || this.#stopTimer !== null) return;
    const { clock, onReport } = this.#options;
    const wait = this.#lastReport + reportEveryMs - clock.now();
    const send = () => {
      this.#stopTimer = null;
      this.#lastReport = clock.now();
      onReport();
    };
    // A clock set back must not silence the run.
    if (wait <= 0) send();
    else this.#stopTimer = clock.after(Math.min(wait, reportEveryMs), send);
  }
}
