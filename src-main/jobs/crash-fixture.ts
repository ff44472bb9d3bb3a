/**
 * A process of its own for tests: runs the job engine on the library in argv[2]. With 'start' as argv[3] it starts a
 * job that counts to 1,000 and one that can't be resumed; then it tells, a line of JSON each, what it sees, until its
 * jobs have ended or it is killed.
 */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { JobStore, openDatabase } from "../library/index.ts";
import { createLog } from "../log/index.ts";
import { defineJob } from "./define-job.ts";
import { JobEngine } from "./job-engine.ts";

function tell(news: object): void {
  process.stdout.write(`${JSON.stringify(news)}\n`);
}

const counting = defineJob({
  kind: "counting",
  slot: "cpu",
  input: z.object({ to: z.int() }),
  checkpoint: z.object({ counted: z.int() }),
  stages: [
    { id: "prepare", weight: 1, label: { en: "Preparing", ko: "준비 중" } },
    { id: "count", weight: 9, label: { en: "Counting", ko: "세는 중" } },
  ],
  title: ({ to }) => ({ en: `Count to ${to}`, ko: `${to}까지 세기` }),
  resume: "stage",
  async run(context, { to }) {
    const { restored, restoredStage } = context;
    tell({ run: "counting", restored, restoredStage });
    if (restoredStage !== "count") context.stage("prepare");
    context.stage("count");
    for (let counted = restored?.counted ?? 0; counted < to; counted += 1) {
      context.progress(counted, to);
      context.checkpoint({ counted });
      // The first life goes slowly enough to be killed in the middle.
      await setImmediate();
      if (restored === null && counted === 500) await stopHere(context.signal);
    }
  },
});

const whole = defineJob({
  kind: "whole",
  slot: "disk",
  input: z.object({}),
  stages: [{ id: "only", weight: 1, label: { en: "Working", ko: "작업 중" } }],
  title: () => ({ en: "All or nothing", ko: "전부 아니면 전무" }),
  resume: { reason: { en: "It can't be halved.", ko: "반으로 나눌 수 없습니다." } },
  run: (context) => stopHere(context.signal),
});

/** Waits for the end, and keeps the process alive meanwhile. */
function stopHere(signal: AbortSignal): Promise<void> {
  const alive = setInterval(() => undefined, 1_000);
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    });
  });
}

const directory = process.argv[2] ?? "";
const log = createLog({ directory: join(directory, "log") });
const database = openDatabase(directory);
const engine = new JobEngine({ store: new JobStore(database), log });
engine.onChange(() => {
  for (const { kind, state, fraction, message } of engine.list()) {
    tell({ kind, state, fraction, message: message.en });
  }
});
engine.begin([counting, whole]);
if (process.argv[3] === "start") {
  engine.start(counting, { to: 1_000 });
  engine.start(whole, {});
}
const ended = await Promise.all(engine.list().map(({ id }) => engine.whenEnded(id)));
tell({ ended: ended.map(({ kind, state, problem }) => ({ kind, state, problem })) });
database.close();
