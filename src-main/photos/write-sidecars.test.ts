import {
  chmodSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { updateSidecar } from "../xmp/index.ts";
import { openFolder } from "./sidecars.fixture.ts";

test("a broken sidecar stops nothing, is named with its reason, and keeps its bytes", async () => {
  const library = await openFolder();
  const [broken = 0, fine = 0] = library.photos("A.ARW", "B.ARW");
  writeFileSync(join(library.folder, "A.xmp"), "<x:xmpmeta");
  library.foreign("B.xmp", { rating: 3 });
  const taken = await library.takeIn();
  expect(taken).toMatchObject({ cameIn: 1 });
  expect(taken.problems.map(({ problem }) => problem.code)).toEqual(["sidecar-broken"]);
  await library.decisions.decide([broken, fine], { stars: 5 });
  const job = await library.written();
  expect(job).toMatchObject({ state: "failed", problem: { code: "sidecars-not-written" } });
  expect(job.problem?.happened.en).toContain("A.xmp");
  expect(readFileSync(join(library.folder, "A.xmp"), "utf8")).toBe("<x:xmpmeta");
  expect(library.said("B.xmp").rating).toBe(5);
  expect(library.sidecars.unwritten().decisions).toMatchObject([
    { photoId: broken, code: "sidecar-broken" },
  ]);
  writeFileSync(join(library.folder, "A.xmp"), updateSidecar(null, { label: "Red" }, "A.xmp"));
  expect(await library.engine.whenEnded(library.engine.retry(job.id).id)).toMatchObject({
    state: "completed",
  });
  expect(library.said("A.xmp").rating).toBe(5);
});

test("what failed is not tried again by every decision; by a retry and by a start it is", async () => {
  const library = await openFolder();
  const [broken = 0, fine = 0] = library.photos("A.ARW", "B.ARW");
  writeFileSync(join(library.folder, "A.xmp"), "<x:xmpmeta");
  await library.decisions.decide([broken], { stars: 5 });
  const failed = await library.written();
  expect(failed.problem).toMatchObject({
    happened: { en: expect.stringContaining(`in “${basename(library.folder)}”`) },
    todo: { en: expect.stringContaining("Repair, rename or delete the sidecar, then retry.") },
  });
  await library.decisions.decide([fine], { stars: 4 });
  await expect.poll(() => library.engine.list()).toHaveLength(2);
  const [second] = library.engine.list();
  expect(await library.engine.whenEnded(second?.id ?? 0)).toMatchObject({
    state: "completed",
    message: { en: "Sidecars of 1 photo written, 1 from before still not" },
  });
  expect(library.said("B.xmp").rating).toBe(4);
  expect(library.sidecars.unwritten()).toMatchObject({
    count: 1,
    decisions: [{ photoId: broken, path: join(library.folder, "A.ARW") }],
  });

  library.engine.retry(failed.id);
  expect(await library.engine.whenEnded(failed.id)).toMatchObject({ state: "failed" });
  rmSync(join(library.folder, "A.xmp"));
  library.service.begin();
  await expect.poll(() => library.sidecars.hasPending()).toBe(false);
  expect(library.sidecars.unwritten()).toEqual({ count: 0, decisions: [] });
  expect(library.said("A.xmp").rating).toBe(5);
});

test("undo of the first decision takes the sidecar away that Kiln made for it", async () => {
  const library = await openFolder();
  const [photo = 0, other = 0] = library.photos("A.JPG", "B.JPG");
  library.foreign("B.xmp", { label: "To Print" }, -60);
  await library.decisions.decide([photo, other], { stars: 3 });
  await library.written();
  expect(library.said("A.xmp").rating).toBe(3);
  await library.decisions.undo();
  await expect.poll(() => readdirSync(library.folder)).toEqual(["A.JPG", "B.JPG", "B.xmp"]);
  await expect.poll(() => library.sidecars.hasPending()).toBe(false);
  expect(library.said("B.xmp")).toEqual({ rating: null, label: "To Print" });
  expect(library.sidecars.seen(library.folder, "A.xmp")).toBeNull();
  // The same rating by another program is news again.
  library.foreign("A.xmp", { rating: 3 }, 60);
  expect(await library.takeIn()).toMatchObject({ cameIn: 1 });
});

test("cards, locked files and shared names are listed; the decision stays", async () => {
  const onCard = await openFolder({}, "/card");
  const [photo = 0] = onCard.photos("A.JPG");
  await onCard.decisions.decide([photo], { stars: 5 });
  const job = await onCard.written();
  expect(job.state).toBe("completed");
  expect(job.message.en).toContain("card");
  expect(onCard.sidecars.unwritten().decisions).toMatchObject([{ code: "sidecar-on-card" }]);
  expect(readdirSync(onCard.folder)).toEqual(["A.JPG"]);
  expect(onCard.row(photo)?.stars).toBe(5);

  const library = await openFolder();
  const [raw = 0, digital = 0, locked = 0] = library.photos("A.CR2", "A.DNG", "B.CR2");
  library.foreign("B.xmp", { rating: 1 });
  await library.takeIn();
  chmodSync(join(library.folder, "B.xmp"), 0o444);
  await library.decisions.decide([raw], { stars: 4 });
  await library.decisions.decide([digital, locked], { stars: 2 });
  expect(await library.written()).toMatchObject({ state: "completed" });
  expect(library.said("A.xmp").rating).toBe(4);
  expect(library.said("B.xmp").rating).toBe(1);
  expect(library.sidecars.unwritten().decisions).toMatchObject([
    { photoId: digital, code: "sidecar-shared" },
    { photoId: locked, code: "sidecar-locked" },
  ]);
});

test("what an earlier process did not get to is written after the next start", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.JPG");
  await library.decisions.decide([photo], { stars: 1 });
  // Nobody listened when this was decided: it is found in the library.
  expect(await library.written()).toMatchObject({ state: "completed" });
  expect(library.said("A.xmp").rating).toBe(1);
});

test("photos whose names differ in letter case only have a sidecar each, on a disk that tells them apart", async () => {
  const library = await openFolder();
  const [upper = 0, lower = 0] = library.photos("A.JPG", "a.JPG");
  // On a disk that does not, there is one photo only.
  if (readdirSync(library.folder).length < 2) return;
  await library.decisions.decide([upper], { stars: 4 });
  await library.written();
  await library.decisions.decide([lower], { stars: 2 });
  await expect.poll(() => library.sidecars.hasPending()).toBe(false);
  expect(library.said("A.xmp").rating).toBe(4);
  expect(library.said("a.xmp").rating).toBe(2);
  expect(library.sidecars.unwritten().count).toBe(0);
});

test("a sidecar that says everything already is not written again", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW");
  library.foreign("A.ARW.xmp", { label: "Red" }, -60);
  await library.decisions.decide([photo], { stars: 4 });
  await library.written();
  const look = () =>
    ["A.xmp", "A.ARW.xmp"].map((name) => {
      const { ino, mtimeMs } = statSync(join(library.folder, name));
      return { ino, mtimeMs, text: readFileSync(join(library.folder, name), "utf8") };
    });
  const before = look();
  library.service.close();
  await library.decisions.decide([photo], { stars: 5 });
  await library.decisions.decide([photo], { stars: 4 });
  library.service.begin();
  await expect.poll(() => library.sidecars.hasPending()).toBe(false);
  expect(look()).toEqual(before);
});

test("decisions that a shared name keeps out of any sidecar say whose the name is, while there are any", async () => {
  const library = await openFolder();
  const names = ["A.CR2", "A.DNG", "B.CR2", "B.DNG"] as const;
  const [raw = 0, digital = 0, , darktables = 0] = library.photos(...names);
  library.foreign("B.DNG.xmp", { rating: 1 }, -60);
  await library.takeIn();
  await library.decisions.decide([raw, digital, darktables], { stars: 3 });
  await library.written();
  const { count, decisions } = library.sidecars.unwritten();
  expect({ count, first: decisions[0]?.photoId }).toEqual({ count: 1, first: digital });
  const reason = library.service.whyUnwritten(digital);
  expect(reason?.en).toBe(
    "The sidecar “A.xmp” belongs to “A.CR2”, so that decisions on “A.DNG” are in none.",
  );
  expect(reason?.ko).toContain("‘A.xmp’은(는) ‘A.CR2’의 것");
  expect(library.service.whyUnwritten(raw)).toBeNull();
  // In darktable's, and so in one.
  expect(library.said("B.DNG.xmp").rating).toBe(3);
  expect(library.service.whyUnwritten(darktables)).toBeNull();
  await library.decisions.undo();
  await expect.poll(() => library.sidecars.hasPending()).toBe(false);
  expect(library.service.whyUnwritten(digital)).toBeNull();
});

test("where files swapped their names unread, no decision gets into another photo's sidecar", async () => {
  const library = await openFolder();
  const [one = 0, two = 0] = library.photos("A.ARW", "B2.ARW");
  library.probe(one, "one");
  library.probe(two, "two");
  await library.decisions.decide([one], { stars: 5 });
  await library.decisions.decide([two], { flag: "reject" });
  renameSync(join(library.folder, "A.ARW"), join(library.folder, "aside"));
  renameSync(join(library.folder, "B2.ARW"), join(library.folder, "A.ARW"));
  renameSync(join(library.folder, "aside"), join(library.folder, "B2.ARW"));
  expect(await library.written()).toMatchObject({
    state: "completed",
    message: { en: expect.stringContaining("“A.ARW” is no longer the file that Kiln read.") },
  });
  expect(readdirSync(library.folder).toSorted()).toEqual(["A.ARW", "B2.ARW"]);
  expect(library.sidecars.unwritten().count).toBe(2);

  // What reading the folder comes to, with what was in the files.
  library.read();
  library.movedFiles.settle([
    { place: one, photo: two },
    { place: two, photo: one },
  ]);
  library.probe(one, "one");
  library.probe(two, "two");
  await library.takeIn();
  await expect.poll(() => library.sidecars.hasPending()).toBe(false);
  expect([library.said("A.xmp").rating, library.said("B2.xmp").rating]).toEqual([-1, 5]);
});
