import fc from "fast-check";
import { expect, test } from "vitest";
import { type RankCandidate, rankBurst } from "./rank.ts";
import type { FrameMeasures } from "./sharpness.ts";

const GOOD: FrameMeasures = {
  sharpness: 0.4,
  noise: 1,
  contrast: 50,
  brightness: 0.45,
  clippedHighlights: 0,
  clippedShadows: 0,
  laplacianVariance: 300,
};

function burst(...frames: Partial<FrameMeasures>[]): RankCandidate[] {
  return frames.map((measures, i) => ({ id: 100 + i, measures: { ...GOOD, ...measures } }));
}

function reasons(frames: RankCandidate[]): string[] {
  return rankBurst(frames).frames.map((frame) => frame.reason.en);
}

test("the sharpest frame leads, and says by how much", () => {
  const ranked = rankBurst(burst({ sharpness: 0.31 }, { sharpness: 0.5 }, { sharpness: 0.4 }));
  expect(ranked.pickId).toBe(101);
  expect(ranked.frames.map((frame) => frame.rank)).toEqual([3, 1, 2]);
  expect(ranked.frames.map((frame) => frame.reason)).toEqual([
    {
      code: "softer",
      en: "Softer than #2: edges 38 % less crisp.",
      ko: "#2보다 흐립니다. 윤곽이 38% 덜 또렷합니다.",
    },
    {
      code: "sharpest",
      en: "Sharpest of 3: edges 25 % crisper than in #3, the next best.",
      ko: "3장 중 가장 선명합니다. 다음 순위인 #3보다 윤곽이 25% 더 또렷합니다.",
    },
    {
      code: "softer",
      en: "Softer than #2: edges 20 % less crisp.",
      ko: "#2보다 흐립니다. 윤곽이 20% 덜 또렷합니다.",
    },
  ]);
});

test("a lone frame is its own pick", () => {
  const ranked = rankBurst(burst({}));
  expect(ranked).toMatchObject({
    pickId: 100,
    frames: [{ rank: 1, score: 100, reason: { code: "only-frame" } }],
  });
});

test("a sharp frame that lost half its picture to white stands behind a good one, and both say so", () => {
  const frames = burst({ sharpness: 0.48, clippedHighlights: 0.5 }, { sharpness: 0.44 });
  expect(rankBurst(frames).pickId).toBe(101);
  expect(reasons(frames)).toEqual([
    "Sharper than #2, but 50 % of it is blown out.",
    "The edges of #1 are 9 % crisper, but 50 % of it is blown out.",
  ]);
});

test("the penalty for lost tones is gentle: a soft frame does not win by its exposure", () => {
  const frames = burst({ sharpness: 0.5, clippedHighlights: 0.3 }, { sharpness: 0.33 });
  expect(rankBurst(frames).pickId).toBe(100);
});

test("between equally sharp frames, noise and lost tones decide, and are named", () => {
  expect(reasons(burst({ noise: 4 }, {}))).toEqual([
    "About as sharp as #2, but noisier.",
    "About as sharp as #1, with less noise.",
  ]);
  expect(reasons(burst({}, { clippedShadows: 0.4 }))).toEqual([
    "About as sharp as #2, with more of its shadows kept.",
    "About as sharp as #1, but 40 % of it is lost in black.",
  ]);
  expect(reasons(burst({ sharpness: 0.405 }, { sharpness: 0.4 }))).toEqual([
    "About as sharp as #2: too close to call.",
    "About as sharp as #1: too close to call.",
  ]);
});

test("frames without an edge are told from frames with one", () => {
  expect(reasons(burst({ sharpness: 0 }, {}))).toEqual([
    "Not one crisp edge: out of focus, moved or lost in noise.",
    "The only one of 2 with crisp edges.",
  ]);
  const black = rankBurst(burst({ sharpness: 0 }, { sharpness: 0 }));
  expect(black.pickId).toBe(100);
  expect(black.frames.map((frame) => frame.reason.code)).toEqual(["no-detail", "no-detail"]);
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
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 9 }), (measures) => {
      const { frames, pickId } = rankBurst(burst(...measures));
      const order = frames.toSorted((a, b) => a.rank - b.rank);
      expect(order.map((one) => one.rank)).toEqual(order.map((_, i) => i + 1));
      expect(order.map((one) => one.score)).toEqual(
        order.map((one) => one.score).sort((a, b) => b - a),
      );
      expect(order[0]?.id).toBe(pickId);
      for (const { score, reason } of frames) {
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
        expect(reason.en).toMatch(/^[A-Z#].*\.$/);
        expect(reason.ko).toMatch(/^[\d#가-힣].*다\.$/);
        expect(`${reason.en} ${reason.ko}`).not.toMatch(/NaN|Infinity|undefined|-\d/);
      }
    }),
    { seed: 7, numRuns: 500 },
  );
});
