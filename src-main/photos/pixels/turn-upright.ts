import type { QuarterFrame } from "./quarter-jpeg.ts";

/** A frame turned and mirrored as its EXIF orientation (1..8) says; the same one where there is nothing to do. */
export function turnUpright(frame: QuarterFrame, orientation: number): QuarterFrame {
  if (orientation <= 1 || orientation > 8) return frame;
  const isOnItsSide = orientation >= 5;
  const width = isOnItsSide ? frame.height : frame.width;
  const height = isOnItsSide ? frame.width : frame.height;
  // Along the axes of the stored frame: which of them the upright rows run along, and whether backwards.
  const isBackAcross = [2, 3, 7, 8].includes(orientation);
  const isBackDown = [3, 4, 6, 7].includes(orientation);
  const across = isBackAcross ? -1 : 1;
  const down = isBackDown ? -frame.width : frame.width;
  const start =
    (isBackAcross ? frame.width - 1 : 0) + (isBackDown ? (frame.height - 1) * frame.width : 0);
  const [step, stride] = isOnItsSide ? [down, across] : [across, down];
  const rgb = new Uint8Array(3 * width * height);
  const luma = new Uint8Array(width * height);
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    let from = start + y * stride;
    for (let x = 0; x < width; x += 1) {
      luma[to] = frame.luma[from] ?? 0;
      rgb[3 * to] = frame.rgb[3 * from] ?? 0;
      rgb[3 * to + 1] = frame.rgb[3 * from + 1] ?? 0;
      rgb[3 * to + 2] = frame.rgb[3 * from + 2] ?? 0;
      to += 1;
      from += step;
    }
  }
  return { width, height, rgb, luma };
}
