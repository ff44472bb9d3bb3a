import { lookDistance } from "./look.ts";

/** What grouping needs to know of a photo. */
export interface BurstCandidate {
  readonly id: number;
  /** File name, or its path relative to what was dropped; sorted naturally (IMG_2 before IMG_10). */
  readonly name: string;
  /** Capture time in ms since the epoch, read as local time; null where the photo carries none. */
  readonly capturedAt: number | null;
  /** Whether the camera's clock recorded sub-seconds. */
  readonly subSecond: boolean;
  /** Make, model and (where known) serial number; frames of two cameras are never one burst. */
  readonly camera: string | null;
  /** From `describeLook`; null where the photo could not be looked at: then time alone decides. */
  readonly look: Uint8Array | null;
}

export interface GroupingOptions {
  /** Longest pause between two frames of one burst, in ms. */
  readonly gapMs: number;
  /** Greatest `lookDistance` between neighbours of one burst, 0..1. */
  readonly lookThreshold?: number;
}

export const DEFAULT_GAP_MS = 2000;
const DEFAULT_LOOK_THRESHOLD = 0.5;

/** Groups photos into bursts: every id in exactly one group, groups and ids in capture order. */
export function groupBursts(
  candidates: readonly BurstCandidate[],
  options: GroupingOptions,
): number[][] {
  const groups: number[][] = [];
  let previous: BurstCandidate | undefined;
  const threshold = options.lookThreshold ?? DEFAULT_LOOK_THRESHOLD;
  for (const candidate of candidates.toSorted(
    (a, b) => (a.capturedAt ?? 0) - (b.capturedAt ?? 0),
  )) {
    const last = groups.at(-1);
    const near =
      previous !== undefined &&
      previous.camera === candidate.camera &&
      previous.capturedAt !== null &&
      candidate.capturedAt !== null &&
      candidate.capturedAt - previous.capturedAt <= options.gapMs &&
      (previous.look === null ||
        candidate.look === null ||
        lookDistance(previous.look, candidate.look) <= threshold);
    if (near && last !== undefined) last.push(candidate.id);
    else groups.push([candidate.id]);
    previous = candidate;
  }
  return groups;
}
