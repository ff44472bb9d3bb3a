import { fractalNoise, hash, valueNoise } from "../noise.ts";
import {
  type Colour,
  clamp01,
  fill,
  glaze,
  glow,
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

const SHADE = hex("#2a1c12");
const UNDERSIDE = hex("#2b2018");
const WHITE = hex("#ffffff");

/** A turned pot: what it is and where it stands, in pixels. */
interface Pot {
  readonly x: number;
  /** Where it stands. */
  readonly foot: number;
  readonly tall: number;
  /** Widest half width. */
  readonly half: number;
  /** 0 a bowl .. 1 a bottle. */
  readonly form: number;
  readonly clay: Colour;
  readonly coat: Colour;
  readonly trim: Colour;
  readonly seed: number;
}

const CLAYS: readonly [Colour, ...Colour[]] = [
  hex("#b5794f"),
  hex("#8d5a3f"),
  hex("#c9b095"),
  hex("#6b5648"),
];
const COATS: readonly [Colour, ...Colour[]] = [
  hex("#3d6f7f"),
  hex("#e5ddc8"),
  hex("#58714f"),
  hex("#a83c2b"),
  hex("#2c3f63"),
  hex("#d39b3a"),
  hex("#7fa6a0"),
];
const TRIMS: readonly [Colour, ...Colour[]] = [
  hex("#2a241f"),
  hex("#f3ead6"),
  hex("#9b4a2a"),
  hex("#1f3550"),
];

/** Half width at height `t` (0 foot .. 1 lip), as a share of the widest. */
function profile(form: number, t: number): number {
  const bowl = 0.45 + 0.55 * Math.sin(Math.min(1, t * 1.05) * Math.PI * 0.5);
  const body = 0.55 + 0.45 * Math.sin(Math.PI * Math.min(1, t / 0.78) ** 0.85);
  const neck = 0.3 + 0.16 * ramp(0.86, 1, t);
  const bottle = t < 0.62 ? body : body + (neck - body) * ramp(0.62, 0.8, t);
  return bowl + (bottle - bowl) * ramp(0.2, 0.55, form);
}

function drawPot(random: Random, x: number, foot: number, tall: number): Pot {
  const form = random();
  return {
    x,
    foot,
    tall: tall * (0.62 + 0.38 * form),
    half: tall * between(random, 0.26, 0.36) * (form < 0.35 ? 1.25 : 1),
    form,
    clay: pick(random, CLAYS),
    coat: pick(random, COATS),
    trim: pick(random, TRIMS),
    seed: Math.floor(random() * 1e6),
  };
}

/** Paints a pot over the pixel and returns its coverage there. */
function paintPot(pot: Pot, x: number, y: number, pixel: Pixel): number {
  const t = (pot.foot - y) / pot.tall;
  if (t < -0.08 || t > 1.08) return 0;
  const dx = x - pot.x;
  const half = pot.half * profile(pot.form, clamp01(t));
  // Foot and lip are circles seen a little from above.
  const round = Math.sqrt(Math.max(0, 1 - (dx / half) ** 2));
  const bottom = y - pot.foot - 0.1 * half * round;
  const mouthHalf = pot.half * profile(pot.form, 1);
  const mouth = norm(dx / mouthHalf, (pot.foot - pot.tall - y) / (0.2 * mouthHalf)) - 1;
  const body = Math.max(Math.abs(dx) - half, bottom, pot.foot - pot.tall - y);
  const cover = Math.max(inside(body), inside(mouth * 0.2 * mouthHalf));
  if (cover === 0) return 0;
  const turn = Math.asin(Math.max(-1, Math.min(1, dx / half)));
  const u = turn * 1.6 * (pot.half / pot.tall) * 4;
  const v = t * 4;
  const run = 0.24 + 0.34 * fractalNoise(u * 2.2, pot.seed % 97, pot.seed, 4);
  const throwing = Math.abs(((((t * 34 + 0.4 * turn) % 1) + 1) % 1) - 0.5);
  const shade: Pixel = { r: 0, g: 0, b: 0, a: 1 };
  fill(shade, pot.clay);
  light(
    shade,
    0.78 + 0.24 * throwing + 0.3 * (fractalNoise(u * 26, v * 26, pot.seed + 1, 4) - 0.5),
  );
  const glazed = inside((run - t) * pot.tall);
  const depth = fractalNoise(u * 6, v * 6, pot.seed + 2, 5);
  glaze(shade, mix(pot.coat, pot.trim, 0.45 * ramp(0.5, 0.72, depth)), glazed);
  light(shade, 1 - 0.3 * glazed * ramp(0.05, 0, t - run));
  const speckle = hash(Math.floor(x / 2), Math.floor(y / 2), pot.seed + 3);
  glaze(shade, pot.trim, speckle > 0.975 ? 0.75 * glazed : 0);
  const craze = Math.abs(fractalNoise(u * 9, v * 9, pot.seed + 4, 4) - 0.5);
  glaze(shade, pot.trim, 0.4 * glazed * inside((craze - 0.006) * pot.tall * 0.16));
  band(pot, u, t, glazed, shade);
  const facing = Math.cos(turn + 0.7);
  light(shade, 0.34 + 0.78 * Math.max(0, facing) ** 0.9);
  glow(
    shade,
    [1, 0.98, 0.92],
    0.5 * glazed * ramp(0.16, 0.02, norm(turn + 0.62, (t - 0.66) * 1.1)),
  );
  glow(shade, [0.5, 0.6, 0.75], 0.16 * ramp(1.2, 1.5, turn));
  if (mouth < 0) {
    fill(shade, pot.coat);
    light(shade, 0.16 + 0.2 * clamp01(dx / mouthHalf) + 0.12 * ramp(-0.25, 0, mouth));
  }
  glaze(
    shade,
    mix(pot.coat, WHITE, 0.4),
    0.85 * inside((Math.abs(mouth) - 0.05) * 0.2 * mouthHalf),
  );
  glaze(pixel, [shade.r, shade.g, shade.b], cover);
  return cover;
}

/** A brushed band of strokes and dots around the shoulder. */
function band(pot: Pot, u: number, t: number, glazed: number, shade: Pixel): void {
  const centre = 0.56;
  const offset = (t - centre) * pot.tall;
  const reach = 0.085 * pot.tall;
  const rules = Math.abs(Math.abs(offset) - reach) - 0.008 * pot.tall;
  glaze(shade, pot.trim, 0.85 * glazed * inside(rules));
  if (Math.abs(offset) > reach) return;
  const place = u * 5.5;
  const along = place - Math.floor(place) - 0.5;
  const kind = pot.seed % 3;
  const size = pot.half * 0.22;
  const mark =
    kind === 0
      ? norm(along, offset / (2.4 * size)) - 0.22
      : kind === 1
        ? Math.abs(along - 0.9 * (offset / (2 * reach))) - 0.09
        : Math.abs(norm(along, offset / (2.4 * size)) - 0.26) - 0.07;
  glaze(shade, pot.trim, 0.9 * glazed * inside(mark * size));
}

/** Boards along x: grain, knots, joints. */
function paintWood(
  x: number,
  y: number,
  unit: number,
  seed: number,
  colour: Colour,
  pixel: Pixel,
): void {
  const board = Math.floor(y / (90 * unit));
  const grain = fractalNoise(
    x / (120 * unit) + 40 * hash(board, 1, seed),
    y / (7 * unit),
    seed + board,
    5,
  );
  const rings = Math.abs(((grain * 9) % 1) - 0.5);
  fill(pixel, colour);
  light(pixel, 0.66 + 0.3 * grain + 0.34 * rings);
  light(pixel, 0.94 + 0.12 * valueNoise(x / (14 * unit), y / 1.8, seed + 9));
  const joint = y - board * 90 * unit;
  light(pixel, 1 - 0.6 * inside(joint - 1.6 * unit));
}

/** The potter's shelf behind, one jar in front of it. */
export function pottery(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const wall = pick(random, [hex("#cbbfa8"), hex("#8fa19c"), hex("#a8846a"), hex("#6f7f8d")]);
  const wood = pick(random, [hex("#8a5f3c"), hex("#a67a4d"), hex("#5f4330")]);
  const board = mix(wood, hex("#d8b58a"), 0.35);
  const shelves = [height * 0.36, height * 0.74];
  const pots = shelves.flatMap((foot, row) =>
    Array.from({ length: Math.ceil(width / (150 * unit)) + 1 }, (_, i) =>
      drawPot(
        random,
        (i + 0.5 + 0.3 * (random() - 0.5) - 0.4 * row) * 150 * unit,
        foot,
        unit * between(random, 150, 215),
      ),
    ),
  );
  const table = height * 0.83;
  const tall = height * between(random, 0.6, 0.68);
  const jar: Pot = {
    ...drawPot(random, width * between(random, 0.33, 0.67), height * 0.95, tall),
    form: between(random, 0.3, 0.75),
    half: tall * 0.33,
    tall,
  };
  return {
    width,
    height,
    background: (x, y, pixel) => {
      if (y > table) {
        paintWood(x, table + (y - table) * 1.6, unit, seed + 60, board, pixel);
        light(pixel, 0.7 + 0.4 * ((y - table) / (height - table)));
        glaze(
          pixel,
          SHADE,
          0.5 *
            ramp(
              1.25,
              0.6,
              norm(
                (x - jar.x - 0.3 * jar.half) / (1.3 * jar.half),
                (y - jar.foot) / (0.28 * jar.half),
              ),
            ),
        );
        return;
      }
      fill(pixel, wall);
      light(pixel, 0.78 + 0.3 * fractalNoise(x / (60 * unit), y / (60 * unit), seed, 6));
      light(pixel, 0.94 + 0.12 * valueNoise(x / 2.8, y / 2.8, seed + 1));
      light(pixel, 1.12 - 0.5 * (x / width) * 0.7 - 0.2 * (y / height));
      for (const foot of shelves) {
        glaze(pixel, UNDERSIDE, 0.55 * ramp(50 * unit, 12 * unit, y - foot) * (y > foot ? 1 : 0));
        if (Math.abs(y - foot - 8 * unit) < 9 * unit) {
          const under: Pixel = { r: 0, g: 0, b: 0, a: 1 };
          paintWood(x, y - foot + 30 * unit, unit, seed + 61, wood, under);
          light(under, y - foot < 3 * unit ? 1.25 : 0.8);
          glaze(
            pixel,
            [under.r, under.g, under.b],
            inside(Math.abs(y - foot - 7 * unit) - 8 * unit),
          );
        }
      }
      for (const pot of pots) {
        if (Math.abs(x - pot.x) > 1.6 * pot.half) continue;
        const shadow = norm(
          (x - pot.x - 0.5 * pot.half) / pot.half,
          (y - pot.foot + 0.45 * pot.tall) / (0.62 * pot.tall),
        );
        if (y < pot.foot) light(pixel, 1 - 0.28 * ramp(1.15, 0.7, shadow));
        paintPot(pot, x, y, pixel);
      }
    },
    subject: {
      box: {
        x: jar.x - 1.1 * jar.half,
        y: jar.foot - 1.12 * jar.tall,
        width: 2.2 * jar.half,
        height: 1.3 * jar.tall,
      },
      heart: centred(jar.x, jar.foot - 0.42 * jar.tall, 0.7 * jar.half, 0.3 * jar.tall),
      paint: (x, y, pixel) => {
        fill(pixel, jar.coat);
        pixel.a = paintPot(jar, x, y, pixel);
      },
    },
  };
}
