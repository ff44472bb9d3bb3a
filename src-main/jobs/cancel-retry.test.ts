import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KilnError } from "../errors.ts";
import { systemClock } from "./clock.ts";
import { Bench, type PuppetRun, puppet, runAt, settle } from "./engine-fixture.ts";

let bench: Bench;
let runs: PuppetRun[];

beforeEach(() => {
  bench = new Bench();
  runs = [];
});

afterEach(() => bench.dispose());

const cannot = { reason: { en: "It can't be halved.", ko: "반으로 나눌 수 없습니다." } };

describe("cancelling", () => {
  it("takes a waiting job out at once", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    engine.start(kind, { name: "a" });
    const waiting = engine.start(kind, { name: "b" });
    await settle();
    expect((await engine.cancel(waiting)).state).toBe("cancelled");
    runAt(runs, 0).end.resolve();
    await settle();
    expect(runs).toHaveLength(1);
  });

  it("aborts the signal at once, and records the job when its code returns", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    await settle();
    const { context, end } = runAt(runs, 0);
    const cancelled = engine.cancel(id);
    expect(context.signal.aborted).toBe(true);
    expect(() => context.stage("second")).toThrow(context.signal.reason);
    expect(engine.get(id).state).toBe("running");
    // To return after an abort is no success.
    end.resolve();
    expect((await cancelled).state).toBe("cancelled");
    expect(bench.store.get(id)).toMatchObject({ state: "cancelled", problem: null });
    expect(bench.clock.waiting).toBe(0);
  });

  it("needs no help from the job's code: 250 ms later at most it is recorded, and the late result is nothing", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    const next = engine.start(kind, { name: "b" });
    await settle();
    const { context, end } = runAt(runs, 0);
    const cancelled = engine.cancel(id);
    const again = engine.cancel(id);
    bench.clock.advance(250);
    expect((await cancelled).state).toBe("cancelled");
    expect((await again).state).toBe("cancelled");

    // It still works: its slot is not free, and nothing that it does is seen.
    context.progress(9, 10);
    context.checkpoint({ at: 9 });
    bench.clock.advance(1_000);
    await settle();
    expect(engine.get(next).state).toBe("queued");
    const kept = bench.store.get(id);
    end.resolve();
    await settle();
    expect(engine.get(next).state).toBe("running");
    expect(bench.store.get(id)).toEqual(kept);
    expect(kept).toMatchObject({ state: "cancelled", fraction: 0, checkpoint: "" });
  });

  it("gives the slot to others when the code never returns", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const stuck = engine.start(kind, { name: "a" });
    const next = engine.start(kind, { name: "b" });
    await settle();
    void engine.cancel(stuck);
    bench.clock.advance(9_999);
    await settle();
    expect(engine.get(next).state).toBe("queued");
    bench.clock.advance(1);
    await settle();
    expect(engine.get(next).state).toBe("running");
    expect(await bench.log.tail(10_000)).toContain(`"jobId":${stuck}`);
  });

  it("reaches a job whose code has not had its first turn", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const cancelled: Promise<unknown>[] = [];
    engine.onChange((ids) => {
      for (const id of ids)
        if (engine.get(id).state === "running") cancelled.push(engine.cancel(id));
    });
    const id = engine.start(kind, { name: "a" });
    expect((await engine.whenEnded(id)).state).toBe("cancelled");
    await Promise.all(cancelled);
  });

  it("leaves an ended job as it is", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    await settle();
    runAt(runs, 0).end.resolve();
    const ended = await engine.whenEnded(id);
    expect(await engine.cancel(id)).toEqual(ended);
  });

  it("works by the real clock, too, while the code goes on", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind], systemClock);
    const id = engine.start(kind, { name: "a" });
    await settle();
    const { signal } = runAt(runs, 0).context;
    let returned = false;
    void runAt(runs, 0).end.promise.then(() => {
      returned = true;
    });
    expect((await engine.cancel(id)).state).toBe("cancelled");
    expect([signal.aborted, returned]).toEqual([true, false]);
    runAt(runs, 0).end.resolve();
  });
});

describe("retrying", () => {
  it("goes on from the checkpoint under the same id", async () => {
    const kind = puppet(runs);
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    await settle();
    const first = runAt(runs, 0);
    expect(first.context).toMatchObject({ restored: null, restoredStage: null });
    first.context.stage("second");
    first.context.progress(1, 2);
    first.context.checkpoint({ at: 7 });
    first.end.reject(new Error("no"));
    expect(await engine.whenEnded(id)).toMatchObject({ state: "failed", fraction: 0.625 });

    expect(engine.retry(id)).toMatchObject({ id, state: "queued", problem: null, endedAt: null });
    await settle();
    const second = runAt(runs, 1);
    expect(second.context).toMatchObject({ restored: { at: 7 }, restoredStage: "second" });
    expect(engine.get(id).fraction).toBe(0.625);
    second.end.resolve();
    expect((await engine.whenEnded(id)).state).toBe("completed");
    expect(() => engine.retry(id)).toThrow(KilnError);
  });

  it("starts over where the kind can't resume", async () => {
    const kind = puppet(runs, { resume: cannot });
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    await settle();
    runAt(runs, 0).context.stage("second");
    runAt(runs, 0).context.checkpoint({ at: 7 });
    runAt(runs, 0).end.reject(new Error("no"));
    await engine.whenEnded(id);
    expect(engine.retry(id).fraction).toBe(0);
    await settle();
    expect(runAt(runs, 1).context).toMatchObject({ restored: null, restoredStage: null });
  });

  it("never runs a job twice at once", async () => {
    const kind = puppet(runs, { slot: "net" });
    const engine = bench.engine([kind]);
    const id = engine.start(kind, { name: "a" });
    await settle();
    void engine.cancel(id);
    bench.clock.advance(250);
    engine.retry(id);
    await settle();
    expect(runs).toHaveLength(1);
    expect(engine.get(id).state).toBe("queued");
    runAt(runs, 0).end.resolve();
    await settle();
    expect(runs).toHaveLength(2);
    expect(engine.get(id).state).toBe("running");
  });
});
