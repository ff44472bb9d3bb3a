import type { ByteSource } from "./byte-source.ts";
import type { ByteRange, RawContainer, Size } from "./container.ts";
import { exifDirectories, orientationIn } from "./exif-fields.ts";
import { type MakerNote, readMakerNote } from "./maker-note.ts";
import { type TiffDirectory, TiffReader } from "./tiff.ts";

const tags = {
  /** Panasonic RW2's first directory: where the sensor's picture begins and ends. */
  sensorBorders: [0x0004, 0x0005, 0x0006, 0x0007],
  /** Panasonic RW2: the preview, as the value of a field, and where the sensor's data begin. */
  jpegInside: 0x002e,
  rw2DataOffset: 0x0118,
  newSubfileType: 0x00fe,
  width: 0x0100,
  height: 0x0101,
  compression: 0x0103,
  photometric: 0x0106,
  stripOffsets: 0x0111,
  stripLengths: 0x0117,
  tileOffsets: 0x0144,
  tileLengths: 0x0145,
  subdirectories: 0x014a,
  jpegOffset: 0x0201,
  jpegLength: 0x0202,
  xmp: 0x02bc,
  exifWidth: 0xa002,
  exifHeight: 0xa003,
  dngCropSize: 0xc620,
} as const;

/** Photometric interpretations of sensor data: colour filter array, linear RAW (DNG). */
const SENSOR_DATA = [32803, 34892];
/** Compressions by which a strip or a tile may be a JPEG as it stands; DNG has lossy ones as 34892. */
const JPEG_COMPRESSIONS = [6, 7, 34892];

const MAX_DIRECTORIES = 48;

/**
 * CR2, NEF, NRW, ARW, SR2, SRW, PEF, DNG, ORF, RW2 and others like them: TIFF structures whose directories each
 * describe one picture, the previews among them.
 */
export async function readTiffRaw(source: ByteSource): Promise<RawContainer | null> {
  const opened = await TiffReader.open(source, 0);
  const image = await opened?.reader.directory(opened.first);
  if (!image) return null;
  // Before the walk: a directory is given once.
  const exif = await exifDirectories(image);
  const directories = await walk(image);
  const candidates: ByteRange[] = [];
  let sensor: { size: Size; data: ByteRange } | null = null;
  for (const directory of directories) {
    candidates.push(...(await jpegsOf(directory)));
    const found = await sensorData(directory);
    if (found && areaOf(found.size) > (sensor ? areaOf(sensor.size) : 0)) sensor = found;
  }
  const xmp = image.fields.get(tags.xmp);
  const note = await readMakerNote(exif);
  if (note !== null) candidates.push(...(await jpegsOfNote(note)));
  return {
    candidates,
    exif,
    xmp: xmp ? { offset: xmp.position, length: xmp.bytes } : null,
    orientation: await orientationIn(image),
    size: await photoSize(image, exif.photo, directories, sensor?.size ?? null),
    end: Math.max(
      image.reader.reach,
      sensor === null ? 0 : endOf(sensor.data),
      await rw2End(image),
    ),
  };
}

/** The chain of directories, then those below them: what follows on those is rubbish in some files. */
async function walk(first: TiffDirectory): Promise<readonly TiffDirectory[]> {
  const found: TiffDirectory[] = [];
  let next: TiffDirectory | null = first;
  while (next !== null && found.length < MAX_DIRECTORIES) {
    found.push(next);
    next = next.next === 0 ? null : await first.reader.directory(next.next);
  }
  for (let i = 0; i < found.length && found.length < MAX_DIRECTORIES; i += 1) {
    const below = await found[i]?.directories(tags.subdirectories, 16);
    found.push(...(below ?? []));
  }
  return found;
}

async function jpegsOf(directory: TiffDirectory): Promise<ByteRange[]> {
  const found = await rangesAt(directory, tags.jpegOffset, tags.jpegLength);
  const inside = directory.fields.get(tags.jpegInside);
  // Two bytes are another program's other tag.
  if (inside !== undefined && inside.bytes > 1000) {
    found.push({ offset: inside.position, length: inside.bytes });
  }
  if (JPEG_COMPRESSIONS.includes((await directory.number(tags.compression)) ?? 0)) {
    // A picture in several strips or tiles is several JPEGs: none of them is the picture.
    const strips = await rangesAt(directory, tags.stripOffsets, tags.stripLengths);
    const tiles = await rangesAt(directory, tags.tileOffsets, tags.tileLengths);
    for (const ranges of [strips, tiles]) if (ranges.length === 1) found.push(...ranges);
  }
  return found;
}

/** Previews that only the maker note knows of. */
async function jpegsOfNote({ brand, directory }: MakerNote): Promise<ByteRange[]> {
  switch (brand) {
    case "nikon": {
      const [preview] = await directory.directories(0x0011);
      return preview ? rangesAt(preview, tags.jpegOffset, tags.jpegLength) : [];
    }
    case "olympus": {
      const [settings] = await directory.directories(0x2020);
      return settings ? rangesAt(settings, 0x0101, 0x0102) : [];
    }
    case "pentax": {
      // These count from the file's beginning, whatever the note's other offsets do.
      const [offset, length] = [await directory.number(0x0004), await directory.number(0x0003)];
      return offset && length ? [{ offset, length }] : [];
    }
    default:
      return [];
  }
}

async function rangesAt(
  directory: TiffDirectory,
  offsetTag: number,
  lengthTag: number,
): Promise<ByteRange[]> {
  const offsets = await directory.numbers(offsetTag);
  const lengths = await directory.numbers(lengthTag);
  return offsets.flatMap((offset, i) => {
    const length = lengths[i] ?? 0;
    return offset > 0 && length > 0 ? [{ offset: directory.reader.base + offset, length }] : [];
  });
}

/** The size that a directory of sensor data gives, and where the last of its data is. */
async function sensorData(
  directory: TiffDirectory,
): Promise<{ size: Size; data: ByteRange } | null> {
  const isMain = (await directory.number(tags.newSubfileType)) === 0;
  const isSensor = SENSOR_DATA.includes((await directory.number(tags.photometric)) ?? 0);
  const size = await sizeIn(directory, tags.width, tags.height);
  if (!(isMain || isSensor) || size === null) return null;
  const strips = await rangesAt(directory, tags.stripOffsets, tags.stripLengths);
  const tiles = await rangesAt(directory, tags.tileOffsets, tags.tileLengths);
  const last = [...strips, ...tiles].toSorted((a, b) => b.offset - a.offset)[0];
  return { size, data: last ?? { offset: 0, length: 0 } };
}

/** Panasonic's first directory says of its strip only how long it is; older cameras' not even that. */
async function rw2End(image: TiffDirectory): Promise<number> {
  const offset = await image.number(tags.rw2DataOffset);
  const length = await image.number(tags.stripLengths);
  const isRw2 = image.fields.has(tags.jpegInside);
  return isRw2 && offset !== null && length !== null && length < 0xffff_ffff ? offset + length : 0;
}

/**
 * What the photo measures when it is developed. The sensor's rows and columns include a few that are dark: where EXIF
 * says nearly as much, it says it better.
 */
async function photoSize(
  image: TiffDirectory,
  photo: TiffDirectory | null,
  directories: readonly TiffDirectory[],
  sensor: Size | null,
): Promise<Size | null> {
  for (const directory of directories) {
    const [width = 0, height = 0] = await directory.numbers(tags.dngCropSize);
    if (width > 0 && height > 0) return { width, height };
  }
  const borders = await Promise.all(tags.sensorBorders.map((tag) => image.number(tag)));
  const [top = 0, left = 0, bottom = 0, right = 0] = borders.map((value) => value ?? 0);
  if (bottom > top && right > left) return { width: right - left, height: bottom - top };
  const said = photo && (await sizeIn(photo, tags.exifWidth, tags.exifHeight));
  if (said === null || sensor === null) return said ?? sensor;
  // Some phones say it of the upright photo.
  const liesAlike = said.width > said.height === sensor.width > sensor.height;
  return liesAlike && longEdge(said) >= 0.9 * longEdge(sensor) ? said : sensor;
}

async function sizeIn(
  directory: TiffDirectory,
  widthTag: number,
  heightTag: number,
): Promise<Size | null> {
  const width = await directory.number(widthTag);
  const height = await directory.number(heightTag);
  return width && height ? { width, height } : null;
}

function endOf({ offset, length }: ByteRange): number {
  return offset + length;
}

function areaOf({ width, height }: Size): number {
  return width * height;
}

function longEdge({ width, height }: Size): number {
  return Math.max(width, height);
}
