/**
 * Frames as luma and halved chroma, the way that JPEG stores them: half the samples of RGB to blur and to turn, and a
 * camera's noise and JPEG's own losses come after all the same.
 */

import type { Blur, Raster, Samples, Size } from "../../src-main/sample/index.ts";
import { blurChannel, gaussian } from "./bestcut-blur.ts";
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

/**
 * A layer as if each of its points were spread by `blur`, whose sigma is in px of the luma. Chroma is spread as far,
 * but always softly: no measure looks at it, and JPEG leaves little of it.
 */
export async function blurLayer(layer: Layer, blur: Blur): Promise<Layer> {
  if (blur.sigma < 0.05) return layer;
  const { luma, cb, cr, cover } = layer;
  const half = blur.sigma / 2;
  return {
    ...layer,
    luma: await blurChannel(luma, blur),
    cb: await gaussian(cb, half, "integer"),
    cr: await gaussian(cr, half, "integer"),
    cover: cover && {
      full: await blurChannel(cover.full, blur),
      half: await gaussian(cover.half, half, "integer"),
    },
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
 * 1980) by Catmull and Rom's cubic: along rows, so that columns are right, then along columns. Places are counted in
 * 1/65536 px and weights in 1/4096, for speed.
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
  const columns = size.width;
  const between = new Int16Array(columns * height);
  const step = along + (across * across) / along;
  for (let row = 0; row < height; row += 1) {
    const start = middle.x - (across / along) * (row - middle.y) - (step * (columns - 1)) / 2;
    assertInside(start, start + step * (columns - 1), width);
    const by = Math.round(step * 65_536);
    const from = row * width - 1;
    const to = row * columns;
    let place = Math.round(start * 65_536);
    for (let column = 0; column < columns; column += 1) {
      const phase = (place >> 6) & PHASE;
      const at = from + (place >> 16);
      between[to + column] =
        ((CUBIC[phase] ?? 0) * (data[at] ?? 0) +
          (CUBIC[phase + 1] ?? 0) * (data[at + 1] ?? 0) +
          (CUBIC[phase + 2] ?? 0) * (data[at + 2] ?? 0) +
          (CUBIC[phase + 3] ?? 0) * (data[at + 3] ?? 0)) >>
        6;
      place += by;
    }
  }
  const seen = plane(columns, size.height);
  const by = Math.round(across * 65_536);
  for (let row = 0; row < size.height; row += 1) {
    const start = middle.y + along * (row - (size.height - 1) / 2) - (across * (columns - 1)) / 2;
    assertInside(start, start + across * (columns - 1), height);
    const to = row * columns;
    let place = Math.round(start * 65_536);
    for (let column = 0; column < columns; column += 1) {
      const phase = (place >> 6) & PHASE;
      const at = ((place >> 16) - 1) * columns + column;
      seen.data[to + column] =
        ((CUBIC[phase] ?? 0) * (between[at] ?? 0) +
          (CUBIC[phase + 1] ?? 0) * (between[at + columns] ?? 0) +
          (CUBIC[phase + 2] ?? 0) * (between[at + 2 * columns] ?? 0) +
          (CUBIC[phase + 3] ?? 0) * (between[at + 3 * columns] ?? 0) +
          HALF) >>
        18;
      place += by;
    }
  }
  return seen;
}

function assertInside(one: number, other: number, length: number): void {
  if (Math.min(one, other) < 1 || Math.max(one, other) > length - 3) {
    throw new RangeError("The hand wandered out of what was painted.");
  }
}

const HALF = 1 << 17;

/** Four weights for each of 256 places between two samples; `PHASE` takes the first of them out of a place. */
const PHASE = 0x3fc;
const CUBIC = Int32Array.from({ length: 4 * 256 }, (_, i) => {
  const t = (Math.floor(i / 4) + 0.5) / 256;
  const weights = [
    (-t + 2 * t * t - t ** 3) / 2,
    (2 - 5 * t * t + 3 * t ** 3) / 2,
    (t + 4 * t * t - 3 * t ** 3) / 2,
    (-t * t + t ** 3) / 2,
  ];
  return Math.round(4096 * (weights[i % 4] ?? 0));
});

function plane(width: number, height: number): Samples {
  return { width, height, channels: 1, data: new Uint8ClampedArray(width * height) };
}
