import type { Box, Raster } from "../../src-main/sample/index.ts";

/** Something to stand before a background. */
export interface Sprite {
  readonly name: string;
  /** Four channels, even sides. */
  readonly raster: Raster;
  /** What of it has to lie within the frame, and what one focuses on; in its own pixels. */
  readonly inner: Box;
  readonly heart: Box;
}

/** Gives a raster coverage (0..1 where it counts) and light of its own. */
export function cutOut(
  { width, height, channels, data }: Raster,
  at: (x: number, y: number) => { readonly cover: number; readonly light: number },
): Raster {
  const cut = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const { cover, light } = at(column + 0.5, row + 0.5);
      if (cover <= 0) continue;
      const share = Math.min(1, cover);
      const pixel = row * width + column;
      for (let channel = 0; channel < 3; channel += 1) {
        const own = (data[pixel * channels + channel] ?? 0) * light;
        cut[pixel * 4 + channel] = Math.min(255, own) * share;
      }
      cut[pixel * 4 + 3] = 255 * share;
    }
  }
  return { width, height, channels: 4, data: cut };
}

/** The middle of a box. */
export function within({ x, y, width, height }: Box, share: number): Box {
  return {
    x: x + (width * (1 - share)) / 2,
    y: y + (height * (1 - share)) / 2,
    width: width * share,
    height: height * share,
  };
}

export function even(length: number): number {
  return 2 * Math.ceil(length / 2);
}
