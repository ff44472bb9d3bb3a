import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kiln-folder-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("folders are made down to the one that was asked for, also twice and at once", async () => {
  const deep = join(folder, "a", "b", "c");
  await Promise.all([makeFolder(deep), makeFolder(deep), makeFolder(join(folder, "a", "d"))]);
  await makeFolder(deep);
  expect((await stat(deep)).isDirectory()).toBe(true);
});

test("a file in its place, or above it, is said", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  await expect(makeFolder(file)).rejects.toMatchObject({ code: "folder-not-made" });
  await expect(makeFolder(join(file, "below"))).rejects.toMatchObject({ code: "folder-not-made" });
});

test.skipIf(process.platform !== "linux")(
  "a file system that has no room for folders says so, and is not asked for ever",
  async () => {
    for (const path of ["/proc/kiln", "/proc/kiln/below"]) {
      await expect(makeFolder(path)).rejects.toMatchObject({ code: "folder-not-made" });
    }
  },
);
