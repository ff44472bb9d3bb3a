import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { forgetBuild, isBuilt, rememberBuild, sourceDigest } from "./stamp.mjs";

let folder = "";
const write = (name: string, content: string) => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "kiln-stamp-"));
  write("package.json", "{}");
  write("src-main/room/a.ts", "a");
  write("src-renderer/page.css", "b");
  write("out/main/main.js", "built");
  write("out/renderer/index.html", "<html>");
  rememberBuild(folder, sourceDigest(folder));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a build stands as long as its sources do, whatever their times", () => {
  expect(isBuilt(folder)).toBe(true);
  utimesSync(path.join(folder, "src-main/room/a.ts"), 1, 1);
  expect(isBuilt(folder)).toBe(true);
});

test.each([
  ["a source changed", () => write("src-main/room/a.ts", "c")],
  ["a source was added", () => write("src-preload/preload.ts", "c")],
  [
    "a source was renamed",
    () => {
      rmSync(path.join(folder, "src-main/room/a.ts"));
      write("src-main/room/b.ts", "a");
    },
  ],
  ["the packages changed", () => write("package-lock.json", "{}")],
  ["an output was lost", () => rmSync(path.join(folder, "out/main/main.js"))],
  ["an output was cut short", () => write("out/renderer/index.html", "<")],
  ["a build began and did not end", () => forgetBuild(folder)],
  ["the stamp is damaged", () => write("out/stamp.json", "{")],
])("it falls when %s", (_name, change) => {
  change();
  expect(isBuilt(folder)).toBe(false);
});

test("tests and what is no input leave it standing", () => {
  write("src-main/room/a.test.ts", "t");
  write("src-renderer/page.test.tsx", "t");
  write("README.md", "r");
  expect(isBuilt(folder)).toBe(true);
});

test("a source that changed while it was built falls at once", () => {
  const before = sourceDigest(folder);
  write("src-main/room/a.ts", "changed meanwhile");
  rememberBuild(folder, before);
  expect(isBuilt(folder)).toBe(false);
});
