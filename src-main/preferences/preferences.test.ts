import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { preferencesPatchSchema } from "../../src-preload/contract/preferences.ts";
import { openPreferencesFile, Preferences } from "./index.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "kiln-preferences-"));

test("what is set is there for the next start, and what was not set keeps its default", () => {
  const directory = folder();
  new Preferences(openPreferencesFile(directory)).set({ language: "ko", tileSize: 320 });
  const next = new Preferences(openPreferencesFile(directory)).get();
  expect(next).toMatchObject({ language: "ko", tileSize: 320, burstGapMs: 2000 });
});

test("a change of one thing leaves every other as it was", () => {
  expect(preferencesPatchSchema.parse({ language: "en" })).toEqual({ language: "en" });
  const preferences = new Preferences(openPreferencesFile(folder()));
  const apply = { ...preferences.get().apply, action: "move" as const, pattern: "{date}_{seq}" };
  preferences.set({ apply });
  preferences.set(preferencesPatchSchema.parse({ tileSize: 300 }));
  expect(preferences.get()).toMatchObject({ apply, tileSize: 300 });
});

test("sidecars are written only once the person wants it", () => {
  const preferences = new Preferences(openPreferencesFile(folder()));
  expect(preferences.get().xmp).toEqual({ write: false, pickAs: "nothing", onConflict: "newer" });
  const xmp = { write: true, pickAs: "stars5", onConflict: "kiln" } as const;
  preferences.set(preferencesPatchSchema.parse({ xmp }));
  expect(preferences.get().xmp).toEqual(xmp);
});

test("a broken value or a damaged file costs that value only, never the start", () => {
  const directory = folder();
  const file = join(directory, "preferences.json");
  writeFileSync(file, JSON.stringify({ language: "klingon", tileSize: 240, apply: 7 }));
  expect(new Preferences(openPreferencesFile(directory)).get()).toMatchObject({
    language: "system",
    tileSize: 240,
    apply: { pattern: "{name}" },
  });
  writeFileSync(file, "{ not json");
  expect(new Preferences(openPreferencesFile(directory)).get().tileSize).toBe(200);
});

test("keys of a newer Kiln survive a change", () => {
  const directory = folder();
  const file = join(directory, "preferences.json");
  writeFileSync(file, JSON.stringify({ holograms: true }));
  new Preferences(openPreferencesFile(directory)).set({ autoAdvance: false });
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    holograms: true,
    autoAdvance: false,
  });
});

test("listeners hear of a change, until they stop", () => {
  const preferences = new Preferences(openPreferencesFile(folder()));
  const heard: number[] = [];
  const stop = preferences.onChange((value) => heard.push(value.tileSize));
  preferences.set({ tileSize: 100 });
  stop();
  preferences.set({ tileSize: 300 });
  expect(heard).toEqual([100]);
});
