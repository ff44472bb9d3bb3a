import { open } from "node:fs/promises";
import { extname } from "node:path";
import type { photoFormats } from "../../src-preload/contract/photos.ts";
import type { FileKind } from "../library/index.ts";

export type PhotoFormat = (typeof photoFormats)[number];

/** What the first bytes of a file say that it is. */
export type Sniffed =
  | { readonly is: "photo"; readonly format: PhotoFormat }
  | { readonly is: "raw" }
  /** A picture that Kiln can't open; `name` as people call it. */
  | { readonly is: "unsupported"; readonly name: string }
  | { readonly is: "foreign" };

/** As many first bytes as {@link sniff} looks at, at most. */
export const SNIFF_BYTES = 4096;

const kindsByExtension: Readonly<Record<string, FileKind>> = {
  jpg: "jpeg",
  jpeg: "jpeg",
  jpe: "jpeg",
  jfif: "jpeg",
  png: "png",
  webp: "webp",
  avif: "avif",
  tif: "tiff",
  tiff: "tiff",
  heic: "heic",
  heif: "heic",
  hif: "heic",
  "3fr": "raw",
  arw: "raw",
  cr2: "raw",
  cr3: "raw",
  dng: "raw",
  erf: "raw",
  iiq: "raw",
  kdc: "raw",
  mrw: "raw",
  nef: "raw",
  nrw: "raw",
  orf: "raw",
  pef: "raw",
  raf: "raw",
  rw2: "raw",
  srw: "raw",
  x3f: "raw",
  xmp: "xmp",
  thm: "thumbnail",
  mov: "video",
  mp4: "video",
  m4v: "video",
  // Pictures all the same: listed, with the reason why they can't be opened.
  bmp: "other",
  exr: "other",
  gif: "other",
  hdr: "other",
  ico: "other",
  jp2: "other",
  jxl: "other",
  psd: "other",
  svg: "other",
  tga: "other",
};

/** What a file's name promises; null when it promises nothing about photos. */
export function kindOfName(name: string): FileKind | null {
  return kindsByExtension[extname(name).slice(1).toLowerCase()] ?? null;
}

/** Whether a file's name promises a photo that Kiln opens. */
export function isPhotoName(name: string): boolean {
  const kind = kindOfName(name);
  return kind !== null && openedKinds.has(kind);
}

const openedKinds = new Set<FileKind>(["jpeg", "png", "webp", "avif", "tiff", "heic", "raw"]);

/** What a file is whose name promises no photo; null when it is no photo or can't be read. */
export async function sniffFile(path: string): Promise<FileKind | null> {
  const head = Buffer.alloc(SNIFF_BYTES);
  let bytesRead: number;
  try {
    await using file = await open(path, "r");
    ({ bytesRead } = await file.read(head, 0, head.length, 0));
  } catch {
    // A file that nothing promised to be a photo and that nobody may read is not missed.
    return null;
  }
  const sniffed = sniff(head.subarray(0, bytesRead));
  if (sniffed.is === "photo") return sniffed.format;
  return sniffed.is === "raw" ? "raw" : null;
}

/** @param head the first bytes of a file, {@link SNIFF_BYTES} of them or all. */
export function sniff(head: Buffer): Sniffed {
  const startsWith = (ascii: string, at = 0): boolean =>
    head.toString("latin1", at, at + ascii.length) === ascii;

  if (startsWith("\xff\xd8\xff")) return photo("jpeg");
  if (startsWith("\x89PNG\r\n\x1a\n")) return photo("png");
  if (startsWith("RIFF") && startsWith("WEBP", 8)) return photo("webp");
  if (startsWith("ftyp", 4)) return sniffBrands(head);
  if (startsWith("II*\0") || startsWith("MM\0*")) return sniffTiff(head);
  // BigTIFF.
  if (startsWith("II+\0") || startsWith("MM\0+")) return photo("tiff");
  if (rawMagics.some((magic) => startsWith(magic))) return { is: "raw" };
  const unsupported = unsupportedMagics.find(({ magic }) => startsWith(magic));
  return unsupported === undefined
    ? { is: "foreign" }
    : { is: "unsupported", name: unsupported.name };
}

/** Fujifilm RAF, Olympus ORF (three kinds), Panasonic RW2, Sigma X3F, Minolta MRW. */
const rawMagics = ["FUJIFILMCCD-RAW", "IIRO", "IIRS", "MMOR", "IIU\0", "FOVb", "\0MRM"];

const unsupportedMagics = [
  { magic: "GIF8", name: "GIF" },
  { magic: "8BPS", name: "Photoshop" },
  { magic: "BM", name: "BMP" },
  { magic: "\xff\x0a", name: "JPEG XL" },
  { magic: "\0\0\0\x0cJXL ", name: "JPEG XL" },
  { magic: "\0\0\0\x0cjP  ", name: "JPEG 2000" },
];

const heicBrands = ["heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs"];
const avifBrands = ["avif", "avis"];

/** ISO/IEC 14496-12 ftyp: the main brand, or what a generic HEIF (mif1) is compatible with. */
function sniffBrands(head: Buffer): Sniffed {
  const end = Math.min(head.readUInt32BE(0), head.length);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) {
    // Between the main brand and the compatible ones stands a version.
    if (at !== 12) brands.push(head.toString("latin1", at, at + 4));
  }
  const main = brands[0] ?? "";
  if (main === "crx ") return { is: "raw" };
  const candidates = ["mif1", "msf1", "miaf"].includes(main) ? brands : [main];
  for (const brand of candidates) {
    if (heicBrands.includes(brand)) return photo("heic");
    if (avifBrands.includes(brand)) return photo("avif");
  }
  return { is: "foreign" };
}

/** DNGVersion: what has it is a RAW, whatever it is called. */
const DNG_VERSION_TAG = 0xc612;

function sniffTiff(head: Buffer): Sniffed {
  const isBigEndian = head[0] === 0x4d;
  const u16 = (at: number): number =>
    at + 2 > head.length ? 0 : isBigEndian ? head.readUInt16BE(at) : head.readUInt16LE(at);
  const u32 = (at: number): number =>
    at + 4 > head.length ? 0 : isBigEndian ? head.readUInt32BE(at) : head.readUInt32LE(at);
  // Canon CR2 says so behind the header.
  if (head.toString("latin1", 8, 10) === "CR") return { is: "raw" };
  const directory = u32(4);
  for (let i = 0; i < u16(directory); i += 1) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > head.length) break;
    if (u16(at) === DNG_VERSION_TAG) return { is: "raw" };
  }
  return photo("tiff");
}

function photo(format: PhotoFormat): Sniffed {
  return { is: "photo", format };
}
