export {
  analyseFrame,
  type FrameAnalysis,
  type FrameMeasures,
  MEASURES_VERSION,
} from "./analyse.ts";
export {
  type BurstCandidate,
  type BurstLinks,
  cutBursts,
  DEFAULT_GAP_MS,
  type GroupingOptions,
  groupBursts,
  linkFrames,
  linkInSteps,
} from "./bursts.ts";
export type { Box } from "./grid.ts";
export {
  areLooksAlike,
  describeLook,
  distanceOfLooks,
  LOOK_BYTES,
  type Look,
  lookDistance,
  openLook,
} from "./look.ts";
export type { Luma } from "./luma.ts";
export {
  type RankCandidate,
  type RankedBurst,
  type RankedFrame,
  rankBurst,
  rankInSteps,
} from "./rank.ts";
export type { Reason, ReasonCode } from "./reasons.ts";
export type { Subject, SubjectKind } from "./subject.ts";
