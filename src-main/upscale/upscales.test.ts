import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { JobEngine } from "../jobs/index.ts";
import { JobStore, openDatabase, type UpscaleDraft, UpscaleStore } from "../library/index.ts";
import { createLog } from "../log/index.ts";
import { temporaryFolder } from "../photos/takes.fixture.ts";
import { Upscales } from "./upscales.ts";

const draft: UpscaleDraft = {
  photoId: null,
  sourcePath: "/photos/a.jpg",
  folder: "/results",
  baseName: "a-4x",
  settings: {
    model: "general-x4v3",
    denoise: 1,
    target: { by: "scale", scale: 4 },
    format: "jpeg",
    quality: 92,
    metadata: "all",
  },
  modelName: "General",
  sourceWidth: 10,
  sourceHeight: 10,
  width: 40,
  height: 40,
  note: null,
  version: "",
};

test("rows that an earlier Kiln left without a job, or with one that ended, say so and wait for nobody", async () => {
  const directory = await temporaryFolder();
  const database = openDatabase(directory);
  const log = createLog({ directory: join(directory, "logs") });
  const engine = new JobEngine({ store: new JobStore(database), log });
  const store = new UpscaleStore(database);
  const upscales = new Upscales({ directory, store } as never, engine);
  engine.begin(upscales.definitions);
  onTestFinished(async () => {
    await engine.shutdown();
    database.close();
    await log.flush();
  });
  const [definition] = upscales.definitions;
  if (definition === undefined) throw new Error("no kind");
  const [lost = 0, cancelled = 0, waiting = 0] = store.add(
    ["a", "b", "c"].map((version) => ({ ...draft, version })),
  );
  const jobs = [cancelled, waiting].map((id) => engine.start(definition, { upscaleIds: [id] }));
  const [first = 0, second = 0] = jobs;
  engine.pause(second);
  await engine.cancel(first);
  store.setJob([cancelled], first);
  store.setJob([waiting], second);
  // Off the engine's list, as a person clears it.
  engine.clear();

  const stop = upscales.begin();
  const rows = new Map(store.changes(0).map((row) => [row.id, row]));
  expect(rows.get(lost)).toMatchObject({
    status: "failed",
    problem: { code: "upscale-not-begun" },
  });
  expect(rows.get(cancelled)).toMatchObject({
    status: "failed",
    problem: { code: "upscale-cancelled" },
  });
  expect(rows.get(waiting)).toMatchObject({ status: "queued", problem: null });
  const revision = database.currentRevision();
  stop();
  upscales.begin()();
  expect(database.currentRevision()).toBe(revision);
});
