import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { unheardContext } from "../jobs/job-context.fixture.ts";
import { Bench } from "./apply-fixture.ts";
import { applyPlanJob, undoPlanJob } from "./jobs.ts";

/** Twelve photos that are to be moved; the jobs of their plan, run without the engine. */
async function openMove() {
  const bench = await Bench.make();
  const names = Array.from({ length: 12 }, (_, i) => `IMG_${String(i + 1).padStart(4, "0")}.JPG`);
  const picks = [];
  for (const name of names) picks.push(await bench.photo(name));
  const { planId, draft } = await bench.plan({ action: "move", picks });
  const { store: plans, trash, encode } = bench;
  const services = {
    plans,
    trash,
    encode,
    follow: () => undefined,
    onUndone: () => undefined,
  };
  const run = async (job: ReturnType<typeof applyPlanJob>) => {
    const prepared = job.prepare({ planId, count: draft.items.length });
    const { summary } = await prepared.run(unheardContext());
    return { en: summary?.en.split("\n") ?? [], ko: summary?.ko.split("\n") ?? [] };
  };
  return {
    bench,
    apply: () => run(applyPlanJob(services)),
    undo: () => run(undoPlanJob(services)),
    from: (i: number) => join(bench.shoot, names[i] ?? ""),
    to: (i: number) => join(bench.destination, names[i] ?? ""),
  };
}

test("the end of a plan names every file that is not as planned, with its reason", async () => {
  const { bench, apply, from, to } = await openMove();
  await using _ = bench;
  await writeFile(to(1), "somebody else's");
  await rm(from(4));
  await writeFile(from(7), "edited meanwhile");
  const { en, ko } = await apply();
  expect(en).toEqual([
    "9 files done, 3 not as planned.",
    expect.stringContaining(`“${to(1)}” appeared after the plan was made`),
    expect.stringContaining(`“${from(4)}” is not there any more`),
    expect.stringContaining(`“${from(7)}” has changed since the plan was made`),
  ]);
  expect(ko).toHaveLength(4);
  expect(ko[0]).toBe("파일 9개 완료, 3개는 계획과 다름.");
});

test("an undo says which photos came back under another name, and which did not", async () => {
  const { bench, apply, undo, from, to } = await openMove();
  await using _ = bench;
  expect((await apply()).en).toEqual(["12 files done"]);
  await writeFile(from(2), "a new photo");
  await writeFile(from(9), "another one");
  await rm(to(5));
  const { en, ko } = await undo();
  expect(en[0]).toBe("11 files taken back, 2 of them under another name, 1 not as planned.");
  expect(en[1]).toContain(`“${to(5)}” is not where Kiln had put it`);
  expect(en.slice(2).toSorted()).toEqual([
    expect.stringContaining(`the photo came back as “${from(2).replace(".JPG", "-2.JPG")}”`),
    expect.stringContaining(`the photo came back as “${from(9).replace(".JPG", "-2.JPG")}”`),
  ]);
  expect(ko).toHaveLength(4);
});

test("an undo of which every photo came back is no failure, whatever their names", async () => {
  const { bench, apply, undo, from } = await openMove();
  await using _ = bench;
  await apply();
  await writeFile(from(0), "a new photo");
  const { en } = await undo();
  expect(en).toEqual([
    "12 files taken back, 1 of them under another name.",
    expect.stringContaining("came back as"),
  ]);
});
