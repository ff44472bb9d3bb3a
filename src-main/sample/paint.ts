/** A colour of the palette: sRGB-coded red, green and blue, 0..1. */
export type Colour = readonly [number, number, number];

/** The pixel that is being painted: sRGB-coded red, green and blue, 0..1 where shown, and its coverage `a`, 0..1. */
export interface Pixel {
  r: number;
  g: number;
  b: number;
  a: number;
}

/** `#rrggbb` as a colour. */
export function hex(code: string): Colour {
  const value = Number.parseInt(code.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

export function fill(pixel: Pixel, colour: Colour): void {
  pixel.r = colour[0];
  pixel.g = colour[1];
  pixel.b = colour[2];
  pixel.a = 1;
}

/**
 * Lays `colour`, `brightness` times as light, over the pixel; `cover` is 0..1. The pixel's own coverage stays as it
 * was.
 */
export function glaze(pixel: Pixel, colour: Colour, cover: number, brightness = 1): void {
  if (cover <= 0) return;
  const share = Math.min(1, cover);
  pixel.r += (colour[0] * brightness - pixel.r) * share;
  pixel.g += (colour[1] * brightness - pixel.g) * share;
  pixel.b += (colour[2] * brightness - pixel.b) * share;
}

/** Multiplies the light on the pixel. */
export function light(pixel: Pixel, factor: number): void {
  pixel.r *= factor;
  pixel.g *= factor;
  pixel.b *= factor;
}

/** Adds light of a colour: glints and glows. */
export function glow(pixel: Pixel, colour: Colour, amount: number): void {
  pixel.r += colour[0] * amount;
  pixel.g += colour[1] * amount;
  pixel.b += colour[2] * amount;
}

export function mix(from: Colour, to: Colour, share: number): Colour {
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
}

export function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Of a point from the origin; many times as fast as Math.hypot. */
export function norm(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function ramp(low: number, high: number, value: number): number {
  const t = clamp01((value - low) / (high - low));
  return t * t * (3 - 2 * t);
}

/** Coverage of a pixel whose signed distance to an edge is `distance` px, inside negative: an edge one pixel wide. */
export function inside(distance: number): number {
  return clamp01(0.5 - distance);
}
