import { join } from "node:path";
import sharp from "sharp";
import { between, type Random, type Raster } from "../../src-main/sample/index.ts";
import { root } from "../e2e/hosts.ts";
import { paintLeaves } from "./bestcut-leaves.ts";
import { cutOut, even, type Sprite, within } from "./bestcut-sprite.ts";

/** Eileen Collins, by NASA: in the public domain. Where her head lies in the 512 px of it. */
const PORTRAIT = {
  path: join(root, "tests", "fixtures", "faces", "astronaut.jpg"),
  head: { left: 150, top: 12, width: 154, height: 182 },
} as const;

/**
 * A portrait's head on shoulders in painted cloth, either way round, in another light.
 *
 * @param height of the head, in pixels
 * @param spread room about it
 */
export async function paintPortrait(
  random: Random,
  height: number,
  spread: number,
): Promise<Sprite> {
  const tall = Math.round(height);
  const wide = Math.round((height * PORTRAIT.head.width) / PORTRAIT.head.height);
  const enlarged = await sharp(PORTRAIT.path)
    .extract(PORTRAIT.head)
    .resize({ width: wide, height: tall, kernel: "lanczos3", fit: "fill" })
    .flop(random() < 0.5)
    .linear(between(random, 0.85, 1.15), between(random, -12, 12))
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer();
  const size = { width: wide, height: tall, channels: 3 } as const;
  const face = crispen(
    { ...size, data: new Uint8ClampedArray(enlarged) },
    Math.ceil((1.5 * tall) / PORTRAIT.head.height),
  );
  return onShoulders(face, random, spread);
}

/**
 * Makes the edges of an enlarged picture as crisp as its pixels: each pixel becomes whichever of its lightest and
 * darkest neighbours it is nearer to (Kramer and Bruckner 1975), as often as the enlargement is wide.
 */
function crispen(raster: Raster, rounds: number): Raster {
  const { width, height } = raster;
  let now = raster.data;
  for (let round = 0; round < rounds; round += 1) {
    const luma = new Float32Array(width * height);
    for (let i = 0; i < luma.length; i += 1) {
      luma[i] =
        0.3 * (now[3 * i] ?? 0) + 0.59 * (now[3 * i + 1] ?? 0) + 0.11 * (now[3 * i + 2] ?? 0);
    }
    const next = now.slice();
    for (let row = 1; row < height - 1; row += 1) {
      for (let column = 1; column < width - 1; column += 1) {
        const at = row * width + column;
        let lightest = at;
        let darkest = at;
        for (const near of [at - width, at - 1, at + 1, at + width]) {
          if ((luma[near] ?? 0) > (luma[lightest] ?? 0)) lightest = near;
          if ((luma[near] ?? 0) < (luma[darkest] ?? 0)) darkest = near;
        }
        const own = luma[at] ?? 0;
        const isLight = (luma[lightest] ?? 0) - own < own - (luma[darkest] ?? 0);
        const from = 3 * (isLight ? lightest : darkest);
        next.set(now.subarray(from, from + 3), 3 * at);
      }
    }
    now = next;
  }
  return { ...raster, data: now };
}

function onShoulders(face: Raster, random: Random, spread: number): Sprite {
  const { width: wide, height: tall } = face;
  const size = { width: even(wide * 2.4 + 2 * spread), height: even(tall * 2 + 2 * spread) };
  const cloth = paintLeaves(random, size, 1, { isBusy: true });
  const left = Math.round((size.width - wide) / 2);
  const middle = { x: left + wide / 2, y: spread + tall / 2 };
  const inHead = (x: number, y: number): number => {
    const reach = Math.sqrt(
      ((x - middle.x) / (wide / 2)) ** 2 + ((y - middle.y) / (tall / 2)) ** 2,
    );
    return 0.5 + ((1 - reach) * wide) / 2;
  };
  for (let row = 0; row < tall; row += 1) {
    for (let column = 0; column < wide; column += 1) {
      const cover = inHead(left + column + 0.5, spread + row + 0.5);
      if (cover < 0.5) continue;
      const from = (row * wide + column) * 3;
      cloth.data.set(
        face.data.subarray(from, from + 3),
        ((spread + row) * size.width + left + column) * 3,
      );
    }
  }
  const shoulder = { y: spread + tall * 0.9, half: wide * 1.15, slope: tall * 0.5 };
  const raster = cutOut(cloth, (x, y) => {
    const aside = Math.abs(x - size.width / 2) / shoulder.half;
    const below = y - shoulder.y - shoulder.slope * aside * aside;
    const body = Math.min(below, (1 - aside) * shoulder.half);
    return { cover: Math.max(inHead(x, y), 0.5 + body), light: 1 };
  });
  const inner = { x: left, y: spread, width: wide, height: tall };
  return { name: "portrait", raster, inner, heart: within(inner, 0.5) };
}
