import type { BurstMember, BurstStore, MeasureStore } from "../library/index.ts";
import { type BurstCandidate, type BurstLinks, cutBursts, linkFrames } from "./best-cut/index.ts";

export interface MemberStores {
  readonly bursts: BurstStore;
  readonly measures: MeasureStore;
}

/** Photos that are grouped with each other and with none besides. */
export interface LinkedFolder {
  readonly members: ReadonlyMap<number, BurstMember>;
  readonly links: BurstLinks;
}

/** Photos that belong together, in order of capture. */
export interface PlannedGroup {
  readonly frames: readonly BurstMember[];
  /** The burst that becomes theirs; null for a new one. */
  readonly burstId: number | null;
}

/**
 * Finds what may hold photos together, folder by folder; the folders that a camera fills one after the other
 * (100CANON, 101CANON) are one.
 *
 * @param gapMs the longest gap that {@link planGroups} will be asked for
 */
export function linkFolders(
  members: readonly BurstMember[],
  looks: ReadonlyMap<string, Uint8Array>,
  gapMs: number,
): LinkedFolder[] {
  return [...Map.groupBy(members, ({ directory }) => roll(directory)).values()].map((own) => ({
    members: new Map(own.map((member) => [member.id, member])),
    links: linkFrames(
      own.map((member) => toCandidate(member, looks)),
      gapMs,
    ),
  }));
}

/**
 * Which photos form a burst at a gap. A group keeps the burst that most of its photos are in already, so that little
 * changes when a folder is read again. Changes nothing.
 */
export function planGroups(folders: readonly LinkedFolder[], gapMs: number): PlannedGroup[] {
  const taken = new Set<number>();
  return folders.flatMap(({ members, links }) =>
    cutBursts(links, gapMs).map((group) => {
      const frames = group.map((id) => members.get(id)).filter((frame) => frame !== undefined);
      const burstId = mostCommonBurst(frames, taken);
      if (burstId !== null) taken.add(burstId);
      return { frames, burstId };
    }),
  );
}

function toCandidate(member: BurstMember, looks: ReadonlyMap<string, Uint8Array>): BurstCandidate {
  return {
    id: member.id,
    // Photos without a time are in a row only inside one folder.
    name: `${member.directory}/${member.name}`,
    identity: member.identity,
    capturedAt: member.capturedAt,
    subSecond: member.hasSubseconds,
    offsetMinutes: member.offsetMinutes,
    exposureSeconds: member.exposureSeconds,
    camera: member.camera,
    look: looks.get(member.identity) ?? null,
  };
}

/** A camera's folders (DCF: three digits and five characters) count as the one that they are in. */
function roll(directory: string): string {
  return directory.replace(/([\\/])[1-9]\d\d\w{5}$/u, "$1*");
}

function mostCommonBurst(
  frames: readonly BurstMember[],
  taken: ReadonlySet<number>,
): number | null {
  const counts = new Map<number, number>();
  for (const { burstId } of frames) {
    if (burstId === null || taken.has(burstId)) continue;
    counts.set(burstId, (counts.get(burstId) ?? 0) + 1);
  }
  let best: number | null = null;
  for (const [burstId, count] of counts) {
    if (best === null || count > (counts.get(best) ?? 0)) best = burstId;
  }
  return best;
}
