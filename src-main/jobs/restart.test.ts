import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { defineJob } from "./define-job.ts";
import { Bench, type PuppetRun, puppet, runAt, settle } from "./engine-fixture.ts";

let bench: Bench;
let runs: PuppetRun[];

beforeEach(() => {
  bench = new Bench();
  runs = [];
});

afterEach(() => bench.dispose());

const reason = { en: "It can't be halved.", ko: "반으로 나눌 수 없습니다." };

describe("a new start after a crash", () => {
  it("goes on from the last stage and checkpoint, before what only waited", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const crashed = engine.start(kind, { name: "a" });
    const waiting = engine.start(kind, { name: "b" });
    await settle();
    const { context } = runAt(runs, 0);
    context.stage("second");
    context.progress(1, 2);
    context.checkpoint({ at: 42 });
    bench.clock.advance(250);
    bench.die();

    const later = bench.engine([kind]);
    expect(later.get(crashed)).toMatchObject({ state: "queued", fraction: 0.625 });
    await settle();
    expect(runs.map(({ name }) => name)).toEqual(["a", "a"]);
    expect(runAt(runs, 1).context).toMatchObject({ restored: { at: 42 }, restoredStage: "second" });
    runAt(runs, 1).end.resolve();
    expect((await later.whenEnded(crashed)).state).toBe("completed");
    await settle();
    expect(later.get(waiting).state).toBe("running");
  });

  it("says why a job can't go on, and lets the person retry it", async () => {
    const kind = puppet(runs, { resume: { reason } });
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    const waiting = engine.start(kind, { name: "b" });
    await settle();
    bench.die();

    const later = bench.engine([kind]);
    const job = later.get(id);
    expect(job).toMatchObject({ state: "interrupted", canRetry: true });
    expect(job.problem?.happened.en).toContain(reason.en);
    expect(job.problem?.happened.ko).toContain(reason.ko);
    // A job that had not begun loses nothing.
    await settle();
    expect(later.get(waiting).state).toBe("running");
    expect(later.retry(id).state).toBe("queued");
  });

  it("interrupts what it can't read, and never fails on it", async () => {
    const kind = puppet(runs, { kind: "forgotten" });
    const changed = puppet(runs, { kind: "changed" });
    const engine = bench.engine([kind, changed]);
    const unknown = engine.start(kind, { name: "a" });
    const waiting = engine.start(kind, { name: "b" });
    const unreadable = engine.start(changed, { name: "c" });
    await settle();
    bench.die();

    const stricter = defineJob({
      kind: "changed",
      slot: "cpu",
      input: z.object({ name: z.int() }),
      stages: [{ id: "only", weight: 1, label: reason }],
      title: () => reason,
      resume: "stage",
      run: () => Promise.reject(new Error("must not run")),
    });
    const later = bench.engine([stricter]);
    await settle();
    const codes = [unknown, waiting, unreadable].map((id) => later.get(id).problem?.code);
    expect(codes).toEqual(["job-kind-unknown", "job-kind-unknown", "job-input-unreadable"]);
    for (const { state, canRetry } of later.list()) {
      expect([state, canRetry]).toEqual(["interrupted", false]);
    }
  });

  it("starts over where the kind no longer reads its checkpoint", async () => {
    const old = puppet(runs);
    const engine = bench.engine([old]);
    engine.start(old, { name: "a" });
    await settle();
    runAt(runs, 0).context.stage("second");
    runAt(runs, 0).context.checkpoint({ at: 1 });
    bench.clock.advance(250);
    bench.die();

    let seen: unknown;
    const kind = defineJob({
      kind: "puppet",
      slot: "cpu",
      input: z.object({ name: z.string() }),
      checkpoint: z.object({ page: z.string() }),
      stages: [{ id: "second", weight: 1, label: reason }],
      title: () => reason,
      resume: "stage",
      run: async ({ restored, restoredStage }) => {
        seen = { restored, restoredStage };
      },
    });
    const later = bench.engine([kind]);
    const [job] = later.list();
    expect((await later.whenEnded(job?.id ?? 0)).state).toBe("completed");
    expect(seen).toEqual({ restored: null, restoredStage: null });
  });

  it("doesn't begin for ever what ends Kiln each time", async () => {
    const kind = puppet(runs);
    let engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    for (let death = 0; death < 4; death += 1) {
      await settle();
      expect(engine.get(id).state).toBe("running");
      bench.die();
      engine = bench.engine([kind]);
    }
    const job = engine.get(id);
    expect(job).toMatchObject({ state: "interrupted", problem: { code: "job-broken-off" } });
    engine.retry(id);
    await settle();
    bench.die();
    expect(bench.engine([kind]).get(id).state).toBe("queued");
  });

  it("forgets the deaths of a job when Kiln was closed properly", async () => {
    const kind = puppet(runs);
    for (let start = 0; start < 6; start += 1) {
      const engine = bench.engine([kind]);
      const id = engine.list()[0]?.id ?? engine.start(kind, { name: "a" });
      await settle();
      expect(engine.get(id).state).toBe("running");
      const closing = engine.shutdown();
      const { context, end } = runAt(runs, start);
      end.reject(context.signal.reason);
      await closing;
      bench.die();
    }
  });
});

describe("a shutdown", () => {
  it("aborts all work; what can resume does so at the next start", async () => {
    const kind = puppet(runs);
    const stiff = puppet(runs, { kind: "stiff", slot: "disk", resume: { reason } });
    const engine = bench.engine([kind, stiff]);
    const running = engine.start(kind, { name: "a" });
    const waiting = engine.start(kind, { name: "b" });
    const interrupted = engine.start(stiff, { name: "c" });
    await settle();
    const closing = engine.shutdown();
    expect(() => engine.start(kind, { name: "d" })).toThrow("closing");
    for (const { context, end } of runs) {
      expect(context.signal.aborted).toBe(true);
      // A last word before it returns.
      context.checkpoint({ at: 5 });
      end.reject(context.signal.reason);
    }
    await closing;
    await engine.shutdown();
    expect(bench.clock.waiting).toBe(0);
    const states = [running, waiting, interrupted].map((id) => bench.store.get(id)?.state);
    expect(states).toEqual(["running", "queued", "interrupted"]);
    expect(bench.store.get(running)?.checkpoint).toBe('{"at":5}');
    bench.die();

    const later = bench.engine([kind, stiff]);
    await settle();
    expect(later.get(running).state).toBe("running");
    expect(runAt(runs, 2).context.restored).toEqual({ at: 5 });
    expect(later.get(waiting).state).toBe("queued");
    expect(later.get(interrupted).problem?.happened.en).toContain(reason.en);
  });

  it("doesn't wait for ever, and hears nothing afterwards", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    await settle();
    const closing = engine.shutdown();
    bench.clock.advance(2_000);
    await closing;
    const { context, end } = runAt(runs, 0);
    context.checkpoint({ at: 9 });
    end.resolve();
    await settle();
    expect(bench.store.get(id)).toMatchObject({ state: "running", checkpoint: "" });
    expect(bench.clock.waiting).toBe(0);
  });

  it("ends at once when nothing runs", async () => {
    await bench.engine([puppet(runs)]).shutdown();
  });
});

describe("kill -9", () => {
  const child = join(import.meta.dirname, "crash-fixture.ts");
  const newsSchema = z.looseObject({
    kind: z.string().optional(),
    state: z.string().optional(),
    fraction: z.number().optional(),
    message: z.string().optional(),
    run: z.string().optional(),
    restored: z.object({ counted: z.int() }).nullish(),
    ended: z.array(z.looseObject({ kind: z.string(), state: z.string() })).optional(),
  });

  function live(...args: string[]) {
    const life = spawn(process.execPath, [child, bench.directory, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void life.kill("SIGKILL"));
    return { life, lines: createInterface({ input: life.stdout }) };
  }

  it("in the middle of a stage loses nothing that was saved", async () => {
    bench.database.close();
    const first = live("start");
    let killedAt = 0;
    for await (const line of first.lines) {
      const { kind, fraction = 0 } = newsSchema.parse(JSON.parse(line));
      if (kind !== "counting" || fraction < 0.5) continue;
      const exited = once(first.life, "exit");
      first.life.kill("SIGKILL");
      expect(await exited).toEqual([null, "SIGKILL"]);
      killedAt = fraction;
      break;
    }

    const news = [];
    for await (const line of live().lines) news.push(newsSchema.parse(JSON.parse(line)));
    const counting = news.filter(({ kind }) => kind === "counting");
    const restored = news.find(({ run }) => run === "counting")?.restored?.counted ?? 0;
    // Halfway through the whole is 444 of 1,000 in the stage that weighs nine tenths.
    expect(restored).toBeGreaterThanOrEqual(Math.floor(((killedAt - 0.1) / 0.9) * 1_000));
    for (const { fraction } of counting) expect(fraction).toBeGreaterThanOrEqual(killedAt);
    expect(news.at(-1)?.ended).toMatchObject([
      { kind: "whole", state: "interrupted", problem: { code: "job-interrupted" } },
      { kind: "counting", state: "completed" },
    ]);
  });
});
