import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { pixelsOf } from "../viewer2d/pixels.ts";
import { type Point, type Size, turnBox, turnedSize } from "../viewer2d/viewport.ts";

/** Edges of the square that is tried, in pixels of the photo; the smaller, the larger it is shown. */
export const spotEdges = [64, 96, 128, 192, 256, 384, 512] as const;
export const firstSpotEdge = 192;

/** Pixels of a photo as it is made larger: upright, and turned as the person turned it. */
export function shownSize(
  photo: Pick<PhotoRow, "preview" | "width" | "height" | "rotation">,
): Size {
  return turnedSize(pixelsOf(photo), photo.rotation);
}

/** The place that is looked at first, in shares of the photo as it is shown: what best cut compared, else the middle. */
export function firstSpot({ subject, rotation }: Pick<PhotoRow, "subject" | "rotation">): Point {
  if (subject === null || subject.kind === "frame") return { x: 0.5, y: 0.5 };
  const [x, y, width, height] = turnBox(subject.box, rotation);
  return { x: x + width / 2, y: y + height / 2 };
}

/** The next larger (1) or smaller (-1) square that the photo has room for. */
export function nextEdge(edge: number, direction: 1 | -1, photo: Size): number {
  const most = Math.min(photo.width, photo.height);
  const next =
    direction === 1
      ? spotEdges.find((each) => each > edge && each <= most)
      : spotEdges.findLast((each) => each < edge);
  return next ?? edge;
}

/**
 * The place that a square of `edge` pixels really has: it stays inside the photo, and its corner lies on a whole pixel,
 * so that the same place is asked for once.
 * @param photo size as it is shown, in pixels
 */
export function settleSpot(spot: Point, edge: number, photo: Size): Point {
  return {
    x: settleAxis(spot.x, edge, photo.width),
    y: settleAxis(spot.y, edge, photo.height),
  };
}

function settleAxis(middle: number, edge: number, length: number): number {
  if (length <= edge) return 0.5;
  const corner = Math.min(length - edge, Math.max(0, Math.round(middle * length - edge / 2)));
  return (corner + edge / 2) / length;
}

/** Moves the square by this many of its own edges. */
export function moveSpot(spot: Point, x: number, y: number, edge: number, photo: Size): Point {
  return settleSpot(
    { x: spot.x + (x * edge) / photo.width, y: spot.y + (y * edge) / photo.height },
    edge,
    photo,
  );
}

/** Whether a photo has pixels that can be made larger. */
export function hasPixels({ state, width }: Pick<PhotoRow, "state" | "width">): boolean {
  return state !== "skipped" && state !== "missing" && state !== "gone" && width > 0;
}
