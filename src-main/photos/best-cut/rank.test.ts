import fc from "fast-check";
import { expect, test } from "vitest";
import { analyseFrame, type FrameMeasures } from "./analyse.ts";
import { burstOf, drawing, expose, plane, shake, smear, soften } from "./frames.fixture.ts";
import type { Box } from "./grid.ts";
import type { Luma } from "./luma.ts";
import { type RankCandidate, rankBurst } from "./rank.ts";

const SIZE = [480, 320] as const;
const sharp = drawing(...SIZE, 3);

const picks = (frames: readonly RankCandidate[]): number[] =>
  rankBurst(frames).ranked.map(({ id }) => id - 99);

const sentences = (frames: readonly RankCandidate[]) =>
  Object.fromEntries(rankBurst(frames).ranked.map(({ id, reason }) => [id - 99, reason]));

/** `subject` inside the box, `rest` about it. */
function compose(subject: Luma, rest: Luma, [x, y, width, height]: Box): Luma {
  const [wide, tall] = SIZE;
  return plane(wide, tall, (column, row) => {
    const isInside =
      column >= x * wide &&
      column < (x + width) * wide &&
      row >= y * tall &&
      row < (y + height) * tall;
    return (isInside ? subject : rest).data[row * wide + column] ?? 0;
  });
}

/** Five frames in which the box and what is about it trade blur; the third has the box sharp. */
function traded(box: Box): Luma[] {
  const steps = [6, 2, 0, 4, 1];
  return steps.map((step) => compose(soften(sharp, step), soften(sharp, 6 - step), box));
}

test("whatever else differs, frames come in order of their blur", () => {
  const steps = [4, 0, 2, 8];
  const frames = steps.map((step, i) =>
    expose(soften(sharp, step), [1, 5, 0, 6][i] ?? 0, [1.1, 0.75, 1, 0.9][i] ?? 1, i),
  );
  const ranked = rankBurst(burstOf(frames));
  expect(ranked.verdict).toBe("pick");
  expect(picks(burstOf(frames))).toEqual([2, 3, 1, 4]);
  expect(ranked.ranked.map(({ rank }) => rank)).toEqual([1, 2, 3, 4]);
  expect(ranked.ranked[0]?.subject).toEqual({ kind: "frame", box: [0, 0, 1, 1] });
});

test("the least noisy of equally sharp frames leads, and it is too close to call", () => {
  const soft = soften(sharp, 2);
  const frames = burstOf([expose(soft, 3, 1, 1), expose(soft, 1, 0.9, 2), expose(soft, 2.5, 1, 3)]);
  const { verdict, ranked } = rankBurst(frames);
  expect(verdict).toBe("tooCloseToCall");
  expect(ranked[0]).toMatchObject({ id: 101, reason: { code: "cleaner" } });
  expect(ranked[1]?.reason.code).toBe("noisier");
});

test.for<Box>([
  [0.35, 0.3, 0.3, 0.4],
  [0.05, 0.1, 0.25, 0.35],
  [0.7, 0.6, 0.25, 0.35],
])("where focus was missed, the region that the rest surrounds is the subject: %j", (box) => {
  const { verdict, ranked } = rankBurst(burstOf(traded(box)));
  expect(verdict).toBe("pick");
  expect(ranked[0]?.id).toBe(102);
  const { kind, box: found } = ranked[0]?.subject ?? {};
  expect(kind).toBe("salient");
  for (const [side, length] of box.entries()) {
    expect(Math.abs((found?.[side] ?? 0) - length)).toBeLessThan(0.09);
  }
  expect(ranked.at(-1)).toMatchObject({
    id: 100,
    reason: { en: "Softer than #3 on the subject: focused elsewhere." },
  });
});

test.for([
  { length: 4, degrees: 0, rounds: 2 },
  { length: 4, degrees: 90, rounds: 2 },
  { length: 7, degrees: 45, rounds: 6 },
])("motion beside defocus is no missed focus: all of the picture is compared (%o)", (blur) => {
  const scene = drawing(900, 600, 1);
  const shaken = shake(scene, blur.length, blur.degrees);
  const pair = [expose(shaken, 1.5, 1, 1), expose(soften(scene, blur.rounds), 1.5, 1, 2)];
  expect(rankBurst(burstOf(pair)).ranked[0]?.subject.kind).toBe("frame");
});

test("the focus point, and before it a face, decide what is compared", () => {
  const frames = traded([0.35, 0.3, 0.3, 0.4]);
  const corner: Box = [0.02, 0.05, 0.2, 0.2];
  expect(rankBurst(burstOf(frames, { focus: corner })).ranked[0]).toMatchObject({
    id: 100,
    subject: { kind: "focusPoint", box: corner },
  });
  const face: Box = [0.4, 0.4, 0.15, 0.2];
  expect(rankBurst(burstOf(frames, { focus: corner, faces: [face] })).ranked[0]).toMatchObject({
    id: 102,
    subject: { kind: "face", box: face },
    reason: { code: "sharpest" },
  });
});

test("a face found in some frames is followed into the others, one that hardly any shows is none", () => {
  const wide = drawing(600, 400, 8);
  const at = (x: number, y: number): Luma =>
    plane(...SIZE, (column, row) => wide.data[(row + y) * 600 + column + x] ?? 0);
  const frames = burstOf([soften(at(40, 30), 3), at(60, 40), soften(at(80, 50), 3)]);
  const box: Box = [0.4, 0.4, 0.15, 0.2];
  const known = frames.map((frame, i) => ({ ...frame, faces: i === 1 ? [box] : null }));
  const { ranked } = rankBurst(known);
  expect(ranked[0]).toMatchObject({ id: 101, subject: { kind: "face", box } });
  const first = ranked.find(({ id }) => id === 100)?.subject.box ?? [0, 0, 0, 0];
  expect(first[0] * 480).toBeCloseTo(box[0] * 480 + 20, -1);
  expect(first[1] * 320).toBeCloseTo(box[1] * 320 + 10, -1);
  const doubtful = [...frames, ...frames].map((frame, i) => ({
    ...frame,
    id: i,
    faces: i === 1 ? [box] : [],
  }));
  expect(rankBurst(doubtful).ranked[0]?.subject.kind).toBe("frame");
});

test("motion is named, with its direction, by the pick and by the frame itself", () => {
  const reasons = sentences(burstOf([smear(sharp, 7), sharp]));
  expect(reasons[2]).toEqual({
    code: "sharpest",
    en: "Sharpest; #1 moved left–right.",
    ko: "가장 선명합니다. #1은 좌우로 흔들렸습니다.",
  });
  expect(reasons[1]).toEqual({
    code: "moved",
    en: "Softer than #2: it moved left–right.",
    ko: "#2보다 흐립니다. 좌우로 흔들렸습니다.",
  });
});

test("a subject that moved is said to have moved, although what is about it is sharper", () => {
  const box: Box = [0.35, 0.3, 0.3, 0.4];
  const frames = [
    compose(sharp, soften(sharp, 4), box),
    compose(smear(sharp, 7), sharp, box),
    compose(soften(sharp, 6), sharp, box),
  ];
  const reasons = sentences(burstOf(frames, { faces: [box] }));
  expect(reasons[2]?.en).toBe("Softer than #1 on the face: it moved left–right.");
  expect(reasons[3]?.en).toBe("Softer than #1 on the face: focused elsewhere.");
});

test.for([
  [0, "left–right", "좌우로"],
  [10, "left–right", "좌우로"],
  [30, "diagonally", "대각선으로"],
  [45, "diagonally", "대각선으로"],
  [60, "diagonally", "대각선으로"],
  [90, "up–down", "위아래로"],
  [120, "diagonally", "대각선으로"],
  [150, "diagonally", "대각선으로"],
  [172, "left–right", "좌우로"],
] as const)("motion at %d° is called %s", ([degrees, en, ko]) => {
  const reasons = sentences(burstOf([shake(sharp, 6, degrees), sharp]));
  expect(reasons[1]?.en).toBe(`Softer than #2: it moved ${en}.`);
  expect(reasons[1]?.ko).toBe(`#2보다 흐립니다. ${ko} 흔들렸습니다.`);
});

test("a subject that moved a little is not said to be out of focus, though the rest is sharper", () => {
  const box: Box = [0.35, 0.3, 0.3, 0.4];
  const rest = soften(sharp, 6);
  for (const degrees of [0, 40, 90, 130]) {
    const moved = compose(shake(sharp, 2.2, degrees), sharp, box);
    const reasons = sentences(burstOf([compose(sharp, rest, box), moved], { faces: [box] }));
    expect(reasons[2]?.code, `${degrees}°: ${reasons[2]?.en}`).not.toBe("elsewhere");
  }
  const defocused = compose(soften(sharp, 2), sharp, box);
  const reasons = sentences(burstOf([compose(sharp, rest, box), defocused], { faces: [box] }));
  expect(reasons[2]?.code).toBe("elsewhere");
});

test("a lone frame is its own pick", () => {
  const { verdict, ranked } = rankBurst(burstOf([sharp]));
  expect(verdict).toBe("pick");
  expect(ranked).toMatchObject([{ id: 100, rank: 1, score: 100, reason: { code: "only-frame" } }]);
});

test("black frames, frames of one pixel and 400 frames that are the same: the first, too close to call", () => {
  const black = plane(...SIZE, () => 0);
  const pixel = plane(1, 1, () => 200);
  const white = plane(...SIZE, () => 255);
  const empty = [burstOf([black, black]), burstOf([pixel, pixel]), burstOf([black, white, black])];
  for (const frames of empty) {
    const { verdict, ranked } = rankBurst(frames);
    expect(verdict).toBe("tooCloseToCall");
    expect(new Set(ranked.map(({ reason }) => reason.code))).toEqual(new Set(["no-detail"]));
  }
  const { measures, detail } = analyseFrame(sharp);
  const same = Array.from({ length: 400 }, (_, i) => ({
    id: i,
    place: i + 1,
    measures,
    detail,
    faces: null,
    focus: null,
  }));
  const { verdict, ranked } = rankBurst(same);
  expect(verdict).toBe("tooCloseToCall");
  expect(ranked.map(({ id }) => id)).toEqual(same.map(({ id }) => id));
});

test("a frame without an edge stands behind one that has some", () => {
  const reasons = sentences(burstOf([plane(...SIZE, () => 90), sharp]));
  expect(reasons[1]?.code).toBe("no-edge");
  expect(reasons[2]?.en).toBe("The only one of 2 with clear edges.");
});

const GOOD: FrameMeasures = {
  sharpness: 0.4,
  noise: 1,
  contrast: 50,
  brightness: 0.45,
  clippedHighlights: 0,
  clippedShadows: 0,
  laplacianVariance: 300,
  motion: 0,
  motionDegrees: 0,
};

/** Frames of which nothing but the measures is known. */
function measured(...frames: Partial<FrameMeasures>[]): RankCandidate[] {
  return frames.map((measures, i) => ({
    id: 100 + i,
    place: i + 1,
    measures: { ...GOOD, ...measures },
    detail: new Uint8Array(),
    faces: null,
    focus: null,
  }));
}

test("without their records, frames are ranked by overall sharpness", () => {
  const frames = measured({ sharpness: 0.31 }, { sharpness: 0.5 }, { sharpness: 0.4 });
  expect(picks(frames)).toEqual([2, 3, 1]);
  expect(sentences(frames)[2]).toEqual({
    code: "sharpest",
    en: "Sharpest; #3 is 20 % softer.",
    ko: "가장 선명합니다. #3은 20% 더 흐립니다.",
  });
});

test("a sharp frame that lost half its picture to white stands behind a good one, and both say so", () => {
  const frames = measured({ sharpness: 0.48, clippedHighlights: 0.6 }, { sharpness: 0.43 });
  expect(picks(frames)).toEqual([2, 1]);
  // Lost tones make edges look crisper than they are: so much of a lead is none.
  expect(sentences(frames)[1]?.en).toBe("As sharp as #2, but 60 % of it is blown out.");
  expect(sentences(frames)[2]?.en).toBe("As sharp as #1, with more of its highlights kept.");
  // Gently: a soft frame does not win by its exposure.
  expect(picks(measured({ sharpness: 0.5, clippedHighlights: 0.4 }, { sharpness: 0.33 }))).toEqual([
    1, 2,
  ]);
});

test("between equally sharp frames lost tones decide, and are named", () => {
  expect(sentences(measured({}, { clippedShadows: 0.2 }))).toMatchObject({
    1: { en: "As sharp as #2, with more of its shadows kept." },
    2: { en: "As sharp as #1, but 20 % of it is lost in black." },
  });
});

test("a burst without frames is a mistake of the caller", () => {
  expect(() => rankBurst([])).toThrow(RangeError);
});

test("whatever was measured, ranks are a permutation in order of score, and every sentence is whole", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const frame = fc.record({
    sharpness: fc.oneof(fc.constant(0), fc.double({ min: 0.02, max: 0.6, noNaN: true })),
    noise: fc.double({ min: 0, max: 32, noNaN: true }),
    clippedHighlights: share,
    clippedShadows: share,
  });
  const box = fc.constantFrom<Box | null>(null, [0.2, 0.2, 0.3, 0.3], [0.9, 0.9, 0.1, 0.1]);
  fc.assert(
    fc.property(
      fc.array(frame, { minLength: 1, maxLength: 9 }),
      box,
      box,
      (measures, face, focus) => {
        const frames = measured(...measures).map((one) => ({
          ...one,
          faces: face === null ? null : [face],
          focus,
        }));
        const { ranked } = rankBurst(frames);
        expect(ranked.map(({ rank }) => rank)).toEqual(ranked.map((_, i) => i + 1));
        expect(new Set(ranked.map(({ id }) => id)).size).toBe(frames.length);
        for (const [i, { score, reason }] of ranked.entries()) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(ranked[i - 1]?.score ?? 100);
          expect(reason.en).toMatch(/^[A-Z#].*\.$/);
          expect(reason.ko).toMatch(/^[\d#가-힣].*다\.$/);
          expect(`${reason.en} ${reason.ko}`).not.toMatch(/NaN|Infinity|undefined|-\d/);
        }
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});
