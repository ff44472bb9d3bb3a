import type { Luma } from "../best-cut/index.ts";
import type { Frame } from "./decode.ts";

/**
 * Y' of a JPEG (ITU-R BT.601) of every pixel, in 16-bit fixed point.
 */
export function lumaOf({ width, height, data }: Frame): Luma {
  const luma = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < luma.length; i += 1, at += 3) {
    luma[i] = lumaAt(data, at);
  }
  return { width, height, data: luma };
}

/** Of the pixel whose red is at `at`. */
export function lumaAt(rgb: Buffer, at: number): number {
  const [red, green, blue] = [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0];
  return (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16;
}
