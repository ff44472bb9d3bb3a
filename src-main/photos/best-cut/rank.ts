import type { Reason } from "./reasons.ts";
import type { FrameMeasures } from "./sharpness.ts";

export interface RankCandidate {
  readonly id: number;
  readonly measures: FrameMeasures;
}

export interface RankedFrame {
  readonly id: number;
  /** 0..100, higher is better; comparable inside this burst only. */
  readonly score: number;
  /** From 1, unique in the burst. */
  readonly rank: number;
  readonly reason: Reason;
}

export interface RankedBurst {
  /** In the order given. */
  readonly frames: readonly RankedFrame[];
  readonly pickId: number;
}

/** Ranks the frames of one burst, given in capture order (sentences name them #1, #2…). Needs at least one frame. */
export function rankBurst(frames: readonly RankCandidate[]): RankedBurst {
  const best = Math.max(...frames.map((frame) => frame.measures.sharpness));
  const order = frames.toSorted((a, b) => b.measures.sharpness - a.measures.sharpness);
  const pick = order[0];
  if (pick === undefined) throw new RangeError("A burst has at least one frame.");
  return {
    pickId: pick.id,
    frames: frames.map((frame) => {
      const rank = order.indexOf(frame) + 1;
      return {
        id: frame.id,
        score: best === 0 ? 0 : (100 * frame.measures.sharpness) / best,
        rank,
        reason:
          rank === 1
            ? {
                code: "sharpest",
                en: `Sharpest of ${frames.length}.`,
                ko: `${frames.length}장 중 가장 선명합니다.`,
              }
            : { code: "softer", en: "Softer than the pick.", ko: "고른 사진보다 흐립니다." },
      };
    }),
  };
}
