import { afterEach, beforeEach, expect, it } from "vitest";
import { KilnError } from "../errors.ts";
import { Bench, type PuppetRun, puppet, runAt, settle } from "./engine-fixture.ts";

let bench: Bench;
let runs: PuppetRun[];

beforeEach(() => {
  bench = new Bench();
  runs = [];
});

afterEach(() => bench.dispose());

it("stops a running job and lets it go on from its checkpoint", async () => {
  const kind = puppet(runs);
  const engine = bench.engine([kind]);
  const id = engine.start(kind, { name: "a" });
  const next = engine.start(kind, { name: "b" });
  await settle();
  const { context, end } = runAt(runs, 0);
  context.stage("second");
  context.checkpoint({ at: 7 });
  context.progress(1, 2);
  expect(engine.get(id).canPause).toBe(true);
  engine.pause(id);
  expect(context.signal.aborted).toBe(true);
  end.resolve();
  await settle();
  const { state, fraction, endedAt } = engine.get(id);
  expect(state).toBe("paused");
  expect(fraction).toBeCloseTo(0.625);
  expect(endedAt).toBeNull();
  // Its slot is free for others.
  expect(engine.get(next).state).toBe("running");
  runAt(runs, 1).end.resolve();
  await settle();

  engine.resume(id);
  await settle();
  expect(runAt(runs, 2).context).toMatchObject({ restored: { at: 7 }, restoredStage: "second" });
  runAt(runs, 2).end.resolve();
  expect((await engine.whenEnded(id)).state).toBe("completed");
});

it("is shown as paused 200 ms later even where the code does not return", async () => {
  const kind = puppet(runs);
  const engine = bench.engine([kind]);
  const id = engine.start(kind, { name: "a" });
  await settle();
  engine.pause(id);
  bench.clock.advance(200);
  expect(engine.get(id).state).toBe("paused");
  // It is not run twice at once.
  engine.resume(id);
  await settle();
  expect(runs).toHaveLength(1);
  runAt(runs, 0).end.resolve();
  await settle();
  expect(runs).toHaveLength(2);
});

it("stays paused when Kiln ends, whether the run had returned or not", async () => {
  const kind = puppet(runs);
  const engine = bench.engine([kind]);
  const [running, waiting] = [engine.start(kind, { name: "a" }), engine.start(kind, { name: "b" })];
  await settle();
  engine.pause(waiting);
  engine.pause(running);
  const closing = engine.shutdown();
  bench.clock.advance(2_000);
  await closing;
  bench.die();
  const later = bench.engine([kind]);
  await settle();
  expect(later.list().map(({ state }) => state)).toEqual(["paused", "paused"]);
  expect(runs).toHaveLength(1);
});

it("can be cancelled while it is paused and while it is being paused", async () => {
  const kind = puppet(runs);
  const engine = bench.engine([kind]);
  const [first, second] = [engine.start(kind, { name: "a" }), engine.start(kind, { name: "b" })];
  await settle();
  engine.pause(second);
  expect((await engine.cancel(second)).state).toBe("cancelled");
  engine.pause(first);
  const cancelled = engine.cancel(first);
  runAt(runs, 0).end.resolve();
  expect((await cancelled).state).toBe("cancelled");
});

it("refuses kinds that can't go on, and jobs that are not paused", async () => {
  const kind = puppet(runs, { resume: { reason: { en: "No halves.", ko: "절반은 없습니다." } } });
  const engine = bench.engine([kind]);
  const id = engine.start(kind, { name: "a" });
  await settle();
  expect(engine.get(id).canPause).toBe(false);
  expect(() => engine.pause(id)).toThrow(KilnError);
  expect(() => engine.resume(id)).toThrow(KilnError);
  runAt(runs, 0).end.resolve();
  await engine.whenEnded(id);
});
