import type { UpscaleTarget } from "../../src-preload/contract/upscale.ts";
import type { Size } from "../viewer2d/viewport.ts";

/** Ways to say how large a result is to be, as the form offers them. */
export const sizeKinds = ["twice", "fourTimes", "scale", "width", "height", "print"] as const;
export type SizeKind = (typeof sizeKinds)[number];

export function kindOf(target: UpscaleTarget): SizeKind {
  if (target.by !== "scale") return target.by;
  return target.scale === 2 ? "twice" : target.scale === 4 ? "fourTimes" : "scale";
}

/** Paper of the first print, and how finely photos are printed to be held in the hand. */
const firstPrint = { by: "print", paper: "A3", dpi: 300 } as const;

/**
 * The target to begin with when another way of saying it is chosen: as large as before, where that means anything.
 * @param photo pixels of the photo that is shown; 0 where unknown
 */
export function targetOf(kind: SizeKind, before: UpscaleTarget, photo: Size): UpscaleTarget {
  const scale = scaleOf(before, photo);
  switch (kind) {
    case "twice":
      return { by: "scale", scale: 2 };
    case "fourTimes":
      return { by: "scale", scale: 4 };
    case "scale":
      return { by: "scale", scale: Math.min(16, Math.max(1, Math.round(10 * scale) / 10)) };
    case "width":
      return { by: "width", pixels: pixels(photo.width * scale) };
    case "height":
      return { by: "height", pixels: pixels(photo.height * scale) };
    case "print":
      return before.by === "print" ? before : firstPrint;
  }
}

const standardWidth = 6000;

function pixels(length: number): number {
  return length < 1 ? standardWidth : Math.min(200_000, Math.round(length));
}

function scaleOf(target: UpscaleTarget, photo: Size): number {
  if (target.by === "scale") return target.scale;
  const length = target.by === "height" ? photo.height : photo.width;
  if (target.by === "print" || length === 0) return 4;
  return target.pixels / length;
}
