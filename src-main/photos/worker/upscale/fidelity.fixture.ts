/** Small photos of every kind that there is, whose pixels are known, and profiles to go with them. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import sharp, { type Sharp as Pipeline } from "sharp";
import { addFields, numbers, smallTiff, tiffType } from "../../../upscale/big-tiff.ts";
import type { Raster } from "../../../upscale/raster.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: Raster["channels"];
  readonly bits: Raster["bits"];
  /** Interleaved, 0..255 or 0..65535. */
  readonly samples: Uint8Array | Uint16Array;
}

export const inputFormats = ["jpeg", "png", "webp", "avif", "tiff", "heic"] as const;
export type InputFormat = (typeof inputFormats)[number];

export const kinds = ["grey", "grey+alpha", "RGB", "RGBA", "CMYK", "indexed"] as const;
export type Kind = (typeof kinds)[number];

export interface SourceKind {
  readonly format: InputFormat;
  readonly kind: Kind;
  readonly bits: Raster["bits"];
}

/** Every combination that formats have and sharp or heif-enc can write. */
export const sourceKinds: readonly SourceKind[] = [
  ...(["grey", "RGB", "CMYK"] as const).map((kind) => ({ format: "jpeg", kind, bits: 8 }) as const),
  ...(["png", "tiff"] as const).flatMap((format) =>
    (["grey", "grey+alpha", "RGB", "RGBA"] as const).flatMap((kind) =>
      ([8, 16] as const).map((bits) => ({ format, kind, bits })),
    ),
  ),
  { format: "png", kind: "indexed", bits: 8 },
  { format: "tiff", kind: "CMYK", bits: 8 },
  { format: "tiff", kind: "indexed", bits: 8 },
  ...(["webp", "avif"] as const).flatMap((format) =>
    (["RGB", "RGBA"] as const).map((kind) => ({ format, kind, bits: 8 }) as const),
  ),
  { format: "avif", kind: "RGB", bits: 16 },
  { format: "heic", kind: "RGB", bits: 8 },
];

/** What these say of orientation in their own ways, which decoders apply by themselves. */
export const turnsItself = (format: InputFormat): boolean => format === "avif" || format === "heic";

const channelsOf = { grey: 1, "grey+alpha": 2, RGB: 3, RGBA: 4, CMYK: 3, indexed: 3 } as const;

/** An upright picture of soft colours with a hole in its alpha; of one of sixteen colours where a palette holds it. */
export function upright({ kind, bits }: Pick<SourceKind, "kind" | "bits">): Picture {
  const [width, height] = [40, 26];
  const channels = channelsOf[kind];
  const most = bits === 8 ? 255 : 65_535;
  const samples =
    bits === 8
      ? new Uint8Array(width * height * channels)
      : new Uint16Array(width * height * channels);
  const alphaAt = channels === 2 || channels === 4 ? channels - 1 : -1;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [u, v] = [x / (width - 1), y / (height - 1)];
      const shades = [0.15 + 0.7 * u, 0.2 + 0.6 * v, 0.85 - 0.5 * u * v];
      const isHole = u > 0.6 && v > 0.6;
      for (let c = 0; c < channels; c += 1) {
        const smooth = shades[c] ?? 0;
        let value = kind === "indexed" ? Math.round(smooth * 2) / 2 : smooth;
        if (c === alphaAt) value = isHole ? 0 : 0.3 + 0.7 * v;
        else if (isHole && alphaAt >= 0) value = 0;
        samples[(y * width + x) * channels + c] = Math.round(value * most);
      }
    }
  }
  return { width, height, channels, bits, samples };
}

/** The same pixels as EXIF `orientation` stores them (EXIF 2.32, tag 0x0112). */
export function stored(picture: Picture, orientation: number): Picture {
  const isOnItsSide = orientation >= 5;
  const width = isOnItsSide ? picture.height : picture.width;
  const height = isOnItsSide ? picture.width : picture.height;
  const samples = picture.samples.slice();
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [u, v] = belongs(orientation, x, y, picture);
      for (let c = 0; c < picture.channels; c += 1) {
        const from = (v * picture.width + u) * picture.channels + c;
        samples[(y * width + x) * picture.channels + c] = picture.samples[from] ?? 0;
      }
    }
  }
  return { ...picture, width, height, samples };
}

function belongs(
  orientation: number,
  x: number,
  y: number,
  { width, height }: Picture,
): [number, number] {
  const [right, bottom] = [width - 1, height - 1];
  const places: Readonly<Record<number, [number, number]>> = {
    2: [right - x, y],
    3: [right - x, bottom - y],
    4: [x, bottom - y],
    5: [y, x],
    6: [right - y, x],
    7: [right - y, bottom - x],
    8: [y, bottom - x],
  };
  return places[orientation] ?? [x, y];
}

export const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmp:Nickname="제주" tiff:Orientation="6" exif:PixelXDimension="40" exif:GPSLatitude="33,30.0N"><tiff:ImageWidth>40</tiff:ImageWidth></rdf:Description></rdf:RDF></x:xmpmeta>`;

/** Writes a photo with known pixels, profile, EXIF, GPS and XMP. */
export async function writeSource(
  path: string,
  { format, kind, bits }: SourceKind,
  icc: Buffer | null,
  orientation: number,
): Promise<void> {
  const picture = stored(upright({ kind, bits }), orientation);
  const { samples } = picture;
  const tiff = smallTiff(
    picture,
    icc,
    Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength),
  );
  const isGrey = picture.channels <= 2;
  const grey = bits === 16 ? "grey16" : "b-w";
  const colourspace = isGrey ? grey : bits === 16 ? "rgb16" : "srgb";
  // sharp takes an orientation from its input only.
  const input = `${path}.input.tif`;
  writeFileSync(input, tiff);
  const isTurned = !turnsItself(format);
  const turn = numbers(0x0112, tiffType.short, [isTurned ? orientation : 1]);
  await addFields(input, { first: [turn], pointed: new Map() });
  const pipeline = sharp(input).keepIccProfile();
  if (kind === "CMYK") pipeline.toColourspace("cmyk");
  else pipeline.toColourspace(colourspace);
  if (format === "heic") return writeHeic(path, pipeline);
  // Merged, or the orientation would be taken off again.
  pipeline.withXmp(XMP).withExifMerge({
    IFD0: { Make: "Kiln", Artist: "제주" },
    IFD2: {
      DateTimeOriginal: "2026:11:21 10:00:00",
      PixelXDimension: String(picture.width),
      PixelYDimension: String(picture.height),
    },
    IFD3: { GPSLatitudeRef: "N", GPSLatitude: "33/1 30/1 0/1" },
  });
  const encoders: Readonly<Record<string, () => Pipeline>> = {
    jpeg: () => pipeline.jpeg({ quality: 97, chromaSubsampling: "4:4:4" }),
    png: () => pipeline.png(kind === "indexed" ? { palette: true, dither: 0, effort: 10 } : {}),
    webp: () => pipeline.webp({ lossless: true, exact: true }),
    avif: () =>
      pipeline.avif({
        lossless: bits === 8,
        quality: 95,
        effort: 0,
        bitdepth: bits === 16 ? 10 : 8,
      }),
    tiff: () => pipeline.tiff({ compression: "lzw", predictor: "none" }),
  };
  if (format === "tiff" && kind === "indexed") writeFileSync(path, indexedTiff(picture));
  else await encoders[format]?.().toFile(path);
  if (format === "tiff") await describeTiff(path, kind === "indexed" ? icc : null, orientation);
}

/** libvips writes no EXIF into a TIFF. */
async function describeTiff(path: string, icc: Buffer | null, orientation: number): Promise<void> {
  const ascii = (tag: number, text: string) => {
    const value = Buffer.from(`${text}\0`);
    return { tag, type: tiffType.ascii, count: value.length, value };
  };
  const rationals = Buffer.alloc(24);
  [33, 1, 30, 1, 0, 1].forEach((value, i) => {
    rationals.writeUInt32LE(value, 4 * i);
  });
  const XMP_TAG = 700;
  await addFields(path, {
    first: [
      ascii(0x010f, "Kiln"),
      ascii(0x013b, "제주"),
      numbers(0x0112, tiffType.short, [orientation]),
      { tag: XMP_TAG, type: tiffType.byte, count: Buffer.byteLength(XMP), value: Buffer.from(XMP) },
      ...(icc === null
        ? []
        : [{ tag: 34_675, type: tiffType.undefined, count: icc.length, value: icc }]),
    ],
    pointed: new Map([
      [0x8769, [ascii(0x9003, "2026:11:21 10:00:00")]],
      [0x8825, [ascii(1, "N"), { tag: 2, type: tiffType.rational, count: 3, value: rationals }]],
    ]),
  });
}

/** Indices of eight bits and a table of sixteen-bit colours (TIFF 6.0, section 5). */
function indexedTiff({ width, height, samples }: Picture): Buffer {
  const colours: string[] = [];
  const indices = Buffer.alloc(width * height);
  for (let i = 0; i < indices.length; i += 1) {
    const colour = samples.slice(3 * i, 3 * i + 3).join();
    if (!colours.includes(colour)) colours.push(colour);
    indices[i] = colours.indexOf(colour);
  }
  const table = [0, 1, 2].flatMap((channel) =>
    Array.from({ length: 256 }, (_, i) => 257 * Number(colours[i]?.split(",")[channel] ?? 0)),
  );
  const fields: [number, number, number[]][] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, [8]],
    [259, 3, [1]],
    [262, 3, [3]],
    [273, 4, [8]],
    [277, 3, [1]],
    [278, 4, [height]],
    [279, 4, [indices.length]],
    [320, 3, table],
  ];
  const at = 8 + indices.length;
  const directory = Buffer.alloc(2 + 12 * fields.length + 4 + 2 * table.length);
  directory.writeUInt16LE(fields.length, 0);
  fields.forEach(([tag, type, values], i) => {
    const entry = 2 + 12 * i;
    directory.writeUInt16LE(tag, entry);
    directory.writeUInt16LE(type, entry + 2);
    directory.writeUInt32LE(values.length, entry + 4);
    const tableAt = 2 + 12 * fields.length + 4;
    if (values.length === 1) directory.writeUInt32LE(values[0] ?? 0, entry + 8);
    else directory.writeUInt32LE(at + tableAt, entry + 8);
  });
  table.forEach((value, i) => {
    directory.writeUInt16LE(value, 2 + 12 * fields.length + 4 + 2 * i);
  });
  const head = Buffer.from("II*\0\0\0\0\0", "latin1");
  head.writeUInt32LE(at, 4);
  return Buffer.concat([head, indices, directory]);
}

async function writeHeic(path: string, pipeline: Pipeline): Promise<void> {
  const png = `${path}.${basename(path)}.png`;
  await pipeline.png().toFile(png);
  execFileSync("heif-enc", ["-q", "100", "-L", "-p", "chroma=444", "-o", path, png], {
    stdio: "ignore",
  });
}

export const profileNames = ["none", "sRGB", "P3", "AdobeRGB-like", "grey gamma 2.2"] as const;
export type ProfileName = (typeof profileNames)[number];

export function profilesFor(kind: Kind): readonly ProfileName[] {
  if (kind === "grey" || kind === "grey+alpha") return ["none", "grey gamma 2.2"];
  // Of CMYK, a profile would be one of a press; what matters here is that the result has none of it.
  return kind === "CMYK" ? ["none"] : ["none", "sRGB", "P3", "AdobeRGB-like"];
}

/** Primaries as the columns of a matrix to XYZ under D50. */
const matrices: Readonly<Record<string, readonly number[][]>> = {
  sRGB: [
    [0.4361, 0.2225, 0.0139],
    [0.3851, 0.7169, 0.0971],
    [0.1431, 0.0606, 0.7139],
  ],
  P3: [
    [0.5151, 0.2412, -0.0011],
    [0.292, 0.6922, 0.0419],
    [0.1571, 0.0666, 0.7841],
  ],
  "AdobeRGB-like": [
    [0.6097, 0.3111, 0.0195],
    [0.2053, 0.6257, 0.0609],
    [0.1492, 0.0632, 0.7446],
  ],
};

/** A display profile of version 2 (ICC.1:2001-04) with a gamma of 2.2. */
export function profile(name: ProfileName): Buffer | null {
  if (name === "none") return null;
  const matrix = matrices[name];
  const gamma = Buffer.from("curv\0\0\0\0\0\0\0\x01\x02\x33\0\0", "latin1");
  const tags: [string, Buffer][] = [
    ["desc", description(name)],
    ["cprt", Buffer.from("text\0\0\0\0CC0\0", "latin1")],
    ["wtpt", xyz([0.9642, 1, 0.8249])],
    ...(matrix === undefined
      ? ([["kTRC", gamma]] as [string, Buffer][])
      : ["r", "g", "b"].flatMap((channel, i): [string, Buffer][] => [
          [`${channel}XYZ`, xyz(matrix[i] ?? [])],
          [`${channel}TRC`, gamma],
        ])),
  ];
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length, 0);
  let at = 128 + table.length;
  const bodies = tags.map(([signature, body], i) => {
    table.write(signature, 4 + 12 * i, "latin1");
    table.writeUInt32BE(at, 8 + 12 * i);
    table.writeUInt32BE(body.length, 12 + 12 * i);
    const padded = Buffer.alloc(Math.ceil(body.length / 4) * 4);
    body.copy(padded);
    at += padded.length;
    return padded;
  });
  const header = Buffer.alloc(128);
  header.writeUInt32BE(at, 0);
  header.writeUInt32BE(0x0210_0000, 8);
  header.write(`mntr${matrix === undefined ? "GRAY" : "RGB "}XYZ `, 12, "latin1");
  header.write("acsp", 36, "latin1");
  xyz([0.9642, 1, 0.8249]).copy(header, 68, 8);
  return Buffer.concat([header, table, ...bodies]);
}

function xyz(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.write("XYZ ", "latin1");
  values.forEach((value, i) => {
    bytes.writeInt32BE(Math.round(value * 65_536), 8 + 4 * i);
  });
  return bytes;
}

function description(name: string): Buffer {
  const bytes = Buffer.alloc(12 + name.length + 1 + 78);
  bytes.write("desc", "latin1");
  bytes.writeUInt32BE(name.length + 1, 8);
  bytes.write(name, 12, "latin1");
  return bytes;
}
