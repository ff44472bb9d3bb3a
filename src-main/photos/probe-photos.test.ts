/** Files that change their names, and names that change their files: what the person decided follows the bytes. */
import { copyFile, mkdir, readFile, rename, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test, vi } from "vitest";
import { EditStore, SidecarStore } from "../library/index.ts";
import { createLog } from "../log/index.ts";
import { updateSidecar } from "../xmp/index.ts";
import { FolderWatch } from "./folder-watch.ts";
import { openReadingLibrary } from "./reading.fixture.ts";
import { takeJpeg, takePhotos, temporaryFolder } from "./takes.fixture.ts";

type Library = Awaited<ReturnType<typeof openReadingLibrary>>;
type Values = Partial<Record<"stars" | "flag" | "label" | "rotation", string | number>>;

/** Six decisions that nobody could mistake for each other, as texts of {@link standing}. */
const decisions: readonly Values[] = [
  { flag: "pick" },
  { flag: "reject" },
  { stars: 5, label: "red" },
  { stars: 2, flag: "pick", rotation: 90 },
  { stars: 1, flag: "reject" },
  { label: "blue", rotation: 180 },
];

function decide(library: Library, id: number, values: Values): void {
  const changes = Object.entries(values).map(
    ([field, value]) => ({ entity: "photo", id, field: field as keyof Values, value }) as const,
  );
  new EditStore(library.database).record({ en: "Decide", ko: "결정" }, changes, 1);
}

/** Where every photo of a root is that is there, below `folder`, with what was decided on it. */
function standing(library: Library, root: number, folder: string): Record<string, string> {
  const rows = library.photos.changes(root, 0);
  return Object.fromEntries(
    rows.flatMap(({ id, state, stars, flag, label, rotation }) => {
      const path = library.photos.primaryFile(id)?.path;
      if (path === undefined) return [];
      const told = `${state} ${stars} ${flag} ${label} ${rotation}`;
      return [[path.slice(folder.length + 1), told]];
    }),
  );
}

const told = ({ stars = 0, flag = "none", label = "none", rotation = 0 }: Values): string =>
  `measured ${stars} ${flag} ${label} ${rotation}`;
const undecided = told({});

/** A folder of photos that were read and decided on, one decision each in order of their names. */
async function decided(names: readonly string[], library?: Library, apart = 100) {
  const kiln = library ?? (await openReadingLibrary());
  const folder = await temporaryFolder();
  await takePhotos(
    folder,
    Object.fromEntries(names.map((name, at) => [name, { at: at * apart, scene: at }])),
  );
  const root = await kiln.drop(folder);
  const idOf = (name: string): number =>
    kiln.photos.changes(root, 0).find(({ id }) => {
      return kiln.photos.primaryFile(id)?.path === join(folder, name);
    })?.id ?? 0;
  for (const [at, name] of names.entries()) {
    decide(kiln, idOf(name), decisions[at % decisions.length] ?? {});
  }
  return {
    library: kiln,
    folder,
    root,
    idOf,
    standing: () => standing(kiln, root, folder),
    develops: () => kiln.images.calls.filter((call) => call === "develop").length,
  };
}

/** Renames files all at once, whatever names they give each other. */
async function renameAll(folder: string, moves: Readonly<Record<string, string>>): Promise<void> {
  const entries = Object.entries(moves);
  for (const [from] of entries) await rename(join(folder, from), join(folder, `${from}.aside`));
  for (const [from, to] of entries) {
    await mkdir(dirname(join(folder, to)), { recursive: true });
    await rename(join(folder, `${from}.aside`), join(folder, to));
  }
}

test("two files that swap their names keep their decisions, ids and measures", async () => {
  const {
    library,
    folder,
    root,
    idOf,
    standing: now,
    develops,
  } = await decided(["S1.JPG", "S2.JPG"]);
  const [one, two] = [idOf("S1.JPG"), idOf("S2.JPG")];
  await renameAll(folder, { "S1.JPG": "S2.JPG", "S2.JPG": "S1.JPG" });
  await library.drop(folder);
  expect(now()).toEqual({ "S1.JPG": told({ flag: "reject" }), "S2.JPG": told({ flag: "pick" }) });
  expect([idOf("S1.JPG"), idOf("S2.JPG")]).toEqual([two, one]);
  expect(develops()).toBe(2);
  expect(library.photos.changes(root, 0)).toHaveLength(2);
  // A step of undo is about the photo, too, not about its name.
  new EditStore(library.database).replay(1, "undo", null, 100);
  expect(now()["S2.JPG"]).toBe(undecided);
});

const six = ["S1.JPG", "S2.JPG", "S3.JPG", "S4.JPG", "S5.JPG", "S6.JPG"];
const shifted = Object.fromEntries(six.map((name, at) => [name, `S${at + 2}.JPG`]));
const afterShift = Object.fromEntries(
  six.map((_, at) => [`S${at + 2}.JPG`, told(decisions[at] ?? {})]),
);

test("six files that are numbered anew are followed, with Kiln closed", async () => {
  const { library, folder, root } = await decided(six);
  await library.close();
  await renameAll(folder, shifted);
  const again = await openReadingLibrary(library.directory);
  expect(await again.drop(folder)).toBe(root);
  expect(standing(again, root, folder)).toEqual(afterShift);
  expect(again.images.calls).not.toContain("develop");
  expect(again.photos.changes(root, 0).filter(({ state }) => state === "missing")).toEqual([]);
  const revision = again.database.currentRevision();
  const calls = again.images.calls.length;
  await again.drop(folder);
  expect(again.images.calls).toHaveLength(calls);
  expect(again.photos.changes(root, revision)).toEqual([]);
});

test("six files that are numbered anew are followed, with Kiln open", async () => {
  const { library, folder, root, standing: now } = await decided(six);
  const { promise: read, resolve } = Promise.withResolvers<number>();
  const record = library.roots.get(root);
  if (record === null) throw new Error("The root is gone.");
  const log = createLog({ directory: join(library.directory, "logs") });
  const watch = new FolderWatch(() => resolve(library.imports.refresh(record)), log);
  await watch.watch(root, folder);
  try {
    await renameAll(folder, shifted);
    await library.finished({ jobId: await read });
  } finally {
    await watch.close();
  }
  expect(now()).toEqual(afterShift);
});

test("a reading that is broken off among renamed files mixes nothing up", async () => {
  const { library, folder, root } = await decided(six);
  await library.close();
  await renameAll(folder, shifted);
  const broken = await openReadingLibrary(library.directory);
  await broken.imports.inPlace([folder]);
  await vi.waitUntil(() => broken.images.calls.length >= 3, { interval: 1 });
  await broken.close();
  // Names change once more before it goes on.
  await renameAll(folder, { "S2.JPG": "S7.JPG", "S7.JPG": "S2.JPG" });
  const again = await openReadingLibrary(library.directory);
  await again.drop(folder);
  expect(standing(again, root, folder)).toEqual({
    ...afterShift,
    "S2.JPG": afterShift["S7.JPG"],
    "S7.JPG": afterShift["S2.JPG"],
  });
});

test("a cycle across folders is followed", async () => {
  const { library, folder, standing: now } = await decided(["a/1.JPG", "a/2.JPG", "b/1.JPG"]);
  await renameAll(folder, { "a/1.JPG": "b/1.JPG", "b/1.JPG": "a/2.JPG", "a/2.JPG": "a/1.JPG" });
  await library.drop(folder);
  expect(now()).toEqual({
    "a/1.JPG": told({ flag: "reject" }),
    "a/2.JPG": told({ stars: 5, label: "red" }),
    "b/1.JPG": told({ flag: "pick" }),
  });
});

test("files that two folders of the library swap are followed, whichever is read first", async () => {
  const library = await openReadingLibrary();
  const [one, two] = [
    await decided(["1.JPG"], library),
    await decided(["1.JPG", "2.JPG"], library),
  ];
  const [a, b] = [join(one.folder, "1.JPG"), join(two.folder, "2.JPG")];
  await rename(a, `${a}.aside`);
  await rename(b, a);
  await rename(`${a}.aside`, b);
  await library.drop(two.folder);
  await library.drop(one.folder);
  expect(one.standing()).toEqual({ "1.JPG": told({ flag: "reject" }) });
  expect(two.standing()).toEqual({
    "1.JPG": told({ flag: "pick" }),
    "2.JPG": told({ flag: "pick" }),
  });
});

test("pairs that are numbered anew take RAW and sidecar along, and old sidecars say nothing new", async () => {
  const { library, folder, idOf, standing: now } = await decided(["S1.JPG", "S2.JPG", "S3.JPG"]);
  for (const at of [1, 2, 3]) {
    await writeFile(join(folder, `S${at}.CR2`), `RAW ${at}`);
    const sidecar = updateSidecar(null, { rating: at, label: "Green" }, `S${at}.xmp`);
    await writeFile(join(folder, `S${at}.xmp`), sidecar);
    await utimes(join(folder, `S${at}.xmp`), 1_700_000_000 + at, 1_700_000_000 + at);
  }
  await library.drop(folder);
  const before = now();
  const seen = new SidecarStore(library.database);
  const saidBefore = seen.seen(folder, "S1.xmp");
  expect(saidBefore).toMatchObject({ rating: 1, label: "Green" });

  const moves = [3, 2, 1].flatMap((at) =>
    ["JPG", "CR2", "xmp"].map((kind) => [`S${at}.${kind}`, `S${at + 1}.${kind}`]),
  );
  await renameAll(folder, Object.fromEntries(moves));
  const started = await library.imports.inPlace([folder]);
  const { message } = await library.finished(started);
  expect(now()).toEqual({
    "S2.JPG": before["S1.JPG"],
    "S3.JPG": before["S2.JPG"],
    "S4.JPG": before["S3.JPG"],
  });
  expect(message.en).not.toMatch(/sidecar/);
  expect(seen.seen(folder, "S2.xmp")).toEqual(saidBefore);
  expect(seen.seen(folder, "S1.xmp")).toBeNull();
  for (const name of ["S2", "S3", "S4"]) {
    expect(library.photos.files(idOf(`${name}.JPG`)).map(({ path }) => path)).toEqual(
      ["JPG", "CR2", "xmp"].map((kind) => join(folder, `${name}.${kind}`)),
    );
  }
});

test("another photo under an old name inherits nothing; the old one has its decisions when it is back", async () => {
  const { library, folder, root, idOf, standing: now } = await decided(["S1.JPG", "S2.JPG"]);
  const old = idOf("S1.JPG");
  const path = join(folder, "S1.JPG");
  const kept = await readFile(path);
  await writeFile(path, await takeJpeg({ at: 9000, scene: 40 }));
  await library.drop(folder);
  const other = idOf("S1.JPG");
  expect(now()).toEqual({ "S1.JPG": undecided, "S2.JPG": told({ flag: "reject" }) });
  expect(library.photos.rows([old])).toMatchObject([
    { name: "S1.JPG", state: "missing", flag: "pick" },
  ]);
  expect(library.photos.detail(old)?.files.map(({ name }) => name)).toEqual(["S1.JPG"]);
  decide(library, other, { stars: 4 });

  await writeFile(path, kept);
  await library.drop(folder);
  expect(idOf("S1.JPG")).toBe(old);
  expect(now()["S1.JPG"]).toBe(told({ flag: "pick" }));
  expect(library.photos.rows([other])).toMatchObject([{ state: "missing", stars: 4 }]);

  await writeFile(join(folder, "S9.JPG"), await takeJpeg({ at: 9000, scene: 40 }));
  await library.drop(folder);
  expect(idOf("S9.JPG")).toBe(other);
  expect(now()).toEqual({
    "S1.JPG": told({ flag: "pick" }),
    "S2.JPG": told({ flag: "reject" }),
    "S9.JPG": told({ stars: 4 }),
  });
  expect(library.photos.changes(root, 0).filter(({ state }) => state === "missing")).toEqual([]);
});

test("a copy of one photo over another is a photo of its own", async () => {
  const { library, folder, idOf, standing: now } = await decided(["S1.JPG", "S2.JPG"]);
  const old = idOf("S2.JPG");
  await copyFile(join(folder, "S1.JPG"), join(folder, "S2.JPG"));
  await library.drop(folder);
  expect(now()).toEqual({ "S1.JPG": told({ flag: "pick" }), "S2.JPG": undecided });
  expect(library.photos.rows([old])).toMatchObject([{ state: "missing", flag: "reject" }]);
});

test.each([
  {
    edit: "retouched",
    by: () => takeJpeg({ at: 0, scene: 0, blur: 1 }),
  },
  {
    edit: "turned",
    by: async (bytes: Buffer) => sharp(bytes).rotate(90).keepExif().jpeg().toBuffer(),
  },
  {
    edit: "cropped",
    by: async (bytes: Buffer) =>
      sharp(bytes)
        .extract({ left: 0, top: 0, width: 200, height: 200 })
        .keepExif()
        .jpeg()
        .toBuffer(),
  },
  {
    edit: "captioned",
    by: async (bytes: Buffer) => sharp(bytes).keepExif().withXmp("<x/>").jpeg().toBuffer(),
  },
  {
    edit: "rid of all that it said of itself",
    by: async (bytes: Buffer) => sharp(bytes).jpeg({ quality: 80 }).toBuffer(),
  },
])("a photo that was $edit in its place keeps its decisions", async ({ by }) => {
  const { library, folder, root, idOf, standing: now } = await decided(["S1.JPG"]);
  const id = idOf("S1.JPG");
  const path = join(folder, "S1.JPG");
  await writeFile(path, await by(await readFile(path)));
  await library.drop(folder);
  expect(now()).toEqual({ "S1.JPG": told({ flag: "pick" }) });
  expect(library.photos.changes(root, 0).map((row) => row.id)).toEqual([id]);
});

test("photos whose clock was set right keep their decisions; one that is later by another time is another", async () => {
  const { library, folder, standing: now } = await decided(["S1.JPG", "S2.JPG", "S3.JPG"]);
  const hour = 3_600_000;
  for (const [at, name] of ["S1.JPG", "S2.JPG"].entries()) {
    await writeFile(join(folder, name), await takeJpeg({ at: at * 100 + hour, scene: at }));
  }
  await writeFile(join(folder, "S3.JPG"), await takeJpeg({ at: 2 * hour, scene: 2 }));
  await library.drop(folder);
  expect(now()).toEqual({
    "S1.JPG": told({ flag: "pick" }),
    "S2.JPG": told({ flag: "reject" }),
    "S3.JPG": undecided,
  });
});

test("a copy of the next frame is no clock set right, though it is later by as much as another photo is", async () => {
  const { library, folder, standing: now } = await decided(["S1.JPG", "S2.JPG", "S3.JPG"]);
  await writeFile(join(folder, "S1.JPG"), await readFile(join(folder, "S2.JPG")));
  await writeFile(join(folder, "S3.JPG"), await takeJpeg({ at: 300, scene: 3 }));
  await library.drop(folder);
  expect(now()).toEqual({
    "S1.JPG": undecided,
    "S2.JPG": told({ flag: "reject" }),
    "S3.JPG": undecided,
  });
});

test("a burst over another one is no clock set right, however regular the camera is", async () => {
  const { library, folder, standing: now } = await decided(["S1.JPG", "S2.JPG", "S3.JPG"]);
  for (const [at, name] of ["S1.JPG", "S2.JPG", "S3.JPG"].entries()) {
    const take = { at: 3_600 + at * 100 + (at + 1) / 8, scene: 4 + at };
    await writeFile(join(folder, name), await takeJpeg(take));
  }
  await library.drop(folder);
  expect(now()).toEqual({ "S1.JPG": undecided, "S2.JPG": undecided, "S3.JPG": undecided });
});

test("a burst of one second over another one is no clock set right: a second says so once", async () => {
  const { library, folder, standing: now } = await decided(["S1.JPG", "S2.JPG"], undefined, 0);
  for (const [at, name] of ["S1.JPG", "S2.JPG"].entries()) {
    await writeFile(join(folder, name), await takeJpeg({ at: 3_600, scene: 4 + at }));
  }
  await library.drop(folder);
  expect(now()).toEqual({ "S1.JPG": undecided, "S2.JPG": undecided });
});

test("where nothing tells whose it is, another size in pixels is another photo", async () => {
  const { library, folder, standing: now } = await decided(["S1.JPG"]);
  const small = sharp(await takeJpeg({ scene: 0 })).resize(90, 60);
  await writeFile(join(folder, "S1.JPG"), await small.jpeg().toBuffer());
  await library.drop(folder);
  expect(now()).toEqual({ "S1.JPG": undecided });
});

test("a file that is half written keeps its photo's decisions; a moved one has them where it is", async () => {
  const { library, folder, root, idOf, standing: now } = await decided(["S1.JPG", "S2.JPG"]);
  const [one, two] = [idOf("S1.JPG"), idOf("S2.JPG")];
  const whole = await readFile(join(folder, "S1.JPG"));
  await writeFile(join(folder, "S1.JPG"), "");
  await rename(join(folder, "S2.JPG"), join(folder, "S3.JPG"));
  await writeFile(join(folder, "S2.JPG"), "no photo");
  await library.drop(folder);
  expect(idOf("S3.JPG")).toBe(two);
  expect(library.photos.rows([one])).toMatchObject([{ state: "skipped", flag: "pick" }]);
  expect(Object.keys(library.skipped(root))).toEqual(["S1.JPG", "S2.JPG"]);

  // Whole again, but under another name.
  await writeFile(join(folder, "S4.JPG"), whole);
  await library.drop(folder);
  expect(idOf("S4.JPG")).toBe(one);
  expect(now()).toMatchObject({
    "S3.JPG": told({ flag: "reject" }),
    "S4.JPG": told({ flag: "pick" }),
  });
});

test("wherever files go, their decisions go with them", async () => {
  const places = ["a/1.JPG", "a/2.JPG", "a/3.JPG", "b/1.JPG", "b/2.JPG", "c/9.JPG"];
  const { library, folder, root, develops } = await decided(places);
  const spare = ["b/3.JPG", "c/1.JPG", "a/4.JPG"];
  let where = [...places];
  let current = standing(library, root, folder);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...places, ...spare], {
        minLength: places.length,
        maxLength: places.length,
      }),
      async (next) => {
        const moved = where.map((from, at) => [from, next[at] ?? ""] as const);
        await renameAll(folder, Object.fromEntries(moved));
        const expected = Object.fromEntries(moved.map(([from, to]) => [to, current[from] ?? ""]));
        await library.drop(folder);
        const met = standing(library, root, folder);
        where = next;
        current = expected;
        expect(met).toEqual(expected);
      },
    ),
    { numRuns: 20, seed: 20_261_121, endOnFailure: true },
  );
  expect(develops()).toBe(places.length);
});
