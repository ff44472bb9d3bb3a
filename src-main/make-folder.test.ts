import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolder, makeFolderSync } from "./make-folder.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kiln-folder-"));
});
afterAll(() => rm(folder, { recursive: true }));

const ways = [
  ["in turns", makeFolder],
  ["at once", async (path: string) => makeFolderSync(path)],
] as const;

test.each(ways)(
  "folders are made down to the one that was asked for, also twice (%s)",
  async (way, make) => {
    const deep = join(folder, way, "b", "c");
    await Promise.all([make(deep), make(deep), make(join(folder, way, "d"))]);
    await make(deep);
    await make("/");
    expect((await stat(deep)).isDirectory()).toBe(true);
  },
);

test.each(ways)("a file in its place, or above it, is said (%s)", async (_, make) => {
  const file = join(folder, "file");
  await writeFile(file, "");
  await expect(make(file)).rejects.toMatchObject({ code: "EEXIST" });
  await expect(make(join(file, "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test.skipIf(process.platform !== "linux").each(ways)(
  "a file system that has no room for folders says so, and is not asked for ever (%s)",
  async (_, make) => {
    for (const path of ["/proc/kiln", "/proc/kiln/below"]) {
      await expect(make(path)).rejects.toMatchObject({ code: "ENOENT" });
    }
  },
);
