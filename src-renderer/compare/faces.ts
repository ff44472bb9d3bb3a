import type { Box, PhotoDetail, PhotoRow } from "../../src-preload/contract/photos.ts";

/** One face through the frames of a burst: where it is in each; null where it was not found. */
export interface FaceRow {
  readonly boxes: ReadonlyMap<number, Box | null>;
  /** Side of the square that is shown of every frame, in pixels of the photo: the same for all, so that they compare. */
  readonly side: number;
}

export interface FaceFrame {
  readonly photo: Pick<PhotoRow, "id" | "subject" | "width" | "height">;
  readonly detail: Pick<PhotoDetail, "faces"> | null;
}

/** Room around a face: hair and chin. */
const room = 1.7;
/** A face is the same one when its middle moved by less than this many of its sizes. */
const reach = 1.5;
/** Boxes are of one face when more than this share of the smaller one is in both. */
const sameShare = 0.5;

/**
 * The faces of a burst, each through all frames: those of the first frame, the one that was compared first, then by
 * size; a face of another frame belongs to the nearest of them.
 */
export function faceRows(frames: readonly FaceFrame[]): FaceRow[] {
  const found = frames.map((frame) => ({ ...frame, boxes: facesOf(frame) }));
  const lead = found.find(({ boxes }) => boxes.length > 0);
  if (lead === undefined) return [];
  return lead.boxes.map((face) => {
    const boxes = new Map(
      found.map((frame) => [frame.photo.id, frame === lead ? face : nearest(face, frame.boxes)]),
    );
    const sides = found.map(({ photo }) => {
      const box = boxes.get(photo.id) ?? null;
      return box === null ? 0 : Math.max(box[2] * photo.width, box[3] * photo.height);
    });
    return { boxes, side: room * Math.max(...sides) };
  });
}

/** The square around a face, in shares of its photo; moved inside where it would reach over an edge. */
export function closeUp(
  [x, y, width, height]: Box,
  side: number,
  photo: { readonly width: number; readonly height: number },
): Box {
  const [across, down] = [Math.min(1, side / photo.width), Math.min(1, side / photo.height)];
  const inside = (middle: number, length: number): number =>
    Math.min(1 - length, Math.max(0, middle - length / 2));
  return [inside(x + width / 2, across), inside(y + height / 2, down), across, down];
}

function facesOf({ photo, detail }: FaceFrame): Box[] {
  if (photo.width === 0 || photo.height === 0) return [];
  const compared = photo.subject?.kind === "face" ? [photo.subject.box] : [];
  const others = (detail?.faces ?? []).filter((face) => !compared.some((box) => isSame(box, face)));
  return [...compared, ...others];
}

function isSame(one: Box, other: Box): boolean {
  const across = Math.min(one[0] + one[2], other[0] + other[2]) - Math.max(one[0], other[0]);
  const down = Math.min(one[1] + one[3], other[1] + other[3]) - Math.max(one[1], other[1]);
  if (across <= 0 || down <= 0) return false;
  return across * down > sameShare * Math.min(one[2] * one[3], other[2] * other[3]);
}

function nearest(face: Box, boxes: readonly Box[]): Box | null {
  let best: Box | null = null;
  let least = reach;
  for (const box of boxes) {
    const away = distance(face, box);
    if (away < least) [best, least] = [box, away];
  }
  return best;
}

/** Between the middles of two boxes, in sizes of the first. */
function distance(one: Box, other: Box): number {
  const across = one[0] + one[2] / 2 - other[0] - other[2] / 2;
  const down = one[1] + one[3] / 2 - other[1] - other[3] / 2;
  return Math.hypot(across / one[2], down / one[3]);
}
