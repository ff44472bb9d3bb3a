import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metadata } from "sharp";
import { fileSource } from "../raw/byte-source.ts";
import { copyExif, encodeExif, exifDirectories } from "../raw/exif-fields.ts";
import { TiffReader } from "../raw/tiff.ts";
import type { Sharp } from "../sharp.ts";
import type { PhotoSource } from "../source.ts";

/** What a photo says besides its pixels, kept beside its raster, so that the photo itself may leave meanwhile. */
export interface PhotoMetadata {
  /** Of the raster's colours. Null: none was said, which means sRGB. */
  readonly icc: Buffer | null;
  /** A TIFF structure. */
  readonly exif: Buffer | null;
  /** An XMP packet. */
  readonly xmp: Buffer | null;
  /** An IPTC-IIM record, bare. */
  readonly iptc: Buffer | null;
  /** Pixels an inch. */
  readonly density: number | null;
}

const FILE = "metadata.json";
const kinds = ["icc", "exif", "xmp", "iptc"] as const;

/** @param colours how many channels of the raster are colours. */
export async function photoMetadata(
  sharp: Sharp,
  source: PhotoSource,
  metadata: Metadata,
  { colours, isConverted }: { colours: number; isConverted: boolean },
): Promise<PhotoMetadata> {
  const tiff = source.format === "tiff" && source.raw === null ? await readTiff(source) : null;
  const icc = isConverted ? await srgbProfile(sharp) : (metadata.icc ?? null);
  return {
    icc: icc !== null && fits(icc, colours) ? icc : null,
    exif: metadata.exif ?? tiff?.exif ?? null,
    xmp: metadata.xmp ?? null,
    iptc: bareIptc(tiff === null ? (metadata.iptc ?? null) : tiff.iptc),
    density: metadata.density ?? null,
  };
}

export async function saveMetadata(directory: string, metadata: PhotoMetadata): Promise<void> {
  const texts = kinds.map((kind) => [kind, metadata[kind]?.toString("base64") ?? null]);
  const saved = { ...Object.fromEntries(texts), density: metadata.density };
  await writeFile(join(directory, FILE), JSON.stringify(saved));
}

/** @throws Error ENOENT when nothing was saved there. */
export async function loadMetadata(directory: string): Promise<PhotoMetadata> {
  const saved: Record<string, unknown> = JSON.parse(await readFile(join(directory, FILE), "utf8"));
  const blob = (kind: (typeof kinds)[number]): Buffer | null => {
    const text = saved[kind];
    return typeof text === "string" ? Buffer.from(text, "base64") : null;
  };
  const { density } = saved;
  return {
    icc: blob("icc"),
    exif: blob("exif"),
    xmp: blob("xmp"),
    iptc: blob("iptc"),
    density: typeof density === "number" ? density : null,
  };
}

/** Whether a profile is one of grey: the data colour space in its header (ICC.1:2022, 7.2.6). */
export function isGreyProfile(icc: Buffer): boolean {
  return icc.toString("latin1", 16, 20) === "GRAY";
}

/** A profile of other colours than the pixels have says nothing about them. Grey pixels may have one of RGB. */
function fits(icc: Buffer, colours: number): boolean {
  const space = icc.toString("latin1", 16, 20);
  return space === "RGB " || (space === "GRAY" && colours === 1);
}

async function srgbProfile(sharp: Sharp): Promise<Buffer | null> {
  const pixel = { create: { width: 1, height: 1, channels: 3, background: "black" } } as const;
  const tagged = await sharp(pixel).withIccProfile("srgb").png().toBuffer();
  return (await sharp(tagged).metadata()).icc ?? null;
}

const IPTC_TAG = 33_723;
const MAX_IPTC_BYTES = 2 ** 20;

/** libvips reads no EXIF from a TIFF, where its fields are the file's own, and counts IPTC's bytes wrongly. */
async function readTiff({
  path,
  bytes,
  head,
}: PhotoSource): Promise<{ exif: Buffer | null; iptc: Buffer | null } | null> {
  await using file = await open(path, "r");
  const opened = await TiffReader.open(fileSource(file, bytes, head), 0);
  const first = await opened?.reader.directory(opened.first);
  if (!first) return null;
  const iptc = await first.bytes(IPTC_TAG, MAX_IPTC_BYTES);
  const fields = await copyExif(await exifDirectories(first));
  const isSilent = fields.image.length + fields.photo.length + fields.gps.length === 0;
  return { exif: isSilent ? null : encodeExif(fields, 1), iptc };
}

const PHOTOSHOP = "Photoshop 3.0\0";
const IIM_RESOURCE = 0x0404;

/** A JPEG has its IPTC as one of Photoshop's resources, which are padded to even lengths; a TIFF bare. */
function bareIptc(iptc: Buffer | null): Buffer | null {
  if (iptc === null || !iptc.toString("latin1", 0, PHOTOSHOP.length).startsWith(PHOTOSHOP)) {
    return iptc?.[0] === 0x1c ? iptc : null;
  }
  for (let at = PHOTOSHOP.length; at + 12 <= iptc.length; ) {
    if (iptc.toString("latin1", at, at + 4) !== "8BIM") return null;
    const name = (iptc[at + 6] ?? 0) + 1;
    const sizeAt = at + 6 + name + (name % 2);
    if (sizeAt + 4 > iptc.length) return null;
    const size = iptc.readUInt32BE(sizeAt);
    if (iptc.readUInt16BE(at + 4) === IIM_RESOURCE) {
      const record = iptc.subarray(sizeAt + 4, sizeAt + 4 + size);
      return record.length > 0 ? record : null;
    }
    at = sizeAt + 4 + size + (size % 2);
  }
  return null;
}

/** As a JPEG wants it. */
export function wrappedIptc(record: Buffer): Buffer {
  const head = Buffer.from(`${PHOTOSHOP}8BIM\x04\x04\0\0\0\0\0\0`, "latin1");
  head.writeUInt32BE(record.length, head.length - 4);
  return Buffer.concat([head, record, Buffer.alloc(record.length % 2)]);
}
