import { createCell, findCell, fractalNoise, hash, valueNoise } from "../noise.ts";
import { fill, glaze, glow, hex, inside, light, norm, ramp } from "../paint.ts";
import { between, type Random } from "../random.ts";
import type { Scene, Size } from "../scene.ts";

const GREY = hex("#808080");
const QUARTZ = hex("#efe9dd");

/** Wet pebbles from above. */
export function pebbles(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const stones = [
    hex("#8d8a84"),
    hex("#5f6a70"),
    hex("#c9bda6"),
    hex("#a36f52"),
    hex("#3f4447"),
    hex("#d9d6cc"),
    hex("#7b6a58"),
  ];
  const large = unit * between(random, 62, 80);
  const cell = createCell();
  const small = createCell();
  return {
    width,
    height,
    subject: null,
    background: (x, y, pixel) => {
      // A little warp, or the stones would be straight-edged.
      const warp = 0.24 * (fractalNoise(x / large, y / large, seed, 3) - 0.5);
      findCell(x / large + warp, y / (large * 0.8) - warp, seed + 1, 0.95, cell);
      const isGravel = cell.margin < 0.13 || cell.id < 0.14;
      const stone = isGravel ? small : cell;
      const scale = isGravel ? large / 5 : large;
      if (isGravel) findCell(x / scale, y / scale, seed + 3, 0.9, small);
      const colour = stones[Math.floor(stone.id * 971) % stones.length] ?? GREY;
      fill(pixel, colour);
      const veins = fractalNoise(
        x / (0.3 * scale) + 9 * stone.id,
        y / (0.12 * scale) + stone.id * 50,
        seed + 5,
        4,
      );
      light(pixel, 0.72 + 0.5 * veins);
      glaze(
        pixel,
        QUARTZ,
        0.7 * inside((Math.abs(veins - 0.5) - 0.012) * scale * 0.4) * (stone.id > 0.6 ? 1 : 0),
      );
      const speckle = hash(Math.floor(x / 1.7), Math.floor(y / 1.7), seed + 6);
      light(pixel, 0.9 + 0.2 * speckle);
      const edge = ramp(0, 0.3, stone.margin - (isGravel ? 0 : 0.13));
      const slope = -(stone.dx + 1.3 * stone.dy);
      light(pixel, (0.3 + 0.7 * edge) * (1 + 0.55 * slope));
      const glint =
        norm(stone.dx + 0.16, stone.dy + 0.2) +
        0.1 * (valueNoise(x / (0.1 * scale), y / (0.05 * scale), seed + 7) - 0.5);
      glow(pixel, [0.9, 0.95, 1], 0.3 * ramp(0.14, 0.02, glint));
      light(pixel, isGravel ? 0.62 : 1);
    },
  };
}
