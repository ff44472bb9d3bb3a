import type { Box, Rotation } from "../../src-preload/contract/photos.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect extends Point, Size {}

/**
 * How a photo is looked at, whichever photo that is: kept from one photo to the next.
 * `fit`: all of it is seen; `fill`: the box is covered; `scale`: device pixels per image pixel, 1 being 100 %.
 */
export interface Look {
  readonly zoom: "fit" | "fill" | { readonly scale: number };
  /** The place in the middle of the box: shares 0..1 of the photo as it is shown, turned. */
  readonly center: Point;
}

/** Where the whole photo lies in the box, in device pixels; larger than the box when it is zoomed in. */
export interface Placement extends Rect {
  readonly scale: number;
}

export const fitLook: Look = { zoom: "fit", center: { x: 0.5, y: 0.5 } };

/** 3200 %: single pixels can be counted. */
const maxScale = 32;
/** How far a small photo is blown up to fill the box: more would only show how small it is. */
const maxFitScale = 2;

/** Size of a photo as it is shown after the person's turn. */
export function turnedSize(size: Size, rotation: Rotation): Size {
  return rotation === 90 || rotation === 270 ? { width: size.height, height: size.width } : size;
}

/** A part of the upright photo as a part of the photo as it is shown, both in shares of it. */
export function turnBox([x, y, width, height]: Box, rotation: Rotation): Box {
  switch (rotation) {
    case 0:
      return [x, y, width, height];
    case 90:
      return [1 - y - height, x, height, width];
    case 180:
      return [1 - x - width, 1 - y - height, width, height];
    case 270:
      return [y, 1 - x - width, height, width];
  }
}

/** The scale that shows all of the photo. */
export function fitScale(photo: Size, box: Size): number {
  return Math.min(box.width / photo.width, box.height / photo.height, maxFitScale);
}

export function scaleOf(look: Look, photo: Size, box: Size): number {
  if (look.zoom === "fit") return fitScale(photo, box);
  if (look.zoom === "fill") return Math.max(box.width / photo.width, box.height / photo.height);
  return look.zoom.scale;
}

/**
 * Lays the photo into the box. Whatever the look says, no gap opens beside a photo that is larger than the box, and one
 * that is smaller is centred. The corner lies on a whole device pixel, so that at 100 % nothing is resampled.
 * @param photo size in image pixels, turned
 * @param box size in device pixels
 */
export function place(look: Look, photo: Size, box: Size): Placement {
  const scale = scaleOf(look, photo, box);
  const width = photo.width * scale;
  const height = photo.height * scale;
  return {
    scale,
    width,
    height,
    x: placeAxis(look.center.x, width, box.width),
    y: placeAxis(look.center.y, height, box.height),
  };
}

function placeAxis(center: number, length: number, box: number): number {
  if (length <= box) return Math.round((box - length) / 2);
  return Math.round(Math.min(0, Math.max(box - length, box / 2 - center * length)));
}

/** The look whose middle is what `placement` really shows there: limits become part of it, so that panning never sticks. */
function lookAt(zoom: Look["zoom"], placement: Placement, box: Size): Look {
  return {
    zoom,
    center: {
      x: (box.width / 2 - placement.x) / placement.width,
      y: (box.height / 2 - placement.y) / placement.height,
    },
  };
}

/** Moves what is seen by this many device pixels, as a hand that drags the photo does. */
export function pan(look: Look, by: Point, photo: Size, box: Size): Look {
  const { scale, width, height, x, y } = place(look, photo, box);
  const moved = {
    x: (box.width / 2 - x - by.x) / width,
    y: (box.height / 2 - y - by.y) / height,
  };
  return lookAt(look.zoom, place({ zoom: { scale }, center: moved }, photo, box), box);
}

/**
 * Zooms to `scale`; what is under `at` (device pixels of the box) stays there, as far as the limits of panning let it.
 * At or below the scale that shows the whole photo it becomes `fit`.
 */
export function zoomAt(look: Look, scale: number, at: Point, photo: Size, box: Size): Look {
  const least = fitScale(photo, box);
  const next = Math.min(maxScale, scale);
  if (next <= least) return fitLook;
  const now = place(look, photo, box);
  const share = { x: (at.x - now.x) / now.width, y: (at.y - now.y) / now.height };
  const center = {
    x: share.x + (box.width / 2 - at.x) / (photo.width * next),
    y: share.y + (box.height / 2 - at.y) / (photo.height * next),
  };
  const zoom = { scale: next };
  return lookAt(zoom, place({ zoom, center }, photo, box), box);
}

/** Between the whole photo and 100 % at the pointer. A photo that is as large when it fits goes to twice that. */
export function toggleZoom(look: Look, at: Point, photo: Size, box: Size): Look {
  const least = fitScale(photo, box);
  if (scaleOf(look, photo, box) > least) return fitLook;
  return zoomAt(look, least < 1 ? 1 : least * 2, at, photo, box);
}

/** The same place of a photo that was turned from one rotation to another. */
export function turnLook(look: Look, from: Rotation, to: Rotation): Look {
  let { x, y } = look.center;
  for (let turned = from; turned !== to; turned = nextQuarter[turned]) [x, y] = [1 - y, x];
  return { zoom: look.zoom, center: { x, y } };
}

const nextQuarter: Record<Rotation, Rotation> = { 0: 90, 90: 180, 180: 270, 270: 0 };

/** What has to be drawn: a rectangle of the bitmap, and where it goes before the turn is applied. */
export interface Drawing {
  /** In bitmap pixels, whole numbers. */
  readonly source: Rect;
  /** In the coordinates of the photo before it is turned, times `scale`: see `transform`. */
  readonly target: Rect;
  /** Takes coordinates of `target` to device pixels of the box; as for `setTransform`. */
  readonly transform: readonly [number, number, number, number, number, number];
}

/**
 * The part of a bitmap that is seen in the box; null when nothing of it is. The bitmap may be a smaller rendition of the
 * photo.
 * @param photo size in image pixels, not turned
 */
export function drawingOf(
  placement: Placement,
  photo: Size,
  rotation: Rotation,
  bitmap: Size,
  box: Size,
): Drawing | null {
  const { scale, x, y, width, height } = placement;
  // Seen part of the photo as shown, in image pixels.
  const left = Math.max(0, -x) / scale;
  const top = Math.max(0, -y) / scale;
  const right = Math.min(width, box.width - x) / scale;
  const bottom = Math.min(height, box.height - y) / scale;
  if (right <= left || bottom <= top) return null;
  const seen = unturn(
    { x: left, y: top, width: right - left, height: bottom - top },
    photo,
    rotation,
  );
  const perX = bitmap.width / photo.width;
  const perY = bitmap.height / photo.height;
  // One more pixel on each side: smoothing reads neighbours.
  const fromX = Math.max(0, Math.floor(seen.x * perX + 1e-6) - 1);
  const fromY = Math.max(0, Math.floor(seen.y * perY + 1e-6) - 1);
  const toX = Math.min(bitmap.width, Math.ceil((seen.x + seen.width) * perX - 1e-6) + 1);
  const toY = Math.min(bitmap.height, Math.ceil((seen.y + seen.height) * perY - 1e-6) + 1);
  const source = { x: fromX, y: fromY, width: toX - fromX, height: toY - fromY };
  return {
    source,
    target: {
      x: (source.x / perX) * scale,
      y: (source.y / perY) * scale,
      width: (source.width / perX) * scale,
      height: (source.height / perY) * scale,
    },
    transform: transformOf(placement, rotation),
  };
}

/** A rectangle of the turned photo in the coordinates of the photo as it was. */
function unturn(rect: Rect, photo: Size, rotation: Rotation): Rect {
  const { x, y, width, height } = rect;
  switch (rotation) {
    case 0:
      return rect;
    case 90:
      return { x: y, y: photo.height - x - width, width: height, height: width };
    case 180:
      return { x: photo.width - x - width, y: photo.height - y - height, width, height };
    case 270:
      return { x: photo.width - y - height, y: x, width: height, height: width };
  }
}

function transformOf(placement: Placement, rotation: Rotation): Drawing["transform"] {
  const { x, y, width, height } = placement;
  switch (rotation) {
    case 0:
      return [1, 0, 0, 1, x, y];
    case 90:
      return [0, 1, -1, 0, x + width, y];
    case 180:
      return [-1, 0, 0, -1, x + width, y + height];
    case 270:
      return [0, -1, 1, 0, x, y + height];
  }
}
