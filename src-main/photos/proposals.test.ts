import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { MovedFileStore, PlanStore } from "../library/index.ts";
import { burstOf, type DecidedLibrary, decidedLibrary, idOf, visible } from "./decided.fixture.ts";

test("accepting proposals flags picks, and rejects the others only when asked", async () => {
  const library = await decidedLibrary();
  await library.decisions.acceptProposals([burstOf(library, "A1.JPG")], "leave", "leave");
  await library.decisions.acceptProposals([burstOf(library, "B1.JPG")], "reject", "leave");
  const flags = Object.fromEntries(visible(library).map(({ name, flag }) => [name, flag]));
  expect(flags).toEqual({
    "A1.JPG": "none",
    "A2.JPG": "pick",
    "A3.JPG": "none",
    "B1.JPG": "reject",
    "B2.JPG": "pick",
    "B3.JPG": "reject",
    "C1.JPG": "none",
  });
});

test("accepting all proposals leaves what the person decided", async () => {
  const library = await decidedLibrary();
  const { decisions, edits } = library;
  const [a, b, c] = ["A1.JPG", "B1.JPG", "C1.JPG"].map((name) => burstOf(library, name));
  const all = [a ?? 0, b ?? 0, c ?? 0];
  // The best of A is refused for another frame; of B only one that is not proposed.
  await decisions.decide([idOf(library, "A2.JPG")], { flag: "reject" });
  await decisions.decide([idOf(library, "A3.JPG")], { flag: "pick" });
  await decisions.decide([idOf(library, "B3.JPG")], { flag: "reject" });
  const before = visible(library);
  const flags = () => visible(library).map(({ name, flag }) => `${name} ${flag}`);
  expect(await decisions.acceptProposals(all, "leave", "leave")).toMatchObject({
    accepted: 2,
    left: 1,
  });
  expect(edits.nextUndo()?.label.en).toBe("Accept 2 proposals");
  expect(flags()).toEqual([
    "A1.JPG none",
    "A2.JPG reject",
    "A3.JPG pick",
    "B1.JPG none",
    "B2.JPG pick",
    "B3.JPG reject",
    "C1.JPG pick",
  ]);
  expect(await decisions.acceptProposals(all, "reject", "leave")).toEqual({
    editId: null,
    accepted: 0,
    left: 3,
  });
  await decisions.undo();
  expect(visible(library)).toEqual(before);
});

test("a refused proposal alone is a decision", async () => {
  const library = await decidedLibrary();
  const { decisions } = library;
  await decisions.decide([idOf(library, "A2.JPG")], { flag: "reject" });
  const before = visible(library);
  expect(await decisions.acceptProposals([burstOf(library, "A1.JPG")], "reject", "leave")).toEqual({
    editId: null,
    accepted: 0,
    left: 1,
  });
  expect(visible(library)).toEqual(before);
});

test("a proposal that is accepted by hand replaces what was decided before", async () => {
  const library = await decidedLibrary();
  const { decisions } = library;
  await decisions.decide([idOf(library, "A2.JPG")], { flag: "reject" });
  await decisions.decide([idOf(library, "A3.JPG")], { flag: "pick" });
  await decisions.acceptProposals([burstOf(library, "A1.JPG")], "reject", "replace");
  expect(visible(library).slice(0, 3)).toMatchObject([
    { name: "A1.JPG", flag: "reject" },
    { name: "A2.JPG", flag: "pick" },
    { name: "A3.JPG", flag: "reject" },
  ]);
});

/** A plan that has moved these photos' files, and its way back, as a job would leave both. */
function movePicks(library: DecidedLibrary, names: readonly string[], folder: string) {
  const { database, photos, bursts, rootId } = library;
  const [plans, movedFiles] = [new PlanStore(database), new MovedFileStore(database)];
  const moved = names.flatMap((name) => photos.files(idOf(library, name)));
  const planId = plans.create(
    rootId,
    {
      action: "move",
      destination: folder,
      secondCopy: null,
      exportQuality: 90,
      exportEdge: null,
      items: names.flatMap((name) =>
        photos.files(idOf(library, name)).map(({ fileId, path }) => ({
          photoId: idOf(library, name),
          fileId,
          operation: "move" as const,
          source: path,
          target: join(folder, name),
          secondTarget: null,
          renamed: false,
          bytes: 1000,
          modifiedMs: 1,
        })),
      ),
    },
    1,
  );
  const follow = (state: "done" | "undone", pathOf: (path: string) => string): void => {
    for (const item of plans.items(planId)) plans.save(item, { state });
    for (const { fileId, path } of moved) {
      movedFiles.fileMoved(fileId, pathOf(path));
      bursts.fileMoved(fileId);
    }
  };
  follow("done", (path) => join(folder, basename(path)));
  return { takeBack: () => follow("undone", (path) => path) };
}

test.each(["/picks", "/photos/trip/picks"])(
  "a burst whose pick Kiln moved to %s stays decided, until that is undone",
  async (folder) => {
    const library = await decidedLibrary();
    const { decisions, bursts, database, rootId, group } = library;
    const [a, b] = [burstOf(library, "A1.JPG"), burstOf(library, "B1.JPG")];
    await decisions.decide([idOf(library, "A3.JPG"), idOf(library, "B2.JPG")], { flag: "pick" });
    const before = visible(library);
    const revision = database.currentRevision();
    const { takeBack } = movePicks(library, ["A3.JPG", "B2.JPG"], folder);
    const told = bursts.changes(rootId, revision).map(({ id }) => id);
    expect(told).toEqual([a, b]);
    for (let readings = 0; readings < 2; readings += 1) {
      expect(bursts.withPick([a, b])).toEqual(new Set([a, b]));
      expect(burstOf(library, "A1.JPG")).toBe(a);
      expect(burstOf(library, "B3.JPG")).toBe(b);
      expect(await decisions.acceptProposals([a, b], "leave", "leave")).toEqual({
        editId: null,
        accepted: 0,
        left: 2,
      });
      if (folder === "/picks") {
        expect(bursts.get(a)).toMatchObject({ pickId: null, verdict: null });
        expect(bursts.get(b)).toMatchObject({ pickId: null, verdict: null });
      }
      await group(rootId, 2000);
    }
    takeBack();
    await group(rootId, 2000);
    expect(visible(library)).toEqual(before);
  },
);
