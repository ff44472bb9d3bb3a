import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  areTwoNamesOfOneFile,
  moveWithoutOverwrite,
  removeReservation,
  reservationFor,
  sameNameKey,
} from "./safe-move.ts";
import { cardHolding, volumeRoot } from "./volume.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kiln-move-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a file moves to a free name and never over a taken one", async () => {
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  await writeFile(from, "mine");
  const { ino } = await stat(from);
  expect(await moveWithoutOverwrite(from, to, reservationFor("x"))).toBe("moved");
  expect((await stat(to)).ino).toBe(ino);
  await writeFile(from, "another");
  expect(await moveWithoutOverwrite(from, to, reservationFor("x"))).toBe("taken");
  await symlink(join(folder, "nowhere"), join(folder, "dangling"));
  expect(await moveWithoutOverwrite(from, join(folder, "dangling"), reservationFor("x"))).toBe(
    "taken",
  );
  expect(await readFile(to, "utf8")).toBe("mine");
  expect(await readFile(from, "utf8")).toBe("another");
});

test("a source or a target folder that is missing changes nothing", async () => {
  const from = join(folder, "from");
  await expect(moveWithoutOverwrite(from, join(folder, "to"), "x")).rejects.toThrow("ENOENT");
  await writeFile(from, "mine");
  await expect(moveWithoutOverwrite(from, join(folder, "no", "to"), "x")).rejects.toThrow("ENOENT");
  expect(await readdir(folder)).toEqual(["from"]);
});

test("two names of one file are told from two files and from one name spelt twice", async () => {
  const paths = ["a", "b", "c"].map((name) => join(folder, name));
  const [a = "", b = "", c = ""] = paths;
  await writeFile(a, "same");
  await writeFile(c, "same");
  await link(a, b);
  expect(await areTwoNamesOfOneFile(a, b)).toBe(true);
  expect(await areTwoNamesOfOneFile(a, c)).toBe(false);
  expect(await areTwoNamesOfOneFile(a, a)).toBe(false);
  expect(await areTwoNamesOfOneFile(a, join(folder, "no"))).toBe(false);
  // As a volume without letter case shows one entry under two spellings.
  await mkdir(join(folder, "x"));
  await symlink(join(folder, "x"), join(folder, "y"));
  await link(a, join(folder, "x", "IMG.jpg"));
  expect(
    await areTwoNamesOfOneFile(join(folder, "x", "IMG.jpg"), join(folder, "y", "IMG.jpg")),
  ).toBe(false);
});

test("a reservation, and what a crash left of one, is removed; nothing else is", async () => {
  const path = join(folder, "name");
  const reservation = reservationFor("one");
  for (const own of [reservation, reservation.slice(0, 9), ""]) {
    await writeFile(path, own);
    await removeReservation(path, reservation);
    expect(await readdir(folder)).toEqual([]);
  }
  for (const other of [reservationFor("two"), `${reservation}and more`, "mine"]) {
    await writeFile(path, other);
    await removeReservation(path, reservation);
    expect(await readFile(path, "utf8")).toBe(other);
  }
  await removeReservation(folder, reservation);
  await removeReservation(join(folder, "no"), reservation);
});

test("names that some volume takes for one have one key", () => {
  for (const [one, other] of [
    ["IMG_1.JPG", "img_1.jpg"],
    ["é", "e\u0301"],
    ["한글".normalize("NFD"), "한글"],
    ["ſ", "S"],
    ["\u212a", "k"],
  ] as const) {
    expect(sameNameKey(one)).toBe(sameNameKey(other));
  }
  expect(sameNameKey("IMG_1")).not.toBe(sameNameKey("IMG_2"));
});

// A second volume that every Linux has.
test.skipIf(process.platform !== "linux")(
  "the volume of a path is found where the path does not exist yet and through links",
  async () => {
    expect(await volumeRoot(join(folder, "not", "yet"))).toBe(await volumeRoot(folder));
    expect(await volumeRoot("/proc/self/status")).toBe("/proc");
    await symlink("/proc", join(folder, "link"));
    expect(await volumeRoot(join(folder, "link", "self"))).toBe("/proc");
  },
);

test("a card is a volume with a DCIM folder at its top, and nowhere else", async () => {
  const asRoot = async () => folder;
  expect(await cardHolding(join(folder, "a.jpg"), asRoot)).toBeNull();
  await mkdir(join(folder, "backup", "DCIM"), { recursive: true });
  await writeFile(join(folder, "DCIM"), "a file");
  expect(await cardHolding(join(folder, "backup", "DCIM"), asRoot)).toBeNull();
  await rm(join(folder, "DCIM"));
  await mkdir(join(folder, "dcim"));
  expect(await cardHolding(join(folder, "anything"), asRoot)).toBe(folder);
});
