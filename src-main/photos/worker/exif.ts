import readExif, { type Exif } from "exif-reader";
import type { CaptureTime, ImageProbe } from "./protocol.ts";

type ExifDetails = Pick<
  ImageProbe,
  | "capturedAt"
  | "cameraMake"
  | "cameraModel"
  | "lens"
  | "iso"
  | "exposureSeconds"
  | "fNumber"
  | "focalLengthMm"
  | "latitude"
  | "longitude"
  | "rating"
>;

/** Larger blocks are no camera's: not worth the time that a hostile one could take. */
const MAX_EXIF_BYTES = 1024 * 1024;

/** The EXIF block of a photo, taken apart; null when there is none or it is broken, which no photo fails by. */
export function parseExif(block: Buffer | undefined): Exif | null {
  if (block === undefined || block.length > MAX_EXIF_BYTES) return null;
  try {
    return readExif(block);
  } catch {
    // A photo without details is still a photo.
    return null;
  }
}

export function exifDetails(exif: Exif | null, block: Buffer | undefined): ExifDetails {
  const image: Tags = exif?.Image ?? {};
  const photo: Tags = exif?.Photo ?? {};
  const gps: Tags = exif?.GPSInfo ?? {};
  const place = location(gps);
  return {
    capturedAt: captureTime(photo, block),
    cameraMake: text(image.Make),
    cameraModel: text(image.Model),
    lens: text(photo.LensModel),
    // 65535 stands for "does not fit": the sensitivity is in a tag of its own.
    iso: positive(photo.ISOSpeedRatings, 65534) ?? positive(photo.RecommendedExposureIndex),
    exposureSeconds: positive(photo.ExposureTime),
    fNumber: positive(photo.FNumber),
    focalLengthMm: positive(photo.FocalLength),
    latitude: place?.latitude ?? null,
    longitude: place?.longitude ?? null,
    rating: stars(image.Rating),
  };
}

/** XMP says `xmp:Rating="4"` or `<xmp:Rating>4</xmp:Rating>`. */
export function xmpRating(xmp: string | undefined): number | null {
  const found = /\bxmp:Rating(?:\s*=\s*["']|>)\s*(-?\d+)/.exec(xmp ?? "");
  return found === null ? null : stars(Number(found[1]));
}

type Tags = Readonly<Record<string, unknown>>;

function stars(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= -1 && value <= 5
    ? value
    : null;
}

/** Photography began in 1826; nothing has been taken after next year. */
const FIRST_YEAR = 1826;

function captureTime(photo: Tags, block: Buffer | undefined): CaptureTime | null {
  const kind = photo.DateTimeOriginal instanceof Date ? "Original" : "Digitized";
  const date = photo[`DateTime${kind}`];
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) return null;
  const year = date.getUTCFullYear();
  if (year < FIRST_YEAR || year > new Date().getUTCFullYear() + 1) return null;
  const seconds = date.toISOString().slice(0, 19);
  // exif-reader rolls a 31 February over into March: what the block does not spell like this was no date.
  if (!block?.includes(seconds.replaceAll("-", ":").replace("T", " "))) return null;
  const fraction = /^\d+/.exec(text(photo[`SubSecTime${kind}`]) ?? "")?.[0];
  return {
    local: `${seconds}.${(fraction ?? "").slice(0, 3).padEnd(3, "0")}`,
    subSecond: fraction !== undefined,
    offsetMinutes: offset(text(photo[`OffsetTime${kind}`])),
  };
}

/** "+09:00" → 540. */
function offset(value: string | null): number | null {
  const found = /^([+-])(\d{2}):(\d{2})$/.exec(value ?? "");
  if (found === null) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  if (minutes > 14 * 60) return null;
  // Not -0, which would not equal 0 everywhere.
  return found[1] === "-" && minutes > 0 ? -minutes : minutes;
}

function location(gps: Tags): { latitude: number; longitude: number } | null {
  const latitude = degrees(gps.GPSLatitude, gps.GPSLatitudeRef, "S", 90);
  const longitude = degrees(gps.GPSLongitude, gps.GPSLongitudeRef, "W", 180);
  if (latitude === null || longitude === null) return null;
  // What receivers write before they know where they are.
  return latitude === 0 && longitude === 0 ? null : { latitude, longitude };
}

function degrees(parts: unknown, ref: unknown, negative: string, limit: number): number | null {
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [whole, minutes, seconds] = parts.map(Number);
  const value = (whole ?? Number.NaN) + (minutes ?? 0) / 60 + (seconds ?? 0) / 3600;
  if (!(value >= 0 && value <= limit)) return null;
  return text(ref) === negative && value !== 0 ? -value : value;
}

/** Cameras give some numbers as a list; the first is the one. Zero and 0/0 mean "unknown". */
function positive(value: unknown, most = Number.MAX_VALUE): number | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "number" && first > 0 && first <= most ? first : null;
}

/** exif-reader leaves text that is not ASCII as bytes: UTF-8 by habit. */
function text(value: unknown): string | null {
  const decoded = Buffer.isBuffer(value) ? value.toString("utf8") : value;
  if (typeof decoded !== "string") return null;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: fixed-size fields are filled up with them
  const cleaned = decoded.replaceAll(/[\u0000-\u001f\u007f]/g, " ").trim();
  return cleaned === "" ? null : cleaned.slice(0, 200);
}
