import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openFolder } from "./sidecars.fixture.ts";

test("decisions of a RAW and JPEG reach one sidecar, beside the one that darktable left", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW", "A.JPG");
  const darktable = readFileSync(join(import.meta.dirname, "../xmp/fixtures/darktable.ARW.xmp"));
  writeFileSync(join(library.folder, "A.ARW.xmp"), darktable);
  const earlier = new Date(Date.now() - 60_000);
  utimesSync(join(library.folder, "A.ARW.xmp"), earlier, earlier);
  await library.decisions.decide([photo], { stars: 5, label: "blue" });
  expect(await library.written()).toMatchObject({ state: "completed" });
  expect(library.said("A.xmp")).toEqual({ rating: 5, label: "Blue" });
  expect(library.said("A.ARW.xmp")).toEqual({ rating: 5, label: "Blue" });
  expect(readFileSync(join(library.folder, "A.ARW.xmp"), "utf8")).toContain("<rdf:li>2</rdf:li>");
  expect(library.sidecars.pending()).toEqual([]);
  expect(await library.takeIn()).toMatchObject({ cameIn: 0, kept: 0 });
});

test("what darktable's sidecar said comes in, and NAME.xmp says the same", async () => {
  const library = await openFolder();
  library.foreign("A.CR2.xmp", { rating: 2, label: "Red" }, -60);
  const [photo = 0] = library.photos("A.CR2");
  await library.takeIn();
  await library.decisions.decide([photo], { stars: 4 });
  await library.written();
  const said = { rating: 4, label: "Red" };
  expect([library.said("A.xmp"), library.said("A.CR2.xmp")]).toEqual([said, said]);
});

test("undo and redo are decisions, too; a reject is a rating of -1", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.JPG");
  await library.decisions.decide([photo], { flag: "reject" });
  await library.written();
  expect(library.said("A.xmp").rating).toBe(-1);
  await library.decisions.undo();
  expect(library.sidecars.pending()).toEqual([photo]);
});

test.each([
  ["nothing", { rating: 2, label: "Red" }],
  ["stars5", { rating: 5, label: "Red" }],
  ["labelGreen", { rating: 2, label: "Green" }],
] as const)("a pick is said as the person chose: %s", async (pickAs, said) => {
  const library = await openFolder({ pickAs });
  const [photo = 0] = library.photos("A.JPG");
  await library.decisions.decide([photo], { stars: 2, flag: "pick", label: "red" });
  await library.written();
  expect(library.said("A.xmp")).toEqual(said);
});

test("nothing is written unless the person wants it, then not of the past unless asked", async () => {
  const library = await openFolder({ write: false });
  const [photo = 0] = library.photos("A.JPG");
  await library.decisions.decide([photo], { stars: 3 });
  library.service.begin();
  await expect.poll(() => library.sidecars.pending()).toEqual([]);
  expect(readdirSync(library.folder)).toEqual(["A.JPG"]);
  expect(() => library.service.writeRoot(library.rootId)).toThrow("switched off");
  library.preferences.write = true;
  library.service.writeRoot(library.rootId);
  await library.written();
  expect(library.said("A.xmp").rating).toBe(3);
});

test("a sidecar that was there comes in; an unchanged one is not read again", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW");
  library.foreign("A.xmp", { rating: 4, label: "Yellow" });
  expect(await library.takeIn()).toMatchObject({ cameIn: 1, overruled: 0, kept: 0, problems: [] });
  expect(library.row(photo)).toEqual({ stars: 4, flag: "none", label: "yellow" });
  expect(library.sidecars.photo(photo)?.origin).toBe("sidecar");
  expect(library.edits.nextUndo()).toBeNull();
  expect(library.sidecars.changedOfRoot(library.rootId)).toEqual([]);
});

test("the newer of sidecar and decision wins, and what gave way can be undone", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW");
  await library.decisions.decide([photo], { stars: 2, label: "red" });
  library.foreign("A.xmp", { rating: 5 }, -60);
  expect(await library.takeIn()).toMatchObject({ cameIn: 0, kept: 1 });
  library.foreign("A.xmp", { rating: -1 }, 60);
  expect(await library.takeIn()).toMatchObject({ cameIn: 1, overruled: 1 });
  // Only the rating was news: the label is the person's still.
  expect(library.row(photo)).toEqual({ stars: 2, flag: "reject", label: "red" });
  await library.decisions.undo();
  expect(library.row(photo)).toEqual({ stars: 2, flag: "none", label: "red" });
});

test.each([
  ["kiln", 60, { stars: 2, flag: "none", label: "none" }],
  ["sidecar", -60, { stars: 5, flag: "none", label: "none" }],
] as const)("or the person says who is right: %s", async (onConflict, seconds, row) => {
  const library = await openFolder({ onConflict });
  const [photo = 0] = library.photos("A.ARW");
  await library.decisions.decide([photo], { stars: 2 });
  library.foreign("A.xmp", { rating: 5 }, seconds);
  await library.takeIn();
  expect(library.row(photo)).toEqual(row);
});

test("a program that develops and leaves the rating empty takes no decision away", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW");
  await library.decisions.decide([photo], { stars: 3 });
  writeFileSync(
    join(library.folder, "A.xmp"),
    readFileSync(join(import.meta.dirname, "../xmp/fixtures/lightroom.xmp"), "utf8")
      .replace('xmp:Rating="2"', 'xmp:Rating="0"')
      .replace('xmp:Label="Yellow"', "")
      .replace('xmpDM:pick="1"', 'xmpDM:pick="0"'),
  );
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(library.folder, "A.xmp"), later, later);
  library.read();
  await library.takeIn();
  expect(library.row(photo)).toMatchObject({ stars: 3 });
});

test("a sidecar that changed behind Kiln's back has its say before it is written", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW");
  library.foreign("A.xmp", { rating: 1, label: "To Print" }, -60);
  await library.takeIn();
  await library.decisions.decide([photo], { stars: 4 });
  library.foreign("A.xmp", { label: "Purple" }, -30);
  await library.written();
  expect(library.said("A.xmp")).toEqual({ rating: 4, label: "Purple" });
  expect(library.row(photo)).toEqual({ stars: 4, flag: "none", label: "purple" });
});

test("a colour by its Korean name is that colour, and comes back with undo", async () => {
  const library = await openFolder();
  library.foreign("A.xmp", { label: "빨강" }, -60);
  await library.takeIn();
  const [photo = 0] = library.photos("A.JPG");
  expect(library.row(photo)?.label).toBe("red");
  await library.decisions.decide([photo], { label: "green" });
  await library.written();
  expect(library.said("A.xmp").label).toBe("Green");
  await library.decisions.undo();
  await library.written();
  expect(library.said("A.xmp").label).toBe("Red");
});

test("a label in the person's own words stays, whatever colour the photo gets", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW");
  library.foreign("A.xmp", { label: "To Print" }, -60);
  await library.takeIn();
  await library.decisions.decide([photo], { stars: 4, label: "red" });
  await library.decisions.decide([photo], { label: "none" });
  await library.written();
  expect(library.said("A.xmp")).toEqual({ rating: 4, label: "To Print" });
});

test.each(["constructor", "__proto__", "toString"])(
  "a label named like a part of every object is the person's own words: %s",
  async (label) => {
    const library = await openFolder();
    const [photo = 0] = library.photos("A.ARW");
    library.foreign("A.xmp", { rating: 2, label }, -60);
    expect(await library.takeIn()).toMatchObject({ cameIn: 1, problems: [] });
    expect(library.row(photo)).toEqual({ stars: 2, flag: "none", label: "none" });
    await library.decisions.decide([photo], { label: "red" });
    await library.written();
    expect(library.said("A.xmp")).toEqual({ rating: 2, label });
  },
);

test("a rating out of range is told, and left alone until the person decides", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW");
  library.foreign("A.xmp", { rating: 4 }, -60);
  await library.takeIn();
  library.foreign("A.ARW.xmp", { rating: 2 }, -30);
  const path = join(library.folder, "A.xmp");
  const odd = readFileSync(path, "utf8").replace('Rating="4"', 'Rating="99"');
  writeFileSync(path, odd);
  library.read();
  expect(await library.takeIn()).toMatchObject({
    problems: [],
    oddRatings: [{ name: "A.xmp", written: "99" }],
  });
  expect(library.row(photo)?.stars).toBe(2);
  expect(await library.written()).toMatchObject({ state: "completed" });
  expect(readFileSync(path, "utf8")).toBe(odd);
  await library.decisions.decide([photo], { stars: 5 });
  await expect.poll(() => library.said("A.xmp").rating).toBe(5);
});

test("darktable's sidecar of a DNG is the DNG's, not the CR2's beside it", async () => {
  const library = await openFolder();
  const [raw = 0, digital = 0] = library.photos("A.CR2", "A.DNG");
  library.foreign("A.DNG.xmp", { rating: 3 });
  expect(await library.takeIn()).toMatchObject({ cameIn: 1 });
  expect(library.row(raw)?.stars).toBe(0);
  expect(library.row(digital)?.stars).toBe(3);
});
