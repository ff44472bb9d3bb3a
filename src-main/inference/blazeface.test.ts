import { describe, expect, test } from "vitest";
import type { Box } from "../../src-preload/contract/photos.ts";
import { type AnchorGrid, mergeSightings, type Sighting, sightings } from "./blazeface.ts";
import { FACE_WINDOW_EDGE } from "./protocol.ts";

/** In fractions of the window. */
interface Seen {
  readonly centre?: readonly [number, number];
  readonly size?: readonly [number, number];
  /** Eyes, nose and mouth from the centre, in sizes. */
  readonly points?: readonly (readonly [number, number])[];
  readonly score?: number;
}

const usual = [
  [-0.2, -0.2],
  [0.2, -0.2],
  [0, 0.05],
  [0, 0.25],
] as const;

/** What the network would say of a face: one anchor of the fine grid, all others silent. */
function gridWith({ centre = [0.5, 0.5], size = [0.3, 0.3], points = usual, score = 0.95 }: Seen) {
  const grid: AnchorGrid = {
    cells: 16,
    scores: new Float32Array(512).fill(-8),
    boxes: new Float32Array(512 * 16),
  };
  const [column, row] = centre.map((place) => Math.floor(place * 16));
  const anchor = 2 * (16 * (row ?? 0) + (column ?? 0));
  grid.scores[anchor] = Math.log(score / (1 - score));
  const [x, y] = [((column ?? 0) + 0.5) / 16, ((row ?? 0) + 0.5) / 16];
  const numbers = [centre[0] - x, centre[1] - y, ...size];
  for (const point of points) {
    numbers.push(centre[0] + point[0] * size[0] - x, centre[1] + point[1] * size[1] - y);
  }
  grid.boxes.set(
    numbers.map((value) => value * FACE_WINDOW_EDGE),
    16 * anchor,
  );
  return grid;
}

const whole: Box = [0, 0, 1, 1];
const see = (seen: Seen, place = whole, window = 0) => sightings([gridWith(seen)], place, window);

describe("what a window shows", () => {
  test("a face comes out where its window is on the photo", () => {
    const [face] = see({ centre: [0.25, 0.75], size: [0.2, 0.2] }, [0.5, -0.2, 0.4, 0.6]);
    const wanted = [0.5 + 0.4 * 0.15, -0.2 + 0.6 * 0.65, 0.5 + 0.4 * 0.35, -0.2 + 0.6 * 0.85];
    for (const [i, edge] of wanted.entries()) expect(face?.edges[i]).toBeCloseTo(edge, 5);
    expect(face?.score).toBeCloseTo(0.95, 5);
    expect(face?.eyes[0][0]).toBeCloseTo(0.5 + 0.4 * (0.25 - 0.2 * 0.2), 5);
    expect(face?.eyes[1][1]).toBeCloseTo(-0.2 + 0.6 * (0.75 - 0.2 * 0.2), 5);
  });

  test("a faint one is none", () => {
    expect(see({ score: 0.4 })).toEqual([]);
  });

  const odd: readonly [string, Seen["points"] & {}][] = [
    ["upside down", usual.map(([x, y]) => [-x, -y] as const)],
    ["with its mouth above its eyes", [...usual.slice(0, 3), [0, -0.4]]],
    ["with its nose below its mouth", [...usual.slice(0, 2), [0, 0.4], [0, 0.25]]],
    ["with both eyes in one place", [[0, -0.2], [0.01, -0.2], ...usual.slice(2)]],
    ["with an eye outside", [[-0.9, -0.2], ...usual.slice(1)]],
  ];
  test.each(odd)("a face %s is none", (_, points) => {
    expect(see({ points })).toEqual([]);
  });

  test("a leaning head and one turned aside are faces", () => {
    const [sin, cos] = [Math.sin(0.6), Math.cos(0.6)];
    const leaning = usual.map(([x, y]) => [cos * x - sin * y, sin * x + cos * y] as const);
    const aside = [
      [-0.3, -0.2],
      [-0.15, -0.2],
      [-0.4, 0],
      [-0.25, 0.25],
    ] as const;
    expect(see({ points: leaning })).toHaveLength(1);
    expect(see({ points: aside })).toHaveLength(1);
  });

  test("numbers that are none are no face", () => {
    expect(see({ size: [Number.NaN, 0.3] })).toEqual([]);
    expect(see({ centre: [0.5, 0.5], size: [-0.3, -0.3] })).toEqual([]);
  });
});

describe("the windows of a photo", () => {
  const sighting = (edges: Sighting["edges"], score: number, window: number): Sighting => ({
    edges,
    score,
    window,
    eyes: [
      [edges[0], edges[1]],
      [edges[2], edges[1]],
    ],
  });

  test("what several see is one face, in between, nearer to the surer", () => {
    const faces = mergeSightings([
      sighting([0.1, 0.1, 0.3, 0.3], 0.9, 0),
      sighting([0.13, 0.1, 0.33, 0.3], 0.6, 1),
    ]);
    expect(faces).toHaveLength(1);
    expect(faces[0]?.box[0]).toBeCloseTo(0.112, 6);
    expect(faces[0]?.box[2]).toBeCloseTo(0.2, 6);
    expect(faces[0]?.eyes[0][0]).toBeCloseTo(0.112, 6);
    expect(faces[0]?.score).toBe(0.9);
  });

  test("what one sees alone must be surer", () => {
    const twice = [sighting([0.1, 0.1, 0.3, 0.3], 0.84, 0), sighting([0.1, 0.1, 0.3, 0.3], 0.7, 1)];
    expect(mergeSightings(twice)).toHaveLength(1);
    expect(mergeSightings(twice.map((seen) => ({ ...seen, window: 0 })))).toEqual([]);
    expect(mergeSightings([sighting([0.1, 0.1, 0.3, 0.3], 0.9, 0)])).toHaveLength(1);
  });

  test("a part of a face is no second one; a neighbour is", () => {
    const face = sighting([0.2, 0.2, 0.6, 0.6], 0.95, 0);
    expect(mergeSightings([face, sighting([0.25, 0.25, 0.4, 0.4], 0.9, 1)])).toHaveLength(1);
    const both = mergeSightings([sighting([0.6, 0.2, 0.8, 0.4], 0.97, 1), face]);
    expect(both.map(({ box }) => box[0])).toEqual([0.2, 0.6]);
  });

  test("a face at the border ends there; one beyond it is none", () => {
    const [face] = mergeSightings([sighting([-0.03, 0.9, 0.17, 1.03], 0.95, 0)]);
    expect(face?.box[0]).toBe(0);
    expect(face?.box[2]).toBeCloseTo(0.17, 6);
    expect(face?.box[3]).toBeCloseTo(0.1, 6);
    expect(mergeSightings([sighting([-0.15, 0.5, 0.05, 0.7], 0.95, 0)])).toEqual([]);
  });
});
