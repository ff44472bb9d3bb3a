import { mkdir, rename, rm, stat, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { noTrash, oneWayTrash, sameNameKey } from "../library/index.ts";
import { asRead, Bench, noPhotoFields, treeOf } from "./apply-fixture.ts";
import { describePlan, type PlannedPhoto, planApply } from "./plan.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench[Symbol.asyncDispose]());

/** Paths below the destination that a plan would make. */
async function targets(options: Parameters<Bench["input"]>[0]): Promise<(string | null)[]> {
  const { items } = await planApply(bench.input(options));
  return items.map(({ target }) => target && relative(bench.destination, target));
}

test("companions travel under the photo's new base name, an export takes the main file alone", async () => {
  const picks = [await bench.photo("IMG.JPG", "IMG.CR2", "IMG.CR2.xmp", "IMG.xmp", "IMG.mov")];
  const pattern = "{seq:3} 제주🌊";
  const copies = await targets({ picks, pattern });
  expect(copies.toSorted()).toEqual([
    "001 제주🌊.CR2",
    "001 제주🌊.CR2.xmp",
    "001 제주🌊.JPG",
    "001 제주🌊.mov",
    "001 제주🌊.xmp",
  ]);
  expect(await targets({ picks, pattern, action: "export" })).toEqual(["001 제주🌊.jpg"]);
});

test("planning touches nothing", async () => {
  const picks = [await bench.photo("a.jpg")];
  const rejects = [await bench.photo("b.jpg")];
  const before = await treeOf(bench.folder);
  await planApply(bench.input({ picks, rejects, subfolders: "{date:YYYY}/x", action: "move" }));
  const after = await treeOf(bench.folder);
  for (const tree of [before, after]) {
    for (const path of tree.keys()) if (path.startsWith("library/")) tree.delete(path);
  }
  expect(after).toEqual(before);
  await expect(stat(join(bench.destination, "2026"))).rejects.toThrow("ENOENT");
  await expect(stat(bench.dataHome)).rejects.toThrow("ENOENT");
});

test("a taken name gives '-2' to all files of the photo, on the disk, in the plan and in other letter case", async () => {
  const picks = [
    await bench.photo("one/IMG.JPG", "one/IMG.CR2"),
    await bench.photo("two/img.jpg"),
    await bench.photo("three/IMG-2.JPG"),
  ];
  await writeFile(join(bench.destination, "img.cr2"), "somebody's");
  const { draft } = await bench.plan({ picks });
  expect(draft.items.map(({ target }) => basename(target ?? ""))).toEqual([
    "IMG-2.JPG",
    "IMG-2.CR2",
    // 'img.jpg' is free, but it would stand beside somebody's 'img.cr2' as if they were one photo.
    "img-3.jpg",
    "IMG-2-2.JPG",
  ]);
  expect(draft.items.map(({ renamed }) => renamed)).toEqual([true, true, true, true]);
  // An export may stand beside its RAW.
  const [first, , third] = picks;
  const exports = await targets({
    picks: [first, third].filter((photo) => photo !== undefined),
    action: "export",
  });
  expect(exports).toEqual(["IMG.jpg", "IMG-2.jpg"]);
});

test("a plan tells names that the pattern gives twice from names that are taken", async () => {
  const picks = [];
  for (const name of ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]) picks.push(await bench.photo(name));
  const empty = await bench.plan({ picks, pattern: "{date}", secondCopy: bench.second });
  const shown = describePlan(empty.planId, empty.draft);
  expect(shown).toMatchObject({ sameNames: 4, takenNames: 0 });
  expect(shown.secondCopy).toMatchObject({ folder: bench.second, files: 4, bytes: shown.bytes });
  expect(shown.secondCopy?.freeBytes).toBeGreaterThan(0);

  await writeFile(join(bench.destination, "b.jpg"), "somebody's");
  const taken = await bench.plan({ picks });
  expect(describePlan(taken.planId, taken.draft)).toMatchObject({
    sameNames: 0,
    takenNames: 1,
    secondCopy: null,
  });
});

test("the second copy has the same names, free in both places", async () => {
  const picks = [await bench.photo("a.jpg")];
  await writeFile(join(bench.second, "A.JPG"), "somebody's");
  const { draft } = await bench.plan({ picks, secondCopy: bench.second });
  expect(draft.items[0]).toMatchObject({
    target: join(bench.destination, "a-2.jpg"),
    secondTarget: join(bench.second, "a-2.jpg"),
  });
});

test("5,000 photos that want one name get 5,000", async () => {
  const photo = await bench.photo("a.jpg");
  const picks = Array.from({ length: 5000 }, () => photo);
  const names = new Set(await targets({ picks, pattern: "{date}" }));
  expect(names.size).toBe(5000);
  expect(names).toContain("2026-11-21-5000.jpg");
});

test("a folder that letter case or a file has is told apart from one that can be used", async () => {
  const picks = [await bench.photo("a.jpg")];
  await mkdir(join(bench.destination, "Jeju"));
  expect(await targets({ picks, subfolders: "jeju" })).toEqual(["jeju/a.jpg"]);
  await writeFile(join(bench.destination, "2026"), "a file");
  await expect(targets({ picks, subfolders: "{date:YYYY}" })).rejects.toThrow("folder-name-taken");
});

test("a folder below the destination that leads elsewhere is refused", async () => {
  const picks = [await bench.photo("a.jpg")];
  await symlink(bench.second, join(bench.destination, "out"));
  await expect(targets({ picks, subfolders: "out/deeper" })).rejects.toThrow("leaves-destination");
});

test("a photo that would be copied onto itself is left out, by a link to the folder, too", async () => {
  const home = await bench.photo("a.jpg", "a.CR2");
  const other = await bench.photo("sub/b.jpg");
  const link = join(bench.folder, "link");
  await symlink(bench.shoot, link);
  for (const destination of [bench.shoot, link]) {
    for (const action of ["copy", "move"] as const) {
      const draft = await planApply(bench.input({ picks: [home, other], destination, action }));
      expect(draft.items.map(({ target }) => target)).toEqual([join(destination, "b.jpg")]);
      expect(draft.warnings.map(({ en }) => en)).toContain(
        "1 photo is already at the destination under the same name. Left out.",
      );
    }
    await expect(
      planApply(bench.input({ picks: [home], destination, action: "move" })),
    ).rejects.toThrow("nothing-to-do");
  }
  // An export is another file: it gets a name of its own beside the photo.
  const [exported] = (
    await planApply(bench.input({ picks: [home], destination: bench.shoot, action: "export" }))
  ).items;
  expect(exported?.target).toBe(join(bench.shoot, "a-2.jpg"));
});

test("photos that are not where they were are said to be that, not to be unpicked", async () => {
  const gone = await bench.photo("a.jpg");
  const there = await bench.photo("b.jpg");
  await rm(gone.files[0].path);
  await expect(planApply(bench.input({ picks: [gone] }))).rejects.toThrow("photos-missing");
  await expect(planApply(bench.input({ picks: [] }))).rejects.toThrow("nothing-to-do");
  const { warnings } = await planApply(bench.input({ picks: [gone, there] }));
  expect(warnings[0]?.en).toBe("1 photo is not where Kiln last saw it. Left out.");
});

test("a destination inside the shown folder is fine, and said", async () => {
  const picks = [await bench.photo("a.jpg")];
  const destination = join(bench.shoot, "selects");
  await mkdir(destination);
  const { warnings } = await planApply(bench.input({ picks, destination }));
  expect(warnings[0]?.en).toMatch(/inside the folder you are looking at/);
});

test("photos whose files are not as they were read are left out, and alone refused: they may be others by now", async () => {
  const [a, b, c] = [
    await bench.photo("a.jpg"),
    await bench.photo("b.jpg"),
    await bench.photo("c.jpg"),
  ];
  await rename(a.files[0].path, join(bench.shoot, "aside"));
  await rename(b.files[0].path, a.files[0].path);
  await rename(join(bench.shoot, "aside"), b.files[0].path);
  await expect(planApply(bench.input({ picks: [a], rejects: [b] }))).rejects.toThrow(
    "photos-changed",
  );
  const { items, warnings } = await planApply(bench.input({ picks: [a, c], rejects: [b] }));
  expect(items.map(({ source }) => source)).toEqual([c.files[0].path]);
  expect(warnings[0]?.en).toMatch(/^2 photos are not as Kiln last read them/);
});

test("destinations that are missing, no folder, or the first one again are refused", async () => {
  const picks = [await bench.photo("a.jpg")];
  const file = join(bench.folder, "file");
  await writeFile(file, "");
  const plan = (options: object) => planApply(bench.input({ picks, ...options }));
  await expect(plan({ destination: join(bench.folder, "no") })).rejects.toThrow(
    "destination-missing",
  );
  await expect(plan({ destination: file })).rejects.toThrow("destination-not-a-folder");
  await expect(plan({ destination: join(file, "x") })).rejects.toThrow("destination-missing");
  await expect(plan({ secondCopy: join(bench.shoot, "..", "picks") })).rejects.toThrow(
    "second-copy-is-first",
  );
});

test("a card is never written to, and nothing leaves it", async () => {
  const picks = [await bench.photo("DCIM/100KILN/a.jpg")];
  const destination = join(bench.folder, "other-card");
  await mkdir(join(destination, "dcim"), { recursive: true });
  // The port says where volumes begin; what makes one a card is read from the disk.
  const findVolumeRoot = async (path: string) =>
    [bench.shoot, destination].find((root) => path === root || path.startsWith(`${root}/`)) ?? "/";
  const plan = (options: object) => planApply(bench.input({ findVolumeRoot, ...options }));
  await expect(plan({ picks, destination })).rejects.toThrow("destination-on-card");
  await expect(plan({ picks, secondCopy: destination })).rejects.toThrow("destination-on-card");
  await expect(plan({ picks, action: "move" })).rejects.toThrow("source-on-card");
  await expect(plan({ rejects: picks })).rejects.toThrow("source-on-card");
  expect((await plan({ picks })).picks).toBe(1);
});

test("without a trash, rejects are refused; with a one-way trash it is said beforehand", async () => {
  const rejects = [await bench.photo("a.jpg")];
  await expect(planApply(bench.input({ rejects, trash: noTrash() }))).rejects.toThrow("trash-none");
  const oneWay = oneWayTrash(async () => undefined);
  const { warnings } = await planApply(bench.input({ rejects, trash: oneWay }));
  expect(warnings[0]?.ko).toMatch(/되돌릴 수 없습니다/);
});

test("files that are gone are left out with their photo or alone; links are copied but not moved", async () => {
  const gone = await bench.photo("gone.jpg", "gone.xmp");
  const partly = await bench.photo("partly.jpg", "partly.xmp");
  await rm(join(bench.shoot, "gone.jpg"));
  await rm(join(bench.shoot, "partly.xmp"));
  const linked = await bench.photo("linked.jpg");
  const original = join(bench.folder, "original.jpg");
  await rename(join(bench.shoot, "linked.jpg"), original);
  await symlink(original, join(bench.shoot, "linked.jpg"));
  const picks = [gone, partly, linked];
  const copy = await planApply(bench.input({ picks }));
  expect(copy.items.map(({ source }) => basename(source))).toEqual(["partly.jpg", "linked.jpg"]);
  expect(copy.items[1]?.bytes).toBe((await stat(original)).size);
  expect(copy.warnings.length).toBe(1);
  const move = await planApply(bench.input({ picks, action: "move" }));
  expect(move.items.map(({ source }) => basename(source))).toEqual(["partly.jpg"]);
  expect(move.warnings.length).toBe(2);
});

test("more bytes than there is room are refused with both numbers", async () => {
  const photo = await bench.photo("a.jpg");
  // A sparse file: bytes that take no room here.
  const size = 2 ** 43;
  await truncate(photo.files[0].path, size);
  const picks = [await asRead(photo)];
  await expect(planApply(bench.input({ picks }))).rejects.toThrow(/take 8\.8 TB, but .* has only/);
  expect((await planApply(bench.input({ picks, action: "move" }))).bytes).toBe(size);
});

test("no picks and no rejects is nothing to do", async () => {
  await expect(planApply(bench.input({}))).rejects.toThrow("nothing-to-do");
});

test("the window gets the plan in the words of the contract", async () => {
  const picks = [await bench.photo("a.jpg", "a.CR2")];
  const reject = await bench.photo("b.jpg");
  await utimes(join(bench.shoot, "b.jpg"), 1_700_000_000, 1_700_000_000);
  const rejects = [await asRead(reject)];
  const { planId, draft } = await bench.plan({ picks, rejects });
  const shown = describePlan(planId, draft);
  expect(shown).toMatchObject({ planId, picks: 1, rejects: 1, bytes: draft.bytes });
  expect(shown.items.map(({ operation, to }) => [operation, to && basename(to)])).toEqual([
    ["copy", "a.jpg"],
    ["copy", "a.CR2"],
    ["trash", null],
  ]);
  expect(shown.freeBytes).toBeGreaterThan(0);
});

test("any photos, names and folders: no target twice, none that exists, none outside, no photo torn", async () => {
  const name = fc.constantFrom(
    "IMG",
    "img",
    "IMG-2",
    "한글",
    "한글".normalize("NFD"),
    "Con",
    "a.b",
  );
  const main = fc.constantFrom("jpg", "JPG", "cr2");
  const companion = fc.constantFrom("xmp", "CR2.xmp", "mov", "THM");
  const photo = fc.tuple(
    fc.constantFrom("x", "y", "z"),
    name,
    fc
      .tuple(main, fc.uniqueArray(companion, { maxLength: 3 }))
      .map(([first, others]) => [first, ...others]),
  );
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(photo, { minLength: 1, maxLength: 8, selector: ([d, n]) => `${d}/${n}` }),
      fc.constantFrom("{name}", "{seq}", "{label}", "{camera}.", "{stars}-{name}", "  {date}"),
      fc.constantFrom("", "{label}", "{date:YYYY}/{camera}", "img.jpg", "A/b"),
      fc.constantFrom("copy" as const, "move" as const, "export" as const),
      fc.array(fc.constantFrom("IMG.jpg", "img-2.CR2", "none.jpg", "1.JPG", "b/IMG.jpg", "2026"), {
        maxLength: 3,
      }),
      fc.boolean(),
      async (photos, pattern, subfolders, action, occupied, second) => {
        round += 1;
        const base = join(bench.folder, String(round));
        const destination = join(base, "to");
        const secondCopy = second ? join(base, "again") : null;
        for (const folder of [destination, join(base, "again")]) {
          await mkdir(folder, { recursive: true });
        }
        for (const path of occupied) {
          await mkdir(dirname(join(destination, path)), { recursive: true });
          await writeFile(join(destination, path), "somebody's").catch(() => undefined);
        }
        const picks: PlannedPhoto[] = [];
        for (const [directory, stem, extensions] of photos) {
          await mkdir(join(base, directory), { recursive: true });
          const files = extensions.map((end, index) => ({
            fileId: index + 1,
            path: join(base, directory, `${stem}.${end}`),
          }));
          for (const { path } of files) await writeFile(path, "bytes");
          const [main, ...others] = files;
          if (main === undefined) continue;
          const photoId = picks.length + 1;
          picks.push(
            await asRead({
              photoId,
              version: null,
              files: [main, ...others],
              fields: noPhotoFields,
            }),
          );
        }
        const draft = await planApply(
          bench.input({ destination, secondCopy, pattern, subfolders, action, picks }),
        ).catch((error: Error) => {
          expect(error.message).toMatch(/folder-name-taken/);
          return null;
        });
        if (draft === null) return;
        const paths = draft.items.flatMap(({ target, secondTarget }) =>
          [target, secondTarget].filter((path) => path !== null),
        );
        expect(new Set(paths.map(sameNameKey)).size).toBe(paths.length);
        for (const path of paths) {
          expect(await stat(path).catch(() => null)).toBeNull();
          const [up] = relative(destination, path).split("/");
          if (up === "..") expect(relative(secondCopy ?? "", path)).not.toMatch(/^\.\./);
        }
        for (const { photoId } of picks) {
          const own = draft.items.filter((item) => item.photoId === photoId);
          expect(own.length).toBe(action === "export" ? 1 : picks[photoId - 1]?.files.length);
          expect(new Set(own.map(({ target }) => dirname(target ?? ""))).size).toBe(1);
          const ends = own.map(({ source, target }) => [basename(source), basename(target ?? "")]);
          const stems = new Set(
            ends.map(([from = "", to = ""]) =>
              action === "export" ? to : to.slice(0, to.length - from.length + from.indexOf(".")),
            ),
          );
          if (photos[photoId - 1]?.[1] !== "a.b") expect(stems.size).toBe(1);
        }
      },
    ),
    { seed: 3, numRuns: 150 },
  );
});
