import type { ExifDirectories } from "./exif-fields.ts";
import { type ByteOrder, type TiffDirectory, TiffReader } from "./tiff.ts";

export type Brand = "canon" | "fujifilm" | "nikon" | "olympus" | "pentax" | "sony";

export interface MakerNote {
  readonly brand: Brand;
  readonly directory: TiffDirectory;
}

/** How each brand's note begins, and from where its offsets count; layouts as ExifTool documents them. */
interface Layout {
  readonly brand: Brand;
  readonly make: RegExp;
  /** First characters of the note; "" for one that is a bare directory. */
  readonly magic: string;
  /** From the note to its directory; "tiff": a TIFF header stands here; "pointer": the directory's offset does. */
  readonly start: number | { readonly tiff: number } | { readonly pointer: number };
  /** What offsets count from. */
  readonly base: "file" | "note";
  /** Where the note says its byte order; else the block's, or the one named here. */
  readonly order: { readonly at: number } | ByteOrder | "block";
}

const layouts: readonly Layout[] = [
  {
    brand: "nikon",
    make: /^nikon/i,
    magic: "Nikon\0\x02",
    start: { tiff: 10 },
    base: "note",
    order: "block",
  },
  {
    brand: "fujifilm",
    make: /^fujifilm/i,
    magic: "FUJIFILM",
    start: { pointer: 8 },
    base: "note",
    order: "II",
  },
  {
    brand: "olympus",
    make: /^olympus/i,
    magic: "OLYMPUS\0",
    start: 12,
    base: "note",
    order: { at: 8 },
  },
  {
    brand: "olympus",
    make: /^om dig/i,
    magic: "OM SYSTEM\0",
    start: 16,
    base: "note",
    order: { at: 12 },
  },
  { brand: "olympus", make: /^olympus/i, magic: "OLYMP\0", start: 8, base: "file", order: "block" },
  {
    brand: "pentax",
    make: /^(pentax|ricoh)/i,
    magic: "AOC\0",
    start: 6,
    base: "file",
    order: { at: 4 },
  },
  {
    brand: "pentax",
    make: /^(pentax|ricoh)/i,
    magic: "PENTAX \0",
    start: 10,
    base: "note",
    order: { at: 8 },
  },
  { brand: "sony", make: /^sony/i, magic: "SONY DSC ", start: 12, base: "file", order: "block" },
  { brand: "sony", make: /^sony/i, magic: "", start: 0, base: "file", order: "block" },
  { brand: "canon", make: /^canon/i, magic: "", start: 0, base: "file", order: "block" },
];

const MAKE = 0x010f;
const MAKER_NOTE = 0x927c;

/** The maker note of a brand that Kiln can read; null for any other, and for one that another brand's file carries. */
export async function readMakerNote(exif: ExifDirectories): Promise<MakerNote | null> {
  const make = await exif.image.text(MAKE);
  if (exif.makerNote !== null) {
    return /^canon/i.test(make) ? { brand: "canon", directory: exif.makerNote } : null;
  }
  const field = exif.photo?.fields.get(MAKER_NOTE);
  if (exif.photo === null || field === undefined) return null;
  const { source, base, order } = exif.photo.reader;
  const head = await source.read(field.position, 20);
  if (head.length < 20) return null;
  const layout = layouts.find(
    (each) => each.make.test(make) && head.toString("latin1").startsWith(each.magic),
  );
  if (layout === undefined) return null;
  if (typeof layout.start === "object" && "tiff" in layout.start) {
    const opened = await TiffReader.open(source, field.position + layout.start.tiff);
    const directory = await opened?.reader.directory(opened.first);
    return directory ? { brand: layout.brand, directory } : null;
  }
  const noteOrder = orderOf(layout, head) ?? order;
  const noteBase = layout.base === "note" ? field.position : base;
  const reader = new TiffReader(source, noteBase, noteOrder);
  const start =
    typeof layout.start === "number" ? layout.start : reader.u32(head, layout.start.pointer);
  const directory = await reader.directory(field.position + start - noteBase);
  return directory && { brand: layout.brand, directory };
}

function orderOf({ order }: Layout, head: Buffer): ByteOrder | null {
  if (order === "block") return null;
  if (typeof order === "string") return order;
  const said = head.toString("latin1", order.at, order.at + 2);
  return said === "II" || said === "MM" ? said : null;
}
