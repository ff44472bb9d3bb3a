import type { Box } from "../../src-preload/contract/photos.ts";

/** Side of a window in pixels: what the face detector takes in. */
export const FACE_WINDOW_EDGE = 128;

/** A square piece of an upright photo, at the face detector's size. */
export interface FaceWindow {
  /** It may reach beyond the photo (below 0, above 1): there it is black. */
  readonly place: Box;
  /** Interleaved 8-bit sRGB, FACE_WINDOW_EDGE pixels square. */
  readonly pixels: Uint8Array;
}

/** x and y as fractions of the upright photo. */
export type Point = readonly [number, number];

export interface Face {
  /** From the brows to the chin, inside the photo. */
  readonly box: Box;
  /** The detector's own, 0..1. */
  readonly score: number;
  /** As one sees them: the left one of the picture first. */
  readonly eyes: readonly [Point, Point];
}

/** What the inference child does: it holds the neural networks, and gets pixels, never paths. */
export type InferenceWorkerMethods = {
  /**
   * The faces in windows of one photo, each once, largest first.
   *
   * Fails with KilnError `faces-unavailable` where the network can't be loaded or the windows are none.
   */
  faces: {
    input: {
      /** Its file's name, for what is said when the child dies over it. */
      readonly photo: string;
      readonly windows: readonly FaceWindow[];
    };
    output: { readonly faces: readonly Face[] };
    progress: never;
  };
};
