import type { Pixel } from "./paint.ts";

/**
 * One plane of a scene: a pure function of place, x right and y down, in pixels of the frame (also beyond its border,
 * since a frame may be shifted). A background covers everything; a subject says by `a` where it is.
 */
export type Paint = (x: number, y: number, pixel: Pixel) => void;

export interface Size {
  /** Columns, in pixels. */
  readonly width: number;
  /** Rows, in pixels. */
  readonly height: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** A box by its middle and its half sides. */
export function centred(x: number, y: number, halfWidth: number, halfHeight: number): Box {
  return { x: x - halfWidth, y: y - halfHeight, width: 2 * halfWidth, height: 2 * halfHeight };
}

/** What stands before the camera, made for one size of frame so that its finest texture is a few pixels wide. */
export interface Scene extends Size {
  readonly background: Paint;
  readonly subject: Subject | null;
}

export interface Subject {
  readonly paint: Paint;
  /** Beyond it the subject covers nothing. */
  readonly box: Box;
  /** What a photographer would focus on: wholly covered by the subject. */
  readonly heart: Box;
}

/** Where the camera stands for one frame: the scene is zoomed about its centre after it was shifted by pixels. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export const STRAIGHT_VIEW: View = { zoom: 1, x: 0, y: 0 };

/** Interleaved 8-bit samples, row by row from the top left. */
export interface Samples extends Size {
  readonly channels: number;
  readonly data: Uint8ClampedArray;
}

/** sRGB, and with 4 channels coverage, by which the colours are already multiplied. */
export interface Raster extends Samples {
  readonly channels: 3 | 4;
}

/** Paints the part `area` (whole pixels) of a frame of `scene` as seen from `view`. */
export function paintRaster(
  paint: Paint,
  scene: Size,
  view: View,
  area: Box,
  channels: 3 | 4,
): Raster {
  const { width, height } = area;
  const data = new Uint8ClampedArray(width * height * channels);
  const pixel: Pixel = { r: 0, g: 0, b: 0, a: 1 };
  let offset = 0;
  for (let row = 0; row < height; row += 1) {
    const y = toScene(area.y + row + 0.5, scene.height, view.zoom, view.y);
    for (let column = 0; column < width; column += 1) {
      const x = toScene(area.x + column + 0.5, scene.width, view.zoom, view.x);
      pixel.a = 1;
      paint(x, y, pixel);
      const cover = channels === 4 ? 255 * pixel.a : 255;
      data[offset] = pixel.r * cover;
      data[offset + 1] = pixel.g * cover;
      data[offset + 2] = pixel.b * cover;
      if (channels === 4) data[offset + 3] = cover;
      offset += channels;
    }
  }
  return { width, height, channels, data };
}

/** The whole pixels of a frame that a box of the scene falls on, `margin` more on each side. */
export function frameArea(box: Box, scene: Size, view: View, margin: number): Box {
  const left = Math.max(0, Math.floor(toFrame(box.x, scene.width, view.zoom, view.x) - margin));
  const top = Math.max(0, Math.floor(toFrame(box.y, scene.height, view.zoom, view.y) - margin));
  const right = toFrame(box.x + box.width, scene.width, view.zoom, view.x) + margin;
  const bottom = toFrame(box.y + box.height, scene.height, view.zoom, view.y) + margin;
  return {
    x: left,
    y: top,
    width: Math.min(scene.width, Math.ceil(right)) - left,
    height: Math.min(scene.height, Math.ceil(bottom)) - top,
  };
}

function toScene(place: number, side: number, zoom: number, shift: number): number {
  return side / 2 + (place - side / 2) / zoom - shift;
}

function toFrame(place: number, side: number, zoom: number, shift: number): number {
  return side / 2 + (place + shift - side / 2) * zoom;
}

/** Lays a plane with coverage over a frame, in place, its top left at `area`. */
export function layOver(frame: Raster, plane: Raster, area: Box): void {
  for (let row = 0; row < plane.height; row += 1) {
    let from = row * plane.width * 4;
    let to = ((area.y + row) * frame.width + area.x) * frame.channels;
    for (let column = 0; column < plane.width; column += 1) {
      const through = 1 - (plane.data[from + 3] ?? 0) / 255;
      for (let channel = 0; channel < 3; channel += 1) {
        frame.data[to + channel] =
          (plane.data[from + channel] ?? 0) + through * (frame.data[to + channel] ?? 0);
      }
      from += 4;
      to += frame.channels;
    }
  }
}
