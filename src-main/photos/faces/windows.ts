/** Cuts the square windows of a photo in which faces are looked for. */
import type { Box } from "../../../src-preload/contract/photos.ts";
import { FACE_WINDOW_EDGE, type FaceWindow } from "../../inference/index.ts";
import type { Frame } from "../worker/decode.ts";

/**
 * Sides of the windows, as shares of the short side. The detector finds faces from about a seventh of its window on:
 * these reach down to a twentieth of the short side. Half of it would cost twice as many windows.
 */
const SHARES = [0.36, 0.62];

/** A face up to this share of a window lies whole in one of them. */
const OVERLAP = 1 / 3;

/** A panorama is cut as if its short side were this share of the long one, lest it fall into hundreds of windows. */
const SHORTEST = 0.3;

/** Windows about a known face, in sides of its box: as the detector likes it, and one for a face that moved. */
const NEAR = [2.2, 4];

const edge = FACE_WINDOW_EDGE;

/** Part of a frame, brought to another scale. */
interface Scaled {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** Of its upper left corner, in the frame's pixels. */
  readonly left: number;
  readonly top: number;
  /** Its pixels to one of the frame's. */
  readonly scale: number;
}

/**
 * Windows over the whole photo: all of it in one, then overlapping squares of two sizes. About 30 of a 3:2 photo,
 * small faces' first.
 */
export function everywhere(frame: Frame): FaceWindow[] {
  return windows(frame, SHARES);
}

/** A third of the windows, for a quick look: all of the photo in one, then the larger squares. */
export function glance(frame: Frame): FaceWindow[] {
  return windows(frame, SHARES.slice(-1));
}

function windows(frame: Frame, sizes: readonly number[]): FaceWindow[] {
  const long = Math.max(frame.width, frame.height);
  const short = Math.max(Math.min(frame.width, frame.height), long * SHORTEST);
  const cuts: FaceWindow[] = [];
  let source = unscaled(frame);
  // Each size is made from the next smaller one: only the first has all the photo's pixels to read.
  for (const side of [...sizes.map((share) => share * short), long]) {
    const scale = edge / side;
    const width = Math.max(edge, Math.round(frame.width * scale));
    const height = Math.max(edge, Math.round(frame.height * scale));
    const left = (frame.width - width / scale) / 2;
    const top = (frame.height - height / scale) / 2;
    source = rescale(source, { left, top, scale }, width, height);
    for (const y of starts(height)) {
      for (const x of starts(width)) cuts.push(cut(source, x, y, frame));
    }
  }
  return cuts;
}

/**
 * Two windows about each box: where a face known from another frame of the burst will be, if it moved by no more than
 * its own size.
 */
export function near(frame: Frame, boxes: readonly Box[]): FaceWindow[] {
  const source = unscaled(frame);
  return boxes.flatMap(([x, y, width, height]) =>
    NEAR.map((sides) => {
      const side = sides * Math.max(width * frame.width, height * frame.height);
      const left = place((x + width / 2) * frame.width, side, frame.width);
      const top = place((y + height / 2) * frame.height, side, frame.height);
      return cut(rescale(source, { left, top, scale: edge / side }, edge, edge), 0, 0, frame);
    }),
  );
}

function unscaled({ width, height, data }: Frame): Scaled {
  // Not the Buffer itself: code that reads two kinds of arrays takes twice as long.
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { width, height, data: bytes, left: 0, top: 0, scale: 1 };
}

/** Where a window about `centre` begins: inside the photo as long as it fits. */
function place(centre: number, side: number, length: number): number {
  if (side >= length) return (length - side) / 2;
  return Math.min(Math.max(0, centre - side / 2), length - side);
}

/** Where windows begin along an axis, evenly spread. */
function starts(length: number): number[] {
  const room = length - edge;
  const steps = Math.ceil(room / (edge * (1 - OVERLAP)));
  return Array.from({ length: steps + 1 }, (_, i) => Math.round((room * i) / Math.max(1, steps)));
}

/** A window of its own memory: a message to another process carries all of a view's buffer. */
function cut(source: Scaled, x: number, y: number, frame: Frame): FaceWindow {
  const pixels = new Uint8Array(edge * edge * 3);
  for (let row = 0; row < edge; row += 1) {
    const at = 3 * ((y + row) * source.width + x);
    pixels.set(source.data.subarray(at, at + 3 * edge), 3 * edge * row);
  }
  const side = edge / source.scale;
  return {
    place: [
      (source.left + x / source.scale) / frame.width,
      (source.top + y / source.scale) / frame.height,
      side / frame.width,
      side / frame.height,
    ],
    pixels,
  };
}

/** Every pixel is the mean of the area that it covers; what lies outside of the source is black. */
function rescale(
  source: Scaled,
  target: Pick<Scaled, "left" | "top" | "scale">,
  width: number,
  height: number,
): Scaled {
  const step = source.scale / target.scale;
  const columns = shares(source.width, (target.left - source.left) * source.scale, step, width);
  const rows = shares(source.height, (target.top - source.top) * source.scale, step, height);
  const data = new Uint8Array(width * height * 3);
  const from = 3 * (columns.first[0] ?? 0);
  const to = 3 * columns.end;
  const sums = new Float32Array(to);
  let tap = 0;
  for (let row = 0; row < height; row += 1) {
    sums.fill(0);
    let line = rows.first[row] ?? 0;
    for (let n = rows.count[row] ?? 0; n > 0; n -= 1) {
      add(sums, source.data, 3 * line * source.width, from, to, rows.share[tap] ?? 0);
      tap += 1;
      line += 1;
    }
    average(sums, columns, data.subarray(3 * row * width, 3 * (row + 1) * width));
  }
  return { ...target, width, height, data };
}

function add(
  sums: Float32Array,
  data: Uint8Array,
  start: number,
  from: number,
  to: number,
  share: number,
): void {
  for (let i = from; i < to; i += 1) sums[i] = (sums[i] ?? 0) + share * (data[start + i] ?? 0);
}

function average(sums: Float32Array, columns: Shares, line: Uint8Array): void {
  let tap = 0;
  for (let column = 0; 3 * column < line.length; column += 1) {
    let i = 3 * (columns.first[column] ?? 0);
    let red = 0.5;
    let green = 0.5;
    let blue = 0.5;
    for (let n = columns.count[column] ?? 0; n > 0; n -= 1) {
      const share = columns.share[tap] ?? 0;
      red += share * (sums[i] ?? 0);
      green += share * (sums[i + 1] ?? 0);
      blue += share * (sums[i + 2] ?? 0);
      tap += 1;
      i += 3;
    }
    line[3 * column] = red;
    line[3 * column + 1] = green;
    line[3 * column + 2] = blue;
  }
}

/** Which pixels of an axis, and how much of each, make a pixel of the rescaled one. */
interface Shares {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Of all pixels, one after the other. */
  readonly share: Float32Array;
  /** The first pixel of the source that nothing needs any more. */
  readonly end: number;
}

function shares(length: number, start: number, step: number, count: number): Shares {
  const firsts = new Int32Array(count);
  const counts = new Int32Array(count);
  const share = new Float32Array(count * (Math.ceil(step) + 1));
  // Where many make one, none is shared by two: a quarter less to read, and nobody sees it.
  const edgeAt = (place: number) => (step < 2 ? place : Math.round(place));
  let taps = 0;
  let end = 0;
  for (let i = 0; i < count; i += 1) {
    const from = edgeAt(start + i * step);
    const to = edgeAt(start + (i + 1) * step);
    const low = Math.min(length, Math.max(0, from));
    const high = Math.min(length, Math.max(0, to));
    const first = Math.min(length - 1, Math.floor(low));
    const last = Math.max(first, Math.ceil(high));
    firsts[i] = first;
    counts[i] = last - first;
    for (let at = first; at < last; at += 1) {
      share[taps] = (Math.min(high, at + 1) - Math.max(low, at)) / (to - from);
      taps += 1;
    }
    end = Math.max(end, last);
  }
  return { first: firsts, count: counts, share, end };
}
