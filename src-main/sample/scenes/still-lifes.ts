/** Over 400 lines: one painter a scene, each short, side by side so that they can borrow from each other. */
import { createCell, findCell, fractalNoise, hash, split, valueNoise } from "../noise.ts";
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
const FLECK = hex("#f7e9b5");
const UNDERGROWTH = hex("#6d8a3f");
const WHITE = hex("#ffffff");
const LINEN = hex("#f1ebdd");
const STALK = hex("#4a3520");
const STALK_LIGHT = hex("#8a6a42");
const THICKET = hex("#1f2f22");
const BLADE = hex("#35592f");
const BLADE_LIGHT = hex("#a5ba57");
const BLOSSOM = hex("#f4efe2");
const POLLEN = hex("#d79a2b");
const STEM = hex("#4f7a35");
const STEM_LIGHT = hex("#9dbb5d");
const FLORET = hex("#3a2415");
const FLORET_LIGHT = hex("#c98a2a");

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

/** Fruit on a checked cloth before a dark wall. */
export function fruit(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const check = pick(random, [hex("#a8332e"), hex("#2f5d8a"), hex("#4d7a4a")]);
  const wall = pick(random, [hex("#3c3a38"), hex("#2f3d3f"), hex("#4a3a33")]);
  const table = height * 0.52;
  const kinds: readonly [Kind, ...Kind[]] = [
    { skin: hex("#e58a1f"), blush: hex("#c9601a"), pores: 1, stripes: 0 },
    { skin: hex("#b8302a"), blush: hex("#e2b64a"), pores: 0.25, stripes: 1 },
    { skin: hex("#8fae3c"), blush: hex("#c7b545"), pores: 0.35, stripes: 0.6 },
    { skin: hex("#e6c83a"), blush: hex("#b9a52f"), pores: 0.8, stripes: 0 },
  ];
  const heap = (count: number, x: number, foot: number, spread: number): Ball[] =>
    Array.from({ length: count }, (_, i) => {
      const radius = unit * between(random, 74, 98);
      const behind = i < count / 2;
      return {
        x:
          x +
          spread * ((i % Math.ceil(count / 2)) / Math.max(1, Math.ceil(count / 2) - 1) - 0.5) +
          unit * between(random, -18, 18),
        y: foot - radius - (behind ? 60 * unit : 0),
        radius,
        kind: pick(random, kinds),
        seed: Math.floor(random() * 1e6),
      };
    });
  const far = heap(6, width * between(random, 0.3, 0.42), height * 0.7, 480 * unit);
  const front: Ball = {
    x: width * between(random, 0.62, 0.76),
    y: height * 0.66,
    radius: unit * 142,
    kind: pick(random, kinds),
    seed: seed + 5,
  };
  const cell = createCell();
  return {
    width,
    height,
    background: (x, y, pixel) => {
      if (y < table) {
        fill(pixel, wall);
        light(pixel, 0.7 + 0.5 * fractalNoise(x / (90 * unit), y / (90 * unit), seed, 6));
        light(pixel, 1.5 - 0.9 * norm(x / width - 0.3, y / height - 0.35));
        const scratch = Math.abs(fractalNoise(x / (60 * unit), y / (16 * unit), seed + 1, 5) - 0.5);
        light(pixel, 1 + 0.25 * inside((scratch - 0.004) * 60 * unit));
      } else {
        const near = 0.45 + (y - table) / (height - table);
        const u = (x - width / 2) / (62 * unit * near);
        const v = 15 / near;
        const thread = 34;
        const isWarp = ((Math.floor(u) % 2) + 2) % 2;
        const isWeft = ((Math.floor(v) % 2) + 2) % 2;
        fill(pixel, mix(LINEN, check, (isWarp + isWeft) * 0.46));
        const weave = Math.sin(u * thread) * Math.sin(v * thread * 0.8);
        light(
          pixel,
          0.9 +
            0.1 * weave * ramp(0.5, 0.9, near) +
            0.1 * (fractalNoise(u * 7, v * 7, seed + 2, 4) - 0.5),
        );
        const fold = fractalNoise(u * 0.22, v * 0.3, seed + 3, 3);
        light(pixel, 0.62 + 0.62 * fold);
      }
      for (const ball of [...far, front]) {
        const shadow = norm(
          (x - ball.x - 0.55 * ball.radius) / (1.25 * ball.radius),
          (y - ball.y - 0.88 * ball.radius) / (0.3 * ball.radius),
        );
        if (y > table) light(pixel, 1 - 0.5 * ramp(1.1, 0.5, shadow));
      }
      for (const ball of far) paintBall(ball, x, y, pixel);
    },
    subject: {
      box: {
        x: front.x - 1.1 * front.radius,
        y: front.y - 1.4 * front.radius,
        width: 2.2 * front.radius,
        height: 2.5 * front.radius,
      },
      heart: centred(front.x, front.y, 0.7 * front.radius, 0.7 * front.radius),
      paint: (x, y, pixel) => {
        fill(pixel, front.kind.skin);
        pixel.a = paintBall(front, x, y, pixel);
      },
    },
  };

  function paintBall(ball: Ball, x: number, y: number, pixel: Pixel): number {
    const dx = (x - ball.x) / ball.radius;
    const dy = (y - ball.y) / (0.95 * ball.radius);
    const squared = dx * dx + dy * dy;
    if (squared > 1.7) return 0;
    const stalk = Math.max(Math.abs(dx - 0.06 - 0.2 * (dy + 1)) - 0.035, dy + 0.72, -1.2 - dy);
    const stalkCover = inside(stalk * ball.radius);
    const cover = inside((Math.sqrt(squared) - 1) * ball.radius);
    if (cover === 0 && stalkCover === 0) return 0;
    const dz = Math.sqrt(Math.max(0, 1 - squared));
    // Longitude and latitude about a pole that leans to the eye.
    const pole = 0.82 * dy - 0.57 * dz;
    const longitude = Math.atan2(dx, 0.57 * dy + 0.82 * dz);
    const skin: Pixel = { r: 0, g: 0, b: 0, a: 1 };
    fill(skin, ball.kind.skin);
    const blotch = fractalNoise(dx * 2.4, dy * 2.4, ball.seed, 5);
    glaze(skin, ball.kind.blush, 0.9 * ramp(0.45, 0.7, blotch));
    const streak = fractalNoise(longitude * 16, pole * 1.4, ball.seed + 1, 4);
    glaze(skin, ball.kind.blush, ball.kind.stripes * 0.7 * ramp(0.52, 0.62, streak));
    findCell(longitude * 19, pole * 19, ball.seed + 2, 0.9, cell);
    light(
      skin,
      1 -
        0.28 * ball.kind.pores * ramp(0.3, 0.1, cell.distance) +
        0.16 * ball.kind.pores * (-cell.dx - cell.dy),
    );
    glaze(
      skin,
      FLECK,
      cell.id > 0.72 ? 0.7 * (1 - ball.kind.pores) * ramp(0.2, 0.12, cell.distance) : 0,
    );
    const facing = -0.5 * dx - 0.58 * dy + 0.64 * dz;
    light(skin, 0.22 + 0.9 * Math.max(0, facing));
    glow(skin, [1, 0.97, 0.9], 0.6 * ramp(0.965, 0.995, facing) + 0.1 * ramp(0.8, 1, facing));
    glow(skin, ball.kind.skin, 0.1 * ramp(0.4, 0.95, dy));
    glaze(pixel, [skin.r, skin.g, skin.b], cover);
    glaze(pixel, mix(STALK, STALK_LIGHT, clamp01(0.5 - 6 * (dx - 0.06))), stalkCover);
    return Math.max(cover, stalkCover);
  }
}

interface Kind {
  readonly skin: Colour;
  readonly blush: Colour;
  readonly pores: number;
  readonly stripes: number;
}

interface Ball {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly kind: Kind;
  readonly seed: number;
}

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
