import fc from "fast-check";
import { expect, test } from "vitest";
import {
  burstOf,
  type DecidedLibrary,
  decidedLibrary,
  frames,
  idOf,
  visible,
} from "./decided.fixture.ts";
import { GapPreviews } from "./gap-preview.ts";

function namesIn(library: DecidedLibrary, burstId: number): string[] {
  return library.bursts.membersOfBurst(burstId).map((member) => member.name);
}

test("a reading groups by time, ranks inside the burst and proposes the sharpest", async () => {
  const library = await decidedLibrary();
  expect(namesIn(library, burstOf(library, "A1.JPG"))).toEqual(["A1.JPG", "A2.JPG", "A3.JPG"]);
  expect(namesIn(library, burstOf(library, "C1.JPG"))).toEqual(["C1.JPG"]);
  expect(library.bursts.get(burstOf(library, "A1.JPG"))?.pickId).toBe(idOf(library, "A2.JPG"));
  expect(library.bursts.get(burstOf(library, "C1.JPG"))?.pickId).toBe(idOf(library, "C1.JPG"));
});

test("split, merge and dissolve keep every photo in exactly one burst and are ranked again", async () => {
  const library = await decidedLibrary();
  const { decisions } = library;
  const a = burstOf(library, "A1.JPG");
  await decisions.splitBurst([idOf(library, "A2.JPG"), idOf(library, "A3.JPG")]);
  expect(namesIn(library, a)).toEqual(["A1.JPG"]);
  expect(library.bursts.get(a)?.pickId).toBe(idOf(library, "A1.JPG"));
  const split = burstOf(library, "A2.JPG");
  expect(namesIn(library, split)).toEqual(["A2.JPG", "A3.JPG"]);

  await decisions.mergeBursts([a, split, burstOf(library, "C1.JPG")]);
  expect(namesIn(library, a)).toEqual(["A1.JPG", "A2.JPG", "A3.JPG", "C1.JPG"]);
  expect(library.bursts.get(split)?.gone).toBe(true);
  expect(library.bursts.get(a)?.pickId).toBe(idOf(library, "A2.JPG"));

  await decisions.dissolveBursts([a]);
  expect(
    new Set(["A1.JPG", "A2.JPG", "A3.JPG", "C1.JPG"].map((n) => burstOf(library, n))).size,
  ).toBe(4);
});

test("what a person grouped stays when the folder is read again", async () => {
  const library = await decidedLibrary();
  await library.decisions.splitBurst([idOf(library, "A1.JPG")]);
  const before = visible(library);
  await library.group(library.rootId, 2000);
  await library.group(library.rootId, 600_000);
  expect(visible(library).filter((photo) => photo.name.startsWith("A"))).toEqual(
    before.filter((photo) => photo.name.startsWith("A")),
  );
});

test("reading again with the same gap changes nothing that clients mirror", async () => {
  const library = await decidedLibrary();
  const { revision } = { revision: library.database.currentRevision() };
  await library.group(library.rootId, 2000);
  expect(library.photos.changes(library.rootId, revision)).toEqual([]);
});

test("photos of two bursts can't be split off together", async () => {
  const library = await decidedLibrary();
  await expect(
    library.decisions.splitBurst([idOf(library, "A1.JPG"), idOf(library, "B1.JPG")]),
  ).rejects.toThrow(expect.objectContaining({ code: "not-in-one-burst" }));
});

test("a chosen pick outlives new ranks, but not leaving its burst", async () => {
  const library = await decidedLibrary();
  const a = burstOf(library, "A1.JPG");
  await library.decisions.setBurstPick(a, idOf(library, "A1.JPG"));
  await library.group(library.rootId, 2000);
  expect(library.bursts.get(a)).toMatchObject({
    pickId: idOf(library, "A1.JPG"),
    pickIsManual: true,
  });
  await library.decisions.splitBurst([idOf(library, "A1.JPG")]);
  expect(library.bursts.get(a)).toMatchObject({
    pickId: idOf(library, "A2.JPG"),
    pickIsManual: false,
  });
});

test("a decision that changes nothing is no step of undo", async () => {
  const library = await decidedLibrary();
  expect(await library.decisions.decide([idOf(library, "A1.JPG")], { stars: 0 })).toBeNull();
  expect(library.edits.nextUndo()).toBeNull();
});

test("a step knows the root that it was about, whatever it changed there", async () => {
  const library = await decidedLibrary();
  const { decisions, rootId, edits } = library;
  const [photoId, burstId] = [idOf(library, "A2.JPG"), burstOf(library, "A1.JPG")];
  await decisions.decide([photoId], { stars: 4 });
  const decided = edits.nextUndo();
  await decisions.setBurstPick(burstId, photoId);
  const chosen = edits.nextUndo();
  for (const step of [decided, chosen]) {
    expect(step).not.toBeNull();
    if (step !== null) expect(edits.rootsOf(step)).toEqual([rootId]);
  }
  expect(chosen?.id).not.toBe(decided?.id);
});

test("regroupings of one root in a row are one step, which ends at the last gap", async () => {
  const library = await decidedLibrary();
  const { decisions, rootId } = library;
  await decisions.decide([idOf(library, "A1.JPG")], { stars: 3 });
  const before = visible(library);
  const first = await decisions.regroup(rootId, 100);
  expect(await decisions.regroup(rootId, 120_000)).toBe(first);
  expect(await decisions.regroup(rootId, 600_000)).toBe(first);
  expect(library.edits.nextUndo()?.label.en).toBe("Group by 600 s");
  expect(namesIn(library, burstOf(library, "A1.JPG"))).toHaveLength(7);
  await decisions.undo();
  expect(visible(library)).toEqual(before);
  await decisions.redo();
  expect(namesIn(library, burstOf(library, "C1.JPG"))).toHaveLength(7);
});

test("a drag that ends where it began leaves no step; one after another edit is a step of its own", async () => {
  const library = await decidedLibrary();
  const { decisions, rootId } = library;
  const a = burstOf(library, "A1.JPG");
  expect(await decisions.regroup(rootId, 120_000)).not.toBeNull();
  const before = await decisions.regroup(rootId, 2000);
  expect(burstOf(library, "A1.JPG")).toBe(a);
  if (before === null) expect(library.edits.nextUndo()).toBeNull();
  const stars = await decisions.decide([idOf(library, "A1.JPG")], { stars: 3 });
  expect(await decisions.regroup(rootId, 120_000)).not.toBe(stars);
  await decisions.undo();
  expect(library.edits.nextUndo()?.id).toBe(stars);
});

test("resetting takes all grouping by hand back, as one step", async () => {
  const library = await decidedLibrary();
  const { decisions, rootId } = library;
  const names = ["A1.JPG", "A2.JPG", "A3.JPG", "B1.JPG", "B2.JPG", "B3.JPG", "C1.JPG"];
  const together = (): string[] =>
    names.map((n) => namesIn(library, burstOf(library, n)).join(" "));
  const derived = together();
  expect(await decisions.resetBursts(rootId, 2000)).toBeNull();
  await decisions.splitBurst([idOf(library, "A1.JPG")]);
  await decisions.dissolveBursts([burstOf(library, "B1.JPG")]);
  await decisions.mergeBursts([burstOf(library, "C1.JPG"), burstOf(library, "A2.JPG")]);
  const byHand = visible(library);
  await decisions.resetBursts(rootId, 2000);
  expect(together()).toEqual(derived);
  expect(visible(library).some(({ manual }) => manual)).toBe(false);
  await library.group(rootId, 2000);
  expect(together()).toEqual(derived);
  await decisions.undo();
  expect(visible(library)).toEqual(byHand);
});

test("photos that come later join nothing that a person grouped", async () => {
  const library = await decidedLibrary();
  const { decisions, rootId } = library;
  await decisions.dissolveBursts([burstOf(library, "A1.JPG")]);
  await decisions.mergeBursts([burstOf(library, "B1.JPG"), burstOf(library, "C1.JPG")]);
  const before = visible(library);
  library.read("/photos/trip", [
    ...frames,
    { name: "A4.JPG", at: 900, sharpness: 0.9 },
    { name: "A5.JPG", at: 1200, sharpness: 0.1 },
    { name: "B4.JPG", at: 60_900, sharpness: 0.9 },
  ]);
  await library.group(rootId, 2000);
  expect(visible(library).filter(({ name }) => frames.some((f) => f.name === name))).toEqual(
    before,
  );
  expect(namesIn(library, burstOf(library, "A4.JPG"))).toEqual(["A4.JPG", "A5.JPG"]);
  expect(namesIn(library, burstOf(library, "B4.JPG"))).toEqual(["B4.JPG"]);
});

test("a preview of a gap says what regrouping does, and writes nothing", async () => {
  const library = await decidedLibrary();
  const { decisions, rootId, database } = library;
  await decisions.splitBurst([idOf(library, "B3.JPG")]);
  const previews = new GapPreviews(library);
  for (const gapMs of [2000, 100, 200, 120_000, 600_000]) {
    const revision = database.currentRevision();
    const old = new Map(visible(library).map(({ name, burstId }) => [name, burstId]));
    const preview = await previews.preview(rootId, gapMs);
    expect(database.currentRevision()).toBe(revision);
    await decisions.regroup(rootId, gapMs);
    const now = visible(library);
    const sizes = [...Map.groupBy(now, ({ burstId }) => burstId).values()].map((all) => all.length);
    expect(preview).toEqual({
      bursts: sizes.filter((size) => size > 1).length,
      singles: sizes.filter((size) => size === 1).length,
      changed: now.filter(({ name, burstId }) => old.get(name) !== burstId).length,
    });
  }
});

const action = fc.oneof(
  fc.record({
    kind: fc.constant("decide" as const),
    photos: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 4 }),
    stars: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
    flag: fc.option(fc.constantFrom("pick" as const, "none" as const, "reject" as const), {
      nil: undefined,
    }),
    rotation: fc.option(fc.constantFrom(0 as const, 90 as const), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("split" as const), photo: fc.nat(6) }),
  fc.record({ kind: fc.constant("merge" as const), photos: fc.tuple(fc.nat(6), fc.nat(6)) }),
  fc.record({ kind: fc.constant("dissolve" as const), photo: fc.nat(6) }),
  fc.record({ kind: fc.constant("pick" as const), photo: fc.nat(6) }),
  fc.record({ kind: fc.constant("reset" as const) }),
  fc.record({ kind: fc.constant("undo" as const) }),
  fc.record({ kind: fc.constant("regroup" as const), gapMs: fc.constantFrom(0, 500, 120_000) }),
);

test("any series of edits can be undone to the start and redone to the end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 12 }), async (actions) => {
      const library = await decidedLibrary();
      const { decisions } = library;
      const photo = (index: number): string => frames[index]?.name ?? "";
      const states = [visible(library)];
      const steps: number[] = [];
      for (const each of actions) {
        if (each.kind === "decide") {
          const { photos, kind: _, ...decision } = each;
          await decisions.decide(
            photos.map((index) => idOf(library, photo(index))),
            decision,
          );
        } else if (each.kind === "split") {
          await decisions.splitBurst([idOf(library, photo(each.photo))]);
        } else if (each.kind === "merge") {
          const ids = new Set(each.photos.map((index) => burstOf(library, photo(index))));
          await decisions.mergeBursts([...ids]);
        } else if (each.kind === "dissolve") {
          await decisions.dissolveBursts([burstOf(library, photo(each.photo))]);
        } else if (each.kind === "pick") {
          const name = photo(each.photo);
          await decisions.setBurstPick(burstOf(library, name), idOf(library, name));
        } else if (each.kind === "reset") {
          await decisions.resetBursts(library.rootId, 2000);
        } else if (each.kind === "undo") {
          await decisions.undo();
        } else {
          await decisions.regroup(library.rootId, each.gapMs);
        }
        // Regroupings in a row are one step, and none when they end where they began.
        const last = library.edits.nextUndo()?.id;
        if (last === undefined || last < (steps.at(-1) ?? 0)) {
          if (steps.pop() !== undefined) states.pop();
          expect(visible(library)).toEqual(states.at(-1));
        } else if (last === steps.at(-1)) {
          states[states.length - 1] = visible(library);
        } else {
          steps.push(last);
          states.push(visible(library));
        }
      }
      const isRedoable = library.edits.nextRedo() !== null;
      for (const state of states.slice(0, -1).toReversed()) {
        expect(await decisions.undo()).not.toBeNull();
        expect(visible(library)).toEqual(state);
      }
      expect(await decisions.undo()).toBeNull();
      for (const state of states.slice(1)) {
        expect(await decisions.redo()).not.toBeNull();
        expect(visible(library)).toEqual(state);
      }
      expect((await decisions.redo()) !== null).toBe(isRedoable);
      library.database.close();
    }),
    { seed: 20_261_121, numRuns: process.env.KILN_PROOFS === "1" ? 400 : 40 },
  );
});
