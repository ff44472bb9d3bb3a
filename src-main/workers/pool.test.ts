import { fork } from "node:child_process";
import { once } from "node:events";
import { constants, getPriority } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { KilnError } from "../errors.ts";
import { forkLauncher } from "./fork.ts";
import { type WorkerLogLine, WorkerPool, type WorkerPoolOptions } from "./pool.ts";
import type { FixtureMethods } from "./worker-fixture.ts";

type FixtureInput = FixtureMethods[keyof FixtureMethods]["input"];

const pools = new Set<WorkerPool<FixtureMethods>>();

afterEach(async () => {
  await Promise.all([...pools].map((pool) => pool[Symbol.asyncDispose]()));
  pools.clear();
});

function createPool(options: Partial<WorkerPoolOptions<FixtureInput>> = {}) {
  const pool = new WorkerPool<FixtureMethods>({
    launcher: forkLauncher(),
    entry: beside("worker-fixture.ts"),
    name: "fixture",
    title: { en: "The fixture", ko: "처리기" },
    size: 1,
    subjectOf: ({ file }) => file,
    ...options,
  });
  pools.add(pool);
  return pool;
}

/** A call that runs until it is ended from outside, once its child says that it runs. */
async function startEndless(
  pool: WorkerPool<FixtureMethods>,
  method: "wait" | "spin",
  options: { file?: string; signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<{ pid: number; ended: Promise<unknown> }> {
  const { file = "endless.jpg", ...rest } = options;
  const { promise: pid, resolve: onPid } = Promise.withResolvers<number>();
  const ended = pool
    .run(method, { file }, { ...rest, onProgress: (progress) => onPid(progress.pid) })
    .catch((error: unknown) => error);
  return { pid: await pid, ended };
}

describe("calls", () => {
  test("values come back as structured clone copies them, from one warm child", async () => {
    const pool = createPool();
    const value = { bytes: new Uint8Array([1, 2, 3]), when: new Date(5), none: undefined };
    expect(await pool.run("echo", { file: "a.jpg", value })).toEqual(value);
    const [pid] = pool.pids;
    expect(await pool.run("echo", { file: "b.jpg", value: 2 })).toBe(2);
    expect(pool.pids).toEqual([pid]);
  });

  test("a KilnError keeps its code and its sentences, any other error its message and stack", async () => {
    const pool = createPool();
    const kiln = await pool.run("fail", { file: "a.jpg", how: "kiln" }).catch((e: unknown) => e);
    expect(kiln).toBeInstanceOf(KilnError);
    expect(kiln).toMatchObject({
      code: "fixture-failed",
      happened: { en: "It failed.", ko: "실패했습니다." },
      todo: { en: "Try again.", ko: "다시 시도하세요." },
    });
    const plain = await pool.run("fail", { file: "a.jpg", how: "plain" }).catch((e: unknown) => e);
    expect(plain).toMatchObject({ name: "RangeError", message: "out of range" });
    expect(plain).toHaveProperty(
      "stack",
      expect.stringMatching(/worker-fixture\.ts[\s\S]*deep down/),
    );
  });

  test("higher priorities overtake what waits, and wait for nothing else", async () => {
    const pool = createPool();
    const abort = new AbortController();
    const first = await startEndless(pool, "wait", { signal: abort.signal });
    const skipped = new AbortController();
    const waiting = [
      pool.run("note", { file: "bulk 1" }),
      pool.run("note", { file: "visible 1" }, { priority: 5 }),
      pool.run("note", { file: "bulk 2" }, { signal: skipped.signal }).catch(() => null),
      pool.run("note", { file: "bulk 3" }),
      pool.run("note", { file: "visible 2" }, { priority: 5 }),
      pool.run("note", { file: "ahead" }, { priority: 1 }),
    ];
    skipped.abort();
    abort.abort();
    await first.ended;
    await Promise.all(waiting);
    expect(await pool.run("note", { file: "end" })).toEqual([
      "visible 1",
      "visible 2",
      "ahead",
      "bulk 1",
      "bulk 3",
      "end",
    ]);
  });

  test("as many children as calls, and never more than the pool's size", async () => {
    const pool = createPool({ size: 2 });
    await pool.run("echo", { file: "a.jpg", value: 1 });
    expect(pool.pids).toHaveLength(1);
    await Promise.all([1, 2, 3, 4].map((value) => pool.run("echo", { file: "a.jpg", value })));
    expect(pool.pids).toHaveLength(2);
  });

  test("progress never queues up: the newest value replaces the one that waits", async () => {
    const pool = createPool();
    const seen: number[] = [];
    const to = 50_000;
    const total = await pool.run(
      "count",
      { file: "a.jpg", to },
      { onProgress: (value) => seen.push(value) },
    );
    expect(total).toBe(to);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.length).toBeLessThan(to / 10);
  });
});

describe("cancel", () => {
  test("a waiting call is gone at once", async () => {
    const pool = createPool();
    const first = await startEndless(pool, "spin");
    const abort = new AbortController();
    const second = pool.run("note", { file: "b.jpg" }, { signal: abort.signal });
    abort.abort(new Error("changed my mind"));
    await expect(second).rejects.toThrow("changed my mind");
    expect(pool.pids).toEqual([first.pid]);
  });

  test("a signal that is aborted already starts nothing", async () => {
    const pool = createPool();
    const call = pool.run("note", { file: "a.jpg" }, { signal: AbortSignal.abort() });
    await expect(call).rejects.toThrow("aborted");
    expect(pool.pids).toEqual([]);
  });

  test("a child that listens lives on", async () => {
    const pool = createPool();
    const abort = new AbortController();
    const { pid, ended } = await startEndless(pool, "wait", { signal: abort.signal });
    abort.abort();
    expect(await ended).toBe(abort.signal.reason);
    expect(await pool.run("echo", { file: "b.jpg", value: 1 })).toBe(1);
    expect(pool.pids).toEqual([pid]);
  });

  test("a child that does not listen is killed: at most 250 ms", async () => {
    const pool = createPool();
    const abort = new AbortController();
    const { pid, ended } = await startEndless(pool, "spin", { signal: abort.signal });
    const began = performance.now();
    abort.abort();
    expect(await ended).toBe(abort.signal.reason);
    expect(performance.now() - began).toBeLessThanOrEqual(250);
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await pool.run("echo", { file: "b.jpg", value: 1 })).toBe(1);
  });
});

describe("children that fail", () => {
  test("kill -9 fails the call that was running, by name, and nothing else", async () => {
    const pool = createPool({ size: 2 });
    const abort = new AbortController();
    const doomed = await startEndless(pool, "wait", { file: "doomed.jpg" });
    const spared = await startEndless(pool, "wait", { signal: abort.signal });
    const waiting = pool.run("echo", { file: "c.jpg", value: "served" });
    process.kill(doomed.pid, "SIGKILL");
    expect(await doomed.ended).toMatchObject({
      code: "worker-died",
      happened: {
        en: "The fixture stopped unexpectedly (SIGKILL) while working on “doomed.jpg”.",
        ko: "‘doomed.jpg’ 작업 중에 처리기가 예기치 않게 멈췄습니다(SIGKILL).",
      },
    });
    expect(await waiting).toBe("served");
    expect(pool.pids).toContain(spared.pid);
    abort.abort();
    expect(await spared.ended).toBe(abort.signal.reason);
  });

  test("a child that exits is named with its code", async () => {
    const pool = createPool();
    await expect(pool.run("fail", { file: "a.jpg", how: "exit" })).rejects.toMatchObject({
      code: "worker-died",
      happened: { en: expect.stringContaining("(3)") },
    });
  });

  test("an idle child that is killed is replaced", async () => {
    const pool = createPool();
    await pool.run("note", { file: "a.jpg" });
    const [pid = 0] = pool.pids;
    process.kill(pid, "SIGKILL");
    await expect.poll(() => pool.pids).toEqual([]);
    expect(await pool.run("note", { file: "b.jpg" })).toEqual(["b.jpg"]);
  });

  test.each([
    ["that the call sets", {}, { timeoutMs: 1000 }],
    ["that the pool sets", { timeoutMs: 1000 }, {}],
  ])("a call that outlasts the time %s is stopped with a sentence", async (_, ofPool, ofCall) => {
    const pool = createPool(ofPool);
    const { pid, ended } = await startEndless(pool, "spin", { file: "slow.jpg", ...ofCall });
    expect(await ended).toMatchObject({
      code: "worker-timed-out",
      happened: { en: "The fixture did not finish “slow.jpg” within 1 s and was stopped." },
    });
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await pool.run("echo", { file: "b.jpg", value: 1 })).toBe(1);
  });

  test("children that never come up fail what waits, and say why", async () => {
    const lines: WorkerLogLine[] = [];
    const pool = createPool({
      entry: beside("worker-fixture-broken.ts"),
      onLog: (line) => lines.push(line),
    });
    const calls = ["a.jpg", "b.jpg"].map((file) => pool.run("note", { file }));
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ code: "worker-cannot-start" });
    }
    expect(lines.map(({ line }) => line).join("\n")).toContain("This worker is missing a part.");
    expect(lines.every(({ call }) => call === null)).toBe(true);
  });
});

describe("the life of a child", () => {
  test("its log lines name the call and its tag", async () => {
    const { promise: logged, resolve: onLog } = Promise.withResolvers<WorkerLogLine>();
    const pool = createPool({ onLog });
    await pool.run("say", { file: "a.jpg", line: "GLib-CRITICAL: no" }, { tag: "job 7" });
    expect(await logged).toMatchObject({
      worker: "fixture",
      line: "GLib-CRITICAL: no",
      call: { method: "say", subject: "a.jpg", tag: "job 7" },
    });
  });

  test("it is given no secrets, and what the pool adds", async () => {
    process.env.KILN_TEST_SECRET = "sealed";
    const pool = createPool({ env: { KILN_SHARP: "wasm" } });
    const environment = await pool.run("environment", { file: "a.jpg" });
    delete process.env.KILN_TEST_SECRET;
    expect(Object.values(environment)).not.toContain("sealed");
    expect(environment).toMatchObject({ KILN_SHARP: "wasm", PATH: process.env.PATH });
    expect(environment).not.toHaveProperty("NODE_OPTIONS");
  });

  test("it runs at lower priority than its parent", async () => {
    const pool = createPool();
    await pool.run("note", { file: "a.jpg" });
    const [pid = 0] = pool.pids;
    expect(getPriority(pid)).toBeGreaterThanOrEqual(constants.priority.PRIORITY_BELOW_NORMAL);
  });

  test("it is ended when it has nothing to do", async () => {
    const pool = createPool({ idleMs: 1 });
    await pool.run("note", { file: "a.jpg" });
    const [pid] = pool.pids;
    await expect.poll(() => pool.pids).toEqual([]);
    await expect.poll(() => pid !== undefined && isAlive(pid)).toBe(false);
    expect(await pool.run("note", { file: "b.jpg" })).toEqual(["b.jpg"]);
  });

  test("started ahead it takes the first call; there are never more than the pool's size", async () => {
    const pool = createPool();
    pool.warm(3);
    const { pids } = pool;
    expect(pids).toHaveLength(1);
    await pool.run("note", { file: "a.jpg" });
    expect(pool.pids).toEqual(pids);
    pool.warm(1);
    expect(pool.pids).toEqual(pids);
  });

  test("started ahead for nothing it is ended", async () => {
    const pool = createPool({ idleMs: 1 });
    pool.warm(1);
    expect(pool.pids).toHaveLength(1);
    await expect.poll(() => pool.pids).toEqual([]);
  });

  test("it ends by itself when its parent is killed", async () => {
    const parent = fork(beside("worker-fixture-parent.ts"), { silent: true, execArgv: [] });
    if (parent.stdout === null) throw new Error("no output");
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  test("disposing of the pool ends every child and every call", async () => {
    const pool = createPool({ size: 2 });
    const running = await startEndless(pool, "spin");
    const other = await startEndless(pool, "wait");
    const waiting = pool.run("note", { file: "c.jpg" }).catch((error: unknown) => error);
    await pool[Symbol.asyncDispose]();
    for (const end of [running.ended, other.ended, waiting]) {
      expect(await end).toMatchObject({ name: "AbortError" });
    }
    expect([running.pid, other.pid].filter(isAlive)).toEqual([]);
    await expect(pool.run("note", { file: "d.jpg" })).rejects.toMatchObject({ name: "AbortError" });
  });
});

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
