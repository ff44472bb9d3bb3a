import type { Localized } from "../../../src-preload/contract/problem.ts";

export type ReasonCode =
  | "only-frame"
  | "sharpest"
  | "too-close"
  | "cleaner"
  | "better-exposed"
  | "softer"
  | "noisier"
  | "clipped-highlights"
  | "clipped-shadows"
  | "no-edge"
  | "no-detail";

/** Why a frame has its rank: a stable code, and one sentence in both languages. */
export interface Reason extends Localized {
  readonly code: ReasonCode;
}

/** What is lost at an end of the scale. */
export type Clipping = "highlights" | "shadows";

export function onlyFrame(): Reason {
  return {
    code: "only-frame",
    en: "The only frame of its moment.",
    ko: "이 순간에 찍은 유일한 사진입니다.",
  };
}

/** The pick of `count`, its edges `ratio` (above 1) times as crisp as those of frame `next`. */
export function sharpest(count: number, next: number, ratio: number): Reason {
  return {
    code: "sharpest",
    en: `Sharpest of ${count}: edges ${crisper(ratio).en} than in #${next}, the next best.`,
    ko: `${count}장 중 가장 선명합니다. 다음 순위인 #${next}보다 윤곽이 ${crisper(ratio).ko}.`,
  };
}

/** The pick of `count` of which no other has an edge that stands out of the noise. */
export function onlyCrisp(count: number): Reason {
  return {
    code: "sharpest",
    en: `The only one of ${count} with crisp edges.`,
    ko: `${count}장 중 유일하게 윤곽이 또렷합니다.`,
  };
}

export function tooClose(other: number): Reason {
  return {
    code: "too-close",
    en: `About as sharp as #${other}: too close to call.`,
    ko: `#${other}에 비해 선명도 차이가 거의 없어 우열을 가리기 어렵습니다.`,
  };
}

export function cleaner(other: number): Reason {
  return {
    code: "cleaner",
    en: `About as sharp as #${other}, with less noise.`,
    ko: `#${other}만큼 선명하면서 노이즈가 더 적습니다.`,
  };
}

/** The pick, about as sharp as `other`, which lost more of its tones. */
export function betterExposed(other: number, clipping: Clipping): Reason {
  return {
    code: "better-exposed",
    en: `About as sharp as #${other}, with more of its ${clipping} kept.`,
    ko:
      clipping === "highlights"
        ? `#${other}만큼 선명하면서 밝은 부분이 덜 날아갔습니다.`
        : `#${other}만큼 선명하면서 어두운 부분이 덜 뭉개졌습니다.`,
  };
}

/** The pick although `other` is `ratio` (above 1) times as crisp, since `share` (0..1) of that is lost. */
export function sharperIsClipped(
  other: number,
  ratio: number,
  clipping: Clipping,
  share: number,
): Reason {
  const lost = lostShare(clipping, share);
  return {
    code: "better-exposed",
    en: `The edges of #${other} are ${crisper(ratio).en}, but ${lost.en}.`,
    ko: `#${other} 쪽이 윤곽은 ${crisper(ratio).koJoining}, ${lost.ko}.`,
  };
}

/** The pick although `other` is `ratio` (above 1) times as crisp, since that is noisier. */
export function sharperIsNoisier(other: number, ratio: number): Reason {
  return {
    code: "cleaner",
    en: `The edges of #${other} are ${crisper(ratio).en}, but it has far more noise.`,
    ko: `#${other} 쪽이 윤곽은 ${crisper(ratio).koJoining}, 노이즈가 훨씬 많습니다.`,
  };
}

/** Behind the pick, whose edges are `1 / ratio` times as crisp; `ratio` is below 1. */
export function softer(pick: number, ratio: number): Reason {
  const less = percent(1 - ratio);
  return {
    code: "softer",
    en: `Softer than #${pick}: edges ${less} % less crisp.`,
    ko: `#${pick}보다 흐립니다. 윤곽이 ${less}% 덜 또렷합니다.`,
  };
}

/** Behind the pick for its noise; `isSharper` when its edges are the crisper ones. */
export function noisier(pick: number, isSharper: boolean): Reason {
  return {
    code: "noisier",
    en: isSharper
      ? `Sharper than #${pick}, but far noisier.`
      : `About as sharp as #${pick}, but noisier.`,
    ko: isSharper
      ? `#${pick}보다 선명하지만 노이즈가 훨씬 많습니다.`
      : `#${pick}만큼 선명하지만 노이즈가 더 많습니다.`,
  };
}

/** Behind the pick since `share` (0..1) of it is lost; `isSharper` when its edges are the crisper ones. */
export function clipped(
  pick: number,
  isSharper: boolean,
  clipping: Clipping,
  share: number,
): Reason {
  const lost = lostShare(clipping, share);
  return {
    code: clipping === "highlights" ? "clipped-highlights" : "clipped-shadows",
    en: `${isSharper ? "Sharper than" : "About as sharp as"} #${pick}, but ${lost.en}.`,
    ko: `#${pick}${isSharper ? "보다" : "만큼"} 선명하지만 ${lost.ko}.`,
  };
}

export function noEdge(): Reason {
  return {
    code: "no-edge",
    en: "Not one crisp edge: out of focus, moved or lost in noise.",
    ko: "또렷한 윤곽이 없습니다. 초점이 맞지 않았거나 흔들렸거나 노이즈에 묻힌 사진입니다.",
  };
}

export function noDetail(count: number): Reason {
  return {
    code: "no-detail",
    en: `No edge to compare in any of ${count} frames.`,
    ko: `${count}장 모두 비교할 만한 윤곽이 없습니다.`,
  };
}

/** "24 % crisper", "2.6 times as crisp" where that says more; in Korean ending a sentence, or going on. */
function crisper(ratio: number): { en: string; ko: string; koJoining: string } {
  const amount = ratio < 2 ? `${percent(ratio - 1)}%` : `${ratio.toFixed(1)}배`;
  return {
    en: ratio < 2 ? `${percent(ratio - 1)} % crisper` : `${ratio.toFixed(1)} times crisper`,
    ko: `${amount} 더 또렷합니다`,
    koJoining: `${amount} 더 또렷하지만`,
  };
}

function lostShare(clipping: Clipping, share: number): Localized {
  const lost = percent(share);
  return clipping === "highlights"
    ? { en: `${lost} % of it is blown out`, ko: `화면의 ${lost}%가 하얗게 날아갔습니다` }
    : { en: `${lost} % of it is lost in black`, ko: `화면의 ${lost}%가 검게 뭉개졌습니다` };
}

function percent(share: number): number {
  return Math.max(1, Math.round(100 * share));
}
