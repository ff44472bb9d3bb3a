import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { RenditionCache } from "./rendition-cache.ts";

function cacheWith(files: Readonly<Record<number, { bytes: number; usedAt: number }>>) {
  const directory = mkdtempSync(join(tmpdir(), "kiln-renditions-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const cache = new RenditionCache(directory);
  for (const [id, { bytes, usedAt }] of Object.entries(files)) {
    const path = cache.path({ id: Number(id), version: "v" }, "preview");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.alloc(bytes));
    utimesSync(path, usedAt, usedAt);
  }
  return cache;
}

test("half-written files go; thumbnails and what fits stay", async () => {
  const cache = cacheWith({ 1: { bytes: 10, usedAt: 1 } });
  const thumbnail = cache.path({ id: 1, version: "v" }, "256");
  mkdirSync(dirname(thumbnail), { recursive: true });
  writeFileSync(thumbnail, Buffer.alloc(500));
  writeFileSync(`${thumbnail}.77.partial`, "half");
  await cache.tidy(100);
  expect(existsSync(`${thumbnail}.77.partial`)).toBe(false);
  expect(existsSync(thumbnail)).toBe(true);
  expect(existsSync(cache.path({ id: 1, version: "v" }, "preview"))).toBe(true);
});

test("beyond the limit the longest unused large renditions go", async () => {
  const cache = cacheWith({
    1: { bytes: 40, usedAt: 1000 },
    2: { bytes: 40, usedAt: 3000 },
    3: { bytes: 40, usedAt: 2000 },
  });
  await cache.tidy(100);
  const left = [1, 2, 3].filter((id) => existsSync(cache.path({ id, version: "v" }, "preview")));
  expect(left).toEqual([2, 3]);
});

test("a library without a cache is tidy", async () => {
  await cacheWith({}).tidy();
});
