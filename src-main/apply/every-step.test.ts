/**
 * A crash at each single step. The kill test kills real processes at random points; this one stops a run inside this
 * process at every call of the file system in turn, before and after it, as a crash would (nothing of the run goes
 * on), and then lets a new run take over. It finds at once what a random kill finds in a thousand.
 */
import { statSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PlanStore } from "../library/index.ts";
import { Bench, seeded, treeOf } from "./apply-fixture.ts";
import { type FileCalls, interceptFileCalls } from "./file-calls-fixture.ts";
import type { ApplyPlanInput } from "./plan.ts";

const memory = "/dev/shm";
const hasOtherDevice = ((): boolean => {
  const found = statSync(memory, { throwIfNoEntry: false });
  return found !== undefined && found.dev !== statSync(tmpdir()).dev;
})();

let bench: Bench;
let away: string;
let files: FileCalls;
let stop: { call: number; when: "before" | "after"; reached: () => void } | null = null;
beforeEach(async () => {
  bench = await Bench.make();
  away = await mkdtemp(join(hasOtherDevice ? memory : tmpdir(), "kiln-apply-"));
  stop = null;
  files = await interceptFileCalls((call, when) => {
    if (stop?.call !== call || stop.when !== when) return;
    stop.reached();
    return new Promise(() => undefined);
  });
});
afterEach(async () => {
  await files[Symbol.asyncDispose]();
  await rm(away, { recursive: true });
  await bench[Symbol.asyncDispose]();
});

/** Runs `work` up to a step and leaves it there; false when it ended before. */
async function stopAt(call: number, when: "before" | "after", work: () => Promise<unknown>) {
  const reached = new Promise<true>((resolve) => {
    stop = { call, when, reached: () => resolve(true) };
  });
  files.restart();
  const isStopped = await Promise.race([reached, work().then(() => false)]);
  stop = null;
  await files.closeLeft();
  // A new process has a new store; the old one waits for ever for the run that was stopped.
  bench.store = new PlanStore(bench.database);
  return isStopped;
}

/** `npm test` stops at every call once, before or after it; `npm run proofs` both before and after. */
const stride = process.env.KILN_PROOFS === "1" ? 1 : 2;

interface Kind {
  readonly name: string;
  readonly needsDevice?: boolean;
  readonly rejects?: boolean;
  readonly noHardLinks?: boolean;
  readonly options: () => Partial<ApplyPlanInput>;
}

const kinds: readonly Kind[] = [
  { name: "copy", options: () => ({}) },
  { name: "second copy", options: () => ({ secondCopy: away }) },
  { name: "export with a second copy", options: () => ({ action: "export", secondCopy: away }) },
  { name: "move", options: () => ({ action: "move" }) },
  {
    name: "move with a second copy",
    options: () => ({ action: "move", secondCopy: bench.second }),
  },
  {
    name: "move to another device",
    needsDevice: true,
    options: () => ({ action: "move", destination: away }),
  },
  { name: "trash", rejects: true, options: () => ({}) },
  { name: "copy without hard links", noHardLinks: true, options: () => ({ secondCopy: away }) },
  { name: "move without hard links", noHardLinks: true, options: () => ({ action: "move" }) },
  { name: "trash without hard links", noHardLinks: true, rejects: true, options: () => ({}) },
];

for (const { name, needsDevice, rejects, noHardLinks, options } of kinds) {
  for (const direction of ["apply", "undo"] as const) {
    test.skipIf(needsDevice === true && !hasOtherDevice)(
      `${name}: ${direction} stopped at each step loses and leaves nothing`,
      async () => {
        if (noHardLinks) files.withoutHardLinks();
        const random = seeded(7);
        const photo = await bench.photo("a.jpg");
        for (const folder of [bench.destination, bench.second, away]) {
          await writeFile(join(folder, "A.JPG"), `somebody's in ${folder}`);
        }
        const trash = join(bench.dataHome, "Trash");
        await mkdir(trash, { recursive: true });
        const places = [bench.shoot, bench.destination, bench.second, away, trash];
        const everything = async () => Promise.all(places.map(treeOf));
        const before = await everything();
        const original = before[0]?.get("a.jpg");
        let steps = 0;
        for (const when of ["before", "after"] as const) {
          let isStopped = true;
          for (let call = when === "before" ? 1 : stride; isStopped; call += stride) {
            const { planId } = await bench.plan({
              ...options(),
              ...(rejects ? { rejects: [photo] } : { picks: [photo], subfolders: "x" }),
            });
            if (direction === "undo") await bench.apply(planId);
            isStopped = await stopAt(call, when, () => bench[direction](planId));
            steps += 1;
            const held = (await everything()).flatMap((tree) => [...tree.values()]);
            expect(held).toContain(original);
            // The run that takes over may be stopped, too.
            const again = 1 + Math.floor(random() * 60);
            if (isStopped) await stopAt(again, when, () => bench[direction](planId));
            // Taken up again, or, for every second step of an apply, taken back from where it is.
            if (direction === "apply" && steps % 2 === 0) {
              expect(await bench.apply(planId)).toEqual({ done: 1, failed: [] });
            }
            expect(await bench.undo(planId)).toEqual({ undone: 1, kept: [], renamed: [] });
            expect(await everything()).toEqual(before);
          }
        }
        expect(steps).toBeGreaterThan(5);
      },
      300_000,
    );
  }
}
