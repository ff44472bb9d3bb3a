import { expect, test } from "vitest";
import { halveFrame } from "./index.ts";

test.each([
  [2, 2],
  [3, 5],
  [7, 4],
  [64, 31],
  [301, 203],
])("%i × %i: each pixel is the mean of four", (width, height) => {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 7919 + i * i) % 256);
  const half = halveFrame({ width, height, data });
  const at = (x: number, y: number, colour: number) => data[3 * (y * width + x) + colour] ?? 0;
  const means = Array.from(half.data, (_, i) => {
    const [pixel, colour] = [Math.floor(i / 3), i % 3];
    const [x, y] = [2 * (pixel % half.width), 2 * Math.floor(pixel / half.width)];
    const upper = at(x, y, colour) + at(x + 1, y, colour);
    return (upper + at(x, y + 1, colour) + at(x + 1, y + 1, colour) + 2) >> 2;
  });
  expect([half.width, half.height]).toEqual([width >> 1, height >> 1]);
  expect([...half.data]).toEqual(means);
});
