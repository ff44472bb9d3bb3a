import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kindOfName, sniff, sniffFile } from "./formats.ts";

test.each([
  ["IMG_0001.JPG", "jpeg"],
  ["사진 1.heic", "heic"],
  ["a.b.TIFF", "tiff"],
  ["_DSC1.ARW", "raw"],
  ["IMG_1.CR3", "raw"],
  ["IMG_1.xmp", "xmp"],
  ["MVI_1.THM", "thumbnail"],
  ["IMG_1.MOV", "video"],
  ["scan.psd", "other"],
  ["notes.txt", null],
  ["README", null],
  [".jpg", null],
])("the name %s promises %s", (name, kind) => {
  expect(kindOfName(name)).toBe(kind);
});

test.each([
  ["a JPEG", "\xff\xd8\xff\xe0", { is: "photo", format: "jpeg" }],
  ["a PNG", "\x89PNG\r\n\x1a\n", { is: "photo", format: "png" }],
  ["a WebP", "RIFF\0\0\0\0WEBP", { is: "photo", format: "webp" }],
  ["a WAV", "RIFF\0\0\0\0WAVE", { is: "foreign" }],
  ["a little-endian TIFF", "II*\0\x08\0\0\0", { is: "photo", format: "tiff" }],
  ["a big-endian TIFF", "MM\0*\0\0\0\x08", { is: "photo", format: "tiff" }],
  ["a BigTIFF", "II+\0\x08\0\0\0", { is: "photo", format: "tiff" }],
  ["an iPhone's HEIC", brands("heic", "mif1", "heic"), { is: "photo", format: "heic" }],
  ["a generic HEIF with HEVC", brands("mif1", "mif1", "heic"), { is: "photo", format: "heic" }],
  ["an AVIF", brands("avif", "mif1", "miaf"), { is: "photo", format: "avif" }],
  ["a generic HEIF with AV1", brands("mif1", "avif"), { is: "photo", format: "avif" }],
  ["a QuickTime film", brands("qt  ", "qt  "), { is: "foreign" }],
  ["a Canon CR3", brands("crx ", "isom"), { is: "raw" }],
  ["a Canon CR2", "II*\0\x10\0\0\0CR\x02\0", { is: "raw" }],
  ["a DNG", "II*\0\x08\0\0\0\x01\0\x12\xc6\x01\0\x04\0\0\0\x01\x04\0\0", { is: "raw" }],
  ["a Fujifilm RAF", "FUJIFILMCCD-RAW 0201", { is: "raw" }],
  ["an Olympus ORF", "IIRO\x08\0\0\0", { is: "raw" }],
  ["a Panasonic RW2", "IIU\0\x18\0\0\0", { is: "raw" }],
  ["a GIF", "GIF89a", { is: "unsupported", name: "GIF" }],
  ["a Photoshop file", "8BPS\0\x01", { is: "unsupported", name: "Photoshop" }],
  ["a JPEG XL", "\xff\x0a\xfa", { is: "unsupported", name: "JPEG XL" }],
  ["text", "dear diary", { is: "foreign" }],
  ["nothing", "", { is: "foreign" }],
  ["a lone box header", "\0\0\0\x10ftyp", { is: "foreign" }],
])("%s is told by its first bytes", (_, head, sniffed) => {
  expect(sniff(Buffer.from(head, "latin1"))).toEqual(sniffed);
});

test("a directory that leads out of a TIFF's first bytes is no RAW", () => {
  expect(sniff(Buffer.from("MM\0*\xff\xff\xff\xf0", "latin1"))).toEqual({
    is: "photo",
    format: "tiff",
  });
});

test("a file without a telling name is looked into", async () => {
  const directory = await mkdtemp(join(tmpdir(), "kiln-formats-"));
  const path = join(directory, "photo");
  await writeFile(path, Buffer.from("\xff\xd8\xff\xe0", "latin1"));
  expect(await sniffFile(path)).toBe("jpeg");
  await writeFile(path, "FUJIFILMCCD-RAW");
  expect(await sniffFile(path)).toBe("raw");
  await writeFile(path, "GIF89a");
  expect(await sniffFile(path)).toBeNull();
  await rm(path);
  expect(await sniffFile(path)).toBeNull();
  await rm(directory, { recursive: true });
});

/** An `ftyp` box: the main brand, a version, the compatible brands. */
function brands(main: string, ...compatible: string[]): string {
  const size = 16 + 4 * compatible.length;
  return `\0\0\0${String.fromCharCode(size)}ftyp${main}\0\0\0\0${compatible.join("")}`;
}
