import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { KilnError } from "../errors.ts";
import { defineJob } from "./define-job.ts";
import { Bench, type PuppetRun, puppet, runAt, settle } from "./engine-fixture.ts";

let bench: Bench;
let runs: PuppetRun[];

beforeEach(() => {
  bench = new Bench();
  runs = [];
});

afterEach(() => bench.dispose());

const oneStage = {
  slot: "cpu",
  input: z.object({}),
  stages: [{ id: "only", weight: 1, label: { en: "Working", ko: "작업 중" } }],
  title: () => ({ en: "A job", ko: "작업" }),
  resume: "stage",
} as const;

describe("a job", () => {
  it("is a row before it runs, and follows its run to the end", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    expect(runs).toEqual([]);
    expect(bench.store.get(id)).toMatchObject({
      kind: "puppet",
      input: '{"name":"a"}',
      title: { en: "Puppet a", ko: "인형 a" },
      state: "queued",
    });

    await settle();
    expect(bench.store.get(id)).toMatchObject({ state: "running", startedAt: bench.clock.now() });
    bench.clock.advance(5_000);
    runAt(runs, 0).end.resolve();
    const job = await engine.whenEnded(id);
    expect(job).toMatchObject({
      state: "completed",
      fraction: 1,
      message: { en: "Done", ko: "완료" },
      problem: null,
      canRetry: false,
      canReveal: true,
      etaSeconds: null,
      endedAt: bench.clock.now(),
    });
    expect(engine.revealPath(id)).toBe("/results/a");
    expect(bench.store.get(id)).toMatchObject({ state: "completed", revealPath: "/results/a" });
    expect(bench.clock.waiting).toBe(0);
  });

  it("shows what its kind says that it did", async () => {
    const summary = { en: "3 photos read", ko: "사진 3장을 읽었습니다" };
    const kind = defineJob({ ...oneStage, kind: "summing", run: async () => ({ summary }) });
    const engine = bench.engine([kind]);
    expect((await engine.whenEnded(engine.start(kind, {}))).message).toEqual(summary);
  });

  it("refuses input that its kind doesn't read, a kind unknown to the engine, and two kinds of a name", () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    // @ts-expect-error: the input's type is the kind's
    expect(() => engine.start(kind, { name: 5 })).toThrow(z.ZodError);
    expect(() => engine.start(puppet(runs), { name: "a" })).toThrow("puppet");
    expect(() => bench.engine([kind, puppet(runs)])).toThrow("puppet");
    expect(engine.list()).toEqual([]);
    expect(() => engine.get(99)).toThrow(KilnError);
  });
});

describe("a failure", () => {
  it("that was foreseen is the job's problem, in both languages", async () => {
    const gone = new KilnError(
      "folder-gone",
      { en: "The folder is gone.", ko: "폴더가 없습니다." },
      { en: "Plug the disk in.", ko: "디스크를 연결하세요." },
    );
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    await settle();
    runAt(runs, 0).context.stage("second");
    runAt(runs, 0).end.reject(gone);
    const job = await engine.whenEnded(id);
    const problem = { code: "folder-gone", happened: gone.happened, todo: gone.todo };
    expect(job).toMatchObject({ state: "failed", problem, canRetry: true, canReveal: false });
    expect(job.fraction).toBe(0.25);
    expect(bench.store.get(id)).toMatchObject({ state: "failed", problem, stage: "second" });
  });

  it("that is a bug is a clean sentence in the row, and a stack in the log alone", async () => {
    const kind = defineJob({
      ...oneStage,
      kind: "buggy",
      run() {
        throw new TypeError("undefined is not a photo");
      },
    });
    const engine = bench.engine([kind]);
    const id = engine.start(kind, {});
    const { problem, state } = await engine.whenEnded(id);
    expect(state).toBe("failed");
    expect(problem?.code).toBe("bug");
    expect(JSON.stringify(bench.store.get(id))).not.toContain("not a photo");
    const lines = (await bench.log.tail(100_000)).trim().split("\n");
    const line = lines.map((text) => JSON.parse(text)).find(({ level }) => level === "error");
    expect(line).toMatchObject({ jobId: id, kind: "buggy", error: { name: "TypeError" } });
    expect(line.error.stack).toContain("job-engine.test.ts");
  });

  it("of the disk that holds the rows stops no job, and the rows catch up", async () => {
    const kind = puppet(runs, { slot: "net" });
    const engine = bench.engine([kind]);
    const first = engine.start(kind, { name: "a" });
    const second = engine.start(kind, { name: "b" });
    await settle();
    bench.database.sql.pragma("query_only = ON");
    runAt(runs, 0).end.resolve();
    expect((await engine.whenEnded(first)).state).toBe("completed");
    expect(() => engine.start(kind, { name: "c" })).toThrow(KilnError);
    expect(bench.store.get(first)?.state).toBe("running");
    bench.database.sql.pragma("query_only = OFF");
    runAt(runs, 1).end.resolve();
    await engine.whenEnded(second);
    expect(bench.store.get(first)?.state).toBe("completed");
    expect(engine.list()).toHaveLength(2);
  });
});

describe("slots", () => {
  it("run what their capacity allows, first come first served, and don't wait for each other", async () => {
    const cpu = puppet(runs, { kind: "cpu-kind", slot: "cpu" });
    const net = puppet(runs, { kind: "net-kind", slot: "net" });
    const gpu = puppet(runs, { kind: "gpu-kind", slot: "gpu" });
    const engine = bench.engine([cpu, net, gpu]);
    for (const name of ["c1", "c2", "c3"]) engine.start(cpu, { name });
    for (const name of ["n1", "n2", "n3"]) engine.start(net, { name });
    engine.start(gpu, { name: "g1" });
    await settle();
    const names = () => runs.map(({ name }) => name);
    expect(names()).toEqual(["c1", "n1", "n2", "g1"]);
    runAt(runs, 2).end.resolve();
    await settle();
    expect(names()).toEqual(["c1", "n1", "n2", "g1", "n3"]);
    runAt(runs, 0).end.reject(new Error("no"));
    await settle();
    expect(names()).toEqual(["c1", "n1", "n2", "g1", "n3", "c2"]);
  });

  it("take a job that another job starts", async () => {
    const inner = puppet(runs);
    const outer = defineJob({
      ...oneStage,
      kind: "outer",
      slot: "disk",
      async run() {
        await engine.whenEnded(engine.start(inner, { name: "inner" }));
      },
    });
    const engine = bench.engine([inner, outer]);
    const id = engine.start(outer, {});
    await settle();
    runAt(runs, 0).end.resolve();
    expect((await engine.whenEnded(id)).state).toBe("completed");
  });
});

describe("progress", () => {
  it("is words, numbers and a share in both languages, and never falls", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    await settle();
    const { context } = runAt(runs, 0);
    context.stage("second");
    bench.clock.advance(250);
    context.progress(1_200, 2_400, { en: "IMG_1200.jpg", ko: "IMG_1200.jpg" });
    bench.clock.advance(250);
    expect(engine.get(id)).toMatchObject({
      fraction: 0.625,
      message: {
        en: "Sorting: 1,200 of 2,400 · IMG_1200.jpg",
        ko: "정렬 중: 1,200/2,400 · IMG_1200.jpg",
      },
    });
    context.stage("first");
    bench.clock.advance(250);
    expect(engine.get(id)).toMatchObject({
      fraction: 0.625,
      message: { en: "Counting", ko: "세는 중" },
    });
  });

  it("of 100,000 calls reaches rows and listeners four times a second, the newest last", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    await settle();
    const { context } = runAt(runs, 0);
    let heard = 0;
    engine.onChange(() => {
      heard += 1;
    });
    const rowsBefore = writes();
    for (let step = 0; step < 100; step += 1) {
      for (let call = 1; call <= 1_000; call += 1) context.progress(step * 1_000 + call, 100_000);
      bench.clock.advance(10);
      await settle();
    }
    expect(heard).toBeGreaterThanOrEqual(4);
    expect(heard).toBeLessThanOrEqual(5);
    expect(writes() - rowsBefore).toBe(heard);
    bench.clock.advance(250);
    expect(bench.store.get(id)?.message.en).toBe("Counting: 100,000 of 100,000");
    expect(bench.clock.waiting).toBe(0);
  });

  it("of a job that never pauses for breath doesn't stop another", async () => {
    const loud = defineJob({
      ...oneStage,
      kind: "loud",
      slot: "disk",
      async run(context) {
        for (let call = 0; call < 100_000; call += 1) {
          context.progress(call, 100_000);
          if (call % 1_000 === 0) await Promise.resolve();
        }
      },
    });
    const kind = puppet(runs);
    const engine = bench.engine([loud, kind]);
    const noise = engine.start(loud, {});
    const quiet = engine.start(kind, { name: "a" });
    await settle();
    expect(engine.get(noise).state).toBe("running");
    runAt(runs, 0).end.resolve();
    expect((await engine.whenEnded(quiet)).state).toBe("completed");
    expect(engine.get(noise).state).toBe("running");
    expect((await engine.whenEnded(noise)).state).toBe("completed");
  });

  it("tells how long it will take", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    await settle();
    const { context } = runAt(runs, 0);
    expect(engine.get(id).etaSeconds).toBeNull();
    context.stage("second");
    for (let second = 1; second <= 30; second += 1) {
      bench.clock.advance(1_000);
      context.progress(second, 60);
    }
    bench.clock.advance(250);
    const eta = engine.get(id).etaSeconds;
    expect(eta).toBeGreaterThanOrEqual(29);
    expect(eta).toBeLessThanOrEqual(32);
  });

  function writes(): number {
    return Number(bench.database.sql.prepare("SELECT total_changes()").pluck().get());
  }
});

describe("the list", () => {
  it("holds the newest first, tells of changes once a turn, and lets ended jobs go", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const heard: (readonly number[])[] = [];
    const stop = engine.onChange((ids) => heard.push(ids));
    const first = engine.start(kind, { name: "a" });
    const second = engine.start(kind, { name: "b" });
    expect(engine.list().map(({ id }) => id)).toEqual([second, first]);
    await settle();
    runAt(runs, 0).end.resolve();
    await engine.whenEnded(first);
    expect(heard[0]).toEqual([first, second]);
    engine.clear();
    expect(engine.list().map(({ id }) => id)).toEqual([second]);
    expect(engine.get(first).state).toBe("completed");
    await settle();
    expect(heard.at(-1)).toContain(first);
    stop();
    const before = heard.length;
    runAt(runs, 1).end.reject(new Error("no"));
    await engine.whenEnded(second);
    expect(heard).toHaveLength(before);

    engine.clear();
    bench.die();
    const later = bench.engine([kind]);
    expect(later.list()).toEqual([]);
    expect(later.retry(second).state).toBe("queued");
    expect(later.list().map(({ id }) => id)).toEqual([second]);
  });
});
