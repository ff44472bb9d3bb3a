import { fractalNoise, hash } from "../noise.ts";
import { clamp01, fill, glaze, hex, inside, light, mix, ramp } from "../paint.ts";
import { between, pick, type Random } from "../random.ts";
import { centred, type Scene, type Size } from "../scene.ts";

const WHITE = hex("#ffffff");
const FOAM = hex("#fbfaf5");
const STRAKE = hex("#f7f3e8");
const CANVAS = hex("#f6f1e4");
const CANVAS_SHADE = hex("#c8bfae");
const SEAM = hex("#8f8674");
const SPAR = hex("#4d3a28");

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
