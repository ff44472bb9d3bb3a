import { expect, test } from "vitest";
import type { FolderListing } from "../../src-preload/contract/library.ts";
import { walkTo } from "./walk-to.ts";

/** A host's list over these folders; a token is the path that it stands for. */
function listOf(home: string, ...paths: string[]) {
  const all = new Set(["/"]);
  for (const path of [home, ...paths]) {
    const parts = path.split("/").slice(1);
    for (const level of parts.keys()) all.add(`/${parts.slice(0, level + 1).join("/")}`);
  }
  const parentOf = (path: string): string => path.replace(/\/[^/]*$/, "") || "/";
  return (token: string | null): Promise<FolderListing> => {
    const path = token ?? home;
    const folders = [...all].filter((one) => one !== "/" && parentOf(one) === path);
    return Promise.resolve({
      token: path,
      path,
      parent: path === "/" ? null : parentOf(path),
      folders: folders.map((one) => ({
        token: one,
        name: one.split("/").at(-1) ?? "",
        photoCount: 0,
      })),
      photoCount: 0,
      writable: true,
    });
  };
}

const list = listOf("/home/mina", "/home/mina/사진/제주 🏝️", "/mnt/Card/DCIM", "/mnt/card");

async function walk(typed: string, from = "/home/mina"): Promise<string> {
  const { listing, missing } = await walkTo(typed, await list(from), list);
  return missing === null ? listing.path : `${listing.path} ✗ ${missing}`;
}

test.each([
  ["/mnt/Card/DCIM", "/mnt/Card/DCIM"],
  ["/mnt/card", "/mnt/card"],
  ["  '/home/mina/사진/제주 🏝️/' ", "/home/mina/사진/제주 🏝️"],
  ["~/사진", "/home/mina/사진"],
  ["~", "/home/mina"],
  ["사진/제주 🏝️", "/home/mina/사진/제주 🏝️"],
  ["../../mnt/./Card", "/mnt/Card"],
  ["/", "/"],
  ["/../..", "/"],
  // A Mac's disk spells 사 as two letters, and may not tell Home from home.
  ["/HOME/mina/사진".normalize("NFD"), "/home/mina/사진"],
])("%s is found", async (typed, path) => {
  expect(await walk(typed)).toBe(path);
});

test("what is not there stops the way at the folder where it should be", async () => {
  expect(await walk("/mnt/Card/RAW/2026")).toBe("/mnt/Card ✗ RAW");
  expect(await walk("없음")).toBe("/home/mina ✗ 없음");
});

test("a drive that the list does not lead to is said to be missing", async () => {
  const drive: FolderListing = {
    token: "c",
    path: "C:\\Users",
    parent: null,
    folders: [],
    photoCount: 0,
    writable: true,
  };
  const walked = await walkTo("D:\\Photos", drive, () => Promise.reject(new Error("not asked")));
  expect(walked).toEqual({ listing: drive, missing: "D:" });
});
