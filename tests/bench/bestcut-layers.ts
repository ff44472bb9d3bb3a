/**
 * Frames as luma and halved chroma, the way that JPEG stores them: half the samples of RGB to blur and to turn, and a
 * camera's noise and JPEG's own losses come after all the same.
 */

import sharp from "sharp";
import {
  type Blur,
  blurRaster,
  type Raster,
  type Samples,
  type Size,
} from "../../src-main/sample/index.ts";
import type { Wander } from "./bestcut-plan.ts";

/** BT.601 at full range. Both sides are even; chroma (128 is none) and its coverage have half of each. */
export interface Layer extends Size {
  readonly luma: Samples;
  readonly cb: Samples;
  readonly cr: Samples;
  /** Coverage 0..255, by which luma and chroma are multiplied already; null for a layer that covers everything. */
  readonly cover: { readonly full: Samples; readonly half: Samples } | null;
}

export function toLayer(raster: Raster): Layer {
  const { width, height, channels, data } = raster;
  if (width % 2 !== 0 || height % 2 !== 0) throw new RangeError(`Odd sides: ${width}x${height}`);
  const luma = plane(width, height);
  const cb = plane(width / 2, height / 2);
  const cr = plane(width / 2, height / 2);
  const full = plane(width, height);
  const half = plane(width / 2, height / 2);
  for (let row = 0; row < height; row += 2) {
    for (let column = 0; column < width; column += 2) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let covered = 0;
      for (let corner = 0; corner < 4; corner += 1) {
        const at = (row + (corner >> 1)) * width + column + (corner & 1);
        const r = data[at * channels] ?? 0;
        const g = data[at * channels + 1] ?? 0;
        const b = data[at * channels + 2] ?? 0;
        luma.data[at] = 0.299 * r + 0.587 * g + 0.114 * b;
        red += r;
        green += g;
        blue += b;
        if (channels === 4) {
          const a = data[at * 4 + 3] ?? 0;
          full.data[at] = a;
          covered += a;
        }
      }
      const at = (row * width) / 4 + column / 2;
      cb.data[at] = 128 + (-0.168736 * red - 0.331264 * green + 0.5 * blue) / 4;
      cr.data[at] = 128 + (0.5 * red - 0.418688 * green - 0.081312 * blue) / 4;
      if (channels === 4) half.data[at] = covered / 4;
    }
  }
  return { width, height, luma, cb, cr, cover: channels === 4 ? { full, half } : null };
}

/** Three channels of a layer that covers everything. */
export function toRaster({ width, height, luma, cb, cr }: Layer): Raster {
  const data = new Uint8ClampedArray(width * height * 3);
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    const chromaRow = (row >> 1) * (width / 2);
    for (let column = 0; column < width; column += 1) {
      const y = luma.data[row * width + column] ?? 0;
      const u = (cb.data[chromaRow + (column >> 1)] ?? 128) - 128;
      const v = (cr.data[chromaRow + (column >> 1)] ?? 128) - 128;
      data[to] = y + 1.402 * v;
      data[to + 1] = y - 0.344136 * u - 0.714136 * v;
      data[to + 2] = y + 1.772 * u;
      to += 3;
    }
  }
  return { width, height, channels: 3, data };
}

/** A layer as if each of its points were spread by `blur`, whose sigma is in px of the luma. */
export async function blurLayer(layer: Layer, blur: Blur): Promise<Layer> {
  if (blur.sigma < 0.05) return layer;
  const halved = { ...blur, sigma: blur.sigma / 2 };
  const [luma, cb, cr] = await Promise.all([
    blurSamples(layer.luma, blur),
    blurSamples(layer.cb, halved),
    blurSamples(layer.cr, halved),
  ]);
  const cover = layer.cover && {
    full: await blurSamples(layer.cover.full, blur),
    half: await blurSamples(layer.cover.half, halved),
  };
  return { ...layer, luma, cb, cr, cover };
}

/** Gaussians by libvips, which has SIMD for them: float and whole, since its defaults cut the kernel short. */
async function blurSamples(samples: Samples, blur: Blur): Promise<Samples> {
  if (blur.kind !== "gaussian" || blur.sigma < 0.3) return blurRaster(samples, blur);
  const { width, height, data } = samples;
  const blurred = await sharp(data, { raw: { width, height, channels: 1 } })
    .blur({ sigma: blur.sigma, precision: "float", minAmplitude: 0.01 })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  return {
    ...samples,
    data: new Uint8ClampedArray(blurred.buffer, blurred.byteOffset, blurred.length),
  };
}

/** `front` over `back`, its top left at whole, even pixels; what lies beyond the border is cut off. */
export function layOver(
  back: Layer,
  front: Layer,
  at: { readonly x: number; readonly y: number },
): Layer {
  const { cover } = front;
  if (cover === null) throw new RangeError("What lies in front has to say where it covers.");
  const half = { x: at.x / 2, y: at.y / 2 };
  return {
    ...back,
    luma: layChannel(back.luma, front.luma, cover.full, at, 0),
    cb: layChannel(back.cb, front.cb, cover.half, half, 128),
    cr: layChannel(back.cr, front.cr, cover.half, half, 128),
  };
}

function layChannel(
  back: Samples,
  front: Samples,
  cover: Samples,
  at: { readonly x: number; readonly y: number },
  zero: number,
): Samples {
  const data = back.data.slice();
  const firstRow = Math.max(0, -at.y);
  const lastRow = Math.min(front.height, back.height - at.y);
  const firstColumn = Math.max(0, -at.x);
  const lastColumn = Math.min(front.width, back.width - at.x);
  for (let row = firstRow; row < lastRow; row += 1) {
    const from = row * front.width;
    const to = (row + at.y) * back.width + at.x;
    for (let column = firstColumn; column < lastColumn; column += 1) {
      const covered = cover.data[from + column] ?? 0;
      if (covered === 0) continue;
      const through = 1 - covered / 255;
      data[to + column] =
        (front.data[from + column] ?? 0) + through * ((data[to + column] ?? 0) - zero);
    }
  }
  return { ...back, data };
}

/** The middle of a layer as a wandered hand sees it, in a frame of `size`; the layer has to be larger all round. */
export function wanderOver(layer: Layer, wander: Wander, size: Size): Layer {
  const halved = { width: size.width / 2, height: size.height / 2 };
  const reach = Math.max(size.width, size.height);
  return {
    ...size,
    luma: resample(layer.luma, wander, reach, size),
    cb: resample(layer.cb, wander, reach / 2, halved),
    cr: resample(layer.cr, wander, reach / 2, halved),
    cover: null,
  };
}

/**
 * A turned, zoomed and shifted view of one channel, in two passes of one-dimensional interpolation (Catmull and Smith
 * 1980) by Catmull and Rom's cubic: along rows, so that columns are right, then along columns.
 */
function resample(
  samples: Samples,
  { angle, zoom, x, y }: Wander,
  reach: number,
  size: Size,
): Samples {
  const along = Math.cos(angle) / zoom;
  const across = Math.sin(angle) / zoom;
  const { width, height, data } = samples;
  const middle = { x: (width - 1) / 2 + x * reach, y: (height - 1) / 2 + y * reach };
  const between = new Float32Array(size.width * height);
  const step = along + (across * across) / along;
  for (let row = 0; row < height; row += 1) {
    const start = middle.x - (across / along) * (row - middle.y) - (step * (size.width - 1)) / 2;
    for (let column = 0; column < size.width; column += 1) {
      const place = Math.min(width - 2.001, Math.max(1, start + step * column));
      const whole = Math.floor(place);
      const phase = Math.floor((place - whole) * PHASES) * 4;
      const from = row * width + whole - 1;
      between[row * size.width + column] =
        (CUBIC[phase] ?? 0) * (data[from] ?? 0) +
        (CUBIC[phase + 1] ?? 0) * (data[from + 1] ?? 0) +
        (CUBIC[phase + 2] ?? 0) * (data[from + 2] ?? 0) +
        (CUBIC[phase + 3] ?? 0) * (data[from + 3] ?? 0);
    }
  }
  const seen = plane(size.width, size.height);
  const stride = size.width;
  for (let row = 0; row < size.height; row += 1) {
    const start = middle.y + along * (row - (size.height - 1) / 2) - (across * (stride - 1)) / 2;
    for (let column = 0; column < stride; column += 1) {
      const place = Math.min(height - 2.001, Math.max(1, start + across * column));
      const whole = Math.floor(place);
      const phase = Math.floor((place - whole) * PHASES) * 4;
      const from = (whole - 1) * stride + column;
      seen.data[row * stride + column] =
        (CUBIC[phase] ?? 0) * (between[from] ?? 0) +
        (CUBIC[phase + 1] ?? 0) * (between[from + stride] ?? 0) +
        (CUBIC[phase + 2] ?? 0) * (between[from + 2 * stride] ?? 0) +
        (CUBIC[phase + 3] ?? 0) * (between[from + 3 * stride] ?? 0);
    }
  }
  return seen;
}

const PHASES = 256;

/** Four weights for each place between two samples. */
const CUBIC = Float32Array.from({ length: 4 * PHASES }, (_, i) => {
  const t = (Math.floor(i / 4) + 0.5) / PHASES;
  const weights = [
    (-t + 2 * t * t - t ** 3) / 2,
    (2 - 5 * t * t + 3 * t ** 3) / 2,
    (t + 4 * t * t - 3 * t ** 3) / 2,
    (-t * t + t ** 3) / 2,
  ];
  return weights[i % 4] ?? 0;
});

function plane(width: number, height: number): Samples {
  return { width, height, channels: 1, data: new Uint8ClampedArray(width * height) };
}
