import type { Localized } from "../../../src-preload/contract/problem.ts";
import type { SubjectKind } from "./subject.ts";

export type ReasonCode =
  | "only-frame"
  | "sharpest"
  | "too-close"
  | "cleaner"
  | "better-exposed"
  | "softer"
  | "moved"
  | "elsewhere"
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

/** What is wrong with a frame that is softer than another one. */
export type Fault =
  /** Along a direction, 0..180 degrees clockwise from the right. */
  | { readonly kind: "moved"; readonly degrees: number }
  /** Something else than the subject is sharper in it. */
  | { readonly kind: "elsewhere" }
  /** It is this share (0..1) less crisp. */
  | { readonly kind: "softer"; readonly share: number };

export function onlyFrame(): Reason {
  return {
    code: "only-frame",
    en: "The only frame of its moment.",
    ko: "이 순간에 찍은 유일한 사진입니다.",
  };
}

/** The pick, and what is wrong with frame `next`, the next best. */
export function sharpest(where: SubjectKind, next: number, fault: Fault): Reason {
  const lead = { en: `Sharpest${ON[where].en}`, ko: `${ON[where].ko}가장 선명합니다` };
  const other = `#${next}`;
  const topic = `${other}${topicParticle(next)}`;
  switch (fault.kind) {
    case "moved": {
      const way = wayOf(fault.degrees);
      return {
        code: "sharpest",
        en: `${lead.en}; ${other} moved ${way.en}.`,
        ko: `${lead.ko}. ${topic} ${way.ko} 흔들렸습니다.`,
      };
    }
    case "elsewhere":
      return {
        code: "sharpest",
        en: `${lead.en}; ${other} is focused elsewhere.`,
        ko: `${lead.ko}. ${topic} 초점이 다른 곳에 맞았습니다.`,
      };
    case "softer":
      return {
        code: "sharpest",
        en: `${lead.en}; ${other} is ${percent(fault.share)} % softer.`,
        ko: `${lead.ko}. ${topic} ${percent(fault.share)}% 더 흐립니다.`,
      };
  }
}

/** The pick of `count` of which no other has an edge that stands out of the noise. */
export function onlyCrisp(where: SubjectKind, count: number): Reason {
  return {
    code: "sharpest",
    en: `The only one of ${count} with clear edges${ON[where].en}.`,
    ko: `${count}장 가운데 유일하게 ${ON[where].ko}또렷합니다.`,
  };
}

export function tooClose(where: SubjectKind, other: number): Reason {
  return {
    code: "too-close",
    en: `As sharp as #${other}${ON[where].en}: too close to call.`,
    ko: `${ON[where].ko}#${other}만큼 선명해 우열을 가리기 어렵습니다.`,
  };
}

export function cleaner(where: SubjectKind, other: number): Reason {
  return {
    code: "cleaner",
    en: `As sharp as #${other}${ON[where].en}, with less noise.`,
    ko: `${ON[where].ko}#${other}만큼 선명하면서 노이즈가 더 적습니다.`,
  };
}

/** The pick, about as sharp as `other`, which lost more of its tones. */
export function betterExposed(where: SubjectKind, other: number, clipping: Clipping): Reason {
  return {
    code: "better-exposed",
    en: `As sharp as #${other}${ON[where].en}, with more of its ${clipping} kept.`,
    ko:
      clipping === "highlights"
        ? `${ON[where].ko}#${other}만큼 선명하면서 밝은 부분이 덜 날아갔습니다.`
        : `${ON[where].ko}#${other}만큼 선명하면서 어두운 부분이 덜 뭉개졌습니다.`,
  };
}

/** The pick although `other` is sharper, since `share` (0..1) of that is lost. */
export function sharperIsClipped(other: number, clipping: Clipping, share: number): Reason {
  const lost = lostShare(clipping, share);
  return {
    code: "better-exposed",
    en: `#${other} is sharper, but ${lost.en}.`,
    ko: `#${other}${subjectParticle(other)} 더 선명하지만 ${lost.ko}.`,
  };
}

/** Behind the pick for its sharpness. */
export function behind(where: SubjectKind, pick: number, fault: Fault): Reason {
  const lead = { en: `Softer than #${pick}${ON[where].en}`, ko: `#${pick}보다 ${ON[where].ko}` };
  switch (fault.kind) {
    case "moved": {
      const way = wayOf(fault.degrees);
      return {
        code: "moved",
        en: `${lead.en}: it moved ${way.en}.`,
        ko: `${lead.ko}흐립니다. ${way.ko} 흔들렸습니다.`,
      };
    }
    case "elsewhere":
      return {
        code: "elsewhere",
        en: `${lead.en}: focused elsewhere.`,
        ko: `${lead.ko}흐립니다. 초점이 다른 곳에 맞았습니다.`,
      };
    case "softer":
      return {
        code: "softer",
        en: `${lead.en}, by ${percent(fault.share)} %.`,
        ko: `${lead.ko}${percent(fault.share)}% 더 흐립니다.`,
      };
  }
}

/** As sharp as the pick, but behind it for its noise. */
export function noisier(where: SubjectKind, pick: number): Reason {
  return {
    code: "noisier",
    en: `As sharp as #${pick}${ON[where].en}, but noisier.`,
    ko: `${ON[where].ko}#${pick}만큼 선명하지만 노이즈가 더 많습니다.`,
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
    en: `${isSharper ? "Sharper than" : "As sharp as"} #${pick}, but ${lost.en}.`,
    ko: `#${pick}${isSharper ? "보다" : "만큼"} 선명하지만 ${lost.ko}.`,
  };
}

export function noEdge(where: SubjectKind): Reason {
  return {
    code: "no-edge",
    en: `Not one clear edge${ON[where].en}: out of focus, moved or lost in noise.`,
    ko: `${ON[where].ko}또렷하지 않습니다. 초점이 맞지 않았거나 흔들렸거나 노이즈에 묻혔습니다.`,
  };
}

export function noDetail(count: number): Reason {
  return {
    code: "no-detail",
    en: `No edge to compare in any of ${count} frames.`,
    ko: `${count}장 모두 비교할 만한 윤곽이 없습니다.`,
  };
}

/** Where it was measured: behind an English adjective, before a Korean one. */
const ON: Readonly<Record<SubjectKind, Localized>> = {
  face: { en: " on the face", ko: "얼굴이 " },
  focusPoint: { en: " at the focus point", ko: "초점을 맞춘 곳이 " },
  salient: { en: " on the subject", ko: "피사체가 " },
  frame: { en: "", ko: "" },
};

/** Lines this near (in degrees) to the horizontal or the vertical are called so; they are measured to about ten. */
const STRAIGHT = 15;

/** A line by its angle, clockwise from the right. */
function wayOf(degrees: number): Localized {
  if (Math.min(degrees, 180 - degrees) <= STRAIGHT) return { en: "left–right", ko: "좌우로" };
  if (Math.abs(degrees - 90) <= STRAIGHT) return { en: "up–down", ko: "위아래로" };
  return { en: "diagonally", ko: "대각선으로" };
}

/** Korean particles follow the sound of the number that is read out: 1, 3, 6, 7, 8 and 0 end in a consonant. */
function topicParticle(number: number): string {
  return endsInVowel(number) ? "는" : "은";
}

function subjectParticle(number: number): string {
  return endsInVowel(number) ? "가" : "이";
}

function endsInVowel(number: number): boolean {
  return [2, 4, 5, 9].includes(number % 10);
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
