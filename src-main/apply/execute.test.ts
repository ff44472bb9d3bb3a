import { closeSync, openSync, readdirSync, writeSync } from "node:fs";
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KilnError } from "../errors.ts";
import { asRead, Bench, sha256Of, treeOf } from "./apply-fixture.ts";
import type { FileMove, PlanProgress } from "./run.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench[Symbol.asyncDispose]());

const states = (planId: number) => bench.store.items(planId).map(({ state }) => state);

test("copies are verified, keep their time, and are in the journal with their hashes", async () => {
  const photo = await bench.photo("a.jpg", "a.CR2", "a.xmp");
  await utimes(join(bench.shoot, "a.jpg"), 1_600_000_000.5, 1_500_000_000.25);
  const picks = [await asRead(photo)];
  const { planId } = await bench.plan({
    picks,
    subfolders: "{date:YYYY}/{label}",
    pattern: "{seq:3}",
  });
  const outcome = await bench.apply(planId);
  expect(outcome).toEqual({ done: 3, failed: [] });
  const shoot = await treeOf(bench.shoot);
  expect(await treeOf(bench.destination)).toEqual(
    new Map([
      ["2026/none/001.CR2", shoot.get("a.CR2")],
      ["2026/none/001.jpg", shoot.get("a.jpg")],
      ["2026/none/001.xmp", shoot.get("a.xmp")],
    ]),
  );
  const copied = await stat(join(bench.destination, "2026/none/001.jpg"));
  expect(copied.mtimeMs).toBe(1_500_000_000_250);
  const [item] = bench.store.items(planId);
  expect(item).toMatchObject({
    state: "done",
    sha256: shoot.get("a.jpg"),
    targetSha256: shoot.get("a.jpg"),
  });
  expect(bench.store.plan(planId)?.state).toBe("applied");
  expect(bench.moves).toEqual([]);
});

test("a second copy is as good as the first, for copies, exports and moves", async () => {
  for (const action of ["copy", "export", "move"] as const) {
    const picks = [await bench.photo(`${action}.jpg`)];
    const original = (await treeOf(bench.shoot)).get(`${action}.jpg`);
    const { planId } = await bench.plan({ picks, action, secondCopy: bench.second });
    expect((await bench.apply(planId)).failed).toEqual([]);
    const [first, second] = [await treeOf(bench.destination), await treeOf(bench.second)];
    expect(second).toEqual(first);
    expect(first.get(`${action}.jpg`) === original).toBe(action !== "export");
  }
});

test("a move inside a device keeps the file itself, and the library hears of it in the same transaction", async () => {
  const picks = [await bench.photo("a.jpg", "a.xmp")];
  const before = await stat(join(bench.shoot, "a.jpg"));
  const { planId } = await bench.plan({ picks, action: "move", pattern: "new" });
  const inTransaction: boolean[] = [];
  await bench.apply(planId, {
    follow: (move: FileMove) => {
      inTransaction.push(bench.database.sql.inTransaction);
      bench.moves.push(move);
    },
  });
  const after = await stat(join(bench.destination, "new.jpg"));
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  expect(await readdir(bench.shoot)).toEqual([]);
  expect(inTransaction).toEqual([true, true]);
  expect(bench.moves.map(({ path }) => path)).toEqual(
    ["new.jpg", "new.xmp"].map((name) => join(bench.destination, name)),
  );
  expect(bench.moves[0]).toMatchObject({
    photoId: picks[0]?.photoId,
    fileId: picks[0]?.files[0].fileId,
  });
});

test("rejects go to the trash after the picks, and the library hears that they are gone", async () => {
  const picks = [await bench.photo("a.jpg")];
  const rejects = [await bench.photo("b.jpg", "b.xmp")];
  const { planId } = await bench.plan({ picks, rejects });
  await bench.apply(planId);
  expect((await readdir(bench.shoot)).toSorted()).toEqual(["a.jpg"]);
  expect((await readdir(join(bench.dataHome, "Trash/files"))).toSorted()).toEqual([
    "b.jpg",
    "b.xmp",
  ]);
  expect(bench.moves.map(({ path }) => path)).toEqual([null, null]);
});

test("a photo of which one file changed, vanished or became a link is left alone with all its files", async () => {
  const changed = await bench.photo("changed.jpg", "changed.xmp");
  const vanished = await bench.photo("vanished.jpg", "vanished.CR2");
  const linked = await bench.photo("linked.jpg");
  const fine = await bench.photo("fine.jpg");
  const touched = await bench.photo("touched.jpg");
  const { planId } = await bench.plan({
    picks: [changed, vanished, linked, touched, fine],
    action: "move",
  });
  await appendFile(join(bench.shoot, "changed.xmp"), "more");
  await rm(join(bench.shoot, "vanished.CR2"));
  await rm(join(bench.shoot, "linked.jpg"));
  await symlink(join(bench.shoot, "fine.jpg"), join(bench.shoot, "linked.jpg"));
  await utimes(join(bench.shoot, "touched.jpg"), 1, 1);
  const before = await treeOf(bench.shoot);
  const { done, failed } = await bench.apply(planId);
  expect(done).toBe(1);
  expect(failed.map(({ problem }) => problem?.code)).toEqual([
    "source-changed",
    "source-changed",
    "source-vanished",
    "source-vanished",
    "source-changed",
    "source-changed",
  ]);
  const after = await treeOf(bench.shoot);
  before.delete("fine.jpg");
  before.delete("linked.jpg");
  after.delete("linked.jpg");
  expect(after).toEqual(before);
  expect(await readdir(bench.destination)).toEqual(["fine.jpg"]);
});

test("a name that somebody took after the plan was made is never overwritten; planning again finds another", async () => {
  const picks = [await bench.photo("a.jpg", "a.CR2")];
  for (const action of ["copy", "move", "export"] as const) {
    const { planId, draft } = await bench.plan({ picks, action, pattern: action });
    const target = draft.items.at(-1)?.target ?? "";
    await writeFile(target, "somebody's");
    const { failed } = await bench.apply(planId);
    expect(new Set(failed.map(({ problem }) => problem?.code))).toEqual(new Set(["name-taken"]));
    expect(await readFile(target, "utf8")).toBe("somebody's");
    const again = await bench.plan({ picks, action, pattern: action });
    expect(again.draft.items.every(({ renamed }) => renamed)).toBe(true);
  }
  expect((await readdir(bench.destination)).length).toBe(3);
  expect((await readdir(bench.shoot)).length).toBe(2);
});

test("a name that somebody takes while the copy is being written is not overwritten either", async () => {
  const picks = [await bench.photo("a.jpg")];
  const target = join(bench.destination, "a.jpg");
  const encode = bench.encode;
  bench.encode = async (order) => {
    await encode(order);
    await writeFile(target, "somebody's");
  };
  const { planId } = await bench.plan({ picks, action: "export" });
  const { failed } = await bench.apply(planId);
  expect(failed.map(({ problem }) => problem?.code)).toEqual(["name-taken"]);
  expect(await treeOf(bench.destination)).toEqual(new Map([["a.jpg", sha256Of("somebody's")]]));
});

test("a copy that is not what was read is found out and removed", async () => {
  const picks = [await bench.photo("a.jpg")];
  const { planId } = await bench.plan({ picks });
  const { failed } = await bench.apply(planId, {
    // A drive that stores other bytes than it was given, between the writing and the reading back.
    onProgress: ({ items }) => {
      if (items > 0) return;
      for (const name of readdirSync(bench.destination)) {
        const file = openSync(join(bench.destination, name), "r+");
        writeSync(file, Buffer.from([0, 0, 0, 0]), 0, 4, 100);
        closeSync(file);
      }
    },
  });
  expect(failed.map(({ problem }) => problem?.code)).toEqual(["copy-damaged"]);
  expect(await readdir(bench.destination)).toEqual([]);
});

test("an item that failed is tried again by the next run", async () => {
  const picks = [await bench.photo("a.jpg")];
  const { planId } = await bench.plan({ picks });
  const obstacle = join(bench.destination, "a.jpg");
  await writeFile(obstacle, "somebody's");
  expect((await bench.apply(planId)).failed.length).toBe(1);
  await rm(obstacle);
  expect(await bench.apply(planId)).toEqual({ done: 1, failed: [] });
  expect(bench.problems(planId)).toEqual([]);
});

test("an encoder's problem fails its photo and no other", async () => {
  const picks = [await bench.photo("a.jpg"), await bench.photo("b.jpg")];
  const encode = bench.encode;
  bench.encode = async (order) => {
    await encode(order);
    const text = { en: "It can't be read.", ko: "읽을 수 없습니다." };
    if (order.source.endsWith("a.jpg")) throw new KilnError("photo-unreadable", text, text);
  };
  const { planId } = await bench.plan({ picks, action: "export" });
  const { done, failed } = await bench.apply(planId);
  expect(done).toBe(1);
  expect(failed.map(({ problem }) => problem?.code)).toEqual(["photo-unreadable"]);
  expect(await readdir(bench.destination)).toEqual(["b.jpg"]);
});

test("a cancel stops within a file, leaves nothing half done, and the plan can go on", async () => {
  const picks = [
    await bench.photo("a.jpg"),
    await bench.photo("b.jpg"),
    await bench.photo("c.jpg"),
  ];
  const { planId } = await bench.plan({ picks });
  const cancel = new AbortController();
  const reason = new Error("The person changed his mind.");
  const run = bench.apply(planId, {
    signal: cancel.signal,
    // The first bytes of the second photo are on their way.
    onProgress: ({ items, bytes, totalBytes }) => {
      if (items === 1 && bytes > totalBytes / 4) cancel.abort(reason);
    },
  });
  await expect(run).rejects.toBe(reason);
  expect(states(planId)[2]).toBe("pending");
  expect(states(planId)).not.toContain("started");
  const left = await readdir(bench.destination);
  expect(left.some((name) => name.endsWith(".part"))).toBe(false);
  expect(left.length).toBe(states(planId).filter((state) => state === "done").length);
  expect(bench.store.unfinished().map(({ id }) => id)).toEqual([planId]);
  expect((await bench.apply(planId)).done).toBe(3);
});

test("progress counts items and bytes up to all of them, and never back", async () => {
  const picks = [await bench.photo("a.jpg", "a.xmp"), await bench.photo("b.jpg")];
  const rejects = [await bench.photo("c.jpg")];
  const { planId, draft } = await bench.plan({ picks, rejects });
  const seen: PlanProgress[] = [];
  await bench.apply(planId, { onProgress: (progress) => seen.push(progress) });
  const all = draft.items.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(seen.at(-1)).toEqual({ items: 4, totalItems: 4, bytes: all, totalBytes: all });
  expect(seen.map(({ bytes }) => bytes)).toEqual(
    seen.map(({ bytes }) => bytes).toSorted((a, b) => a - b),
  );
});

test("a destination that is gone, became a card or lost its folder stops the run before anything is made", async () => {
  const picks = [await bench.photo("a.jpg")];
  const { planId } = await bench.plan({ picks, subfolders: "x" });
  await rm(bench.destination, { recursive: true });
  await expect(bench.apply(planId)).rejects.toThrow("destination-missing");
  await mkdir(join(bench.destination, "DCIM"), { recursive: true });
  const findVolumeRoot = async () => bench.destination;
  await expect(bench.apply(planId, { findVolumeRoot })).rejects.toThrow("destination-on-card");
  await rm(join(bench.destination, "DCIM"), { recursive: true });
  await symlink(bench.second, join(bench.destination, "x"));
  const { failed } = await bench.apply(planId);
  expect(failed.map(({ problem }) => problem?.code)).toEqual(["leaves-destination"]);
  expect(await readdir(bench.second)).toEqual([]);
});

test("long, Korean and emoji names arrive as they are", async () => {
  const long = `${"긴이름🌊".repeat(18)}.jpg`;
  expect(Buffer.byteLength(long)).toBeGreaterThan(230);
  const picks = [
    await bench.photo(long),
    await bench.photo("사진 🌊.jpg"),
    await bench.photo(`${"낱".normalize("NFD")}.jpg`),
  ];
  const rejects = [await bench.photo(`a${long.slice(1)}`)];
  const { planId } = await bench.plan({ picks, rejects });
  expect((await bench.apply(planId)).failed).toEqual([]);
  const names = await readdir(bench.destination);
  expect(names).toContain("사진 🌊.jpg");
  expect(names).toContain("낱.jpg");
  expect(names.some((name) => name.startsWith("긴이름🌊긴이름🌊") && name.endsWith(".jpg"))).toBe(
    true,
  );
  const before = await treeOf(bench.shoot);
  await bench.undo(planId);
  expect((await treeOf(bench.shoot)).size).toBe(before.size + 1);
});

test("two runs of plans wait for each other", async () => {
  const picks = [await bench.photo("a.jpg")];
  const { planId } = await bench.plan({ picks });
  const [applied, undone] = await Promise.all([bench.apply(planId), bench.undo(planId)]);
  expect([applied.done, undone.undone]).toEqual([1, 1]);
  expect(await readdir(bench.destination)).toEqual([]);
});

test("a plan that was undone, or never was, is not carried out", async () => {
  const picks = [await bench.photo("a.jpg")];
  const { planId } = await bench.plan({ picks });
  await expect(bench.undo(planId)).rejects.toThrow("plan-not-started");
  await bench.apply(planId);
  await bench.undo(planId);
  await expect(bench.apply(planId)).rejects.toThrow("plan-undone");
  await expect(bench.apply(4711)).rejects.toThrow("plan-unknown");
});
