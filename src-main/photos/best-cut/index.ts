export {
  type BurstCandidate,
  DEFAULT_GAP_MS,
  type GroupingOptions,
  groupBursts,
} from "./bursts.ts";
export { describeLook, LOOK_BYTES, lookDistance } from "./look.ts";
export type { Luma, Region } from "./luma.ts";
export { type RankCandidate, type RankedBurst, type RankedFrame, rankBurst } from "./rank.ts";
export type { Reason, ReasonCode } from "./reasons.ts";
export { type FrameMeasures, isTooClose, MEASURES_VERSION, measureFrame } from "./sharpness.ts";
