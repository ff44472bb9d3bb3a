/**
 * RAW files of every kind that Kiln reads, with the brands' own layouts around small pictures and a few bytes in place
 * of the sensor's data; for tests. Layouts as ExifTool and the formats' public descriptions have them. Over 400 lines,
 * since nine layouts in one manner of writing are best read beside each other.
 */
import { quarters } from "../photo-fixture.ts";

export const RAW_KINDS = ["cr2", "cr3", "nef", "arw", "raf", "orf", "rw2", "pef", "dng"] as const;
export type RawKind = (typeof RAW_KINDS)[number];

export interface RawFixture {
  readonly bytes: Buffer;
  /** Where its parts begin: what a file may be cut off at. */
  readonly boundaries: readonly number[];
  /** The pictures inside, by the names that ExifTool has for them. */
  readonly pictures: Readonly<Record<string, Buffer>>;
}

export interface RawOptions {
  /** EXIF orientation of the photo; the pictures inside are stored as the sensor lies. */
  readonly orientation?: number;
  /** As the sensor lies. */
  readonly size?: readonly [width: number, height: number];
  readonly pictures?: RawPictures;
  /** Fields of the brand's maker note beside those that lead to previews. */
  readonly note?: readonly Field[];
  /** Fields of the EXIF directory. */
  readonly exif?: readonly Field[];
  readonly make?: string;
  /** A packet in the container itself (all but RAF, whose preview holds it). */
  readonly xmp?: string;
}

export interface RawPictures {
  readonly full: Buffer;
  readonly middle: Buffer;
  readonly thumbnail: Buffer;
}

/** Upright size of the full picture. */
export const FULL = [960, 576] as const;

/** The picture of four quarters in the sizes that cameras embed. */
export async function rawPictures(orientation = 1, edge: number = FULL[0]): Promise<RawPictures> {
  const jpeg = (length: number): Promise<Buffer> =>
    quarters(orientation)
      .resize({ width: length, height: length, fit: "inside" })
      .jpeg({ quality: 92 })
      .toBuffer();
  return { full: await jpeg(edge), middle: await jpeg(640), thumbnail: await jpeg(160) };
}

/** A field of a directory. Text is ASCII; a reference is to a part of the file, as offset or as value. */
export type Field = readonly [tag: number, type: number, value: FieldValue];
type FieldValue =
  | readonly number[]
  | string
  | Buffer
  | { readonly offsetsOf: readonly string[] }
  | { readonly valueIs: string; readonly length: number };

export const [BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED] = [1, 2, 3, 4, 5, 7] as const;

type Order = "II" | "MM";
type Places = (part: string) => number;
type Part = readonly [name: string, make: (places: Places, self: number) => Buffer];

export async function makeRaw(kind: RawKind, options: RawOptions = {}): Promise<RawFixture> {
  const orientation = options.orientation ?? 1;
  const isOnItsSide = orientation >= 5;
  const [width, height] = FULL;
  const all: Required<Omit<RawOptions, "make" | "xmp">> & Pick<RawOptions, "make" | "xmp"> = {
    orientation,
    size: options.size ?? (isOnItsSide ? [height, width] : [width, height]),
    pictures: options.pictures ?? (await rawPictures(orientation)),
    note: options.note ?? [],
    exif: options.exif ?? [],
    ...(options.make !== undefined && { make: options.make }),
    ...(options.xmp !== undefined && { xmp: options.xmp }),
  };
  return makers[kind](all);
}

type Made = Required<Omit<RawOptions, "make" | "xmp">> & Pick<RawOptions, "make" | "xmp">;

const makers: Readonly<Record<RawKind, (options: Made) => RawFixture>> = {
  cr2: makeCr2,
  cr3: makeCr3,
  nef: makeNef,
  arw: makeArw,
  raf: makeRaf,
  orf: makeOrf,
  rw2: makeRw2,
  pef: makePef,
  dng: makeDng,
};

const DATE = "2026:11:21 10:05:09";
/** In place of the sensor's data; CR2 and DNG hold it as lossless JPEG, which is no picture. */
const SENSOR = Buffer.alloc(4000, 0x5a);
const LOSSLESS = Buffer.concat([
  Buffer.from("ffd8ffc3000e0e00100020020011000111 00ffda".replaceAll(" ", ""), "hex"),
  SENSOR,
]);
const RGB_THUMBNAIL = Buffer.alloc(32 * 20 * 3, 0x80);

function exifFields({ size, exif }: Made, more: readonly Field[] = []): readonly Field[] {
  return [
    [0x829a, RATIONAL, [1, 250]],
    [0x829d, RATIONAL, [28, 10]],
    [0x8827, SHORT, [640]],
    [0x9003, ASCII, DATE],
    [0x9291, ASCII, "04"],
    [0xa002, SHORT, [size[0]]],
    [0xa003, SHORT, [size[1]]],
    ...more,
    ...exif,
  ];
}

function imageFields(options: Made, make: string, model: string): readonly Field[] {
  return [
    [0x010f, ASCII, options.make ?? make],
    [0x0110, ASCII, model],
    [0x0112, SHORT, [options.orientation]],
    [0x0132, ASCII, DATE],
    ...(options.xmp === undefined ? [] : [[0x02bc, BYTE, bytes(options.xmp)] as const]),
  ];
}

const GPS: readonly Field[] = [
  [1, ASCII, "N"],
  [2, RATIONAL, [37, 1, 33, 1, 5904, 100]],
  [3, ASCII, "E"],
  [4, RATIONAL, [126, 1, 58, 1, 4080, 100]],
];

function sensorFields(
  [width, height]: readonly [number, number],
  compression: number,
): readonly Field[] {
  return [
    [0x00fe, LONG, [0]],
    [0x0100, LONG, [width]],
    [0x0101, LONG, [height]],
    [0x0102, SHORT, [14]],
    [0x0103, SHORT, [compression]],
    [0x0106, SHORT, [32803]],
    [0x0111, LONG, { offsetsOf: ["sensor"] }],
    [0x0115, SHORT, [1]],
    [0x0116, LONG, [height]],
    [0x0117, LONG, [SENSOR.length]],
  ];
}

/** A JPEG as a directory says where it is. */
function jpegFields(name: string, { length }: Buffer): readonly Field[] {
  return [
    [0x0103, SHORT, [6]],
    [0x0201, LONG, { offsetsOf: [name] }],
    [0x0202, LONG, [length]],
  ];
}

function noteOf(length: number): Field {
  return [0x927c, UNDEFINED, { valueIs: "note", length }];
}

function makeCr2(options: Made): RawFixture {
  const { full, thumbnail } = options.pictures;
  const dir = directoryIn("II");
  const note = noteFields(options.note);
  const noteLength = directory("II", note, 0, () => 0, 0).length;
  return tiffRaw(
    [
      ["header", (at) => bytes(`II*\0${le(16)}CR\x02\0${le(at("raw"))}`)],
      dir(
        "image",
        [
          [0x0100, SHORT, [options.size[0]]],
          [0x0101, SHORT, [options.size[1]]],
          [0x0102, SHORT, [8, 8, 8]],
          [0x0103, SHORT, [6]],
          ...imageFields(options, "Canon", "Canon EOS R6"),
          [0x0111, LONG, { offsetsOf: ["full"] }],
          [0x0117, LONG, [full.length]],
          [0x8769, LONG, { offsetsOf: ["exif"] }],
          [0x8825, LONG, { offsetsOf: ["gps"] }],
        ],
        "small",
      ),
      dir("exif", exifFields(options, [noteOf(noteLength)])),
      dir("note", note),
      dir("gps", GPS),
      dir("small", jpegFields("thumbnail", thumbnail), "rgb"),
      dir(
        "rgb",
        [
          [0x0100, SHORT, [32]],
          [0x0101, SHORT, [20]],
          [0x0103, SHORT, [1]],
          [0x0111, LONG, { offsetsOf: ["rgbData"] }],
          [0x0117, LONG, [RGB_THUMBNAIL.length]],
        ],
        "raw",
      ),
      dir("raw", [
        [0x0103, SHORT, [6]],
        [0x0111, LONG, { offsetsOf: ["sensor"] }],
        [0x0117, LONG, [LOSSLESS.length]],
        [0xc640, SHORT, [1, 16, 16]],
      ]),
      ["thumbnail", () => thumbnail],
      ["full", () => full],
      ["rgbData", () => RGB_THUMBNAIL],
      ["sensor", () => LOSSLESS],
    ],
    { PreviewImage: full, ThumbnailImage: thumbnail },
  );
}

function makeNef(options: Made): RawFixture {
  const { full, middle } = options.pictures;
  const dir = directoryIn("MM");
  const inside: readonly Part[] = [
    ["header", () => bytes(`MM\0*${be(8)}`)],
    directoryIn("MM")("fields", [
      ...noteFields(options.note),
      [0x0011, LONG, { offsetsOf: ["preview"] }],
    ]),
    directoryIn("MM")("preview", [
      [0x0103, SHORT, [6]],
      [0x0201, LONG, { offsetsOf: ["middle"] }],
      [0x0202, LONG, [middle.length]],
    ]),
    ["middle", () => middle],
  ];
  const note = Buffer.concat([bytes("Nikon\0\x02\x11\0\0"), layOut(inside).bytes]);
  return tiffRaw(
    [
      ["header", () => bytes(`MM\0*${be(8)}`)],
      dir("image", [
        [0x00fe, LONG, [1]],
        [0x0100, LONG, [32]],
        [0x0101, LONG, [20]],
        [0x0102, SHORT, [8, 8, 8]],
        [0x0103, SHORT, [1]],
        [0x0106, SHORT, [2]],
        ...imageFields(options, "NIKON CORPORATION", "NIKON Z 6_2"),
        [0x0111, LONG, { offsetsOf: ["rgbData"] }],
        [0x0117, LONG, [RGB_THUMBNAIL.length]],
        [0x014a, LONG, { offsetsOf: ["jpeg", "raw"] }],
        [0x8769, LONG, { offsetsOf: ["exif"] }],
        [0x8825, LONG, { offsetsOf: ["gps"] }],
      ]),
      dir("exif", exifFields(options, [noteOf(note.length)])),
      ["note", () => note],
      dir("gps", GPS),
      dir("jpeg", [[0x00fe, LONG, [1]], ...jpegFields("full", full)]),
      dir("raw", sensorFields(options.size, 34713)),
      ["rgbData", () => RGB_THUMBNAIL],
      ["full", () => full],
      ["sensor", () => SENSOR],
    ],
    { JpgFromRaw: full, PreviewImage: middle },
  );
}

function makeArw(options: Made): RawFixture {
  const { full, middle, thumbnail } = options.pictures;
  const dir = directoryIn("II");
  const fields = noteFields(options.note);
  const note: Part = [
    "note",
    (at, self) =>
      Buffer.concat([bytes("SONY DSC \0\0\0"), directory("II", fields, 0, at, self + 12)]),
  ];
  return tiffRaw(
    [
      ["header", () => bytes(`II*\0${le(8)}`)],
      dir(
        "image",
        [
          [0x00fe, LONG, [1]],
          ...jpegFields("middle", middle),
          ...imageFields(options, "SONY", "ILCE-7M4"),
          [0x014a, LONG, { offsetsOf: ["raw"] }],
          [0x8769, LONG, { offsetsOf: ["exif"] }],
          [0x8825, LONG, { offsetsOf: ["gps"] }],
        ],
        "small",
      ),
      dir("exif", exifFields(options, [noteOf(note[1](() => 0, 0).length)])),
      note,
      dir("gps", GPS),
      dir("small", [[0x00fe, LONG, [1]], ...jpegFields("thumbnail", thumbnail)], "large"),
      dir("large", [[0x00fe, LONG, [1]], ...jpegFields("full", full)]),
      dir("raw", sensorFields(options.size, 32767)),
      ["thumbnail", () => thumbnail],
      ["middle", () => middle],
      ["full", () => full],
      ["sensor", () => SENSOR],
    ],
    { PreviewImage: middle, ThumbnailImage: thumbnail, JpgFromRaw: full },
  );
}

function makeOrf(options: Made): RawFixture {
  const { full } = options.pictures;
  const dir = directoryIn("II");
  const note = layOut([
    ["header", () => bytes("OLYMPUS\0II\x03\0")],
    directoryIn("II")("fields", [
      ...noteFields(options.note),
      [0x2020, 13, { offsetsOf: ["settings"] }],
    ]),
    directoryIn("II")("settings", [
      [0x0100, LONG, [1]],
      [0x0101, LONG, { offsetsOf: ["full"] }],
      [0x0102, LONG, [full.length]],
    ]),
    ["full", () => full],
  ]).bytes;
  return tiffRaw(
    [
      ["header", () => bytes(`IIRO${le(8)}`)],
      dir("image", [
        ...sensorFields(options.size, 1),
        ...imageFields(options, "OLYMPUS CORPORATION", "E-M1MarkII"),
        [0x8769, LONG, { offsetsOf: ["exif"] }],
        [0x8825, LONG, { offsetsOf: ["gps"] }],
      ]),
      dir("exif", exifFields(options, [noteOf(note.length)])),
      ["note", () => note],
      dir("gps", GPS),
      ["sensor", () => SENSOR],
    ],
    { PreviewImage: full },
  );
}

function makeRw2(options: Made): RawFixture {
  const dir = directoryIn("II");
  const { full } = options.pictures;
  const [width, height] = options.size;
  return tiffRaw(
    [
      ["header", () => bytes(`IIU\0${le(24)}${"\0".repeat(16)}`)],
      dir("image", [
        [0x0001, UNDEFINED, bytes("0431")],
        [0x0002, SHORT, [width + 16]],
        [0x0003, SHORT, [height + 12]],
        [0x0004, SHORT, [4]],
        [0x0005, SHORT, [8]],
        [0x0006, SHORT, [4 + height]],
        [0x0007, SHORT, [8 + width]],
        [0x002e, UNDEFINED, { valueIs: "full", length: full.length }],
        ...imageFields(options, "Panasonic", "DC-G9"),
        [0x0111, LONG, [0xffffffff]],
        [0x0117, LONG, [SENSOR.length]],
        [0x0118, LONG, { offsetsOf: ["sensor"] }],
        [0x8769, LONG, { offsetsOf: ["exif"] }],
        [0x8825, LONG, { offsetsOf: ["gps"] }],
      ]),
      dir("exif", exifFields(options)),
      dir("gps", GPS),
      ["full", () => full],
      ["sensor", () => SENSOR],
    ],
    { JpgFromRaw: full },
  );
}

function makePef(options: Made): RawFixture {
  const { full, middle, thumbnail } = options.pictures;
  const dir = directoryIn("MM");
  const note: Part = [
    "note",
    (at, self) =>
      Buffer.concat([
        bytes("AOC\0MM"),
        directory(
          "MM",
          [
            ...noteFields(options.note),
            [0x0003, LONG, [middle.length]],
            [0x0004, LONG, { offsetsOf: ["middle"] }],
          ],
          0,
          at,
          self + 6,
        ),
      ]),
  ];
  return tiffRaw(
    [
      ["header", () => bytes(`MM\0*${be(8)}`)],
      dir(
        "image",
        [
          ...sensorFields(options.size, 65535),
          ...imageFields(options, "RICOH IMAGING COMPANY, LTD.", "PENTAX K-1"),
          [0x8769, LONG, { offsetsOf: ["exif"] }],
          [0x8825, LONG, { offsetsOf: ["gps"] }],
        ],
        "small",
      ),
      dir("exif", exifFields(options, [noteOf(note[1](() => 0, 0).length)])),
      note,
      dir("gps", GPS),
      dir("small", jpegFields("thumbnail", thumbnail), "large"),
      dir("large", jpegFields("full", full)),
      ["thumbnail", () => thumbnail],
      ["middle", () => middle],
      ["full", () => full],
      ["sensor", () => SENSOR],
    ],
    { JpgFromRaw: full, PreviewImage: middle, ThumbnailImage: thumbnail },
  );
}

function makeDng(options: Made): RawFixture {
  const dir = directoryIn("II");
  const { full, middle } = options.pictures;
  const preview = (name: string, jpeg: Buffer): readonly Field[] => [
    [0x00fe, LONG, [1]],
    [0x0103, SHORT, [7]],
    [0x0106, SHORT, [6]],
    [0x0111, LONG, { offsetsOf: [name] }],
    [0x0117, LONG, [jpeg.length]],
  ];
  const [width, height] = options.size;
  return tiffRaw(
    [
      ["header", () => bytes(`II*\0${le(8)}`)],
      dir("image", [
        [0x00fe, LONG, [1]],
        [0x0100, LONG, [32]],
        [0x0101, LONG, [20]],
        [0x0102, SHORT, [8, 8, 8]],
        [0x0103, SHORT, [1]],
        [0x0106, SHORT, [2]],
        ...imageFields(options, "Leica Camera AG", "LEICA Q2"),
        [0x0111, LONG, { offsetsOf: ["rgbData"] }],
        [0x0117, LONG, [RGB_THUMBNAIL.length]],
        [0x014a, LONG, { offsetsOf: ["raw", "large", "medium"] }],
        [0x8769, LONG, { offsetsOf: ["exif"] }],
        [0x8825, LONG, { offsetsOf: ["gps"] }],
        [0xc612, BYTE, [1, 4, 0, 0]],
        [0xc613, BYTE, [1, 1, 0, 0]],
      ]),
      dir("exif", exifFields(options)),
      dir("gps", GPS),
      dir("raw", [
        ...sensorFields([width + 16, height + 16], 7).filter(([tag]) => tag !== 0x0117),
        [0x0117, LONG, [LOSSLESS.length]],
        [0xc620, LONG, [width, height]],
      ]),
      dir("large", preview("full", full)),
      dir("medium", preview("middle", middle)),
      ["rgbData", () => RGB_THUMBNAIL],
      ["middle", () => middle],
      ["full", () => full],
      ["sensor", () => LOSSLESS],
    ],
    { PreviewImage: full, JpgFromRaw: middle },
  );
}

/** What Fujifilm has instead of a TIFF: all of EXIF is inside the JPEG. */
function makeRaf(options: Made): RawFixture {
  const jpeg = fujifilmJpeg(options);
  const [width, height] = options.size;
  const u16 = (...values: readonly number[]): Buffer => {
    const packed = Buffer.alloc(2 * values.length);
    values.forEach((value, i) => {
      packed.writeUInt16BE(value, 2 * i);
    });
    return packed;
  };
  const table = Buffer.concat([
    bytes(be(2)),
    u16(0x0100, 4, height + 16, width + 16),
    u16(0x0111, 4, height, width),
  ]);
  const file = layOut([
    [
      "header",
      (at) =>
        bytes(
          [
            "FUJIFILMCCD-RAW 0201FF383501",
            "X-T5".padEnd(32, "\0"),
            "0100",
            "\0".repeat(20),
            be(at("jpeg")),
            be(jpeg.length),
            be(at("table")),
            be(table.length),
            be(at("sensor")),
            be(SENSOR.length),
            "\0".repeat(40),
          ].join(""),
        ),
    ],
    ["jpeg", () => jpeg],
    ["table", () => table],
    ["sensor", () => SENSOR],
  ]);
  return { ...file, pictures: { PreviewImage: jpeg } };
}

function fujifilmJpeg(options: Made): Buffer {
  const dir = directoryIn("II");
  const note = layOut([
    ["header", () => bytes(`FUJIFILM${le(12)}`)],
    directoryIn("II")("fields", noteFields(options.note)),
  ]).bytes;
  const exif = layOut([
    ["header", () => bytes(`II*\0${le(8)}`)],
    dir("image", [
      ...imageFields(options, "FUJIFILM", "X-T5"),
      [0x8769, LONG, { offsetsOf: ["exif"] }],
      [0x8825, LONG, { offsetsOf: ["gps"] }],
    ]),
    dir("exif", exifFields(options, [noteOf(note.length)])),
    ["note", () => note],
    dir("gps", GPS),
  ]).bytes;
  return jpegWithExif(options.pictures.full, exif);
}

/** @param exif a TIFF structure. */
export function jpegWithExif(jpeg: Buffer, exif: Buffer): Buffer {
  const head = bytes("\xff\xe1\0\0Exif\0\0");
  head.writeUInt16BE(8 + exif.length, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)]);
}

/** A TIFF structure with one directory, and an EXIF directory below it. */
export function exifBlock(image: readonly Field[], photo: readonly Field[], note?: Buffer): Buffer {
  const dir = directoryIn("II");
  const noteField: readonly Field[] = note ? [noteOf(note.length)] : [];
  return layOut([
    ["header", () => bytes(`II*\0${le(8)}`)],
    dir("image", [...image, [0x8769, LONG, { offsetsOf: ["exif"] }]]),
    dir("exif", [...photo, ...noteField]),
    ["note", () => note ?? Buffer.alloc(0)],
  ]).bytes;
}

/** Minolta's MRW, which Kiln does not know: a TIFF structure behind a header of its own. */
export function makeMrw(jpeg: Buffer, orientation: number): Buffer {
  const tiff = layOut([
    ["header", () => bytes(`II*\0${le(8)}`)],
    directoryIn("II")("image", [
      [0x010f, ASCII, "Minolta Co., Ltd."],
      [0x0110, ASCII, "DiMAGE 7i"],
      [0x0112, SHORT, [orientation]],
      [0x0201, LONG, { offsetsOf: ["jpeg"] }],
      [0x0202, LONG, [jpeg.length]],
    ]),
    ["jpeg", () => jpeg],
  ]).bytes;
  return Buffer.concat([bytes(`\0MRM${be(8 + tiff.length)}\0TTW${be(tiff.length)}`), tiff]);
}

const CANON_UUID = "85c0b687820f11e08111f4ce462b6a48";
const PREVIEW_UUID = "eaf42b5e1c984b88b9fbb7dc406e4d16";

function makeCr3(options: Made): RawFixture {
  const { full, middle, thumbnail } = options.pictures;
  const [width, height] = options.size;
  const cmt = (fields: readonly Field[]): Buffer =>
    layOut([["header", () => bytes(`II*\0${le(8)}`)], directoryIn("II")("fields", fields)]).bytes;
  // Its packet has a box of its own.
  const cmt1 = imageFields(options, "Canon", "Canon EOS R5").filter(([tag]) => tag !== 0x02bc);
  const picture = (type: string, before: number, jpeg: Buffer): Buffer => {
    const head = Buffer.alloc(16);
    head.writeUInt16BE(640, before);
    head.writeUInt16BE(384, before + 2);
    head.writeUInt32BE(jpeg.length, type === "PRVW" ? 12 : 8);
    return box(type, head, jpeg);
  };
  const track = (offset: number, length: number, sample: Buffer): Buffer =>
    box(
      "trak",
      box(
        "mdia",
        box("hdlr", bytes(`${be(0)}${be(0)}vide${"\0".repeat(13)}`)),
        box(
          "minf",
          box(
            "stbl",
            box("stsd", bytes(be(0) + be(1)), sample),
            box("stts", bytes(be(0) + be(1) + be(1) + be(1))),
            box("stsc", bytes(be(0) + be(1) + be(1) + be(1) + be(1))),
            box("stsz", bytes(be(0) + be(length) + be(1))),
            box("co64", bytes(be(0) + be(1) + be(0) + be(offset))),
          ),
        ),
      ),
    );
  /** ISO/IEC 14496-12, VisualSampleEntry; what is inside it tells Canon's two kinds of track apart. */
  const sample = (inside: Buffer): Buffer =>
    box("CRAW", Buffer.alloc(7), bytes("\x01"), Buffer.alloc(70), inside);
  const uuid = (id: string, ...inside: readonly Buffer[]): Buffer =>
    box("uuid", Buffer.from(id, "hex"), ...inside);
  const file = layOut(
    [
      ["ftyp", () => box("ftyp", bytes(`crx ${be(1)}crx isom`))],
      [
        "moov",
        (at) =>
          box(
            "moov",
            uuid(
              CANON_UUID,
              box("CNCV", bytes("CanonCR3_001/00.09.00/00.00.00")),
              box("CMT1", cmt(cmt1)),
              box("CMT2", cmt(exifFields(options))),
              box("CMT3", cmt(noteFields(options.note))),
              box("CMT4", cmt(GPS)),
              picture("THMB", 4, thumbnail),
            ),
            track(at("mdat") + 16, full.length, sample(box("JPEG", bytes(be(0))))),
            track(at("mdat") + 16 + full.length, SENSOR.length, sample(box("CMP1", bytes(be(0))))),
            box("mvhd", bytes(be(width) + be(height))),
          ),
      ],
      ["preview", () => uuid(PREVIEW_UUID, bytes(be(0) + be(1)), picture("PRVW", 6, middle))],
      [
        "xmp",
        () =>
          options.xmp === undefined
            ? Buffer.alloc(0)
            : uuid("be7acfcb97a942e89c71999491e3afac", bytes(options.xmp)),
      ],
      [
        "mdat",
        () => {
          const inside = Buffer.concat([full, SENSOR]);
          return Buffer.concat([bytes(`${be(1)}mdat${be(0)}${be(16 + inside.length)}`), inside]);
        },
      ],
    ],
    1,
  );
  return {
    ...file,
    pictures: { JpgFromRaw: full, PreviewImage: middle, ThumbnailImage: thumbnail },
  };
}

function box(type: string, ...inside: readonly Buffer[]): Buffer {
  const body = Buffer.concat(inside);
  return Buffer.concat([bytes(be(8 + body.length) + type), body]);
}

/** A maker note has fields, if only that one. */
function noteFields(fields: readonly Field[]): readonly Field[] {
  return fields.length > 0 ? fields : [[0x0fff, SHORT, [1]]];
}

function tiffRaw(parts: readonly Part[], pictures: Readonly<Record<string, Buffer>>): RawFixture {
  return { ...layOut(parts), pictures };
}

/**
 * Puts parts behind each other; their lengths do not depend on the offsets inside them.
 *
 * @param align 2 puts them at even offsets, as TIFF wants it.
 */
function layOut(parts: readonly Part[], align: 1 | 2 = 2): { bytes: Buffer; boundaries: number[] } {
  const places = new Map<string, number>();
  let end = 0;
  for (const [name, make] of parts) {
    places.set(name, end);
    end += make(() => 0, 0).length;
    end += end % align;
  }
  const at = (name: string): number => places.get(name) ?? 0;
  const file = Buffer.alloc(end);
  for (const [name, make] of parts) make(at, at(name)).copy(file, at(name));
  return { bytes: file, boundaries: [...places.values()] };
}

function directoryIn(order: Order) {
  return (name: string, fields: readonly Field[], next?: string): Part => [
    name,
    (at, self) => directory(order, fields, next === undefined ? 0 : at(next), at, self),
  ];
}

/** A directory and, right behind it, the values that don't fit into it. */
function directory(
  order: Order,
  fields: readonly Field[],
  next: number,
  at: Places,
  self: number,
): Buffer {
  const number = order === "II" ? le : be;
  const short = (value: number): string =>
    order === "II" ? le(value).slice(0, 2) : be(value).slice(2);
  const sorted = fields.toSorted((a, b) => a[0] - b[0]);
  const values: string[] = [];
  let valuesAt = self + 2 + 12 * sorted.length + 4;
  const entries = sorted.map(([tag, type, value]) => {
    const head = short(tag) + short(type);
    if (typeof value === "object" && "valueIs" in value) {
      return head + number(value.length) + number(at(value.valueIs));
    }
    const { count, packed } = pack(type, value, at, number, short);
    if (packed.length <= 4) return head + number(count) + packed.padEnd(4, "\0");
    const entry = head + number(count) + number(valuesAt);
    const padded = packed + "\0".repeat(packed.length % 2);
    values.push(padded);
    valuesAt += padded.length;
    return entry;
  });
  return bytes([short(sorted.length), ...entries, number(next), ...values].join(""));
}

function pack(
  type: number,
  value: Exclude<FieldValue, { readonly valueIs: string }>,
  at: Places,
  number: (value: number) => string,
  short: (value: number) => string,
): { count: number; packed: string } {
  if (typeof value === "string") return { count: value.length + 1, packed: `${value}\0` };
  if (Buffer.isBuffer(value)) return { count: value.length, packed: value.toString("latin1") };
  const numbers = "offsetsOf" in value ? value.offsetsOf.map(at) : value;
  const one =
    type === SHORT ? short : type === BYTE ? (n: number) => String.fromCharCode(n) : number;
  const packed = numbers.map(one).join("");
  return { count: type === RATIONAL ? numbers.length / 2 : numbers.length, packed };
}

function bytes(latin1: string): Buffer {
  return Buffer.from(latin1, "latin1");
}

function be(value: number): string {
  const packed = Buffer.alloc(4);
  packed.writeUInt32BE(value);
  return packed.toString("latin1");
}

function le(value: number): string {
  const packed = Buffer.alloc(4);
  packed.writeUInt32LE(value);
  return packed.toString("latin1");
}
