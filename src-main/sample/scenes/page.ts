import { fractalNoise, hash, valueNoise } from "../noise.ts";
import { fill, glaze, hex, inside, light, norm } from "../paint.ts";
import { between, pick, type Random } from "../random.ts";
import type { Scene, Size } from "../scene.ts";

const PAPER = hex("#ece3d0");

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
