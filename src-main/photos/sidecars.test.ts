import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Job } from "../../src-preload/contract/jobs.ts";
import { preferencesSchema } from "../../src-preload/contract/preferences.ts";
import { JobEngine } from "../jobs/index.ts";
import { type FileKind, JobStore, SidecarStore, wholeNameKey } from "../library/index.ts";
import { createLog } from "../log/index.ts";
import { readSidecar, updateSidecar } from "../xmp/index.ts";
import { Decisions } from "./decisions.ts";
import { openFixtureLibrary } from "./library.fixture.ts";
import type { SidecarPreferences } from "./sidecar-rules.ts";
import { Sidecars } from "./sidecars.ts";
import { temporaryFolder } from "./takes.fixture.ts";

const kinds: Readonly<Record<string, FileKind>> = {
  JPG: "jpeg",
  CR2: "raw",
  DNG: "raw",
  ARW: "raw",
  xmp: "xmp",
};

/** A folder of photos in a library that writes and reads sidecars as Kiln does, without a host. */
async function openFolder(given: Partial<SidecarPreferences> = {}, card: string | null = null) {
  const folder = await temporaryFolder();
  const library = openFixtureLibrary(await temporaryFolder());
  const { database, edits, photos, roots } = library;
  const preferences = { ...preferencesSchema.parse({}).xmp, write: true, ...given };
  const sidecars = new SidecarStore(database);
  const log = createLog({ directory: join(library.directory, "logs") });
  const engine = new JobEngine({ store: new JobStore(database), log });
  const cardHolding = async (): Promise<string | null> => card;
  const service = new Sidecars(
    { database, edits, sidecars, preferences: () => preferences, cardHolding },
    engine,
    5,
  );
  engine.begin(service.definitions);
  onTestFinished(async () => {
    service.close();
    await engine.shutdown();
    database.close();
    await log.flush();
  });
  const rootId = roots.add({ path: folder, whole: true, kind: "referenced" }, 1);

  /** Reads the folder as a scan does: what has one base name is one photo; a second RAW is one of its own. */
  const read = (): Record<string, number> => {
    const files = readdirSync(folder).flatMap((name) => {
      const kind = kinds[name.split(".").at(-1) ?? ""];
      const { size, mtimeMs } = statSync(join(folder, name));
      return kind === undefined ? [] : [{ name, kind, bytes: size, modifiedMs: mtimeMs }];
    });
    const groups = Map.groupBy(files, ({ name }) => name.split(".")[0] ?? "");
    const found = [...groups].flatMap(([base, group]) => {
      const seconds = group.filter(
        ({ name }) => name.endsWith(".DNG") && group.some((other) => other.name.endsWith(".CR2")),
      );
      const own = group.filter((file) => !seconds.includes(file));
      const order = own.toSorted((a, b) => Number(a.kind === "xmp") - Number(b.kind === "xmp"));
      return [
        { directory: folder, key: base, files: order, skip: null },
        ...seconds.map((file) => ({
          directory: folder,
          key: wholeNameKey(file.name),
          files: [file],
          skip: null,
        })),
      ];
    });
    photos.recordFound(rootId, found);
    return Object.fromEntries(photos.changes(rootId, 0).map(({ name, id }) => [name, id]));
  };
  return {
    ...library,
    folder,
    service,
    sidecars,
    engine,
    preferences,
    rootId,
    decisions: new Decisions(library),
    read,
    /** Makes photos of a name each and reads the folder. Answers their ids. */
    photos(...names: string[]): number[] {
      for (const name of names) writeFileSync(join(folder, name), name);
      const ids = read();
      return names.map((name) => ids[name] ?? 0);
    },
    takeIn: () => service.takeIn(rootId, AbortSignal.timeout(10_000)),
    /** Another program writes a sidecar, `seconds` from now. */
    foreign(name: string, values: Parameters<typeof updateSidecar>[1], seconds = 0): void {
      const path = join(folder, name);
      const time = new Date(Date.now() + seconds * 1000);
      const existing = readdirSync(folder).includes(name) ? readFileSync(path) : null;
      writeFileSync(path, updateSidecar(existing, values, name, time));
      utimesSync(path, time, time);
      read();
    },
    said(name: string) {
      const { rating, label } = readSidecar(readFileSync(join(folder, name)), name);
      return { rating, label };
    },
    row(id: number) {
      const [row] = photos.rows([id]);
      return row && { stars: row.stars, flag: row.flag, label: row.label };
    },
    /** What the service started, once it has ended. */
    async written(): Promise<Job> {
      service.begin();
      const { promise, resolve } = Promise.withResolvers<number>();
      const look = (): void => {
        const [job] = engine.list();
        if (job !== undefined) resolve(job.id);
      };
      const stop = engine.onChange(look);
      const job = await engine.whenEnded(await promise);
      stop();
      return job;
    },
  };
}

test("decisions of a RAW and JPEG reach one sidecar, beside the one that darktable left", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW", "A.JPG");
  const darktable = readFileSync(join(import.meta.dirname, "../xmp/fixtures/darktable.ARW.xmp"));
  writeFileSync(join(library.folder, "A.ARW.xmp"), darktable);
  const earlier = new Date(Date.now() - 60_000);
  utimesSync(join(library.folder, "A.ARW.xmp"), earlier, earlier);
  library.decisions.decide([photo], { stars: 5, label: "blue" });
  expect(await library.written()).toMatchObject({ state: "completed" });
  expect(library.said("A.xmp")).toEqual({ rating: 5, label: "Blue" });
  expect(library.said("A.ARW.xmp")).toEqual({ rating: 5, label: "Blue" });
  expect(readFileSync(join(library.folder, "A.ARW.xmp"), "utf8")).toContain("<rdf:li>2</rdf:li>");
  expect(library.sidecars.pending()).toEqual([]);
  expect(await library.takeIn()).toMatchObject({ cameIn: 0, kept: 0 });
});

test("undo and redo are decisions, too; a reject is a rating of -1", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.JPG");
  library.decisions.decide([photo], { flag: "reject" });
  await library.written();
  expect(library.said("A.xmp").rating).toBe(-1);
  library.decisions.undo();
  expect(library.sidecars.pending()).toEqual([photo]);
});

test.each([
  ["nothing", { rating: 2, label: "Red" }],
  ["stars5", { rating: 5, label: "Red" }],
  ["labelGreen", { rating: 2, label: "Green" }],
] as const)("a pick is said as the person chose: %s", async (pickAs, said) => {
  const library = await openFolder({ pickAs });
  const [photo = 0] = library.photos("A.JPG");
  library.decisions.decide([photo], { stars: 2, flag: "pick", label: "red" });
  await library.written();
  expect(library.said("A.xmp")).toEqual(said);
});

test("nothing is written unless the person wants it, then not of the past unless asked", async () => {
  const library = await openFolder({ write: false });
  const [photo = 0] = library.photos("A.JPG");
  library.decisions.decide([photo], { stars: 3 });
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
  library.decisions.decide([photo], { stars: 2, label: "red" });
  library.foreign("A.xmp", { rating: 5 }, -60);
  expect(await library.takeIn()).toMatchObject({ cameIn: 0, kept: 1 });
  library.foreign("A.xmp", { rating: -1 }, 60);
  expect(await library.takeIn()).toMatchObject({ cameIn: 1, overruled: 1 });
  // Only the rating was news: the label is the person's still.
  expect(library.row(photo)).toEqual({ stars: 2, flag: "reject", label: "red" });
  library.decisions.undo();
  expect(library.row(photo)).toEqual({ stars: 2, flag: "none", label: "red" });
});

test.each([
  ["kiln", 60, { stars: 2, flag: "none", label: "none" }],
  ["sidecar", -60, { stars: 5, flag: "none", label: "none" }],
] as const)("or the person says who is right: %s", async (onConflict, seconds, row) => {
  const library = await openFolder({ onConflict });
  const [photo = 0] = library.photos("A.ARW");
  library.decisions.decide([photo], { stars: 2 });
  library.foreign("A.xmp", { rating: 5 }, seconds);
  await library.takeIn();
  expect(library.row(photo)).toEqual(row);
});

test("a program that develops and leaves the rating empty takes no decision away", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW");
  library.decisions.decide([photo], { stars: 3 });
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
  library.decisions.decide([photo], { stars: 4 });
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
  library.decisions.decide([photo], { label: "green" });
  await library.written();
  expect(library.said("A.xmp").label).toBe("Green");
  library.decisions.undo();
  await library.written();
  expect(library.said("A.xmp").label).toBe("Red");
});

test("a label in the person's own words stays, whatever colour the photo gets", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.ARW");
  library.foreign("A.xmp", { label: "To Print" }, -60);
  await library.takeIn();
  library.decisions.decide([photo], { stars: 4, label: "red" });
  library.decisions.decide([photo], { label: "none" });
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
    library.decisions.decide([photo], { label: "red" });
    await library.written();
    expect(library.said("A.xmp")).toEqual({ rating: 2, label });
  },
);

test("a broken sidecar stops nothing, is named with its reason, and keeps its bytes", async () => {
  const library = await openFolder();
  const [broken = 0, fine = 0] = library.photos("A.ARW", "B.ARW");
  writeFileSync(join(library.folder, "A.xmp"), "<x:xmpmeta");
  library.foreign("B.xmp", { rating: 3 });
  const taken = await library.takeIn();
  expect(taken).toMatchObject({ cameIn: 1 });
  expect(taken.problems.map(({ problem }) => problem.code)).toEqual(["sidecar-broken"]);
  library.decisions.decide([broken, fine], { stars: 5 });
  const job = await library.written();
  expect(job).toMatchObject({ state: "failed", problem: { code: "sidecars-not-written" } });
  expect(job.problem?.happened.en).toContain("A.xmp");
  expect(readFileSync(join(library.folder, "A.xmp"), "utf8")).toBe("<x:xmpmeta");
  expect(library.said("B.xmp").rating).toBe(5);
  expect(library.sidecars.unwritten()).toMatchObject([{ photoId: broken, code: "sidecar-broken" }]);
  writeFileSync(join(library.folder, "A.xmp"), updateSidecar(null, { label: "Red" }, "A.xmp"));
  expect(await library.engine.whenEnded(library.engine.retry(job.id).id)).toMatchObject({
    state: "completed",
  });
  expect(library.said("A.xmp").rating).toBe(5);
});

test("cards, locked files and shared names are listed; the decision stays", async () => {
  const onCard = await openFolder({}, "/card");
  const [photo = 0] = onCard.photos("A.JPG");
  onCard.decisions.decide([photo], { stars: 5 });
  const job = await onCard.written();
  expect(job.state).toBe("completed");
  expect(job.message.en).toContain("card");
  expect(onCard.sidecars.unwritten()).toMatchObject([{ code: "sidecar-on-card" }]);
  expect(readdirSync(onCard.folder)).toEqual(["A.JPG"]);
  expect(onCard.row(photo)?.stars).toBe(5);

  const library = await openFolder();
  const [raw = 0, digital = 0, locked = 0] = library.photos("A.CR2", "A.DNG", "B.CR2");
  library.foreign("B.xmp", { rating: 1 });
  await library.takeIn();
  chmodSync(join(library.folder, "B.xmp"), 0o444);
  library.decisions.decide([raw], { stars: 4 });
  library.decisions.decide([digital, locked], { stars: 2 });
  expect(await library.written()).toMatchObject({ state: "completed" });
  expect(library.said("A.xmp").rating).toBe(4);
  expect(library.said("B.xmp").rating).toBe(1);
  expect(library.sidecars.unwritten()).toMatchObject([
    { photoId: digital, code: "sidecar-shared" },
    { photoId: locked, code: "sidecar-locked" },
  ]);
});

test("darktable's sidecar of a DNG is the DNG's, not the CR2's beside it", async () => {
  const library = await openFolder();
  const [raw = 0, digital = 0] = library.photos("A.CR2", "A.DNG");
  library.foreign("A.DNG.xmp", { rating: 3 });
  expect(await library.takeIn()).toMatchObject({ cameIn: 1 });
  expect(library.row(raw)?.stars).toBe(0);
  expect(library.row(digital)?.stars).toBe(3);
});

test("what an earlier process did not get to is written after the next start", async () => {
  const library = await openFolder();
  const [photo = 0] = library.photos("A.JPG");
  library.decisions.decide([photo], { stars: 1 });
  // Nobody listened when this was decided: it is found in the library.
  expect(await library.written()).toMatchObject({ state: "completed" });
  expect(library.said("A.xmp").rating).toBe(1);
});
