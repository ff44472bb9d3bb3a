import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { oneWayTrash } from "../library/index.ts";
import { Bench, treeOf } from "./apply-fixture.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench[Symbol.asyncDispose]());

const everything = ["copy", "move", "export"] as const;

test("undo leaves no trace of anything that apply did", async () => {
  const picks = [await bench.photo("a.jpg", "a.CR2"), await bench.photo("sub/b.jpg", "sub/b.xmp")];
  const rejects = [await bench.photo("c.jpg", "c.xmp")];
  const before = await treeOf(bench.shoot);
  for (const action of everything) {
    const plan = await bench.plan({
      picks,
      rejects,
      action,
      secondCopy: bench.second,
      subfolders: "{date:YYYY}/{label}",
    });
    await bench.apply(plan.planId);
    bench.moves.length = 0;
    const outcome = await bench.undo(plan.planId);
    expect(outcome).toEqual({ undone: plan.draft.items.length, kept: [], renamed: [] });
    expect(await treeOf(bench.shoot)).toEqual(before);
    for (const folder of [bench.destination, bench.second])
      expect(await readdir(folder)).toEqual([]);
    expect(await treeOf(join(bench.dataHome, "Trash"))).toEqual(new Map());
    // What came back is told to the library with its old place.
    const back = bench.moves.map(({ path }) => path).toSorted();
    const places = [...before.keys()].map((path) => join(bench.shoot, path)).toSorted();
    expect(back).toEqual(
      action === "move" ? places : places.filter((path) => path.includes("/c.")),
    );
    expect((await bench.undo(plan.planId)).kept).toEqual([]);
  }
});

test("a copy that the person changed stays, the others go", async () => {
  const picks = [await bench.photo("a.jpg", "a.xmp")];
  for (const action of ["copy", "export"] as const) {
    const { planId } = await bench.plan({ picks, action, secondCopy: bench.second });
    await bench.apply(planId);
    await appendFile(join(bench.destination, "a.jpg"), "edited");
    const { kept } = await bench.undo(planId);
    expect(kept.map(({ problem }) => problem?.code)).toEqual(["copy-changed"]);
    expect(kept[0]?.problem?.happened.ko).toMatch(/바뀌어 그대로 두었습니다/);
    expect(await readdir(bench.destination)).toEqual(["a.jpg"]);
    expect(await readdir(bench.second)).toEqual([]);
    await rm(join(bench.destination, "a.jpg"));
  }
});

test("a copy stays when its original is gone or is not what was copied", async () => {
  const picks = [
    await bench.photo("a.jpg"),
    await bench.photo("b.jpg"),
    await bench.photo("c.jpg"),
  ];
  const { planId } = await bench.plan({ picks });
  await bench.apply(planId);
  await rm(join(bench.shoot, "a.jpg"));
  await appendFile(join(bench.shoot, "b.jpg"), "edited");
  // The same bytes under another time are still the same bytes.
  await utimes(join(bench.shoot, "c.jpg"), 5, 5);
  const { kept, undone } = await bench.undo(planId);
  expect(kept.map(({ problem }) => problem?.code)).toEqual(["original-gone", "original-gone"]);
  expect(undone).toBe(1);
  expect((await readdir(bench.destination)).toSorted()).toEqual(["a.jpg", "b.jpg"]);
});

test("a copy that the person removed is no reason to stop", async () => {
  const picks = [await bench.photo("a.jpg"), await bench.photo("b.jpg")];
  const { planId } = await bench.plan({ picks });
  await bench.apply(planId);
  await rm(join(bench.destination, "a.jpg"));
  expect(await bench.undo(planId)).toEqual({ undone: 2, kept: [], renamed: [] });
});

test("a moved file comes back with the edits that it got meanwhile, even as another file of that name", async () => {
  const picks = [await bench.photo("a.jpg"), await bench.photo("b.jpg")];
  const { planId } = await bench.plan({ picks, action: "move" });
  await bench.apply(planId);
  await appendFile(join(bench.destination, "a.jpg"), "edited");
  // Editors write a new file and rename it over the old one.
  await writeFile(join(bench.destination, "temporary"), "a new version");
  await rename(join(bench.destination, "temporary"), join(bench.destination, "b.jpg"));
  const edited = await treeOf(bench.destination);
  expect((await bench.undo(planId)).kept).toEqual([]);
  expect(await treeOf(bench.shoot)).toEqual(edited);
});

test("where another file has the old name, the whole photo comes back with a number", async () => {
  const moved = await bench.photo("a.jpg", "a.CR2", "a.CR2.xmp");
  const trashed = await bench.photo("t.jpg", "t.xmp");
  const before = await treeOf(bench.shoot);
  const { planId } = await bench.plan({ picks: [moved], rejects: [trashed], action: "move" });
  await bench.apply(planId);
  await writeFile(join(bench.shoot, "a.CR2"), "somebody's");
  await writeFile(join(bench.shoot, "a-2.jpg"), "somebody's, too");
  await writeFile(join(bench.shoot, "t.jpg"), "somebody's");
  bench.moves.length = 0;
  const { kept, renamed, undone } = await bench.undo(planId);
  expect([kept.length, undone, renamed.length]).toEqual([0, 5, 5]);
  expect(renamed[0]?.problem?.code).toBe("back-under-other-name");
  const after = await treeOf(bench.shoot);
  expect([...after.keys()].toSorted()).toEqual([
    "a-2.jpg",
    "a-3.CR2",
    "a-3.CR2.xmp",
    "a-3.jpg",
    "a.CR2",
    "t-2.jpg",
    "t-2.xmp",
    "t.jpg",
  ]);
  expect(after.get("a-3.CR2.xmp")).toBe(before.get("a.CR2.xmp"));
  expect(after.get("t-2.xmp")).toBe(before.get("t.xmp"));
  expect(await readFile(join(bench.shoot, "a.CR2"), "utf8")).toBe("somebody's");
  expect(bench.moves.map(({ path }) => path)).toContain(join(bench.shoot, "a-3.jpg"));
});

test("a moved file that the person took away is kept as a sentence; one that he put back is fine", async () => {
  const picks = [await bench.photo("a.jpg"), await bench.photo("b.jpg")];
  const { planId } = await bench.plan({ picks, action: "move" });
  await bench.apply(planId);
  await rename(join(bench.destination, "a.jpg"), join(bench.second, "mine.jpg"));
  await rename(join(bench.destination, "b.jpg"), join(bench.shoot, "b.jpg"));
  const { kept, undone } = await bench.undo(planId);
  expect(kept.map(({ problem }) => problem?.code)).toEqual(["moved-file-vanished"]);
  expect(undone).toBe(1);
  expect(await readdir(bench.shoot)).toEqual(["b.jpg"]);
  // He puts it back where Kiln had it, and undoes again.
  await rename(join(bench.second, "mine.jpg"), join(bench.destination, "a.jpg"));
  expect(await bench.undo(planId)).toEqual({ undone: 2, kept: [], renamed: [] });
});

test("a folder that is gone by now is made again for what comes back", async () => {
  const picks = [await bench.photo("deep/er/a.jpg")];
  const rejects = [await bench.photo("other/b.jpg")];
  const { planId } = await bench.plan({ picks, rejects, action: "move" });
  await bench.apply(planId);
  await rm(join(bench.shoot, "deep"), { recursive: true });
  await rm(join(bench.shoot, "other"), { recursive: true });
  expect((await bench.undo(planId)).kept).toEqual([]);
  expect([...(await treeOf(bench.shoot)).keys()]).toEqual(["deep/er/a.jpg", "other/b.jpg"]);
});

test("nothing comes back onto a card", async () => {
  const picks = [await bench.photo("a.jpg")];
  const { planId } = await bench.plan({ picks, action: "move" });
  await bench.apply(planId);
  await mkdir(join(bench.shoot, "DCIM"));
  const { kept } = await bench.undo(planId, { findVolumeRoot: async () => bench.shoot });
  expect(kept.map(({ problem }) => problem?.code)).toEqual(["way-back-closed"]);
  expect(await readdir(bench.destination)).toEqual(["a.jpg"]);
});

test("what a one-way or emptied trash has stays there, and is said", async () => {
  const bin = join(bench.folder, "bin");
  await mkdir(bin);
  const rejects = [await bench.photo("a.jpg")];
  bench.trash = oneWayTrash((path) => rename(path, join(bin, "a.jpg")));
  const first = await bench.plan({ rejects });
  await bench.apply(first.planId);
  const oneWay = await bench.undo(first.planId);
  expect(oneWay.kept.map(({ problem }) => problem?.code)).toEqual(["trash-one-way"]);
  expect(await readdir(bin)).toEqual(["a.jpg"]);

  await using other = await Bench.make();
  const { planId } = await other.plan({ rejects: [await other.photo("b.jpg")] });
  await other.apply(planId);
  await rm(join(other.dataHome, "Trash"), { recursive: true });
  // A file that got the name meanwhile is not mistaken for the one that is lost.
  await writeFile(join(other.shoot, "b.jpg"), "somebody's");
  const emptied = await other.undo(planId);
  expect(emptied.kept.map(({ problem }) => problem?.code)).toEqual(["trash-emptied"]);
});

test("folders with anything of the person's in them stay", async () => {
  const picks = [await bench.photo("a.jpg")];
  const { planId } = await bench.plan({ picks, subfolders: "x/y/z" });
  await bench.apply(planId);
  await writeFile(join(bench.destination, "x", "notes.txt"), "mine");
  await bench.undo(planId);
  expect([...(await treeOf(bench.destination)).keys()]).toEqual(["x/notes.txt"]);
  expect(await readdir(join(bench.destination, "x"))).toEqual(["notes.txt"]);
});

test("an undo that was cancelled goes on", async () => {
  const picks = [await bench.photo("a.jpg"), await bench.photo("b.jpg")];
  const before = await treeOf(bench.shoot);
  const { planId } = await bench.plan({ picks, action: "move" });
  await bench.apply(planId);
  const cancel = new AbortController();
  const reason = new Error("Not now.");
  const onProgress = () => cancel.abort(reason);
  await expect(bench.undo(planId, { signal: cancel.signal, onProgress })).rejects.toBe(reason);
  expect(bench.store.plan(planId)?.state).toBe("undoing");
  await expect(bench.apply(planId)).rejects.toThrow("plan-undone");
  expect((await bench.undo(planId)).undone).toBe(2);
  expect(await treeOf(bench.shoot)).toEqual(before);
});
