import { createCell, findCell, fractalNoise } from "../noise.ts";
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

const FLECK = hex("#f7e9b5");
const LINEN = hex("#f1ebdd");
const STALK = hex("#4a3520");
const STALK_LIGHT = hex("#8a6a42");

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
