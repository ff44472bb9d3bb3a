/** Over 400 lines: every step that a job can take stands here, so that one can be checked against the others. */
import type { Job, JobState } from "../../src-preload/contract/jobs.ts";
import type { JobRecord, JobStore } from "../library/index.ts";
import type { Log } from "../log/index.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { JobDefinition, JobResult, PreparedJob } from "./define-job.ts";
import {
  assertStep,
  canPause,
  canRetry,
  done,
  isEnded,
  type JobEntry,
  nothingDone,
  paused,
  refusalToTakeUp,
  view,
  waiting,
} from "./job-entry.ts";
import {
  interruptedProblem,
  jobNotPausable,
  jobNotPaused,
  jobNotRetryable,
  jobUnknown,
  problemOf,
  shuttingDown,
} from "./job-problems.ts";
import { JobRows } from "./job-rows.ts";
import { JobRun } from "./job-run.ts";
import { type Capacities, defaultCapacities, type QueuedJob, SlotQueue } from "./slot-queue.ts";

/** A stopped job is recorded after this long, whether its code has noticed or not: well within 250 ms. */
const stopWithinMs = 200;
/** A stopped run that still hasn't returned (a dead network share) stops blocking its slot after this long. */
const abandonAfterMs = 10_000;
/** How long `shutdown` waits for runs to return. */
const shutdownWithinMs = 2_000;

export interface JobEngineOptions {
  readonly store: JobStore;
  readonly log: Log;
  readonly clock?: Clock;
  /** Jobs that may run at once in each slot. */
  readonly capacities?: Capacities;
}

/**
 * Runs durable work. A job is a row before it runs; the row follows its state at once and its progress a few times a
 * second; what a dead process left running is resumed, or ends with the reason why it can't be.
 *
 * The memory of the process is the truth while it lives: where the disk refuses a write, work goes on, the log says
 * so, and the row catches up with the next write that succeeds.
 */
export class JobEngine {
  readonly #store: JobStore;
  readonly #rows: JobRows;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #kinds = new Map<string, JobDefinition>();
  /** Jobs on the list, by id, in the order in which they were made. */
  readonly #entries = new Map<number, JobEntry>();
  readonly #queue: SlotQueue;
  /** Runs whose code hasn't returned yet, those of cancelled jobs among them. */
  readonly #runs = new Set<JobRun>();
  readonly #ended = new Map<number, PromiseWithResolvers<Job>>();
  readonly #listeners = new Set<(jobIds: readonly number[]) => void>();
  readonly #changed = new Set<number>();
  #pumping = false;
  #phase: "new" | "open" | "closing" = "new";
  #closed: Promise<void> | null = null;
  /** Settled when the last run has returned while closing. */
  readonly #idle = Promise.withResolvers<void>();

  constructor({ store, log, clock, capacities }: JobEngineOptions) {
    this.#store = store;
    this.#rows = new JobRows(store, log);
    this.#log = log;
    this.#clock = clock ?? systemClock;
    this.#queue = new SlotQueue(capacities ?? defaultCapacities);
  }

  /** Learns the kinds of jobs, takes up what an earlier process left, and starts working. Once. */
  begin(kinds: readonly JobDefinition[]): void {
    if (this.#phase !== "new") throw new Error("The job engine has begun already.");
    this.#phase = "open";
    for (const definition of kinds) {
      if (this.#kinds.has(definition.kind)) throw new Error(`Two kinds “${definition.kind}”.`);
      this.#kinds.set(definition.kind, definition);
    }
    for (const record of this.#store.listed()) this.#entries.set(record.id, this.#load(record));
    const left = Map.groupBy(this.#entries.values(), ({ record }) => record.state);
    // What ran before comes before what only waited.
    for (const entry of left.get("running") ?? []) this.#takeUp(entry);
    for (const entry of left.get("queued") ?? []) this.#takeUp(entry);
    this.#schedulePump();
  }

  /**
   * Writes a new job down and queues it; `definition` is one of those given to `begin`. Returns its id. Not to be
   * called inside a transaction that may be rolled back. Throws a KilnError where the library can't be written.
   */
  start<Input>(definition: JobDefinition<Input>, input: NoInfer<Input>): number {
    this.#assertOpen();
    if (this.#kinds.get(definition.kind) !== definition) {
      throw new Error(`begin() was not told of the kind “${definition.kind}”.`);
    }
    const prepared = definition.prepare(input);
    const record = this.#store.insert({
      kind: definition.kind,
      input: JSON.stringify(input),
      title: prepared.title,
      state: "queued",
      stage: "",
      checkpoint: "",
      message: waiting,
      fraction: 0,
      problem: null,
      revealPath: null,
      createdAt: this.#clock.now(),
      startedAt: null,
      endedAt: null,
      cleared: false,
      resumes: 0,
    });
    const entry = { record, prepared, run: null, etaSeconds: null };
    this.#entries.set(record.id, entry);
    this.#enqueue({ entry, prepared });
    this.#announce(record.id);
    return record.id;
  }

  /** Settles when the job is recorded as cancelled, 250 ms later at most; an ended job stays as it is. */
  async cancel(id: number): Promise<Job> {
    this.#assertOpen();
    const entry = this.#entry(id);
    const { run } = entry;
    if (entry.record.state === "queued" || entry.record.state === "paused") {
      this.#queue.remove(entry);
      this.#end(entry, "cancelled");
    } else if (run !== null && run.stopped !== "cancel") {
      this.#stop(run, "cancel", () => this.#end(entry, "cancelled"));
    }
    return this.whenEnded(id);
  }

  /**
   * Stops a job so that it can go on later from its newest checkpoint, in this Kiln or the next; one that runs is shown
   * as paused 200 ms later at most. Throws `job-not-pausable` for kinds that can't resume and for jobs that have ended.
   */
  pause(id: number): Job {
    this.#assertOpen();
    const entry = this.#entry(id);
    const { run } = entry;
    if (entry.record.state === "paused") return view(entry);
    if (!canPause(entry)) throw jobNotPausable(entry.record.title);
    if (run === null) {
      this.#queue.remove(entry);
      this.#rest(entry);
    } else if (run.stopped === null) {
      this.#stop(run, "pause", () => {
        // It may have been cancelled meanwhile.
        if (run.stopped === "pause") this.#rest(entry);
      });
    }
    return view(entry);
  }

  /** Queues a paused job again. Throws `job-not-paused` for all others. */
  resume(id: number): Job {
    this.#assertOpen();
    const entry = this.#entry(id);
    const { prepared } = entry;
    if (prepared === null || entry.record.state !== "paused") {
      throw jobNotPaused(entry.record.title);
    }
    this.#move(entry, "queued", { message: waiting });
    this.#enqueue({ entry, prepared });
    return view(entry);
  }

  /**
   * Queues a failed, cancelled or interrupted job again under its own id. A kind that can resume goes on from its
   * checkpoint, any other starts over. Throws `job-not-retryable` for all else.
   */
  retry(id: number): Job {
    this.#assertOpen();
    const entry = this.#entry(id);
    const { prepared } = entry;
    if (prepared === null || !canRetry(entry)) throw jobNotRetryable(entry.record.title);
    this.#entries.set(id, entry);
    this.#move(entry, "queued", {
      ...(prepared.definition.resume === "stage" ? {} : nothingDone),
      message: waiting,
      problem: null,
      startedAt: null,
      endedAt: null,
      cleared: false,
      resumes: 0,
    });
    this.#enqueue({ entry, prepared });
    return view(entry);
  }

  /** The jobs on the list, newest first. */
  list(): Job[] {
    return [...this.#entries.values()].map(view).sort((a, b) => b.id - a.id);
  }

  /** One job, on the list or not. Throws `job-unknown`. */
  get(id: number): Job {
    return view(this.#entry(id));
  }

  /** Absolute path of what the job left behind, for the file manager; never for the page. */
  revealPath(id: number): string | null {
    return this.#entry(id).record.revealPath;
  }

  /** Takes ended jobs off the list. */
  clear(): void {
    const cleared = [...this.#entries.values()].filter(({ record }) => isEnded(record.state));
    for (const entry of cleared) {
      entry.record = { ...entry.record, cleared: true };
      this.#entries.delete(entry.record.id);
      this.#announce(entry.record.id);
    }
    this.#rows.save(cleared);
  }

  /** Settles with the job when it has ended; stays pending where Kiln shuts down first. */
  whenEnded(id: number): Promise<Job> {
    const entry = this.#entry(id);
    if (isEnded(entry.record.state)) return Promise.resolve(view(entry));
    const ending = this.#ended.get(id) ?? Promise.withResolvers<Job>();
    this.#ended.set(id, ending);
    return ending.promise;
  }

  /**
   * Calls `listener` with the ids of jobs that changed or left the list: in a microtask, and for the progress of a
   * job four times a second at most. Returns the function that stops it. A listener must not throw.
   */
  onChange(listener: (jobIds: readonly number[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Aborts what runs and waits for it, 2 s at most. Jobs that can resume stay `running` on the disk and go on at the
   * next start, queued ones stay queued, others become `interrupted`. Close the library after this.
   */
  shutdown(): Promise<void> {
    this.#phase = "closing";
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#queue.clear();
    const running = [...this.#entries.values()].filter(({ run }) => run !== null);
    for (const { run } of running) run?.stop("shutdown");
    if (this.#runs.size > 0) {
      const stopTimer = this.#clock.after(shutdownWithinMs, this.#idle.resolve);
      await this.#idle.promise;
      stopTimer();
    }
    for (const entry of running) this.#suspend(entry);
    for (const run of this.#runs) run.release();
    this.#rows.save([]);
  }

  /** Decides what becomes of a job that an earlier process left queued or running. */
  #takeUp(entry: JobEntry): void {
    const { record, prepared } = entry;
    const problem = refusalToTakeUp(entry, this.#kinds.has(record.kind));
    if (problem !== null || prepared === null) {
      this.#end(entry, "interrupted", { problem });
      return;
    }
    if (record.state === "running") {
      this.#move(entry, "queued", { message: waiting, resumes: record.resumes + 1 });
    }
    this.#enqueue({ entry, prepared });
  }

  /** What becomes of a running job when Kiln closes. */
  #suspend(entry: JobEntry): void {
    const { run } = entry;
    if (run === null) return;
    const { resume } = run.definition;
    if (run.stopped === "pause") {
      this.#rest(entry);
    } else if (resume === "stage") {
      this.#report(entry, run);
      run.close();
      // This time nothing broke it off.
      this.#change(entry, { resumes: 0 });
    } else {
      this.#end(entry, "interrupted", { problem: interruptedProblem(resume.reason) });
    }
  }

  #enqueue(job: QueuedJob): void {
    this.#queue.add(job);
    this.#schedulePump();
  }

  /** In a microtask, so that no job's code runs inside a call of the engine. */
  #schedulePump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      if (this.#phase !== "open") return;
      for (const job of this.#queue.take(this.#runs)) void this.#execute(job);
    });
  }

  /** Never rejects. */
  async #execute({ entry, prepared }: QueuedJob): Promise<void> {
    const { id, kind, stage, checkpoint, fraction } = entry.record;
    const log = this.#log.child({ jobId: id, kind });
    const run: JobRun = new JobRun({
      jobId: id,
      prepared,
      stage,
      checkpoint,
      fraction,
      clock: this.#clock,
      log,
      onReport: () => this.#report(entry, run),
    });
    entry.run = run;
    this.#runs.add(run);
    const startedAt = this.#clock.now();
    this.#move(entry, "running", { startedAt, message: run.look().kept.message });
    let finish: () => void;
    try {
      const result = await run.execute();
      finish = () => this.#complete(entry, result);
    } catch (error) {
      finish = () => this.#fail(entry, error, log);
    }
    this.#runs.delete(run);
    run.release();
    // A run that was told to stop may return for that reason alone: its result says nothing.
    if (entry.run === run && run.stopped === null) finish();
    else if (entry.run === run && run.stopped === "cancel") this.#end(entry, "cancelled");
    else if (entry.run === run && run.stopped === "pause") this.#rest(entry);
    this.#schedulePump();
    if (this.#phase === "closing" && this.#runs.size === 0) this.#idle.resolve();
  }

  #complete(entry: JobEntry, { revealPath, summary }: JobResult): void {
    this.#end(entry, "completed", {
      message: summary ?? done,
      fraction: 1,
      checkpoint: "",
      revealPath: revealPath ?? null,
    });
  }

  #fail(entry: JobEntry, error: unknown, log: Log): void {
    const problem = problemOf(error);
    if (problem.code === "bug") log.error("A job failed by a bug.", { error });
    else log.warn("A job failed.", { error });
    this.#end(entry, "failed", { problem });
  }

  /** Tells a run to stop; `record` is called when it takes too long about it. */
  #stop(run: JobRun, reason: "cancel" | "pause", record: () => void): void {
    run.stop(reason);
    run.unlessReturned(stopWithinMs, record);
    run.unlessReturned(abandonAfterMs, () => this.#abandon(run));
  }

  #abandon(run: JobRun): void {
    run.holdsSlot = false;
    this.#log.error("A stopped job doesn't return.", { jobId: run.jobId });
    this.#schedulePump();
  }

  /** Takes what a run shows into the job's record. */
  #report(entry: JobEntry, run: JobRun): void {
    const { kept, etaSeconds } = run.look();
    entry.etaSeconds = etaSeconds;
    this.#change(entry, kept);
  }

  /** What a paused job keeps: all that its run had reached. */
  #rest(entry: JobEntry): void {
    const { run } = entry;
    const progress = run?.look().kept;
    run?.close();
    entry.run = null;
    entry.etaSeconds = null;
    this.#move(entry, "paused", { ...(progress ?? { message: paused }), resumes: 0 });
  }

  #end(entry: JobEntry, state: JobState, patch: Partial<JobRecord> = {}): void {
    const { run } = entry;
    const progress = run?.look().kept;
    run?.close();
    entry.run = null;
    entry.etaSeconds = null;
    this.#move(entry, state, { ...progress, endedAt: this.#clock.now(), ...patch });
    const { id } = entry.record;
    this.#ended.get(id)?.resolve(view(entry));
    this.#ended.delete(id);
  }

  #move(entry: JobEntry, state: JobState, patch: Partial<JobRecord>): void {
    assertStep(entry, state);
    this.#change(entry, { ...patch, state });
  }

  #change(entry: JobEntry, patch: Partial<JobRecord>): void {
    entry.record = { ...entry.record, ...patch };
    this.#rows.save([entry]);
    this.#announce(entry.record.id);
  }

  #announce(id: number): void {
    if (this.#changed.size === 0) {
      queueMicrotask(() => {
        const ids = [...this.#changed];
        this.#changed.clear();
        for (const listener of [...this.#listeners]) listener(ids);
      });
    }
    this.#changed.add(id);
  }

  #entry(id: number): JobEntry {
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
    const record = this.#store.get(id);
    if (record === null) throw jobUnknown(id);
    return this.#load(record);
  }

  #load(record: JobRecord): JobEntry {
    const { id, kind, input } = record;
    let prepared: PreparedJob | null = null;
    try {
      prepared = this.#kinds.get(kind)?.prepare(JSON.parse(input)) ?? null;
    } catch (error) {
      this.#log.warn("A job's input can't be read.", { jobId: id, kind, error });
    }
    return { record, prepared, run: null, etaSeconds: null };
  }

  #assertOpen(): void {
    if (this.#phase === "new") throw new Error("The job engine has not begun.");
    if (this.#phase === "closing") throw shuttingDown();
  }
}
