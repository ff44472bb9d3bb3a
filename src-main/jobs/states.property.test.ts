import fc from "fast-check";
import { expect, it } from "vitest";
import { type Job, type JobState, jobSchema } from "../../src-preload/contract/jobs.ts";
import { KilnError } from "../errors.ts";
import { type JobRecord, JobStore } from "../library/index.ts";
import { Bench, type PuppetRun, puppet, settle } from "./engine-fixture.ts";
import { JobEngine } from "./job-engine.ts";

/** What a job may become, as the contract of the house has it; written anew, not read from the engine. */
const steps: Record<JobState, JobState[]> = {
  queued: ["queued", "running", "paused", "cancelled", "interrupted"],
  running: ["running", "completed", "failed", "paused", "cancelled", "interrupted", "queued"],
  paused: ["paused", "queued", "cancelled"],
  completed: ["completed"],
  failed: ["failed", "queued"],
  cancelled: ["cancelled", "queued"],
  interrupted: ["interrupted", "queued"],
};

/** The library's rows of jobs, watched: every write is a step that a job may take. */
class WatchedStore extends JobStore {
  /** Kept, not thrown: the engine goes on where a write fails. */
  readonly wrongSteps: string[] = [];

  override update(jobs: readonly JobRecord[]): void {
    for (const job of jobs) {
      const before = this.get(job.id) ?? job;
      const startsOver = before.state !== "queued" && job.state === "queued";
      const falls = !startsOver && job.fraction < before.fraction;
      if (!steps[before.state].includes(job.state) || falls) {
        const show = ({ state, fraction }: JobRecord) => `${state} (${fraction})`;
        this.wrongSteps.push(`${job.id}: ${show(before)} to ${show(job)}`);
      }
    }
    super.update(jobs);
  }
}

const capacities = { cpu: 1, gpu: 1, net: 2, disk: 1 };
const reason = { en: "It can't be halved.", ko: "반으로 나눌 수 없습니다." };
const abandonAfterMs = 10_000;

const which = fc.nat({ max: 30 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("start"), kind: fc.nat({ max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("cancel"), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("retry"), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pause"), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("resume"), which }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("end"),
      which,
      how: fc.constantFrom("well", "badly", "by a bug"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("progress"),
      which,
      stage: fc.constantFrom("first", "second"),
      done: fc.nat({ max: 10 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat({ max: 4_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("die") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("shutdown") }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function isUnfinished(state: JobState): boolean {
  return state === "queued" || state === "running" || state === "paused";
}

/** Plays steps on a real engine and library, and checks after each what must always hold. */
class Play {
  readonly #bench = new Bench();
  readonly #runs: PuppetRun[] = [];
  readonly #kinds = [
    puppet(this.#runs, { kind: "supple", slot: "cpu" }),
    puppet(this.#runs, { kind: "stiff", slot: "net", resume: { reason } }),
    puppet(this.#runs, { kind: "heavy", slot: "disk" }),
  ] as const;
  readonly #slots = new Map(this.#kinds.map(({ kind, slot }) => [kind, slot]));
  readonly #ids: number[] = [];
  /** Runs of this life whose code hasn't returned. */
  #active: PuppetRun[] = [];
  #seen = 0;
  readonly #stoppedAt = new Map<PuppetRun, number>();
  #store = new WatchedStore(this.#bench.database);
  #engine = this.#live();

  async step(step: Step): Promise<void> {
    await this.#perform(step);
    await this.#settle();
    this.#check();
  }

  /** Lets all work end. */
  async finish(): Promise<void> {
    for (let round = 0; round < 200; round += 1) {
      for (const job of this.#unfinished()) if (job.state === "paused") this.#engine.resume(job.id);
      if (this.#unfinished().length === 0 && this.#active.length === 0) break;
      for (const run of this.#active) run.end.resolve();
      this.#bench.clock.advance(250);
      await this.#settle();
    }
    expect(this.#unfinished()).toEqual([]);
    expect(this.#bench.clock.waiting).toBe(0);
  }

  dispose(): Promise<void> {
    return this.#bench.dispose();
  }

  #live(): JobEngine {
    const { log, clock } = this.#bench;
    const engine = new JobEngine({ store: this.#store, log, clock });
    engine.begin(this.#kinds);
    return engine;
  }

  #unfinished(): Job[] {
    return this.#engine.list().filter(({ state }) => isUnfinished(state));
  }

  async #perform(step: Step): Promise<void> {
    const { clock } = this.#bench;
    const id = "which" in step ? this.#ids[step.which % this.#ids.length] : undefined;
    const run = "which" in step ? this.#active[step.which % this.#active.length] : undefined;
    switch (step.do) {
      case "start": {
        const kind = this.#kinds["kind" in step ? step.kind : 0] ?? this.#kinds[0];
        this.#ids.push(this.#engine.start(kind, { name: "a" }));
        break;
      }
      case "cancel": {
        if (id === undefined) break;
        const running = this.#active.find(({ context }) => context.jobId === id);
        if (running !== undefined && this.#engine.get(id).state === "running") {
          this.#stopped(running);
        }
        void this.#engine.cancel(id);
        break;
      }
      case "retry": {
        if (id === undefined) break;
        if (this.#engine.get(id).canRetry) this.#engine.retry(id);
        else expect(() => this.#engine.retry(id)).toThrow(KilnError);
        break;
      }
      case "pause": {
        if (id === undefined) break;
        const job = this.#engine.get(id);
        const running = this.#active.find(({ context }) => context.jobId === id);
        if (job.canPause || job.state === "paused") {
          if (running !== undefined && job.state === "running") this.#stopped(running);
          this.#engine.pause(id);
        } else expect(() => this.#engine.pause(id)).toThrow(KilnError);
        break;
      }
      case "resume":
        if (id === undefined) break;
        if (this.#engine.get(id).state === "paused") this.#engine.resume(id);
        else expect(() => this.#engine.resume(id)).toThrow(KilnError);
        break;
      case "end":
        if (!("how" in step)) break;
        if (step.how === "well") run?.end.resolve();
        else if (step.how === "by a bug") run?.end.reject(new TypeError("a bug"));
        else run?.end.reject(new KilnError("expected", reason, reason));
        break;
      case "progress":
        if (run === undefined || !("stage" in step)) break;
        if (!run.context.signal.aborted) run.context.stage(step.stage);
        run.context.progress(step.done, 10);
        run.context.checkpoint({ at: step.done });
        break;
      case "wait":
        if ("ms" in step) clock.advance(step.ms);
        break;
      case "clear":
        this.#engine.clear();
        break;
      case "die":
        this.#bench.die();
        this.#begin();
        break;
      case "shutdown": {
        const closing = this.#engine.shutdown();
        clock.advance(2_000);
        await closing;
        this.#bench.die();
        this.#begin();
        break;
      }
    }
  }

  #begin(): void {
    this.#active = [];
    this.#seen = this.#runs.length;
    this.#store = new WatchedStore(this.#bench.database);
    this.#engine = this.#live();
  }

  async #settle(): Promise<void> {
    await settle();
    for (const run of this.#runs.slice(this.#seen)) {
      expect(this.#active.map(({ context }) => context.jobId)).not.toContain(run.context.jobId);
      this.#active.push(run);
      const forget = () => {
        this.#active = this.#active.filter((other) => other !== run);
      };
      run.end.promise.then(forget, forget);
    }
    this.#seen = this.#runs.length;
    await settle();
  }

  #check(): void {
    expect(this.#store.wrongSteps).toEqual([]);
    for (const id of this.#ids) {
      const job = jobSchema.parse(this.#engine.get(id));
      const row = this.#store.get(id);
      expect(row).toMatchObject({ state: job.state, problem: job.problem, endedAt: job.endedAt });
      expect(job.endedAt !== null).toBe(!isUnfinished(job.state));
      if (job.state === "running") expect(job.startedAt).not.toBeNull();
      expect(job.problem !== null).toBe(job.state === "failed" || job.state === "interrupted");
      if (job.state === "completed") expect(job.fraction).toBe(1);
    }
    for (const [slot, capacity] of Object.entries(capacities)) this.#checkSlot(slot, capacity);
  }

  /** No more run than may, and nobody waits while there is room. */
  #checkSlot(slot: string, capacity: number): void {
    const jobs = this.#engine.list().filter(({ kind }) => this.#slots.get(kind) === slot);
    expect(jobs.filter(({ state }) => state === "running").length).toBeLessThanOrEqual(capacity);
    const holding = this.#active.filter((run) => {
      const stopped = this.#stoppedAt.get(run) ?? Number.POSITIVE_INFINITY;
      const isAbandoned = this.#bench.clock.now() >= stopped + abandonAfterMs;
      return this.#slotOf(run.context.jobId) === slot && !isAbandoned;
    });
    expect(holding.length).toBeLessThanOrEqual(capacity);
    const active = this.#active.map(({ context }) => context.jobId);
    const ready = jobs.filter(({ id, state }) => state === "queued" && !active.includes(id));
    if (ready.length > 0) expect(holding).toHaveLength(capacity);
  }

  #stopped(run: PuppetRun): void {
    if (!this.#stoppedAt.has(run)) this.#stoppedAt.set(run, this.#bench.clock.now());
  }

  #slotOf(id: number): string | undefined {
    return this.#slots.get(this.#engine.get(id).kind);
  }
}

it("jobs keep their promises in whatever order things happen", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const play = new Play();
      try {
        for (const each of steps) await play.step(each);
        await play.finish();
      } finally {
        await play.dispose();
      }
    }),
    { seed: 20_261_121, numRuns: process.env.KILN_PROOFS === "1" ? 1_000 : 100 },
  );
});
