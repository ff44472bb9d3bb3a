import { access, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Bench, seeded, treeOf } from "./apply-fixture.ts";
import type { ApplyPlanInput, PlannedPhoto } from "./plan.ts";
import type { PlanOrder } from "./plan-child-fixture.ts";
import { runChild } from "./run-child-fixture.ts";

/** What `npm run proofs` runs in full and `npm test` as a slice of the same seeds. */
const isProof = process.env.KILN_PROOFS === "1";
const operations = isProof ? 200 : 20;

/** Memory as a second device; where there is none, moves to another device are not among the operations. */
const memory = "/dev/shm";

let bench: Bench;
let otherDevice: string | null;
beforeAll(async () => {
  bench = await Bench.make(tmpdir(), 42);
  try {
    await access(memory);
    const isOther = (await stat(memory)).dev !== (await stat(bench.folder)).dev;
    otherDevice = isOther ? await mkdtemp(join(memory, "kiln-apply-")) : null;
  } catch {
    otherDevice = null;
  }
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  if (otherDevice !== null) await rm(otherDevice, { recursive: true });
});

/** Every file outside the library's own, by hash: where is what? */
async function whereIsWhat(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const place of [bench.folder, ...(otherDevice === null ? [] : [otherDevice])]) {
    for (const [path, hash] of await treeOf(place)) {
      if (path.startsWith("library/")) continue;
      found.set(hash, [...(found.get(hash) ?? []), join(place, path)]);
    }
  }
  return found;
}

test(`${operations} applies and undos, killed at random points: no original changed, none lost`, async () => {
  const random = seeded(20261121);
  const pick = <Value>(values: readonly Value[]): Value => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new RangeError("Nothing to pick from.");
    return value;
  };
  const photos: PlannedPhoto[] = [];
  for (const name of ["IMG_1", "IMG_2", "한글 🌊", "sub/IMG_1"]) {
    photos.push(await bench.photo(`${name}.jpg`, `${name}.CR2`, `${name}.xmp`));
  }
  // Files of the person's own at the destinations, some with the names that photos would like to have.
  const destinations = [bench.destination, ...(otherDevice === null ? [] : [otherDevice])];
  for (const folder of [...destinations, bench.second]) {
    await writeFile(join(folder, "img_1.JPG"), `somebody's in ${folder}`);
  }
  const originals = await treeOf(bench.shoot);
  const before = await whereIsWhat();
  const expectNothingLost = async () => {
    const now = await whereIsWhat();
    for (const hash of before.keys()) expect(now.has(hash)).toBe(true);
    return now;
  };
  /** Files by name, to see that nothing is left over and nothing of the person's was touched. */
  const expectAsBefore = async () => {
    expect(await treeOf(bench.shoot)).toEqual(originals);
    const now = await whereIsWhat();
    expect([...now].sort()).toEqual([...before].sort());
  };

  bench.closeLibrary();
  const inLibrary = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    bench.openLibrary();
    try {
      return await work();
    } finally {
      bench.closeLibrary();
    }
  };
  let kills = 0;
  let spared = 0;
  /** How many calls such an operation takes, learned from those that survived; where to kill is drawn from it. */
  const callsOf = new Map<string, number>();
  const killOnce = async (planId: number, direction: PlanOrder["direction"], kind: string) => {
    const most = callsOf.get(kind + direction) ?? 150;
    const byCall = random() < 0.6;
    const killAt = byCall
      ? { call: 1 + Math.floor(random() * most), when: pick(["before", "after"] as const) }
      : null;
    const after = byCall ? null : random() * 60;
    const result = await runChild(
      { ...bench.order(planId, direction), killAt },
      { killAfterMs: after },
    );
    expect(result.code).toBeNull();
    if (result.wasKilled) kills += 1;
    else spared += 1;
    if (result.calls !== null) callsOf.set(kind + direction, result.calls);
    await expectNothingLost();
    return result.wasKilled;
  };

  const plans: { name: string; options: Partial<ApplyPlanInput> }[] = destinations.flatMap(
    (destination, index) => [
      { name: `copy ${index}`, options: { destination, action: "copy" } },
      { name: `copy twice ${index}`, options: { destination, secondCopy: bench.second } },
      { name: `export ${index}`, options: { destination, action: "export" } },
      { name: `move ${index}`, options: { destination, action: "move" } },
      {
        name: `move and copy ${index}`,
        options: { destination, action: "move", secondCopy: bench.second },
      },
    ],
  );

  for (let done = 0; done < operations; done += 2) {
    const { name, options } = pick(plans);
    const [rejected, ...picked] = photos.toSorted(() => random() - 0.5);
    const rejects = rejected !== undefined && random() < 0.5 ? [rejected] : [];
    const planId = await inLibrary(async () => {
      const plan = await bench.plan({
        ...options,
        picks: picked.slice(0, 1 + Math.floor(random() * 3)),
        rejects,
        pattern: pick(["{name}", "{seq:3}", "{camera} {name}"]),
        subfolders: pick(["", "{date:YYYY}/{label}"]),
      });
      return plan.planId;
    });
    const kind = `${name}${rejects.length}`;

    // Apply, killed; then taken up again, perhaps killed again, until it ends; or given up and undone half-way.
    let isApplied = !(await killOnce(planId, "apply", kind));
    while (!isApplied && random() < 0.4) isApplied = !(await killOnce(planId, "apply", kind));
    const isGivenUp = !isApplied && random() < 0.3;
    if (!isGivenUp) {
      await inLibrary(async () => {
        expect((await bench.apply(planId)).failed).toEqual([]);
        expect(bench.store.items(planId).every((item) => item.state === "done")).toBe(true);
      });
      const now = await expectNothingLost();
      for (const paths of now.values()) {
        for (const path of paths) expect(path).not.toMatch(/\.part$/);
      }
      await inLibrary(async () => {
        for (const item of bench.store.items(planId)) {
          const hash = originals.get(relative(bench.shoot, item.source)) ?? "";
          const places = now.get(hash) ?? [];
          const copies = [item.target, item.secondTarget].filter((path) => path !== null);
          const stays =
            item.operation === "copy" || item.operation === "export" ? [item.source] : [];
          if (item.operation === "trash") expect(places[0]).toMatch(/data-home\/Trash\/files/);
          else if (item.operation === "export") expect(places).toEqual(stays);
          else expect(places.toSorted()).toEqual([...stays, ...copies].toSorted());
        }
      });
    }

    // The same for the undo, if the first kill left anything in the journal at all.
    const isBegun = await inLibrary(async () => bench.store.plan(planId)?.state !== "planned");
    if (isBegun) {
      let isUndone = !(await killOnce(planId, "undo", kind));
      while (!isUndone && random() < 0.4) isUndone = !(await killOnce(planId, "undo", kind));
      await inLibrary(async () => {
        expect((await bench.undo(planId)).kept).toEqual([]);
      });
    }
    await expectAsBefore();
    for (const folder of [...destinations, bench.second])
      expect((await readdir(folder)).length).toBe(1);
  }
  const figures = `${operations} operations, ${kills} kills, ${spared} ended before theirs; 0 originals changed, 0 lost`;
  process.stdout.write(`kill test: ${figures}${otherDevice === null ? "; one device only" : ""}\n`);
  expect(kills).toBeGreaterThan(operations / 3);
}, 1_200_000);
