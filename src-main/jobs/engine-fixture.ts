import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { JobStore, type LibraryDatabase, openDatabase } from "../library/index.ts";
import { createLog, type LogFile } from "../log/index.ts";
import type { Clock } from "./clock.ts";
import { defineJob, type JobContext, type JobDefinition, type JobSlot } from "./define-job.ts";
import { JobEngine } from "./job-engine.ts";

/** A clock that a test turns by hand. */
export class HandClock implements Clock {
  #now = 1_000_000;
  #timers: { readonly due: number; readonly action: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { due: this.#now + ms, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets `ms` pass; what is due happens at its own time, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      const timer = next;
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.#now = timer.due;
      timer.action();
    }
    this.#now = end;
  }

  /** What waits dies with its process. */
  clear(): void {
    this.#timers = [];
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  #next(end: number) {
    return this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  }
}

/** One run of a puppet's job, in the hands of the test. */
export interface PuppetRun {
  readonly name: string;
  readonly context: JobContext<"first" | "second", { readonly at: number }>;
  /** Ends the run. */
  readonly end: PromiseWithResolvers<void>;
}

export const label = {
  first: { en: "Counting", ko: "세는 중" },
  second: { en: "Sorting", ko: "정렬 중" },
};

/** A kind whose runs do what the test says: every run is pushed to `runs` and waits for its `end`. */
export function puppet(
  runs: PuppetRun[],
  options: {
    readonly kind?: string;
    readonly slot?: JobSlot;
    readonly resume?: "stage" | { readonly reason: { en: string; ko: string } };
  } = {},
): JobDefinition<{ name: string }> {
  return defineJob({
    kind: options.kind ?? "puppet",
    slot: options.slot ?? "cpu",
    input: z.object({ name: z.string() }),
    checkpoint: z.object({ at: z.int() }),
    stages: [
      { id: "first", weight: 1, label: label.first },
      { id: "second", weight: 3, label: label.second },
    ],
    title: ({ name }) => ({ en: `Puppet ${name}`, ko: `인형 ${name}` }),
    resume: options.resume ?? "stage",
    async run(context, { name }) {
      const end = Promise.withResolvers<void>();
      runs.push({ name, context, end });
      await end.promise;
      return { revealPath: `/results/${name}` };
    },
  });
}

/** A real library in a folder of its own, with engines on it that come and go like processes. */
export class Bench {
  readonly directory = mkdtempSync(join(tmpdir(), "kiln-jobs-"));
  readonly clock = new HandClock();
  readonly log: LogFile = createLog({ directory: join(this.directory, "log") });
  database: LibraryDatabase = openDatabase(this.directory);
  store = new JobStore(this.database);

  /** A new engine, as a new process would make it. */
  engine(kinds: readonly JobDefinition[], clock: Clock = this.clock): JobEngine {
    const engine = new JobEngine({ store: this.store, log: this.log, clock });
    engine.begin(kinds);
    return engine;
  }

  /** What a death of the process leaves: nothing but the files. Engines made before can't write any more. */
  die(): void {
    this.clock.clear();
    this.database.close();
    this.database = openDatabase(this.directory);
    this.store = new JobStore(this.database);
  }

  async dispose(): Promise<void> {
    this.database.close();
    await this.log.flush();
    rmSync(this.directory, { recursive: true });
  }
}

/** Lets everything happen that needs no clock. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** The nth run, which has begun. */
export function runAt(runs: readonly PuppetRun[], index: number): PuppetRun {
  const run = runs[index];
  if (run === undefined) throw new Error(`Run ${index} has not begun.`);
  return run;
}
