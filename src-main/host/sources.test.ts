import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isPhotoName } from "../photos/index.ts";
import { Sources } from "./sources.ts";

function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "kiln-sources-")));
  onTestFinished(() => {
    chmodSync(path, 0o755);
    rmSync(path, { recursive: true });
  });
  return path;
}

test("only tokens that were issued here stand for paths", () => {
  const sources = new Sources(isPhotoName);
  const token = sources.issue(["/photos/한국 🎞"]);
  expect(sources.paths(token)).toEqual(["/photos/한국 🎞"]);
  expect(token).not.toContain("photos");
  for (const forged of ["", "/etc", token.slice(1), `${token}x`, "__proto__"]) {
    expect(() => sources.paths(forged)).toThrow(
      expect.objectContaining({ code: "source-unknown" }),
    );
  }
  expect(() => new Sources(isPhotoName).paths(token)).toThrow(
    expect.objectContaining({ code: "source-unknown" }),
  );
});

test("the host's list shows folders in natural order with their photos, and leads up and down", async () => {
  const path = folder();
  for (const name of ["card 10", "card 2", ".hidden"]) mkdirSync(join(path, name));
  for (const name of ["a.JPG", "a.CR3", "a.xmp", "b.nef"]) {
    writeFileSync(join(path, "card 2", name), "");
  }
  writeFileSync(join(path, "card 2", "notes.txt"), "");
  writeFileSync(join(path, "b.heic"), "");
  symlinkSync(join(path, "card 2"), join(path, "linked"));
  const sources = new Sources(isPhotoName);
  const listing = await sources.list(sources.issue([path]));
  expect(listing.folders.map(({ name, photoCount }) => [name, photoCount])).toEqual([
    ["card 2", 2],
    ["card 10", 0],
    ["linked", 2],
  ]);
  expect(listing).toMatchObject({ path, photoCount: 1, writable: true });
  const inside = await sources.list(listing.folders[0]?.token ?? "");
  expect(inside.path).toBe(join(path, "card 2"));
  expect(sources.folder(inside.parent ?? "")).toBe(path);
});

test("a new folder stays inside its parent", async () => {
  const path = folder();
  const sources = new Sources(isPhotoName);
  const parent = sources.issue([path]);
  expect((await sources.makeFolder(parent, "고른 사진")).path).toBe(join(path, "고른 사진"));
  for (const name of ["..", ".", "a/b", "../up"]) {
    await expect(sources.makeFolder(parent, name)).rejects.toMatchObject({ code: "folder-name" });
  }
  await expect(sources.makeFolder(parent, "고른 사진")).rejects.toMatchObject({
    code: "folder-not-made",
  });
});

test("a folder that isn't there is a sentence", async () => {
  const sources = new Sources(isPhotoName);
  await expect(sources.list(sources.issue(["/nowhere/at/all"]))).rejects.toMatchObject({
    code: "folder-unreadable",
  });
});
