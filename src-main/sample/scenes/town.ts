import { createCell, findCell, fractalNoise, hash, valueNoise } from "../noise.ts";
import { clamp01, fill, glaze, hex, inside, light, mix, norm, ramp } from "../paint.ts";
import type { Random } from "../random.ts";
import type { Scene, Size } from "../scene.ts";

const WHITE = hex("#ffffff");
const HAZE = hex("#f3ead8");
const COBBLE = hex("#8d857b");
const COBBLE_JOINT = hex("#5d574f");
const KERB = hex("#cfc7ba");
const MORTAR = hex("#e6dccb");
const EAVES = hex("#6d4436");
const EAVES_SHADE = hex("#3a2a25");
const CORNER = hex("#2b2522");
const FRAME = hex("#f2ecdf");
const PANE = hex("#3b4854");
const LAMPLIGHT = hex("#f3c66b");
const SIGN = hex("#101820");
const GILT = hex("#f4dfa8");
const GLASS_DARK = hex("#27323f");
const GLASS_LIGHT = hex("#9fb6c4");

/** A row of gabled houses on a cobbled street: bricks, tiles, windows, signs. */
export function town(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const walls = [
    hex("#d8a25e"),
    hex("#c7685a"),
    hex("#8fa7a0"),
    hex("#e2d3ae"),
    hex("#7d8fae"),
    hex("#b8977e"),
  ];
  const skyTop = hex("#6fa3c8");
  const street = height * 0.83;
  const wide = unit * 165;
  const cell = createCell();
  return {
    width,
    height,
    subject: null,
    background: (x, y, pixel) => {
      fill(pixel, skyTop);
      glaze(pixel, HAZE, clamp01(y / (height * 0.5)));
      const cloud = fractalNoise(x / (170 * unit), y / (70 * unit), seed, 5);
      glaze(pixel, WHITE, 0.8 * ramp(0.5, 0.68, cloud));
      if (y > street) {
        // The street falls away from the eye: cobbles shrink with distance.
        const near = (y - street) / (height - street) + 0.32;
        findCell((x - width / 2) / (30 * unit * near), 22 / near, seed + 1, 0.7, cell);
        fill(pixel, COBBLE);
        const dome = 0.6 + 0.55 * ramp(0, 0.5, cell.margin) - 0.3 * cell.dy;
        light(
          pixel,
          dome * (0.75 + 0.4 * cell.id) * (0.85 + 0.3 * valueNoise(x / 3, y / 3, seed + 2)),
        );
        glaze(pixel, COBBLE_JOINT, inside((cell.margin - 0.07) * 30 * unit * near));
        glaze(pixel, KERB, inside(Math.abs(y - street - 3 * unit) - 3 * unit) * 0.8);
        return;
      }
      const house = Math.floor(x / wide);
      const own = (part: number): number => hash(house, part, seed + 3);
      const across = x / wide - house;
      const roofline = height * (0.3 + 0.16 * own(0));
      const gable = wide * (0.34 + 0.3 * own(1));
      const top = roofline - gable * (1 - 2 * Math.abs(across - 0.5));
      if (y < top) return;
      const wall = walls[Math.floor(own(2) * walls.length)] ?? skyTop;
      fill(pixel, wall);
      const brick = own(3) < 0.5;
      const plaster = fractalNoise(x / (22 * unit), y / (22 * unit), seed + 4, 5);
      light(pixel, 0.82 + 0.32 * plaster);
      if (brick) {
        const course = Math.floor(y / (7 * unit));
        const along = x / (16 * unit) + (course % 2) * 0.5;
        light(pixel, 0.84 + 0.3 * hash(Math.floor(along), course, seed + 5));
        const joint = Math.min(
          (y / (7 * unit) - course) * 7 * unit,
          (along - Math.floor(along)) * 16 * unit,
        );
        glaze(pixel, MORTAR, 0.75 * inside(joint - 1.1 * unit));
      }
      if (y < roofline) {
        const slope = y - top;
        glaze(pixel, EAVES, inside(slope - 9 * unit));
        glaze(pixel, EAVES_SHADE, inside(Math.abs(slope - 9.5 * unit) - 1.2 * unit));
      }
      windows(x, y);
      glaze(pixel, CORNER, 0.7 * inside(Math.min(across, 1 - across) * wide - 1.3 * unit));
      light(pixel, 0.86 + 0.14 * ramp(0, 0.25, across));

      /** A round window under the ridge. */
      function attic(): void {
        const radius = norm((across - 0.5) * wide, y - roofline + 0.25 * gable);
        glaze(pixel, FRAME, inside(radius - 19 * unit));
        glaze(pixel, PANE, inside(radius - 15 * unit));
        const cross = Math.min(
          Math.abs(across - 0.5) * wide,
          Math.abs(y - roofline + 0.25 * gable),
        );
        glaze(pixel, FRAME, inside(radius - 15 * unit) * inside(cross - 1.1 * unit));
      }

      function windows(px: number, py: number): void {
        const floor = Math.floor((street - py) / (96 * unit));
        const inFloor = (street - py) / (96 * unit) - floor;
        const bays = own(4) < 0.5 ? 2 : 3;
        const bay = Math.floor(across * bays);
        const inBay = across * bays - bay;
        const dx = Math.abs(inBay - 0.5) * (wide / bays);
        const dy = Math.abs(inFloor - 0.5) * 96 * unit;
        const half = wide / bays / 4.1;
        const tall = (floor === 0 ? 36 : 29) * unit;
        const frame = Math.max(dx - half, dy - tall);
        if (street - (floor + 1) * 96 * unit < roofline) {
          attic();
          return;
        }
        glaze(pixel, FRAME, inside(frame - 3.4 * unit));
        const lit = hash(house * 7 + bay, floor, seed + 6);
        const glass = mix(
          GLASS_DARK,
          GLASS_LIGHT,
          0.25 + 0.6 * fractalNoise(px / (16 * unit), py / (26 * unit), seed + 7, 3),
        );
        glaze(pixel, lit < 0.16 ? LAMPLIGHT : glass, inside(frame));
        const bars = Math.min(Math.abs(dx), Math.abs(dy - tall * 0.3));
        glaze(pixel, FRAME, inside(frame) * inside(bars - 1.1 * unit));
        if (floor > 0 && own(5) < 0.6) {
          const shutter = Math.max(Math.abs(dx - half * 1.62) - half * 0.42, dy - tall);
          glaze(pixel, wall, inside(shutter), 0.45);
          const slat = inside(((py / (3.4 * unit)) % 1) * 3.4 - 1);
          glaze(pixel, wall, inside(shutter) * slat, 0.75);
        }
        if (floor === 1 && own(6) < 0.75) {
          const board = Math.max(
            Math.abs(across - 0.5) * wide - 0.4 * wide,
            Math.abs(inFloor - 0.045) * 96 * unit - 9 * unit,
          );
          glaze(pixel, SIGN, inside(board));
          glaze(pixel, wall, 0.15 * inside(board));
          const letter = Math.floor(px / (7 * unit));
          const stroke = hash(
            Math.floor(px / (2.3 * unit)),
            Math.floor(py / (3 * unit)),
            seed + 8 + house,
          );
          const gap = px / (7 * unit) - letter;
          const isLetter = stroke > 0.42 && gap > 0.22 && hash(letter, 1, seed + 9) > 0.15;
          glaze(pixel, GILT, isLetter ? inside(board + 4 * unit) : 0);
        }
      }
    },
  };
}
