import { upscaleLevels, upscaleTileEdge } from "../../src-preload/contract/media.ts";
import type { Placement, Rect, Size } from "../viewer2d/viewport.ts";

/** One square of a picture that is kept in halving sizes: column x, row y of a level; level 0 is a single tile. */
export interface Tile {
  readonly level: number;
  readonly x: number;
  readonly y: number;
}

/** A tile may be blown up by this much before the next level is asked for: nobody sees it. */
const slack = 1.1;

export function lastLevel({ width, height }: Size): number {
  return upscaleLevels(width, height) - 1;
}

/** Pixels of a level: half of those of the next one, rounded up. */
export function levelSize(picture: Size, level: number): Size {
  const per = 2 ** (lastLevel(picture) - level);
  return { width: Math.ceil(picture.width / per), height: Math.ceil(picture.height / per) };
}

/**
 * The smallest level that is sharp at a zoom.
 * @param scale device pixels per pixel of the picture
 */
export function levelFor(picture: Size, scale: number): number {
  const last = lastLevel(picture);
  const halvings = Math.floor(Math.log2(slack / scale) + 1e-9);
  return Math.min(last, Math.max(0, last - Math.max(0, halvings)));
}

/** Tiles of a level that are seen in the box, those nearest to its middle first. */
export function tilesInView(
  picture: Size,
  placement: Placement,
  box: Size,
  level: number,
): readonly Tile[] {
  const { width, height } = levelSize(picture, level);
  const columns = span(placement.x, placement.width, box.width, width);
  const rows = span(placement.y, placement.height, box.height, height);
  if (columns === null || rows === null) return [];
  const tiles: (Tile & { readonly away: number })[] = [];
  for (let y = rows.from; y <= rows.to; y += 1) {
    for (let x = columns.from; x <= columns.to; x += 1) {
      const away = Math.hypot(x + 0.5 - columns.middle, y + 0.5 - rows.middle);
      tiles.push({ level, x, y, away });
    }
  }
  return tiles.toSorted((a, b) => a.away - b.away).map(({ x, y }) => ({ level, x, y }));
}

/** First and last tile along one axis, and the box's middle counted in tiles; null where nothing is seen. */
function span(
  start: number,
  length: number,
  box: number,
  pixels: number,
): { readonly from: number; readonly to: number; readonly middle: number } | null {
  const perDevicePixel = pixels / length;
  const seenFrom = Math.max(0, -start) * perDevicePixel;
  const seenTo = Math.min(length, box - start) * perDevicePixel;
  if (seenTo <= seenFrom) return null;
  return {
    from: Math.floor(seenFrom / upscaleTileEdge + 1e-9),
    to: Math.max(0, Math.ceil(seenTo / upscaleTileEdge - 1e-9) - 1),
    middle: ((box / 2 - start) * perDevicePixel) / upscaleTileEdge,
  };
}

/** Pixels of its level that a tile covers; those at the right and the bottom are what is left. */
export function pixelsOfTile(picture: Size, { level, x, y }: Tile): Rect {
  const { width, height } = levelSize(picture, level);
  const left = x * upscaleTileEdge;
  const top = y * upscaleTileEdge;
  return {
    x: left,
    y: top,
    width: Math.min(upscaleTileEdge, width - left),
    height: Math.min(upscaleTileEdge, height - top),
  };
}

/** Where a tile goes in the box. Edges lie on whole device pixels, so that neighbours meet without a seam. */
export function targetOfTile(picture: Size, tile: Tile, placement: Placement): Rect {
  const { width, height } = levelSize(picture, tile.level);
  const pixels = pixelsOfTile(picture, tile);
  const atX = (x: number): number => Math.round(placement.x + (x / width) * placement.width);
  const atY = (y: number): number => Math.round(placement.y + (y / height) * placement.height);
  const x = atX(pixels.x);
  const y = atY(pixels.y);
  return {
    x,
    y,
    width: atX(pixels.x + pixels.width) - x,
    height: atY(pixels.y + pixels.height) - y,
  };
}

/** The tile of a lower level that a tile lies in. */
export function ancestorOf({ level, x, y }: Tile, levelsUp: number): Tile {
  return { level: level - levelsUp, x: x >> levelsUp, y: y >> levelsUp };
}

/** The part of an ancestor's bitmap that shows what a tile would, in the ancestor's pixels. */
export function partOfAncestor(picture: Size, tile: Tile, ancestor: Tile): Rect {
  const own = levelSize(picture, tile.level);
  const low = levelSize(picture, ancestor.level);
  const pixels = pixelsOfTile(picture, tile);
  const perX = low.width / own.width;
  const perY = low.height / own.height;
  return {
    x: pixels.x * perX - ancestor.x * upscaleTileEdge,
    y: pixels.y * perY - ancestor.y * upscaleTileEdge,
    width: pixels.width * perX,
    height: pixels.height * perY,
  };
}

/** The up to four tiles of the next level that show the same as a tile. */
export function childrenOf(picture: Size, { level, x, y }: Tile): readonly Tile[] {
  if (level >= lastLevel(picture)) return [];
  const { width, height } = levelSize(picture, level + 1);
  const children = [0, 1].flatMap((down) =>
    [0, 1].map((across) => ({ level: level + 1, x: 2 * x + across, y: 2 * y + down })),
  );
  return children.filter(
    (child) => child.x * upscaleTileEdge < width && child.y * upscaleTileEdge < height,
  );
}
