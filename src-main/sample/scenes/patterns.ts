import { createCell, findCell, fractalNoise, hash, split, valueNoise } from "../noise.ts";
import { clamp01, fill, glaze, glow, hex, inside, light, mix, norm, ramp } from "../paint.ts";
import { between, pick, type Random } from "../random.ts";
import type { Scene, Size } from "../scene.ts";

const GREY = hex("#808080");
const PAPER = hex("#ece3d0");
const GROUT = hex("#8a8175");
const LATE_SUN = hex("#ffd9a0");

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

const QUARTZ = hex("#efe9dd");
const EARTH = hex("#2a2119");
const WITHERED = hex("#5b3a1e");
const VEIN = hex("#f1dfae");
/** Layers of leaves on the ground. */
const LAYERS = 4;

/** Fallen leaves over each other. */
export function leaves(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const colours = pick(random, [
    [
      hex("#c9622a"),
      hex("#e0a030"),
      hex("#9c3522"),
      hex("#7c5a2c"),
      hex("#b8862f"),
      hex("#d8c04a"),
    ],
    [
      hex("#6d8c3a"),
      hex("#a9b24a"),
      hex("#4c6b3c"),
      hex("#c4a63c"),
      hex("#8f9f58"),
      hex("#3f5a44"),
    ],
  ]);
  const step = unit * 58;
  return {
    width,
    height,
    subject: null,
    background: (x, y, pixel) => {
      // From the top leaf down, as much of each as the ones above let through.
      let through = 1;
      fill(pixel, EARTH);
      light(pixel, 0);
      for (let layer = LAYERS - 1; layer >= 0 && through > 0.01; layer -= 1) {
        const ox = x + layer * 0.37 * step;
        const oy = y + layer * 0.53 * step;
        const column = Math.floor(ox / step);
        const row = Math.floor(oy / step);
        const own = seed + 10 * layer;
        for (let place = 8; place >= 0; place -= 1) {
          const i = column - 1 + (place % 3);
          const j = row - 1 + Math.floor(place / 3);
          const drawn = hash(i, j, own + 1);
          if (split(drawn, 3) > 0.78 - 0.1 * layer) continue;
          const dx = ox - (i + 0.5 + 0.7 * (drawn - 0.5)) * step;
          const dy = oy - (j + 0.5 + 0.7 * (split(drawn, 1) - 0.5)) * step;
          const half = step * (0.5 + 0.32 * split(drawn, 2));
          if (dx * dx + dy * dy > half * half * 1.1) continue;
          const angle = 2 * Math.PI * hash(i, j, own + 3);
          const along = (dx * Math.cos(angle) + dy * Math.sin(angle)) / half;
          const bent =
            (dy * Math.cos(angle) - dx * Math.sin(angle)) / half - 0.16 * along * along + 0.06;
          const tooth = 0.035 * (1 - 2 * Math.abs(((((along * 9) % 1) + 1) % 1) - 0.5));
          const belly = 0.42 * (1 - along * along) ** 0.8 * (1 - 0.35 * along) + tooth;
          const outside = Math.abs(along) < 1 ? (Math.abs(bent) - belly) * half : half;
          const cover = inside(outside);
          if (cover > 0) {
            const base = colours[Math.floor(hash(i, j, own + 5) * colours.length)] ?? EARTH;
            const blotch = fractalNoise(ox / (12 * unit), oy / (12 * unit), own + 6, 4);
            const rib = Math.abs((((along - Math.abs(bent) * 0.85) * 6.5 + 40) % 1) - 0.5) / 6.5;
            const vein = Math.max(
              inside((Math.abs(bent) - 0.012) * half),
              0.75 * inside((rib - 0.006) * half),
            );
            const fold = 1 + 0.3 * clamp01(bent * 4 + 0.5) - 0.15;
            const shade = (0.55 + 0.75 * blotch) * fold * (0.7 + 0.1 * layer);
            const tint = mix(base, WITHERED, 0.7 * ramp(0.55, 0.75, blotch));
            glow(pixel, tint, through * cover * shade * (1 - 0.65 * vein));
            glow(pixel, mix(tint, VEIN, 0.55), through * cover * 0.65 * vein);
            through *= 1 - cover;
          }
          // What lies below is in its shadow.
          through *= 1 - 0.5 * ramp(7 * unit, 0, outside);
        }
      }
      const earth = fractalNoise(x / (20 * unit), y / (20 * unit), seed, 5);
      glow(pixel, EARTH, through * (0.6 + 0.8 * earth));
    },
  };
}

/** A printed page: lines of letter-like marks, a big initial, an engraving, the fibres of the paper. */
export function page(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const ink = pick(random, [hex("#23211f"), hex("#1d2b45"), hex("#3b2418")]);
  const accent = pick(random, [hex("#b23a2a"), hex("#1f6f6b"), hex("#b8862f")]);
  const tilt = between(random, -0.06, 0.06);
  const line = unit * 21;
  const column = width * 0.5 - 12 * unit;
  return {
    width,
    height,
    subject: null,
    background: (x, y, pixel) => {
      // The page lies a little askew and falls away to the top.
      const depth = 1 + 0.22 * (0.5 - y / height);
      const u = (x - width / 2) * depth * Math.cos(tilt) + (y - height / 2) * Math.sin(tilt);
      const v = (y - height / 2) * depth * Math.cos(tilt) - (x - width / 2) * Math.sin(tilt);
      fill(pixel, PAPER);
      const fibre = fractalNoise(u / (26 * unit), v / (6 * unit), seed, 5);
      light(
        pixel,
        0.9 + 0.17 * fibre + 0.05 * (hash(Math.floor(x), Math.floor(y), seed + 1) - 0.5),
      );
      light(pixel, 1.04 - 0.3 * ((x / width - 0.35) ** 2 + (y / height - 0.4) ** 2));
      const press = 0.82 + 0.18 * valueNoise(u / 3, v / 3, seed + 2);
      const right = u > 0;
      const inColumn = right ? u - 24 * unit : u + column + 12 * unit;
      const isText = inColumn > 0 && inColumn < column - 24 * unit;
      const top = v + height * 0.5;
      glaze(pixel, ink, press * rule(u, top));
      if (!isText) return;
      if (right && top > height * 0.16 && top < height * 0.56) {
        glaze(pixel, ink, press * engraving(inColumn, top - height * 0.16));
        return;
      }
      if (!right && inColumn < 92 * unit && top > height * 0.16 && top < height * 0.16 + 4 * line) {
        glaze(
          pixel,
          accent,
          press * initial(inColumn - 40 * unit, top - height * 0.16 - 1.9 * line),
        );
        return;
      }
      if (top > height * 0.16) glaze(pixel, ink, press * text(inColumn, top, line, right ? 1 : 0));
      else if (top > height * 0.06 && top < height * 0.06 + 2.4 * line)
        glaze(
          pixel,
          right ? ink : accent,
          press * text(inColumn, top - height * 0.06, 2.4 * line, right ? 3 : 2),
        );
    },
  };

  /** Two rules under the head of the page. */
  function rule(u: number, top: number): number {
    const offset = top - height * 0.145;
    const thick = Math.abs(offset) - 1.6 * unit;
    const thin = Math.abs(offset - 5 * unit) - 0.5 * unit;
    return Math.abs(u) < column ? Math.max(inside(thick), inside(thin)) : 0;
  }

  /** Coverage of letter-like marks: stems, bowls and bars chosen by a hash of the place in the line. */
  function text(u: number, v: number, leading: number, own: number): number {
    const row = Math.floor(v / leading);
    const y = v / leading - row;
    const advance = 0.46;
    const place = u / (leading * advance);
    const letter = Math.floor(place);
    const x = place - letter;
    if (hash(letter, row, seed + 20 + own) < 0.17) return 0;
    const pixels = leading;
    const kind = Math.floor(hash(letter, row, seed + 30 + own) * 8);
    const dx = (x - 0.45) * advance;
    const dy = y - 0.52;
    const stem = (at: number, from: number, to: number): number =>
      inside(Math.max(Math.abs(dx - at) - 0.036, from - dy, dy - to) * pixels);
    const bar = (at: number): number =>
      inside(Math.max(Math.abs(dy - at) - 0.024, Math.abs(dx) - 0.14) * pixels);
    const bowl = inside((Math.abs(norm(dx * 1.15, dy) - 0.145) - 0.03) * pixels);
    if (kind === 0) return Math.max(stem(-0.13, -0.36, 0.17), bowl);
    if (kind === 1) return Math.max(stem(0.13, -0.15, 0.36), bowl);
    if (kind === 2) return Math.max(stem(-0.12, -0.17, 0.17), stem(0.12, -0.17, 0.17), bar(-0.15));
    if (kind === 3) return Math.max(stem(0, -0.36, 0.17), bar(0.15));
    if (kind === 4) return Math.max(bowl, bar(0));
    if (kind === 5)
      return Math.max(
        stem(-0.13, -0.17, 0.17),
        stem(0, -0.17, 0.17),
        stem(0.13, -0.17, 0.17),
        bar(-0.15),
      );
    if (kind === 6)
      return Math.max(stem(0, -0.17, 0.17), inside((norm(dx, dy + 0.3) - 0.04) * pixels));
    return bowl;
  }

  function initial(dx: number, dy: number): number {
    const radius = norm(dx, dy);
    const ring = Math.abs(radius - 30 * unit) - 7 * unit;
    const slash = Math.max(Math.abs(dx - dy * 0.5) - 3 * unit, Math.abs(dy) - 40 * unit);
    return Math.max(inside(ring), inside(slash));
  }

  /** A hill and a moon in engraved lines whose width follows the shade. */
  function engraving(u: number, v: number): number {
    const frameWidth = column - 24 * unit;
    const frameHeight = height * 0.4 - 8 * unit;
    const border = Math.min(u, v, frameWidth - u, frameHeight - v);
    if (border < 3 * unit)
      return inside(-border) === 1 ? 0 : inside(Math.abs(border - 1.5 * unit) - unit);
    const moon = norm(u - frameWidth * 0.68, v - frameHeight * 0.32) / (unit * 52);
    const crest = frameHeight * (0.75 - 0.45 * fractalNoise(u / (150 * unit), 3, seed + 50, 4));
    const ground = v > crest;
    const shade = ground
      ? 0.45 + 0.5 * fractalNoise(u / (34 * unit), v / (34 * unit), seed + 51, 4)
      : moon < 1
        ? 0.06 + 0.1 * fractalNoise(u / (20 * unit), v / (20 * unit), seed + 52, 3)
        : 0.3 + 0.3 * (v / frameHeight);
    const wave = ground
      ? (v - 0.5 * crest + 0.22 * u) / (4.6 * unit)
      : (v + 4 * unit * Math.sin(u / (60 * unit))) / (4.6 * unit);
    const offLine = Math.abs(wave - Math.floor(wave) - 0.5);
    return inside((offLine - shade * 0.5) * 4.6 * unit);
  }
}

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
