import { createCell, findCell, fractalNoise, hash, split, valueNoise } from "../noise.ts";
import {
  type Colour,
  clamp01,
  fill,
  glaze,
  hex,
  inside,
  light,
  mix,
  norm,
  type Pixel,
  ramp,
} from "../paint.ts";
import { between, pick, type Random } from "../random.ts";
import { centred, type Scene, type Size } from "../scene.ts";

const UNDERGROWTH = hex("#6d8a3f");
const THICKET = hex("#1f2f22");
const BLADE = hex("#35592f");
const BLADE_LIGHT = hex("#a5ba57");
const BLOSSOM = hex("#f4efe2");
const POLLEN = hex("#d79a2b");
const STEM = hex("#4f7a35");
const STEM_LIGHT = hex("#9dbb5d");
const FLORET = hex("#3a2415");
const FLORET_LIGHT = hex("#c98a2a");

const FLORETS = 420;

/** Places of florets on the spirals of the golden angle (Vogel 1979), in units of the disc's radius: x, y, x, y… */
function drawFlorets(): Float64Array {
  const golden = Math.PI * (3 - Math.sqrt(5));
  const places = new Float64Array(2 * FLORETS);
  for (let i = 0; i < FLORETS; i += 1) {
    const out = Math.sqrt((i + 0.5) / FLORETS);
    places[2 * i] = out * Math.cos(i * golden);
    places[2 * i + 1] = out * Math.sin(i * golden);
  }
  return places;
}

/** One flower near the eye, a thicket of leaves and buds behind it. */
export function flower(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const petalColour = pick(random, [
    hex("#f2c230"),
    hex("#e8e4ee"),
    hex("#d8587a"),
    hex("#8f6cc4"),
  ]);
  const throat = mix(petalColour, hex("#a8401f"), 0.55);
  const x0 = width * between(random, 0.36, 0.64);
  const y0 = height * between(random, 0.4, 0.52);
  const radius = Math.min(width, height) * between(random, 0.3, 0.36);
  const disc = 0.33;
  const petals = 17 + Math.floor(random() * 6);
  const cell = createCell();
  const florets = drawFlorets();
  return {
    width,
    height,
    background: (x, y, pixel) => {
      fill(pixel, THICKET);
      glaze(
        pixel,
        UNDERGROWTH,
        0.6 * fractalNoise(x / (140 * unit), y / (140 * unit), seed, 4) * (1.2 - y / height),
      );
      // Blades of grass, three rows of them.
      for (let row = 0; row < 3; row += 1) {
        const step = unit * (26 + 9 * row);
        const bend =
          34 * unit * (fractalNoise(y / (230 * unit), row * 3, seed + 10 + row, 3) - 0.5);
        const column = Math.floor((x + bend) / step);
        for (let i = column - 1; i <= column + 1; i += 1) {
          const drawn = hash(i, 1, seed + 20 + row);
          const tip = height * (0.05 + 0.6 * drawn) + row * 0.16 * height;
          const down = y - tip;
          if (down < 0) continue;
          const droop = (split(drawn, 1) - 0.5) * 60 * unit * Math.exp(-down / (130 * unit));
          const centre = (i + 0.5 + 0.6 * (split(drawn, 2) - 0.5)) * step + droop;
          const half = unit * (2.5 + 5.5 * split(drawn, 3)) * clamp01(down / (70 * unit));
          const across = x + bend - centre;
          const cover = inside(Math.abs(across) - half);
          if (cover === 0) continue;
          const green = mix(BLADE, BLADE_LIGHT, 0.25 * row + 0.4 * hash(i, 2, seed + 20 + row));
          const ribs =
            0.78 +
            0.3 * Math.abs(((((across / (2.6 * unit)) % 1) + 1) % 1) - 0.5) +
            0.2 * ramp(0, half, across);
          const fleck = 0.86 + 0.28 * fractalNoise(x / (9 * unit), y / (26 * unit), seed + 30, 4);
          glaze(pixel, green, cover, ribs * fleck);
        }
      }
      // Small blossoms between them.
      findCell(x / (88 * unit), y / (88 * unit), seed + 40, 0.9, cell);
      if (cell.id < 0.3) {
        const turn = Math.atan2(cell.dy, cell.dx) + cell.id * 40;
        const edge = 0.13 + 0.06 * Math.abs(Math.cos(2.5 * turn));
        const tone = mix(BLOSSOM, petalColour, (cell.id * 10) % 1);
        const vein = 0.8 + 0.25 * Math.abs(Math.cos(10 * turn));
        glaze(pixel, tone, inside((cell.distance - edge) * 88 * unit), vein);
        glaze(pixel, POLLEN, inside((cell.distance - 0.045) * 88 * unit));
      }
      light(pixel, 0.7 + 0.35 * (1 - y / height));
    },
    subject: {
      box: {
        x: x0 - 1.2 * radius,
        y: y0 - 1.2 * radius,
        width: 2.4 * radius,
        height: height + radius,
      },
      heart: centred(x0, y0, 0.6 * radius, 0.55 * radius),
      paint: (x, y, pixel) => {
        const dx = (x - x0) / radius;
        const dy = (y - y0) / (0.94 * radius);
        const r = norm(dx, dy);
        const sway = 0.16 * Math.sin(dy * 0.9) - 0.05;
        const stem = Math.max(Math.abs(dx - sway) - 0.055, -dy);
        pixel.a = inside(stem * radius);
        layOn(pixel, mix(STEM, STEM_LIGHT, clamp01(0.5 - 8 * (dx - sway))), pixel.a);
        light(pixel, 0.84 + 0.3 * valueNoise(x / 2.6, y / (11 * unit), seed + 50));
        if (r > 1.15) return;
        const angle = Math.atan2(dy, dx);
        // Two whorls, the upper one turned by half a petal.
        for (const whorl of [0.5, 0]) {
          const place = (angle / (2 * Math.PI)) * petals + whorl + petals;
          const petal = Math.floor(place);
          const across = (place - petal - 0.5) * 2;
          const own = hash(petal % petals, Math.round(whorl * 2), seed + 60);
          const long = (0.86 + 0.2 * own) * (whorl === 0 ? 0.94 : 1.04);
          const t = r / long;
          const belly = 0.94 * Math.sqrt(Math.max(0, 1 - t ** 6)) * ramp(0.05, 0.6, t + 0.12);
          const halfArc = (Math.PI / petals) * r;
          const cover = inside(Math.max((Math.abs(across) - belly) * halfArc, t - 1) * radius);
          if (cover === 0) continue;
          const tone = mix(throat, petalColour, ramp(0.3, 0.75, t));
          const vein = Math.abs(((((across * 3.2 * (1 + 0.2 * t)) % 1) + 1) % 1) - 0.5);
          const cup = 1 - 0.32 * Math.abs(across) ** 1.6 + 0.12 * across * Math.cos(angle);
          const shade =
            (0.66 +
              0.2 * vein +
              0.22 * ramp(0.3, 0.9, t) +
              0.16 * (fractalNoise(across * 5, t * 22, seed + 61 + petal, 3) - 0.5)) *
            cup *
            (whorl === 0 ? 1.08 : 0.74);
          layOn(pixel, tone, cover, shade);
        }
        const core = inside((r - disc) * radius);
        if (core > 0) {
          floret(r / disc, angle, pixel, core);
        }
      },
    },
  };

  /** Lays an opaque colour over what the subject has there so far. */
  function layOn(pixel: Pixel, colour: Colour, cover: number, brightness = 1): void {
    glaze(pixel, colour, pixel.a === 0 ? 1 : cover, brightness);
    pixel.a = Math.max(pixel.a, cover);
  }

  /** The disc: of the florets at about this radius the nearest is drawn. */
  function floret(r: number, angle: number, pixel: Pixel, cover: number): void {
    const around = Math.round(r * r * FLORETS);
    const x = r * Math.cos(angle);
    const y = r * Math.sin(angle);
    let nearest = Number.POSITIVE_INFINITY;
    let index = 0;
    for (let i = Math.max(0, around - 45); i <= Math.min(FLORETS - 1, around + 45); i += 1) {
      const dx = x - (florets[2 * i] ?? 0);
      const dy = y - (florets[2 * i + 1] ?? 0);
      const squared = dx * dx + dy * dy;
      if (squared < nearest) {
        nearest = squared;
        index = i;
      }
    }
    const spacing = Math.sqrt(nearest * FLORETS);
    const tone = mix(
      FLORET,
      FLORET_LIGHT,
      ramp(0.35, 1, r) * 0.75 + 0.25 * hash(index, 0, seed + 70),
    );
    const dome = 1.25 - 0.75 * spacing;
    const shade = dome * (1.05 - 0.25 * r * Math.cos(angle + 0.8));
    layOn(pixel, tone, cover, shade);
  }
}
