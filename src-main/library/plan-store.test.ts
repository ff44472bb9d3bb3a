import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LibraryDatabase, openDatabase } from "./database.ts";
import { PhotoStore } from "./photo-store.ts";
import { type PlanDraft, PlanStore } from "./plan-store.ts";
import { ReadingStore } from "./reading-store.ts";
import { RootStore } from "./root-store.ts";

let folder: string;
let database: LibraryDatabase;
let store: PlanStore;
let rootId: number;
let draft: PlanDraft;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kiln-plans-"));
  database = openDatabase(folder);
  store = new PlanStore(database);
  rootId = new RootStore(database).add({ path: "/shoot", whole: true, kind: "referenced" }, 1);
  const file = { bytes: 10, modifiedMs: 1.5 };
  const files = [
    { name: "a.jpg", kind: "jpeg" as const, ...file },
    { name: "a.CR2", kind: "raw" as const, ...file },
  ];
  const found = { directory: "/shoot", key: "a", files, skip: null };
  new ReadingStore(database).recordFound(rootId, [found]);
  const photoId = new PhotoStore(database).changes(rootId, 0)[0]?.id ?? 0;
  draft = {
    action: "move",
    destination: "/picks",
    secondCopy: null,
    exportQuality: 90,
    exportEdge: null,
    items: store.filesOf(photoId).map(({ fileId, path }) => ({
      photoId,
      fileId,
      operation: "move",
      source: path,
      target: path.replace("/shoot", "/picks"),
      secondTarget: null,
      renamed: false,
      bytes: 10,
      modifiedMs: 1.5,
    })),
  };
});
afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

test("a plan is read as it was written, the main file first", () => {
  const planId = store.create(rootId, draft, 5);
  const { items, ...head } = draft;
  expect(store.plan(planId)).toMatchObject({ ...head, id: planId, rootId, state: "planned" });
  expect(store.items(planId)).toMatchObject(
    items.map((item, index) => ({ ...item, seq: index + 1, state: "pending", problem: null })),
  );
  expect(items.map(({ source }) => source)).toEqual(["/shoot/a.jpg", "/shoot/a.CR2"]);
});

test("a new plan drops older ones that were never started, and no others", () => {
  const started = store.create(rootId, draft, 1);
  store.setState(started, "applying");
  const forgotten = store.create(rootId, draft, 2);
  const newest = store.create(rootId, draft, 3);
  expect(newest).not.toBe(forgotten);
  expect(store.plan(forgotten)).toBeNull();
  expect(store.items(forgotten)).toEqual([]);
  expect(store.plan(started)?.token).not.toBe(store.plan(newest)?.token);
  expect(store.unfinished().map(({ id }) => id)).toEqual([started]);
});

test("an item and what is saved alongside are one: when the one fails, the other is not", () => {
  const planId = store.create(rootId, draft, 1);
  const [item] = store.items(planId);
  if (item === undefined) throw new Error("The plan is empty.");
  const failing = () => {
    store.addFolder(planId, "/picks/x");
    throw new Error("The library can't follow.");
  };
  expect(() => store.save(item, { state: "done" }, failing)).toThrow("can't follow");
  expect(store.items(planId)[0]?.state).toBe("pending");
  expect(store.folders(planId)).toEqual([]);
  store.save(item, { state: "done", problem: null, sha256: "abc" }, () =>
    store.addFolder(planId, "/picks/x"),
  );
  expect(store.items(planId)[0]).toMatchObject({ state: "done", sha256: "abc" });
});

test("folders come back deepest first, each once", () => {
  const planId = store.create(rootId, draft, 1);
  for (const path of ["/p/a", "/p/a/b/c", "/p/a/b", "/p/a"]) store.addFolder(planId, path);
  expect(store.folders(planId)).toEqual(["/p/a/b/c", "/p/a/b", "/p/a"]);
});

test("pieces of work go one after the other, and one that fails holds up none", async () => {
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`${name} ends`);
    if (name === "first") throw new Error("It fails.");
  };
  const first = store.alone(work("first"));
  const second = store.alone(work("second"));
  await expect(first).rejects.toThrow("It fails.");
  await second;
  expect(seen).toEqual(["first begins", "first ends", "second begins", "second ends"]);
});
