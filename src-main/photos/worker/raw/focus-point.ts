import type { Box } from "../../../../src-preload/contract/photos.ts";
import type { Size } from "./container.ts";
import type { ExifDirectories } from "./exif-fields.ts";
import { type MakerNote, readMakerNote } from "./maker-note.ts";
import type { TiffDirectory } from "./tiff.ts";

const SUBJECT_AREA = 0x9214;
const EXIF_WIDTH = 0xa002;
const EXIF_HEIGHT = 0xa003;
const MODEL = 0x0110;

/** Where a camera names a point alone: the side of the square around it, as a share of the long edge. */
const POINT_SIDE = 0.08;

/** A note whose picture has another shape than the photo is of before a crop or a turn. */
const SHAPE_TOLERANCE = 0.03;

/** A place in a picture of some size that lies as the pixels are stored. The box may be a point. */
interface Area {
  readonly picture: Size;
  /** Of the box. */
  readonly centre: readonly [x: number, y: number];
  readonly size: readonly [width: number, height: number];
}

/**
 * Where the camera says that it focused, as fractions of the upright photo; its maker note before EXIF's SubjectArea,
 * which some cameras fill with what they found of a face. Null for what it does not say, or says of another picture.
 *
 * @param stored the photo's size before `orientation` is applied.
 */
export async function focusPoint(
  exif: ExifDirectories,
  stored: Size,
  orientation: number,
): Promise<Box | null> {
  const note = await readMakerNote(exif);
  const area =
    (note && (await areaOfNote(note, exif, stored))) ?? (await subjectArea(exif, stored));
  return area && toBox(area, stored, orientation);
}

async function areaOfNote(
  { brand, directory }: MakerNote,
  exif: ExifDirectories,
  stored: Size,
): Promise<Area | null> {
  switch (brand) {
    case "canon":
      return canonArea(directory, await exif.image.text(MODEL));
    case "nikon":
      return nikonArea(directory);
    case "sony":
      return sonyArea(directory);
    case "fujifilm": {
      const [x = 0, y = 0] = await directory.numbers(0x1023);
      return x > 0 && y > 0
        ? { picture: await exifSize(exif, stored), centre: [x, y], size: [0, 0] }
        : null;
    }
    default:
      return null;
  }
}

/**
 * AFInfo2 (and 3): eight numbers, then per AF area its width, height, and place from the picture's centre, then bits:
 * areas in focus, areas selected. Upwards is positive, but on PowerShots.
 */
async function canonArea(directory: TiffDirectory, model: string): Promise<Area | null> {
  const values = await canonInfo(directory);
  const count = values[2] ?? 0;
  const picture = { width: values[6] ?? 0, height: values[7] ?? 0 };
  const flagWords = Math.ceil(count / 16);
  if (count === 0 || values.length < 8 + 4 * count + flagWords) return null;
  const list = (index: number, i: number): number => signed(values[8 + index * count + i] ?? 0);
  const isSet = (from: number, i: number): boolean =>
    (((values[8 + 4 * count + from + Math.floor(i / 16)] ?? 0) >> (i % 16)) & 1) === 1;
  const valid = Array.from({ length: Math.min(count, values[3] ?? 0) }, (_, i) => i).filter(
    (i) => list(0, i) > 0 && list(1, i) > 0,
  );
  const inFocus = valid.filter((i) => isSet(0, i));
  const chosen = inFocus.length > 0 ? inFocus : valid.filter((i) => isSet(flagWords, i));
  if (chosen.length === 0) return null;
  const down = /powershot|ixus|ixy/i.test(model) ? 1 : -1;
  const edges = chosen.map((i) => {
    const x = picture.width / 2 + list(2, i);
    const y = picture.height / 2 + down * list(3, i);
    const [halfWidth, halfHeight] = [list(0, i) / 2, list(1, i) / 2];
    return [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight] as const;
  });
  const left = Math.min(...edges.map((edge) => edge[0]));
  const top = Math.min(...edges.map((edge) => edge[1]));
  const right = Math.max(...edges.map((edge) => edge[2]));
  const bottom = Math.max(...edges.map((edge) => edge[3]));
  return {
    picture,
    centre: [(left + right) / 2, (top + bottom) / 2],
    size: [right - left, bottom - top],
  };
}

/** Where AFInfo2 keeps six numbers (picture, centre and size of the area), and the byte that says that they are set. */
const nikonLayouts: Readonly<Record<string, { readonly at: number; readonly flag: number }>> = {
  "0100": { at: 0x10, flag: 4 },
  "0101": { at: 0x46, flag: 4 },
  "0300": { at: 0x2a, flag: 7 },
  "0301": { at: 0x2a, flag: 7 },
  "0400": { at: 0x3e, flag: 7 },
  "0401": { at: 0x3e, flag: 7 },
  "0402": { at: 0x3e, flag: 7 },
};

async function nikonArea(directory: TiffDirectory): Promise<Area | null> {
  const info = await directory.bytes(0x00b7, 1024);
  const layout = nikonLayouts[info?.toString("latin1", 0, 4) ?? ""];
  if (info === null || layout === undefined || info.length < layout.at + 12) return null;
  if (info[layout.flag] !== 1) return null;
  const value = (i: number): number => directory.reader.u16(info, layout.at + 2 * i);
  return {
    picture: { width: value(0), height: value(1) },
    centre: [value(2), value(3)],
    size: [value(4), value(5)],
  };
}

/** FocusLocation: picture and point; FocusFrameSize, where there is one, the size around it. */
async function sonyArea(directory: TiffDirectory): Promise<Area | null> {
  const [width = 0, height = 0, x = 0, y = 0] = await directory.numbers(0x2027);
  if (x === 0 || y === 0) return null;
  const frame = await directory.bytes(0x2037, 16);
  const [frameWidth, frameHeight, isSet] =
    frame !== null && frame.length >= 6
      ? [0, 2, 4].map((at) => directory.reader.u16(frame, at))
      : [];
  return {
    picture: { width, height },
    centre: [x, y],
    size: isSet ? [frameWidth ?? 0, frameHeight ?? 0] : [0, 0],
  };
}

/** EXIF 2.32, 4.6.5: two numbers are a point, three a circle with its diameter, four a rectangle by its centre. */
async function subjectArea(exif: ExifDirectories, stored: Size): Promise<Area | null> {
  const values = (await exif.photo?.numbers(SUBJECT_AREA)) ?? [];
  const [x = 0, y = 0, width = 0, height = width] = values;
  if (values.length < 2 || values.length > 4 || (x === 0 && y === 0)) return null;
  return { picture: await exifSize(exif, stored), centre: [x, y], size: [width, height] };
}

/** The size that EXIF's coordinates are of. */
async function exifSize({ photo }: ExifDirectories, stored: Size): Promise<Size> {
  const width = await photo?.number(EXIF_WIDTH);
  const height = await photo?.number(EXIF_HEIGHT);
  return width && height ? { width, height } : stored;
}

function toBox({ picture, centre, size }: Area, stored: Size, orientation: number): Box | null {
  const shape = (picture.width * stored.height) / (picture.height * stored.width);
  if (!(Math.abs(shape - 1) < SHAPE_TOLERANCE)) return null;
  const side = POINT_SIDE * Math.max(picture.width, picture.height);
  const isPoint = size[0] <= 0 || size[1] <= 0;
  const width = (isPoint ? side : size[0]) / picture.width;
  const height = (isPoint ? side : size[1]) / picture.height;
  const [x, y] = [centre[0] / picture.width, centre[1] / picture.height];
  if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1 && width <= 1 && height <= 1)) return null;
  const left = Math.max(0, x - width / 2);
  const top = Math.max(0, y - height / 2);
  const right = Math.min(1, x + width / 2);
  const bottom = Math.min(1, y + height / 2);
  const [x1, y1] = turned(orientation, left, top);
  const [x2, y2] = turned(orientation, right, bottom);
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)];
}

/** Where a point of the stored picture is when EXIF `orientation` has been applied; both as fractions. */
function turned(orientation: number, x: number, y: number): readonly [number, number] {
  switch (orientation) {
    case 2:
      return [1 - x, y];
    case 3:
      return [1 - x, 1 - y];
    case 4:
      return [x, 1 - y];
    case 5:
      return [y, x];
    case 6:
      return [1 - y, x];
    case 7:
      return [1 - y, 1 - x];
    case 8:
      return [y, 1 - x];
    default:
      return [x, y];
  }
}

/** In the layout of AFInfo2; the older AFInfo has one size for all areas and knows of none that were selected. */
async function canonInfo(directory: TiffDirectory): Promise<readonly number[]> {
  for (const tag of [0x0026, 0x003c]) {
    const values = await directory.numbers(tag);
    if (values.length > 0) return values;
  }
  const [count = 0, valid = 0, ...values] = await directory.numbers(0x0012);
  if (count === 0 || values.length < 6 + 2 * count) return [];
  const [width = 0, height = 0] = values.slice(4, 6);
  const sizes = [width, height].flatMap((size) => Array.from({ length: count }, () => size));
  return [0, 0, count, valid, ...values.slice(0, 4), ...sizes, ...values.slice(6)];
}

function signed(value: number): number {
  return value > 0x7fff ? value - 0x10000 : value;
}
