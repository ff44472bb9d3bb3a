import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { Size } from "./viewport.ts";

/** Upright size of the pixels that can be shown: of a RAW those of its preview. 0 until known. */
export function pixelsOf({
  preview,
  width,
  height,
}: Pick<PhotoRow, "preview" | "width" | "height">): Size {
  return preview ?? { width, height };
}
