import { fractalNoise, hash } from "../noise.ts";
import { fill, glaze, glow, hex, inside, light, norm, ramp } from "../paint.ts";
import { pick, type Random } from "../random.ts";
import type { Scene, Size } from "../scene.ts";

const GROUT = hex("#8a8175");
const LATE_SUN = hex("#ffd9a0");

/** Painted tiles of a terrace falling away to a wall: a grating at every scale. */
export function tiles(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const palette = pick(random, [
    [hex("#1d4f9c"), hex("#f2efe6"), hex("#e0a92e")],
    [hex("#0f6b64"), hex("#f4ead6"), hex("#d2562f")],
    [hex("#8c2f39"), hex("#f3e6cf"), hex("#2f6f8c")],
  ]);
  const horizon = -height * 0.35;
  return {
    width,
    height,
    subject: null,
    background: (x, y, pixel) => {
      const near = (y - horizon) / (height - horizon);
      const scale = 150 * unit * near;
      const u = (x - width * 0.46) / scale + 0.14 * (1 / near);
      const v = 3.4 / near;
      const column = Math.floor(u);
      const row = Math.floor(v);
      const dx = u - column - 0.5;
      const dy = v - row - 0.5;
      const radius = norm(dx, dy);
      const angle = Math.atan2(dy, dx);
      const quarter = norm(Math.abs(dx) - 0.5, Math.abs(dy) - 0.5);
      const isStar = (column + row) % 2 === 0;
      fill(pixel, palette[1]);
      const petal = isStar
        ? radius - 0.22 - 0.13 * Math.cos(8 * angle)
        : Math.abs(radius - 0.27) - 0.05 - 0.03 * Math.cos(12 * angle);
      glaze(pixel, palette[0], inside(petal * scale));
      glaze(
        pixel,
        palette[2],
        inside((radius - 0.1 - 0.03 * Math.cos((isStar ? 4 : 6) * angle)) * scale),
      );
      glaze(pixel, palette[0], inside((Math.abs(quarter - 0.2) - 0.035) * scale));
      glaze(pixel, palette[2], inside((quarter - 0.11) * scale));
      const fine = Math.abs(Math.max(Math.abs(dx), Math.abs(dy)) - 0.452) - 0.008;
      glaze(pixel, palette[0], 0.85 * inside(fine * scale));
      // Brush strokes and crazing under the glaze.
      light(pixel, 0.86 + 0.22 * fractalNoise(u * 9, v * 3, seed + column * 5 + row * 11, 5));
      const craze = Math.abs(fractalNoise(u * 5, v * 5, seed + 3, 4) - 0.5);
      light(pixel, 1 - 0.35 * inside((craze - 0.004) * scale * 0.3));
      light(pixel, 0.9 + 0.2 * hash(column, row, seed + 4));
      const grout = 0.5 - Math.max(Math.abs(dx), Math.abs(dy));
      glaze(pixel, GROUT, inside((grout - 0.014) * scale));
      light(pixel, 1 + 0.14 * ramp(0.045, 0.02, grout) * (dx + dy < 0 ? 1 : -1));
      // Late light through leaves.
      const dapple = ramp(0.42, 0.6, fractalNoise(u * 0.55 + v * 0.3, v * 0.5, seed + 6, 5));
      light(pixel, 0.58 + 0.5 * dapple);
      glow(pixel, LATE_SUN, 0.06 * dapple);
      light(pixel, 0.75 + 0.3 * near);
    },
  };
}
