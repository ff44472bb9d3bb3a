import type { Localized } from "../../../src-preload/contract/problem.ts";

export type ReasonCode =
  | "only-frame"
  | "sharpest"
  | "too-close"
  | "softer"
  | "clipped-highlights"
  | "clipped-shadows"
  | "noisier"
  | "no-detail";

/** Why a frame has its rank: a stable code, and one sentence in both languages. */
export interface Reason extends Localized {
  readonly code: ReasonCode;
}
