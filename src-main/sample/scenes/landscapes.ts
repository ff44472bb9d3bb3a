/** Over 400 lines: one painter a scene, each short, side by side so that they can borrow from each other. */
import { createCell, findCell, fractalNoise, hash, valueNoise } from "../noise.ts";
import { clamp01, fill, glaze, glow, hex, inside, light, mix, norm, ramp } from "../paint.ts";
import { between, pick, type Random } from "../random.ts";
import { centred, type Scene, type Size } from "../scene.ts";

const SEEDHEAD = hex("#6b4a1e");
const WHITE = hex("#ffffff");
const FOAM = hex("#fbfaf5");
const STRAKE = hex("#f7f3e8");
const CANVAS = hex("#f6f1e4");
const CANVAS_SHADE = hex("#c8bfae");
const SEAM = hex("#8f8674");
const SPAR = hex("#4d3a28");
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

/** Ridges behind ridges in the haze, firs on them, a meadow before them. */
export function hills(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const palette = pick(random, [
    {
      zenith: hex("#3f6f9f"),
      low: hex("#f6dcb4"),
      far: hex("#9fb0bd"),
      near: hex("#1f3b34"),
      sun: hex("#fff1cf"),
    },
    {
      zenith: hex("#35456f"),
      low: hex("#f2a678"),
      far: hex("#b08f9c"),
      near: hex("#27263f"),
      sun: hex("#ffd9a0"),
    },
    {
      zenith: hex("#7fa9bf"),
      low: hex("#e9efe6"),
      far: hex("#a9bdb9"),
      near: hex("#2c4a3a"),
      sun: hex("#ffffff"),
    },
  ]);
  const sunX = between(random, 0.2, 0.8) * width;
  const sunY = between(random, 0.2, 0.3) * height;
  const ridges = Array.from({ length: 6 }, (_, i) => ({
    base: height * (0.4 + 0.085 * i),
    swing: unit * (150 - 14 * i),
    stretch: 1 / (unit * (330 - 28 * i)),
    tree: unit * (5 + 7.5 * i),
    colour: mix(palette.far, palette.near, i / 5),
    seed: seed + 31 * i,
  })).map((ridge) => ({ ...ridge, crest: drawCrest(ridge, width) }));
  const meadowTop = height * 0.84;
  const meadow = mix(palette.near, hex("#8c9440"), 0.55);
  const bloom = pick(random, [hex("#e8d44d"), hex("#d9574a"), hex("#c9a3e0")]);
  const cell = createCell();
  return {
    width,
    height,
    subject: null,
    background: (x, y, pixel) => {
      const rise = clamp01(y / (height * 0.55));
      fill(pixel, palette.zenith);
      glaze(pixel, palette.low, rise ** 1.4);
      const sun = norm(x - sunX, y - sunY);
      glow(pixel, palette.sun, 0.35 * Math.exp(-sun / (110 * unit)));
      glaze(pixel, palette.sun, inside(sun - 26 * unit));
      const cloud = fractalNoise(x / (210 * unit), y / (52 * unit), seed + 7, 5);
      glaze(
        pixel,
        mix(palette.low, palette.sun, 0.5),
        0.75 * ramp(0.53, 0.75, cloud) * (1 - 0.4 * rise),
      );
      // From the nearest ridge back to the first that hides the rest.
      const hiding = ridges.findLastIndex((ridge) => y > crestAt(ridge.crest, x) + 1);
      for (const ridge of ridges.slice(Math.max(0, hiding))) {
        const depth = y - crestAt(ridge.crest, x);
        if (depth < -2.2 * ridge.tree) continue;
        const cover = inside(-depth - firHeight(x, depth, ridge.tree, ridge.seed));
        if (cover === 0) continue;
        const grain = fractalNoise(
          x / (2.4 * ridge.tree),
          y / (2.4 * ridge.tree),
          ridge.seed + 5,
          4,
        );
        const firs = ramp(
          0.35,
          0.65,
          valueNoise(x / (0.5 * ridge.tree), y / (1.4 * ridge.tree), ridge.seed + 6),
        );
        const mist = clamp01(depth / (130 * unit)) ** 1.3;
        const shaded = 0.72 + 0.34 * grain + 0.2 * (firs - 0.5);
        glaze(pixel, mix(scale(ridge.colour, shaded), palette.far, 0.55 * mist), cover);
      }
      const edge = meadowTop + unit * 26 * (valueNoise(x / (180 * unit), 1, seed + 90) - 0.5);
      const into = y - edge;
      if (into > -14 * unit) {
        const blade =
          0.6 * valueNoise(x / 2.4, y / (9 * unit), seed + 91) +
          0.4 * fractalNoise(x / (60 * unit), y / (22 * unit), seed + 94, 5);
        const cover = ramp(-14 * unit, 4 * unit, into + unit * 18 * (blade - 0.6));
        glaze(pixel, meadow, cover, 0.45 + 1.1 * blade);
        const flowers = unit * (7 + 2.2 * Math.floor(Math.max(0, into) / (24 * unit)));
        findCell(x / flowers, y / flowers, seed + 92, 0.9, cell);
        if (cell.id < 0.07) {
          const petal = 0.24 + 0.07 * Math.cos(5 * Math.atan2(cell.dy, cell.dx));
          glaze(pixel, bloom, cover * inside((cell.distance - petal) * flowers));
          glaze(pixel, SEEDHEAD, cover * inside((cell.distance - 0.08) * flowers));
        }
      }
      light(pixel, 1 - 0.18 * ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2));
    },
  };
}

interface Ridge {
  readonly base: number;
  readonly swing: number;
  readonly stretch: number;
  readonly seed: number;
}

/** Columns beyond the frame for which a crest is drawn, on either side. */
const BEYOND = 64;

/** Heights of a ridge, a value a column: it is asked for a hundred times a column. */
function drawCrest(ridge: Ridge, width: number): Float64Array {
  return Float64Array.from({ length: width + 2 * BEYOND }, (_, i) => {
    const along = (i - BEYOND) * ridge.stretch;
    return ridge.base - ridge.swing * (fractalNoise(along, 0.5, ridge.seed, 4) - 0.5);
  });
}

function crestAt(crest: Float64Array, x: number): number {
  const place = Math.min(crest.length - 2, Math.max(0, x + BEYOND));
  const column = Math.floor(place);
  const left = crest[column] ?? 0;
  return left + ((crest[column + 1] ?? 0) - left) * (place - column);
}

function scale(
  colour: readonly [number, number, number],
  factor: number,
): [number, number, number] {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}

/** How far firs rise above the ground at `x`; `above` is how far below the ground's line the point is. */
function firHeight(x: number, above: number, size: number, seed: number): number {
  let tallest = 0;
  const column = Math.floor(x / (0.62 * size));
  for (let i = column - 1; i <= column + 1; i += 1) {
    const centre = (i + 0.5 + 0.6 * (hash(i, 3, seed) - 0.5)) * 0.62 * size;
    const tall = size * (0.7 + 1.3 * hash(i, 4, seed));
    const boughs = 1 + 0.3 * (((-above / (0.17 * size)) % 1) + 1);
    const reach = Math.abs(x - centre) / (0.26 * size * boughs);
    tallest = Math.max(tallest, tall * (1 - reach));
  }
  return tallest;
}

/** Open water to the horizon, clouds above, sand below, a boat as the subject. */
export function sea(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const palette = pick(random, [
    {
      sky: hex("#5f97c4"),
      low: hex("#e6eef0"),
      deep: hex("#1c5a78"),
      shallow: hex("#5fb3ae"),
      sand: hex("#d9c19a"),
    },
    {
      sky: hex("#6d7fa8"),
      low: hex("#f5c9a4"),
      deep: hex("#2f4a6d"),
      shallow: hex("#7a94a8"),
      sand: hex("#c9a883"),
    },
  ]);
  const horizon = between(random, 0.36, 0.44) * height;
  const shore = height * between(random, 0.8, 0.86);
  const boatX = between(random, 0.3, 0.7) * width;
  const boatY = horizon + (shore - horizon) * 0.3;
  const boat = unit * 130;
  const hull = pick(random, [hex("#b5402f"), hex("#274d8a"), hex("#e9e2d2")]);
  return {
    width,
    height,
    background: (x, y, pixel) => {
      if (y < horizon) {
        const rise = y / horizon;
        fill(pixel, palette.sky);
        glaze(pixel, palette.low, rise ** 1.6);
        const perspective = 1 / (1.15 - rise);
        const cloud = fractalNoise(
          (x * perspective) / (190 * unit),
          (perspective * height) / (110 * unit),
          seed,
          6,
        );
        const body = ramp(0.5, 0.66, cloud);
        glaze(pixel, WHITE, 0.9 * body);
        glaze(pixel, palette.sky, 0.35 * ramp(0.6, 0.85, cloud));
        const far =
          horizon - unit * 34 * ramp(0.3, 0.9, fractalNoise(x / (130 * unit), 2, seed + 3, 5));
        glaze(pixel, mix(palette.sky, palette.deep, 0.5), inside(far - y) * 0.8);
        return;
      }
      const depth = (y - horizon) / (height - horizon);
      // The sea is a plane: places on it shrink with distance about the middle of the horizon.
      const near = depth + 0.05;
      const u = (x - width / 2) / (unit * near);
      const v = 1 / near;
      const waves = fractalNoise(u / 120, v * 7, seed + 11, 6) - 0.5;
      const chop = fractalNoise(u / 22, v * 34, seed + 12, 4) - 0.5;
      fill(pixel, mix(palette.deep, palette.shallow, depth ** 0.8));
      light(pixel, 1 + 1.15 * waves + 0.4 * chop);
      glaze(pixel, palette.low, 0.75 * ramp(0.16, 0.3, waves + 0.12 * chop));
      const line = shore + unit * 34 * (fractalNoise(x / (150 * unit), 5, seed + 13, 4) - 0.5);
      const into = y - line;
      if (into > -60 * unit) {
        const froth = fractalNoise(x / (13 * unit), y / (7 * unit), seed + 14, 5);
        const foam =
          ramp(-46 * unit, -2 * unit, into) *
          ramp(0.42, 0.56, froth + 0.18 * ramp(-16 * unit, 0, into));
        glaze(pixel, FOAM, foam);
        const grain = 0.78 + 0.44 * hash(Math.floor(x / 1.5), Math.floor(y / 1.5), seed + 15);
        const ripple = 0.86 + 0.28 * fractalNoise(x / (46 * unit), y / (9 * unit), seed + 16, 4);
        const wet = 0.66 + 0.34 * ramp(4 * unit, 50 * unit, into);
        const sand = palette.sand;
        const shade = grain * 0.4 + ripple * 0.6;
        glaze(pixel, sand, inside(-into), shade * wet);
      }
    },
    subject: {
      box: { x: boatX - boat, y: boatY - 1.5 * boat, width: 2 * boat, height: 1.8 * boat },
      heart: centred(boatX + 0.2 * boat, boatY - 0.45 * boat, 0.14 * boat, 0.28 * boat),
      paint: (x, y, pixel) => {
        const dx = (x - boatX) / boat;
        const dy = (y - boatY) / boat;
        const px = 1 / boat;
        fill(pixel, hull);
        // Hull: a bowl cut flat, planked.
        const keel = 0.2 * Math.sqrt(Math.max(0, 1 - (dx / 0.62) ** 2));
        const body = Math.max(-dy - 0.02 * dx * dx, dy - keel, Math.abs(dx) - 0.6);
        const plank = Math.abs(((dy * 22) % 1) - 0.5);
        light(pixel, (0.75 + 0.5 * plank) * (1 + 0.35 * dx));
        glaze(pixel, STRAKE, inside((Math.abs(dy - 0.025) - 0.014) / px));
        pixel.a = inside(body / px);
        // Mast, mainsail and jib with their seams, a number sewn on.
        const mast = Math.max(Math.abs(dx) - 0.012, dy, -1.32 - dy);
        const main = Math.max(0.03 - dx, dx - 0.5 * (1.3 + dy) ** 0.8, dy + 0.1, -1.3 - dy);
        const jib = Math.max(dx + 0.03, -dx - 0.46 * (1.12 + dy), dy + 0.14, -1.12 - dy);
        const sail = Math.max(inside(main / px), inside(jib / px));
        if (sail > 0) {
          const weave = 0.93 + 0.07 * hash(Math.floor(x / 2), Math.floor(y / 2), seed + 20);
          const seam = inside((Math.abs((((dy + 0.4 * dx) * 7) % 1) + 0.5) * 0.14 - 0.006) / px);
          const cloth = mix(CANVAS, CANVAS_SHADE, clamp01(0.35 + 0.9 * dx));
          glaze(pixel, cloth, sail, weave);
          glaze(pixel, SEAM, 0.7 * seam * sail);
          const mark = Math.max(Math.abs(dx - 0.17) - 0.075, Math.abs(dy + 0.5) - 0.1);
          const bars = hash(Math.floor(dx * 27), Math.floor(dy * 20), seed + 21) > 0.45 ? 1 : 0;
          glaze(pixel, hull, inside(mark / px) * bars * sail);
          pixel.a = Math.max(pixel.a, sail);
        }
        const spar = inside(mast / px);
        glaze(pixel, SPAR, spar);
        pixel.a = Math.max(pixel.a, spar);
      },
    },
  };
}

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
          glaze(pixel, mix(scale(wall, 0.3), SIGN, 0.5), inside(board));
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
