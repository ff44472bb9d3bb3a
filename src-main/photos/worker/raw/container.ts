import type { ExifDirectories } from "./exif-fields.ts";

/** What a container says that is inside it; nothing of it is checked yet. */
export interface RawContainer {
  /** Where JPEGs may be. */
  readonly candidates: readonly ByteRange[];
  /** Null where only the preview's own EXIF speaks. */
  readonly exif: ExifDirectories | null;
  /** An XMP packet, where cameras keep the rating that was given on them. */
  readonly xmp: ByteRange | null;
  /** EXIF orientation of the photo as a whole. */
  readonly orientation: number | null;
  /** Of the photo as the sensor lies, in pixels. */
  readonly size: Size | null;
  /** The last byte that the container says that it has, and one. */
  readonly end: number;
}

export interface ByteRange {
  /** In the file. */
  readonly offset: number;
  readonly length: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}
