import type { Steps } from "../../in-turns.ts";
import { NO_SHIFT, type Shift } from "./align.ts";
import { type Box, DIRECTIONS, overlap, WHOLE } from "./grid.ts";
import { type Layer, layOver, type Stack } from "./layers.ts";
import { chooseSubject, findPlanes } from "./planes.ts";

/** What a burst is compared on. */
export type SubjectKind = "face" | "focusPoint" | "salient" | "frame";

export interface Subject {
  readonly kind: SubjectKind;
  readonly box: Box;
}

/** What is known of one frame's subject. */
export interface Hints {
  /** Null where none were looked for. */
  readonly faces: readonly Box[] | null;
  /** Where the camera says that it focused. */
  readonly focus: Box | null;
}

/** The one subject of a burst, and where it is. */
export interface BurstSubject {
  readonly kind: SubjectKind;
  /** What each cell of the stack counts, 0..1. */
  readonly region: Float32Array;
  /** Of each frame. */
  readonly boxes: readonly Box[];
  /** The frames laid over each other so that the subject itself lies on itself. */
  readonly layers: readonly Layer[];
}

/** A face that only so few of the frames that were searched show may be none. */
const LEAST_SHOWN = 0.34;
/** A focus point that hardly any frame has says nothing of the others. */
const LEAST_FOCUSED = 0.5;
/** Boxes whose middles are this far apart, in their own sizes, are not of the same thing. */
const SAME_THING = 0.8;
/** A subject that moved by less than this share of its size against the scene is taken to have stood still. */
const STOOD_STILL = 0.35;
/** A region grows until it holds so many edges in the frame that has most… */
const ENOUGH_EDGES = 60;
/** …by this factor, but not beyond this share of the photo's sides. */
const GROWTH = 1.25;
const LARGEST = 0.3;

/** Decides what to compare a burst on: a face, else the focus point, else what stands out, else the whole frame. */
export function* findSubject(stack: Stack, hints: readonly Hints[]): Steps<BurstSubject> {
  return (
    (yield* track("face", stack, yield* mainFaces(stack, hints))) ??
    (yield* track("focusPoint", stack, focusPoints(hints))) ??
    salient(stack) ??
    wholeFrame(stack)
  );
}

export function wholeFrame(stack: Stack): BurstSubject {
  return {
    kind: "frame",
    region: new Float32Array(stack.columns * stack.rows).fill(1),
    boxes: stack.details.map(() => WHOLE),
    layers: stack.layers,
  };
}

/** The same face of each frame, the one that counts most over the burst; null for a frame that does not show it. */
function* mainFaces(stack: Stack, hints: readonly Hints[]): Steps<readonly (Box | null)[]> {
  const found = hints.map(({ faces }, i) =>
    (faces ?? []).map((box) => ({ scene: moved(box, shiftOf(stack, i), -1), box })),
  );
  const searched = hints.filter(({ faces }) => faces !== null).length;
  let best: { weight: number; boxes: readonly (Box | null)[] } | null = null;
  for (const { scene } of found.flat()) {
    const boxes = found.map((own) => nearest(own, scene));
    yield;
    const shown = boxes.filter((box) => box !== null);
    if (shown.length < LEAST_SHOWN * searched) continue;
    const weight = shown.reduce((sum, box) => sum + prominence(box), 0) / Math.max(1, shown.length);
    const share = weight * Math.sqrt(shown.length / searched);
    if (best === null || share > best.weight) best = { weight: share, boxes };
  }
  return best?.boxes ?? hints.map(() => null);
}

/** Large, and rather in the middle. */
function prominence([x, y, width, height]: Box): number {
  const away = Math.hypot(x + width / 2 - 0.5, y + height / 2 - 0.5);
  return Math.sqrt(width * height) * Math.exp(-1.5 * away * away);
}

function nearest(found: readonly { scene: Box; box: Box }[], scene: Box): Box | null {
  let best: { away: number; box: Box } | null = null;
  for (const one of found) {
    const away = apart(one.scene, scene);
    if (away <= 2 * SAME_THING && (best === null || away < best.away))
      best = { away, box: one.box };
  }
  return best?.box ?? null;
}

function focusPoints(hints: readonly Hints[]): readonly (Box | null)[] {
  const points = hints.map(({ focus }) => focus);
  const known = points.filter((point) => point !== null).length;
  return known >= LEAST_FOCUSED * hints.length ? points : points.map(() => null);
}

/**
 * Follows a box through the burst. Where it stands still in the scene, one region of the scene is compared; a frame in
 * which it moved against the scene is laid over by the box itself, one without a box by the scene.
 */
function* track(
  kind: "face" | "focusPoint",
  stack: Stack,
  found: readonly (Box | null)[],
): Steps<BurstSubject | null> {
  const inScene = found.flatMap((box, i) =>
    box === null ? [] : [moved(box, shiftOf(stack, i), -1)],
  );
  const home = medianBox(inScene);
  if (home === null) return null;
  const shifts = found.map((box, i): Shift => {
    const scene = shiftOf(stack, i);
    if (box === null || apart(moved(box, scene, -1), home) <= STOOD_STILL) return scene;
    return {
      x: box[0] + box[2] / 2 - home[0] - home[2] / 2,
      y: box[1] + box[3] / 2 - home[1] - home[3] / 2,
      agreement: 1,
    };
  });
  const layers: Layer[] = [];
  for (const [i, layer] of stack.layers.entries()) {
    const detail = stack.details[i];
    const shift = shifts[i];
    const isInPlace = detail === undefined || shift === undefined || shift === stack.shifts[i];
    layers.push(isInPlace ? layer : layOver(stack, detail, shift));
    yield;
  }
  const region = yield* grow(stack, layers, home);
  const boxes = found.map((box, i) => box ?? moved(home, shifts[i] ?? NO_SHIFT, 1));
  return region === null ? null : { kind, region, boxes, layers };
}

/** The cells of a box, larger where it holds too few edges to compare; null where there are none even then. */
function* grow(stack: Stack, layers: readonly Layer[], home: Box): Steps<Float32Array | null> {
  let box = home;
  for (;;) {
    const region = Float32Array.from({ length: stack.columns * stack.rows }, (_, cell) =>
      overlap(stack, cell % stack.columns, Math.floor(cell / stack.columns), box),
    );
    const edges = yield* mostEdges(layers, region);
    if (edges >= ENOUGH_EDGES) return region;
    if (Math.max(box[2], box[3]) >= LARGEST) return edges > 0 ? region : null;
    box = scaled(box, GROWTH);
  }
}

function* mostEdges(layers: readonly Layer[], region: Float32Array): Steps<number> {
  let most = 0;
  for (const { edges } of layers) {
    let sum = 0;
    region.forEach((own, cell) => {
      if (own === 0) return;
      for (let i = DIRECTIONS * cell; i < DIRECTIONS * (cell + 1); i += 1) {
        sum += own * (edges[i] ?? 0);
      }
    });
    most = Math.max(most, sum);
    yield;
  }
  return most;
}

/** What the frames disagree about: of two planes that trade focus, the one that a photographer means. */
function salient(stack: Stack): BurstSubject | null {
  const planes = findPlanes(stack, stack.layers);
  if (planes === null) return null;
  const { cells, left, top, right, bottom } = chooseSubject(stack, planes);
  const { columns, rows } = stack;
  const home: Box = [left / columns, top / rows, (right - left) / columns, (bottom - top) / rows];
  return {
    kind: "salient",
    region: cells,
    boxes: stack.details.map((_, i) => moved(home, shiftOf(stack, i), 1)),
    layers: stack.layers,
  };
}

function shiftOf(stack: Stack, i: number): Shift {
  return stack.shifts[i] ?? NO_SHIFT;
}

/** A box moved with the scene (1) or back (-1), as far as it stays in the photo. */
function moved([x, y, width, height]: Box, shift: Shift, sign: 1 | -1): Box {
  return [
    Math.max(0, Math.min(1 - width, x + sign * shift.x)),
    Math.max(0, Math.min(1 - height, y + sign * shift.y)),
    width,
    height,
  ];
}

function scaled([x, y, width, height]: Box, factor: number): Box {
  const left = Math.max(0, x - ((factor - 1) * width) / 2);
  const top = Math.max(0, y - ((factor - 1) * height) / 2);
  return [left, top, Math.min(1 - left, factor * width), Math.min(1 - top, factor * height)];
}

/** Distance of two boxes' middles in units of their size. */
function apart(a: Box, b: Box): number {
  const size = (Math.sqrt(a[2] * a[3]) + Math.sqrt(b[2] * b[3])) / 2;
  const across = a[0] + a[2] / 2 - b[0] - b[2] / 2;
  const down = a[1] + a[3] / 2 - b[1] - b[3] / 2;
  return Math.hypot(across, down) / Math.max(1e-6, size);
}

function medianBox(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  const median = (side: 0 | 1 | 2 | 3): number =>
    boxes.map((box) => box[side]).sort((a, b) => a - b)[Math.floor(boxes.length / 2)] ?? 0;
  const [width, height] = [median(2), median(3)];
  return [median(0), median(1), width, height];
}
