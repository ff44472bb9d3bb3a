import { execFile } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import type { FoundPhoto } from "../library/index.ts";
import { canBeNobody, nobody } from "../nobody.fixture.ts";
import { scanFiles, scanFolder, sharedSidecars, type UnreadFolder } from "./folder-scan.ts";

const jpegHead = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);

function temporaryFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), "kiln-scan-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A folder with these files (paths with slashes), each a few bytes long. */
function folderWith(...paths: string[]): string {
  const root = temporaryFolder();
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), jpegHead);
  }
  return root;
}

async function scan(root: string, leaveOut = tmpdir(), onFolder = (_: FoundPhoto[]) => {}) {
  const photos: FoundPhoto[] = [];
  const unread: UnreadFolder[] = [];
  await scanFolder(root, {
    signal: new AbortController().signal,
    leaveOut,
    onFolder: (found) => {
      photos.push(...found);
      onFolder(found);
    },
    onUnread: (folder) => unread.push(folder),
  });
  const shown = photos.map(({ directory, files, skip }) =>
    [...files.map(({ name }) => relative(root, join(directory, name))), skip?.code ?? ""]
      .join(" ")
      .trim(),
  );
  return { photos, shown, unread };
}

test("photos come folder by folder, in the order in which a person counts", async () => {
  const root = folderWith("IMG_10.jpg", "IMG_9.jpg", "b/1.jpg", "a10/1.jpg", "a9/1.jpg");
  expect((await scan(root)).shown).toEqual([
    "IMG_9.jpg",
    "IMG_10.jpg",
    "a9/1.jpg",
    "a10/1.jpg",
    "b/1.jpg",
  ]);
});

test("names in Korean and with emoji are names like any other", async () => {
  const root = folderWith("제주 여행/해돋이 🌅.jpg", "제주 여행/가족 👨‍👩‍👧.JPG", "한글.jpg");
  expect((await scan(root)).shown).toEqual([
    "한글.jpg",
    "제주 여행/가족 👨‍👩‍👧.JPG",
    "제주 여행/해돋이 🌅.jpg",
  ]);
});

test("RAW, JPEG, XMP and movie of one base name are one photo, however the companion is named", async () => {
  const root = folderWith(
    "1.CR2",
    "1.JPG",
    "1.xmp",
    "2.HEIC",
    "2.MOV",
    "3.jpg",
    "3.jpg.xmp",
    "4.tif",
    "4.xmp",
  );
  expect((await scan(root)).shown).toEqual([
    "1.JPG 1.CR2 1.xmp",
    "2.HEIC 2.MOV",
    "3.jpg 3.jpg.xmp",
    "4.tif 4.xmp",
  ]);
});

test("what shares a base name and is no pair is a photo of its own, each under its own key", async () => {
  const root = folderWith("IMG.jpeg", "IMG.jpg", "IMG.png", "IMG.png.jpg");
  const { photos, shown } = await scan(root);
  expect(shown.toSorted()).toEqual(["IMG.jpeg", "IMG.jpg", "IMG.png", "IMG.png.jpg"]);
  expect(new Set(photos.map(({ key }) => key)).size).toBe(4);
});

test("what can't be shown yet is listed with its reason; what is no photo is not listed", async () => {
  const root = folderWith("a.nef", "b.mov", "c.gif", "d.xmp");
  writeFileSync(join(root, "c.gif"), "GIF89a");
  writeFileSync(join(root, "notes.txt"), "Not a photo.");
  expect((await scan(root)).shown).toEqual([
    "a.nef",
    "b.mov not-a-photo",
    "c.gif format-unsupported",
  ]);
});

test("a JPEG is found under a foreign extension and without any", async () => {
  const root = folderWith("no-extension", "really-a-jpeg.gif", "really-a-jpeg-too.bin");
  const { photos } = await scan(root);
  expect(photos.map(({ files }) => files[0]?.kind)).toEqual(["jpeg", "jpeg", "jpeg"]);
});

test("two RAW files of one base name are photos apart, and said to share a sidecar", async () => {
  const root = folderWith("1.CR2", "1.DNG", "1.jpg", "2.CR2", "2.jpg");
  const { photos, shown } = await scan(root);
  expect(photos).toHaveLength(3);
  expect(shown.toSorted()).toEqual(["1.DNG", "1.jpg 1.CR2", "2.jpg 2.CR2"]);
  expect(sharedSidecars(["1.CR2", "1.DNG", "1.jpg", "2.CR2", "2.jpg"])).toEqual([
    ["1.CR2", "1.DNG"],
  ]);
});

test("hidden files and folders are left alone", async () => {
  const root = folderWith(".hidden.jpg", ".cache/1.jpg", "._1.jpg", "1.jpg");
  expect((await scan(root)).shown).toEqual(["1.jpg"]);
});

test("loops of links end: to itself, to a folder around, to one beside, to nowhere", async () => {
  const around = folderWith("beside.jpg", "root/a/1.jpg", "root/b/2.jpg");
  const root = join(around, "root");
  symlinkSync(".", join(root, "itself"));
  symlinkSync("..", join(root, "a", "up"));
  symlinkSync("../..", join(root, "a", "out"));
  symlinkSync("../b", join(root, "a", "over"));
  symlinkSync("../a", join(root, "b", "back"));
  symlinkSync("nowhere", join(root, "dead"));
  symlinkSync("knot", join(root, "knot"));
  const { shown, unread } = await scan(root);
  expect(shown).toEqual(["a/1.jpg", "b/2.jpg"]);
  expect(unread).toEqual([]);
});

test("a photo is known by its own place, though a link to it comes first by name", async () => {
  const root = folderWith("z/1.jpg");
  symlinkSync("z", join(root, "a-link"));
  expect((await scan(root)).shown).toEqual(["z/1.jpg"]);
});

test("a link to a folder elsewhere is followed once, and links behind it, too", async () => {
  const elsewhere = folderWith("2.jpg");
  const farther = folderWith("3.jpg");
  symlinkSync(farther, join(elsewhere, "on"));
  const root = folderWith("1.jpg");
  symlinkSync(elsewhere, join(root, "first"));
  symlinkSync(elsewhere, join(root, "second"));
  expect((await scan(root)).shown).toEqual(["1.jpg", "first/2.jpg", "first/on/3.jpg"]);
});

test("the library's own folder is passed over wherever it is met", async () => {
  const root = folderWith("1.jpg", "Kiln/cache/thumbnails/1-256.jpg");
  expect((await scan(root, join(root, "Kiln"))).shown).toEqual(["1.jpg"]);
});

test("a name that is not valid text is listed", async ({ skip }) => {
  const root = folderWith("1.jpg");
  try {
    writeFileSync(
      Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xc7, 0xd1]), Buffer.from(".jpg")]),
      jpegHead,
    );
  } catch {
    skip("This file system takes only valid names.");
  }
  const { shown, unread } = await scan(root);
  expect(shown).toEqual(["1.jpg"]);
  expect(unread).toEqual([
    {
      path: join(root, "\ufffd\ufffd.jpg"),
      reason: expect.objectContaining({ en: expect.stringContaining("UTF-8") }),
    },
  ]);
});

test("a folder that isn't there, and a file in its place, are said to be missing", async () => {
  const root = folderWith("file");
  for (const path of [join(root, "gone"), join(root, "file")]) {
    await expect(scan(path)).rejects.toMatchObject({ code: "folder-missing" });
  }
});

test("a folder below that vanishes while the scan is under way is passed over", async () => {
  const root = folderWith("1.jpg", "a/2.jpg", "b/3.jpg");
  const { shown, unread } = await scan(root, tmpdir(), () =>
    rmSync(join(root, "b"), { recursive: true, force: true }),
  );
  expect(shown).toEqual(["1.jpg", "a/2.jpg"]);
  expect(unread).toEqual([]);
});

test("a scan that is cancelled stops with the signal's reason", async () => {
  const root = folderWith("1.jpg", "a/2.jpg");
  const cancel = new AbortController();
  const folders: number[] = [];
  const scanning = scanFolder(root, {
    signal: cancel.signal,
    leaveOut: tmpdir(),
    onFolder: (photos) => {
      folders.push(photos.length);
      cancel.abort(new Error("cancelled"));
    },
    onUnread: () => {},
  });
  await expect(scanning).rejects.toThrow("cancelled");
  expect(folders).toEqual([1]);
});

test("a failure of whoever takes the photos is not taken for an unreadable folder", async () => {
  const root = folderWith("1.jpg", "a/2.jpg");
  const full = new Error("disk full");
  const failing = scan(root, tmpdir(), (found) => {
    if (found[0]?.files[0]?.name === "2.jpg") throw full;
  });
  await expect(failing).rejects.toBe(full);
});

test("a dropped file brings what belongs to it, and nothing else of its folder", async () => {
  const root = folderWith("1.jpg", "1.cr2", "1.xmp", "2.jpg");
  unlinkSync(join(root, "2.jpg"));
  writeFileSync(join(root, "3.jpg"), jpegHead);
  const photos = await scanFiles(root, ["1.jpg", "2.jpg"], new AbortController().signal);
  expect(photos.map(({ files }) => files.map(({ name }) => name))).toEqual([
    ["1.jpg", "1.cr2", "1.xmp"],
  ]);
});

/** Scans as a user who is not root, to whom folders can be shut. */
const scanAsNobody = join(import.meta.dirname, "folder-scan.fixture.ts");

test.skipIf(!canBeNobody)(
  "folders that may not be read are listed, and the others are read",
  async () => {
    const root = folderWith("1.jpg", "shut/2.jpg", "listed-only/3.jpg", "z/4.jpg");
    chmodSync(root, 0o755);
    chmodSync(join(root, "shut"), 0o000);
    chmodSync(join(root, "listed-only"), 0o744);
    onTestFinished(() => chmodSync(join(root, "shut"), 0o755));
    if (process.getuid?.() !== 0) {
      chmodSync(join(root, "listed-only"), 0o644);
      onTestFinished(() => chmodSync(join(root, "listed-only"), 0o755));
    }
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [scanAsNobody, root, join(root, "shut")], {
      ...nobody,
    });
    expect(JSON.parse(stdout)).toEqual({
      found: ["1.jpg", "4.jpg"],
      unread: [
        [join(root, "listed-only"), `Kiln may not read the folder “${join(root, "listed-only")}”.`],
        [join(root, "shut"), `Kiln may not read the folder “${join(root, "shut")}”.`],
      ],
      shutItself: "folder-unreadable",
    });
  },
);
