/**
 * Reads what the BlazeFace network (Bazarevsky et al. 2019, arXiv 1907.05047; "front" of MediaPipe) says of a window,
 * and puts the windows of a photo together. The network looks at 896 anchors: two on each of 16 × 16 cells, six on
 * each of 8 × 8. An anchor's score is a logit, its 16 numbers are pixels from the cell's centre: the box's centre, its
 * size, then the eyes, the tip of the nose, the mouth and the ears.
 */
import type { Box } from "../../src-preload/contract/photos.ts";
import { FACE_WINDOW_EDGE, type Face, type Point } from "./protocol.ts";

/** One of the network's two grids. */
export interface AnchorGrid {
  /** Cells along a side. */
  readonly cells: number;
  /** A logit an anchor. */
  readonly scores: Float32Array;
  /** 16 numbers an anchor. */
  readonly boxes: Float32Array;
}

/** Left, top, right, bottom. */
type Edges = readonly [number, number, number, number];

/** What one anchor saw, as fractions of the photo. */
export interface Sighting {
  /** It may reach beyond the photo. */
  readonly edges: Edges;
  readonly score: number;
  readonly eyes: readonly [Point, Point];
  /** Which window it was seen in. */
  readonly window: number;
}

/** Below it an anchor says nothing. */
const FAINT = 0.5;

/**
 * What the best anchor of a face must say where several windows agree, and where one saw it alone. Faces of 22 people in
 * group photos had 0.84 or more; among 60 painted scenes, one thing had 0.81.
 */
const SURE = 0.82;
const SURE_ALONE = 0.86;

/** Sightings whose boxes share this much of their union are of one face. */
const SAME_FACE = 0.3;

/** A box that lies in a larger one by this share is a part of that face, not another. */
const INSIDE = 0.6;

/** How much of a face must be on the photo. */
const VISIBLE = 0.6;

/** What the network saw in a window, as far as it can be a face. */
export function sightings(grids: readonly AnchorGrid[], place: Box, window: number): Sighting[] {
  return grids.flatMap(({ cells, scores, boxes }) => {
    const perCell = scores.length / (cells * cells);
    const found: Sighting[] = [];
    for (let anchor = 0; anchor < scores.length; anchor += 1) {
      const score = 1 / (1 + Math.exp(-(scores[anchor] ?? 0)));
      if (score < FAINT) continue;
      const cell = Math.floor(anchor / perCell);
      const seen = readAnchor(
        boxes.subarray(16 * anchor, 16 * anchor + 16),
        ((cell % cells) + 0.5) / cells,
        (Math.floor(cell / cells) + 0.5) / cells,
      );
      if (!isFacelike(seen)) continue;
      found.push({ ...onPhoto(seen, place), score, window });
    }
    return found;
  });
}

/** In fractions of the window, which is square. */
interface AnchorFace {
  readonly centre: Point;
  readonly size: Point;
  readonly eyes: readonly [Point, Point];
  readonly nose: Point;
  readonly mouth: Point;
}

function readAnchor(numbers: Float32Array, x: number, y: number): AnchorFace {
  const at = (index: number): number => (numbers[index] ?? 0) / FACE_WINDOW_EDGE;
  const point = (index: number): Point => [x + at(index), y + at(index + 1)];
  return {
    centre: point(0),
    size: [at(2), at(3)],
    eyes: [point(4), point(6)],
    nose: point(8),
    mouth: point(10),
  };
}

/**
 * Whether eyes, nose and mouth lie as a face's do: in the box, the eyes side by side, the mouth below them and the
 * nose between. A head may be turned or leaning, but not upside down.
 */
function isFacelike({ centre, size, eyes, nose, mouth }: AnchorFace): boolean {
  const side = Math.max(...size);
  const isIn = ([x, y]: Point) =>
    Math.abs(x - centre[0]) < 0.6 * size[0] && Math.abs(y - centre[1]) < 0.6 * size[1];
  if (!(size[0] > 0 && size[1] > 0 && [...eyes, nose, mouth].every(isIn))) return false;
  const [one, other] = eyes;
  const between: Point = [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
  const apart = Math.hypot(other[0] - one[0], other[1] - one[1]) / side;
  const down: Point = [mouth[0] - between[0], mouth[1] - between[1]];
  const drop = Math.hypot(...down) / side;
  if (apart < 0.1 || apart > 0.65 || drop < 0.15 || drop > 0.7 || down[1] <= 0) return false;
  // How far down from the eyes to the mouth the nose's tip is.
  const along =
    ((nose[0] - between[0]) * down[0] + (nose[1] - between[1]) * down[1]) / (drop * side) ** 2;
  return along > 0.1 && along < 1;
}

function onPhoto(
  { centre, size, eyes }: AnchorFace,
  [left, top, width, height]: Box,
): Pick<Sighting, "edges" | "eyes"> {
  const point = ([x, y]: Point): Point => [left + x * width, top + y * height];
  const [x0, y0] = point([centre[0] - size[0] / 2, centre[1] - size[1] / 2]);
  const [x1, y1] = point([centre[0] + size[0] / 2, centre[1] + size[1] / 2]);
  return { edges: [x0, y0, x1, y1], eyes: [point(eyes[0]), point(eyes[1])] };
}

/**
 * Each face once: sightings that overlap are averaged, weighted by their scores (the paper's "blending"), and what
 * only one window saw must be the clearer.
 *
 * @returns largest first
 */
export function mergeSightings(seen: readonly Sighting[]): Face[] {
  const faces: Face[] = [];
  const taken: Edges[] = [];
  let left = seen.toSorted((a, b) => b.score - a.score);
  for (;;) {
    const [best] = left;
    if (best === undefined) break;
    const same = left.filter(({ edges }) => sharedOfUnion(edges, best.edges) >= SAME_FACE);
    left = left.filter((sighting) => !same.includes(sighting));
    const isAlone = same.every(({ window }) => window === best.window);
    if (best.score < (isAlone ? SURE_ALONE : SURE)) continue;
    const { edges, eyes } = blend(same);
    const box = visiblePart(edges);
    if (box === null || taken.some((other) => sharedOfSmaller(edges, other) >= INSIDE)) continue;
    taken.push(edges);
    faces.push({ box, score: best.score, eyes });
  }
  return faces.toSorted((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
}

function blend(same: readonly Sighting[]): Pick<Sighting, "edges" | "eyes"> {
  const total = same.reduce((sum, { score }) => sum + score, 0);
  const mean = (read: (sighting: Sighting) => number) =>
    same.reduce((sum, sighting) => sum + sighting.score * read(sighting), 0) / total;
  return {
    edges: [
      mean(({ edges }) => edges[0]),
      mean(({ edges }) => edges[1]),
      mean(({ edges }) => edges[2]),
      mean(({ edges }) => edges[3]),
    ],
    eyes: [
      [mean(({ eyes }) => eyes[0][0]), mean(({ eyes }) => eyes[0][1])],
      [mean(({ eyes }) => eyes[1][0]), mean(({ eyes }) => eyes[1][1])],
    ],
  };
}

/** The box of what is on the photo; null where most of it is not. */
function visiblePart(edges: Edges): Box | null {
  const photo: Edges = [0, 0, 1, 1];
  if (shared(edges, photo) < VISIBLE * area(edges)) return null;
  const [left, top] = [Math.max(0, edges[0]), Math.max(0, edges[1])];
  return [left, top, Math.min(1, edges[2]) - left, Math.min(1, edges[3]) - top];
}

function area([left, top, right, bottom]: Edges): number {
  return (right - left) * (bottom - top);
}

function shared(a: Edges, b: Edges): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return Math.max(0, width) * Math.max(0, height);
}

function sharedOfUnion(a: Edges, b: Edges): number {
  const both = shared(a, b);
  return both / (area(a) + area(b) - both);
}

function sharedOfSmaller(a: Edges, b: Edges): number {
  return shared(a, b) / Math.min(area(a), area(b));
}
