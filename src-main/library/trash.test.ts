import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freedesktopTrash, noTrash, oneWayTrash, systemTrash } from "./trash.ts";

let folder: string;
let dataHome: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kiln-trash-"));
  dataHome = join(folder, "data");
});
afterEach(() => rm(folder, { recursive: true }));

const now = () => new Date(2026, 10, 21, 8, 5, 9);

async function file(...path: string[]): Promise<string> {
  const whole = join(folder, ...path);
  await mkdir(join(whole, ".."), { recursive: true });
  await writeFile(whole, path.join("/"));
  return whole;
}

async function put(trash: ReturnType<typeof freedesktopTrash>, path: string): Promise<string> {
  let receipt = "";
  await trash.put(path, (text) => {
    receipt = text;
  });
  return receipt;
}

/** Takes each folder directly below the test's for a volume. */
const byFolder = async (path: string) =>
  path.startsWith(`${folder}/`)
    ? join(folder, path.slice(folder.length + 1).split("/")[0] ?? "")
    : "/";

test("the home trash as the specification has it: escaped absolute path, local time, and back again", async () => {
  const trash = freedesktopTrash({ dataHome, now });
  const path = await file("shoot", "사진 100%.jpg");
  const receipt = await put(trash, path);
  expect(await readdir(join(folder, "shoot"))).toEqual([]);
  const info = join(dataHome, "Trash", "info", "사진 100%.jpg.trashinfo");
  expect(await readFile(info, "utf8")).toBe(
    `[Trash Info]\nPath=${folder}/shoot/%EC%82%AC%EC%A7%84%20100%25.jpg\nDeletionDate=2026-11-21T08:05:09\n`,
  );
  expect((await stat(join(dataHome, "Trash"))).mode & 0o777).toBe(0o700);
  expect(await trash.settle(receipt)).toBe("in-trash");
  await trash.restore(receipt, path);
  expect(await readFile(path, "utf8")).toBe("shoot/사진 100%.jpg");
  expect(await readdir(join(dataHome, "Trash", "info"))).toEqual([]);
  // Once more is harmless.
  await trash.restore(receipt, path);
});

test("files of one name get names of their own, also beside what others left without a note", async () => {
  const trash = freedesktopTrash({ dataHome });
  await mkdir(join(dataHome, "Trash", "files"), { recursive: true });
  await writeFile(join(dataHome, "Trash", "files", "a.jpg"), "somebody's");
  const paths = [await file("one", "a.jpg"), await file("two", "a.jpg")];
  const receipts = [await put(trash, paths[0] ?? ""), await put(trash, paths[1] ?? "")];
  expect((await readdir(join(dataHome, "Trash", "files"))).toSorted()).toEqual([
    "a.2.jpg",
    "a.3.jpg",
    "a.jpg",
  ]);
  await trash.restore(receipts[0] ?? "", paths[0] ?? "");
  expect(await readFile(paths[0] ?? "", "utf8")).toBe("one/a.jpg");
  expect(await trash.settle(receipts[1] ?? "")).toBe("in-trash");
});

test("a name of 255 bytes fits with its note", async () => {
  const trash = freedesktopTrash({ dataHome });
  const name = `${"한".repeat(83)}ab.jpg`;
  expect(Buffer.byteLength(name)).toBe(255);
  const path = await file("shoot", name);
  const receipt = await put(trash, path);
  expect((await readdir(join(dataHome, "Trash", "files")))[0]).toMatch(/^한+\.jpg$/);
  await trash.restore(receipt, path);
  expect(await readdir(join(folder, "shoot"))).toEqual([name]);
});

test("another volume has a trash at its top, with paths from there; the shared one counts only with the sticky bit", async () => {
  const trash = freedesktopTrash({ dataHome, findRoot: byFolder });
  const uid = process.getuid?.() ?? 0;
  const receipt = await put(trash, await file("drive", "sub", "a.jpg"));
  const own = join(folder, "drive", `.Trash-${uid}`);
  expect(await readFile(join(own, "info", "a.jpg.trashinfo"), "utf8")).toMatch(
    "\nPath=sub/a.jpg\n",
  );
  await trash.restore(receipt, join(folder, "drive", "sub", "a.jpg"));

  await mkdir(join(folder, "loose", ".Trash"), { recursive: true });
  await put(trash, await file("loose", "a.jpg"));
  expect(await readdir(join(folder, "loose", `.Trash-${uid}`, "files"))).toEqual(["a.jpg"]);

  await mkdir(join(folder, "sticky", ".Trash"), { recursive: true });
  await chmod(join(folder, "sticky", ".Trash"), 0o1777);
  await put(trash, await file("sticky", "a.jpg"));
  expect(await readdir(join(folder, "sticky", ".Trash", String(uid), "files"))).toEqual(["a.jpg"]);
});

test("a card and a place without a trash are refused, and the file stays", async () => {
  const trash = freedesktopTrash({ dataHome, findRoot: byFolder });
  const onCard = await file("card", "DCIM", "100KILN", "a.jpg");
  expect((await trash.refusal(onCard))?.code).toBe("trash-on-card");
  await expect(put(trash, onCard)).rejects.toThrow("trash-on-card");
  // A file where the trash folder should be.
  const uid = process.getuid?.() ?? 0;
  await file("drive", `.Trash-${uid}`);
  const path = await file("drive", "a.jpg");
  expect((await trash.refusal(path))?.code).toBe("trash-none");
  await expect(put(trash, path)).rejects.toThrow("trash-none");
  expect(await readFile(onCard, "utf8")).toBe("card/DCIM/100KILN/a.jpg");
  expect(await readFile(path, "utf8")).toBe("drive/a.jpg");
});

test("restoring never overwrites, and says when the trash was emptied", async () => {
  const trash = freedesktopTrash({ dataHome });
  const path = await file("shoot", "a.jpg");
  const receipt = await put(trash, path);
  await writeFile(path, "somebody's");
  await expect(trash.restore(receipt, path)).rejects.toThrow("trash-place-taken");
  expect(await readFile(path, "utf8")).toBe("somebody's");
  await trash.restore(receipt, join(folder, "shoot", "a-2.jpg"));
  expect(await readFile(join(folder, "shoot", "a-2.jpg"), "utf8")).toBe("shoot/a.jpg");

  const second = await put(trash, join(folder, "shoot", "a-2.jpg"));
  await rm(join(dataHome, "Trash"), { recursive: true });
  await expect(trash.restore(second, join(folder, "shoot", "a-2.jpg"))).rejects.toThrow(
    "trash-emptied",
  );
  expect(await trash.settle(second)).toBe("in-place");
});

test("a put that was cut short between its two names is taken back", async () => {
  const trash = freedesktopTrash({ dataHome });
  const path = await file("shoot", "a.jpg");
  const receipt = await put(trash, path);
  // As after link() and before unlink().
  await link(join(dataHome, "Trash", "files", "a.jpg"), path);
  expect(await trash.settle(receipt)).toBe("in-place");
  expect(await readFile(path, "utf8")).toBe("shoot/a.jpg");
  for (const part of ["files", "info"])
    expect(await readdir(join(dataHome, "Trash", part))).toEqual([]);
});

test("a one-way trash passes the file on and takes nothing back", async () => {
  const trashed: string[] = [];
  const trash = oneWayTrash(async (path) => {
    trashed.push(path);
  }, byFolder);
  const path = await file("shoot", "a.jpg");
  await trash.put(path, () => expect.unreachable("A one-way trash has no receipts."));
  expect(trashed).toEqual([path]);
  await expect(trash.restore("", path)).rejects.toThrow("trash-one-way");
  expect((await trash.refusal(await file("card", "DCIM", "a.jpg")))?.code).toBe("trash-on-card");
  expect((await trash.refusal("\\\\server\\share\\a.jpg"))?.code).toBe("trash-on-share");
  const failing = oneWayTrash(() => Promise.reject(new Error("The bin is locked.")));
  await expect(failing.put(path, () => undefined)).rejects.toThrow("trash-failed");
});

test("which trash a system has", async () => {
  expect(systemTrash({ platform: "linux" }).capability).toBe("restorable");
  expect(systemTrash({ platform: "darwin" }).capability).toBe("none");
  const trashItem = async () => undefined;
  expect(systemTrash({ platform: "win32", trashItem }).capability).toBe("one-way");
  await expect(noTrash().put("a.jpg", () => undefined)).rejects.toThrow("trash-none");
});
