import type { Box, Histogram, Rotation } from "../../../src-preload/contract/photos.ts";
import type { FaceWindow } from "../../inference/index.ts";
import type { SampleManifest } from "../../sample/index.ts";
import type { SidecarValues } from "../../xmp/index.ts";
import type { FrameMeasures } from "../best-cut/index.ts";
import type { PhotoFormat } from "../formats.ts";
import type { UpscaleImageMethods } from "./upscale/protocol.ts";

/** What a photo's header says. Strings are trimmed; null means "not said". */
export interface ImageProbe {
  /** By content, whatever the file's name says. */
  readonly format: PhotoFormat;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Hex digest of the size, the first and the last 64 KiB: finds a moved file again. */
  readonly fastHash: string;
  /** Upright, in pixels: EXIF orientation applied. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1..8, that is still to be applied to the stored pixels. */
  readonly orientation: number;
  readonly capturedAt: CaptureTime | null;
  readonly cameraMake: string | null;
  readonly cameraModel: string | null;
  readonly lens: string | null;
  readonly iso: number | null;
  readonly exposureSeconds: number | null;
  readonly fNumber: number | null;
  readonly focalLengthMm: number | null;
  /** Degrees, north and east positive. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Description inside the embedded ICC profile ("Display P3"). */
  readonly iccName: string | null;
  /** A RAW: all that is said of pixels here but the size is of the JPEG inside it. */
  readonly isRaw: boolean;
  /** Upright size of that JPEG where it is smaller than the photo; else null. */
  readonly preview: { readonly width: number; readonly height: number } | null;
  /** Where the camera says that it focused. */
  readonly focus: { readonly box: Box } | null;
  /** XMP or EXIF rating: 1..5 stars, 0 none, -1 rejected; null when there is none. */
  readonly rating: number | null;
}

/** When the shutter opened, by the camera's clock. Never taken from file times. */
export interface CaptureTime {
  /** Wall clock, 'YYYY-MM-DDTHH:mm:ss.sss'. */
  readonly local: string;
  /** False: the milliseconds are unknown and written as .000. */
  readonly subSecond: boolean;
  /** Of the wall clock, east of UTC. */
  readonly offsetMinutes: number | null;
}

export interface ThumbnailTarget {
  /** Absolute path of the JPEG to write (sRGB, upright); its folder is made if missing. Replaced in one step. */
  readonly file: string;
  /** Length of the long edge in pixels; smaller photos keep their size. */
  readonly edge: number;
}

/** A picture that was written into the cache. */
export interface WrittenImage {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

export interface Developed {
  readonly thumbnail: WrittenImage;
  /** Null unless `measure` was asked for. */
  readonly measured: {
    readonly measures: FrameMeasures;
    /** `analyseFrame` of the same frame, for ranking. */
    readonly detail: Uint8Array;
    /** `describeLook` of the same frame. */
    readonly look: Uint8Array;
    /** Null where no faces were asked for. */
    readonly faceWindows: readonly FaceWindow[] | null;
  } | null;
}

/** Where windows for the face finder are cut: over the whole photo, roughly over it, or about known faces. */
export type FaceSearch = "everywhere" | "glance" | readonly Box[];

export interface RenderTarget {
  /** Absolute path of the file to write; its folder is made if missing. Replaced in one step. */
  readonly file: string;
  /** Long edge in pixels; null keeps the full size, up to 16,383 (WebP: 8,191). Photos are never enlarged. */
  readonly edge: number | null;
  readonly format: "jpeg" | "webp";
}

export interface ExportTarget {
  /** Absolute path of the JPEG to write. Replaced in one step. */
  readonly file: string;
  /** Long edge in pixels; null keeps the full size. Photos are never enlarged. */
  readonly edge: number | null;
  /** JPEG quality, 1..100. */
  readonly quality: number;
  /** Clockwise turn that the person added, in degrees. */
  readonly rotation: Rotation;
  /** Rating and label for its XMP; what the photo's own XMP says besides is kept. */
  readonly marks: SidecarValues;
}

/**
 * What the image worker does. All of it reads photos and writes into the cache files it is given, never beside the
 * photos. Every method fails with a KilnError that says what is wrong with the file (see problems.ts).
 */
export type ImageWorkerMethods = {
  /** Reads the header: a few milliseconds, no decoding. */
  probe: { input: { path: string }; output: ImageProbe; progress: never };
  /**
   * One decode for everything that culling needs. Strict: a photo whose bytes end early or are damaged fails here,
   * since it can't be ranked against its neighbours. With `measure`, the thumbnail's edge is 500 at the most: what is
   * measured is the photo at 1,000 to 2,400 px (see measured-frame.ts), and faces are looked for in it.
   */
  develop: {
    input: {
      path: string;
      thumbnail: ThumbnailTarget;
      measure: { readonly faces: FaceSearch | null } | null;
    };
    output: Developed;
    progress: never;
  };
  /** The fastest way to something to look at. Lenient: a damaged photo shows what decodes. */
  thumbnail: {
    input: { path: string } & ThumbnailTarget;
    output: WrittenImage;
    progress: never;
  };
  /** An upright picture that Chromium can show, with its colours kept (sRGB, or a wider profile embedded). Lenient. */
  render: { input: { path: string } & RenderTarget; output: WrittenImage; progress: never };
  /** An upright JPEG to give away, with its colours and the camera's metadata. Strict. */
  export: { input: { path: string } & ExportTarget; output: WrittenImage; progress: never };
  /** Counted on a small sRGB decode. Lenient. */
  histogram: { input: { path: string }; output: Histogram; progress: never };
  /** Paints the sample project into a folder. */
  sample: {
    input: { directory: string; seed: number };
    output: SampleManifest;
    progress: { readonly done: number; readonly total: number };
  };
} & UpscaleImageMethods;
