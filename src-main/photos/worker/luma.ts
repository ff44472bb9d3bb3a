import type { Luma } from "../best-cut/index.ts";
import type { Frame } from "./decode.ts";

/** Y' of a JPEG (ITU-R BT.601) of every pixel, in 16-bit fixed point. */
export function lumaOf({ width, height, data }: Frame): Luma {
  const luma = new Uint8Array(width * height);
  // Read through a plain array: a Buffer's own bounds cost as much as the sum.
  const rgb = new Uint8Array(data.buffer, data.byteOffset, data.length);
  for (let i = 0, at = 0; i < luma.length; i += 1, at += 3) {
    const red = rgb[at] ?? 0;
    const green = rgb[at + 1] ?? 0;
    const blue = rgb[at + 2] ?? 0;
    luma[i] = (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16;
  }
  return { width, height, data: luma, rgb };
}

/** Of the pixel whose red is at `at`. */
export function lumaAt(rgb: Buffer, at: number): number {
  const [red, green, blue] = [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0];
  return (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16;
}
