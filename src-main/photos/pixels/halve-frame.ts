import { pixelModule } from "./module.ts";

/** Interleaved 8-bit RGB. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A picture of half the width and height in memory of its own: each pixel the mean of four. */
export function halveFrame({ width, height, data }: Picture): Picture & { readonly data: Buffer } {
  const module = pixelModule();
  const rgb = module.hold({ data }).data.byteOffset;
  const [halfWidth, halfHeight] = [width >> 1, height >> 1];
  const bytes = 3 * halfWidth * halfHeight;
  const half = module.take(bytes);
  module.loops.halve(rgb, width, height, half);
  return { width: halfWidth, height: halfHeight, data: Buffer.from(module.bytes(half, bytes)) };
}
