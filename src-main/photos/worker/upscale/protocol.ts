import type { Rotation } from "../../../../src-preload/contract/photos.ts";
import type { OutputFormat, Raster } from "../../../upscale/rasters/index.ts";
import type { WrittenImage } from "../protocol.ts";

export interface RasterisedPhoto {
  /** Upright, colours as stored, with the colours of fully transparent pixels taken from their visible neighbours. */
  readonly raster: Raster;
  readonly hasAlpha: boolean;
  /** Alpha is the same everywhere, so that it needs no network. False without alpha. */
  readonly isAlphaConstant: boolean;
  /** It has three colours, and they are alike everywhere: black and white, stored as RGB. */
  readonly isGrey: boolean;
  /** Of a RAW: its pixels are those of a JPEG inside it. Null for every other photo. */
  readonly preview: {
    /** Of the JPEG, upright. */
    readonly width: number;
    readonly height: number;
    /** Of the photo that a RAW converter would make. */
    readonly photoWidth: number;
    readonly photoHeight: number;
  } | null;
  /** Colours could not be kept as stored (CMYK, Lab): they are sRGB now. */
  readonly isConverted: boolean;
}

export interface EncodeInput {
  /** Of `createTarget`, finished. Its directory of fields is written anew, its pixels are only read. */
  readonly raster: Raster;
  /** Where `rasterise` left what the photo says besides pixels. */
  readonly directory: string;
  /** Absolute path of the file to write: one that nobody knows yet. It is whole, or not there. */
  readonly file: string;
  readonly format: OutputFormat;
  /** 1..100, for JPEG, WebP and AVIF; 100 makes WebP and AVIF lossless. */
  readonly quality: number;
  /** Of the result, in pixels, at most the raster's: networks enlarge, this only reduces. */
  readonly width: number;
  readonly height: number;
  /** As the raster if not said. PNG and TIFF have 16, AVIF 10 in their place, the others 8. */
  readonly bits?: 8 | 16;
  /** What shows through in a JPEG, which has no transparency; white if not said. */
  readonly background?: "white" | "black";
  /** Lanczos with three lobes, or for pixel art the nearest pixel. */
  readonly resample: "lanczos3" | "nearest";
  /** Pixels an inch to be said; null keeps what the photo says. */
  readonly density: number | null;
  /** What of EXIF, XMP and IPTC comes along. The colour profile always does. */
  readonly metadata: "all" | "without-gps" | "none";
}

export interface EncodedPhoto extends WrittenImage {
  /** What the photo says but the format has no room for. */
  readonly leftOut: readonly ("exif" | "xmp" | "iptc")[];
}

/** What pyramid.json says: tiles are `<level>/<x>_<y>.<extension>`; level 0 is one tile, each further one twice it. */
export interface Pyramid {
  readonly width: number;
  readonly height: number;
  /** Edge in pixels; those at the right and at the bottom may be smaller. */
  readonly tile: number;
  readonly levels: readonly { readonly width: number; readonly height: number }[];
  readonly extension: "jpg" | "webp";
}

/** What the image worker does for upscaling. Every method fails with a KilnError that says what is wrong. */
export type UpscaleImageMethods = {
  /**
   * Decodes a photo into a raster in `directory`, which is made if missing, and saves beside it what else the photo
   * says. Strict: a damaged photo fails. `rotation` is a clockwise turn that the person added, in degrees.
   *
   * Fails with KilnError `upscale-samples-unsupported` for samples of 32 bits and for more than four channels, and
   * with what else is said of files that can't be decoded.
   */
  rasterise: {
    input: { readonly path: string; readonly directory: string; readonly rotation: Rotation };
    output: RasterisedPhoto;
    progress: never;
  };
  /**
   * A smaller raster of the same picture, as `encode` reduces it: between two runs of a network.
   *
   * @param file absolute path of the raster to write.
   */
  reduce: {
    input: { readonly raster: Raster; readonly directory: string; readonly file: string } & Pick<
      EncodeInput,
      "width" | "height" | "resample"
    >;
    output: Raster;
    progress: never;
  };
  /**
   * Makes the file that was asked for from a raster of `createTarget`.
   *
   * Fails with KilnError `disk-full`, `output-folder-gone`, `output-forbidden`, `output-unwritable`, `output-too-large`.
   */
  encode: { input: EncodeInput; output: EncodedPhoto; progress: never };
  /**
   * Tiles for looking at a picture of any size, in `directory`, which is replaced as a whole: from a raster and the
   * metadata beside it, or from an image file.
   */
  pyramid: {
    input: {
      readonly from:
        | { readonly raster: Raster; readonly metadata: string }
        | { readonly path: string };
      readonly directory: string;
    };
    output: Pyramid;
    progress: { readonly done: number; readonly total: number };
  };
};
