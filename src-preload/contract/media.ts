/**
 * Addresses of pixels, relative to the page. Ids and versions only: no path of the disk ever is part of one.
 * The same Request → Response handler answers them under app:// and over loopback HTTP.
 */

/** Edge lengths in CSS pixels × device pixel ratio for which thumbnails are kept. */
export const thumbnailEdges = [256, 512] as const;
/** Long edge of the rendition that fits a screen. */
export const previewEdge = 2560;

interface Addressed {
  readonly id: number;
  readonly version: string;
}

/** Thumbnail with a long edge of 256 or 512 px, upright, sRGB. */
export function thumbnailUrl(photo: Addressed, edge: (typeof thumbnailEdges)[number]): string {
  return `media/thumbnail/${photo.id}/${edge}?v=${photo.version}`;
}

/** Rendition with a long edge of at most `previewEdge`, upright. */
export function previewUrl(photo: Addressed): string {
  return `media/preview/${photo.id}?v=${photo.version}`;
}

/**
 * Full size: the original's own bytes where Chromium shows the format (JPEG, PNG, WebP, AVIF), else a rendition.
 * EXIF orientation is the reader's business (`image-orientation: from-image`).
 */
export function photoUrl(photo: Addressed): string {
  return `media/photo/${photo.id}?v=${photo.version}`;
}

/** Browser host only: the bytes of one dropped file are PUT here. `relativePath` has '/' between its parts. */
export function uploadUrl(token: string, relativePath: string): string {
  return `upload/${token}/${relativePath.split("/").map(encodeURIComponent).join("/")}`;
}

/** Edge of a tile of an upscaled picture, in its pixels; tiles at the right and the bottom are what is left. */
export const upscaleTileEdge = 512;

/**
 * How many levels an upscaled picture is kept at: level 0 is one tile, each next one has twice the edges, the last is
 * the picture itself (half sizes are rounded up).
 */
export function upscaleLevels(width: number, height: number): number {
  return Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / upscaleTileEdge))) + 1;
}

/** One tile of an upscaled picture: column x, row y of a level. */
export function upscaleTileUrl(upscale: Addressed, level: number, x: number, y: number): string {
  return `media/upscale/${upscale.id}/${level}/${x}/${y}?v=${upscale.version}`;
}

/** A piece of a photo as it is (`before`) or upscaled (`after`), by the key of `upscales.crop`. */
export function cropUrl(key: string, side: "before" | "after"): string {
  return `media/upscale-crop/${key}/${side}`;
}
