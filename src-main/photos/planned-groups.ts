import { byCapture } from "../../src-preload/contract/capture-order.ts";
import type { Steps } from "../in-turns.ts";
import type { BurstMember, BurstStore, MeasureStore } from "../library/index.ts";
import { type BurstCandidate, type BurstLinks, cutBursts, linkInSteps } from "./best-cut/index.ts";

export interface MemberStores {
  readonly bursts: BurstStore;
  readonly measures: MeasureStore;
}

/** Rows that are read at once. */
const pageSize = 500;

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

/** Every photo of a root that can be grouped, in order of capture. */
export function* membersInSteps(
  { bursts }: Pick<MemberStores, "bursts">,
  rootId: number,
): Steps<BurstMember[]> {
  const members: BurstMember[] = [];
  for (;;) {
    const page = bursts.membersOfRoot(rootId, members.at(-1)?.id ?? 0, pageSize);
    members.push(...page);
    yield;
    if (page.length < pageSize) break;
  }
  return members.sort(byCapture);
}

/** Tells which photos of a root may be grouped: not those of bursts that the person grouped, or moved a pick out of. */
export function isFree(bursts: BurstStore, rootId: number): (member: BurstMember) => boolean {
  const decided = bursts.withMovedPick(rootId);
  return ({ burstId, burstIsManual }) =>
    !burstIsManual && (burstId === null || !decided.has(burstId));
}

/** What the photos of a root look like, by the identity of their bytes; those that are not measured are left out. */
export function* looksInSteps(
  { measures }: Pick<MemberStores, "measures">,
  rootId: number,
): Steps<Map<string, Uint8Array>> {
  const looks = new Map<string, Uint8Array>();
  for (let after = 0; ; ) {
    const page = measures.looksOfRoot(rootId, after, pageSize);
    for (const { identity, look } of page) looks.set(identity, look);
    yield;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return looks;
    after = last.photoId;
  }
}

/**
 * Finds what may hold photos together, folder by folder; the folders that a camera fills one after the other
 * (100CANON, 101CANON) are one.
 *
 * @param gapMs the longest gap that {@link planGroups} will be asked for
 */
export function* linkFolders(
  members: readonly BurstMember[],
  looks: ReadonlyMap<string, Uint8Array>,
  gapMs: number,
): Steps<LinkedFolder[]> {
  const folders: LinkedFolder[] = [];
  for (const own of Map.groupBy(members, ({ directory }) => roll(directory)).values()) {
    yield;
    const candidates = own.map((member) => toCandidate(member, looks));
    folders.push({
      members: new Map(own.map((member) => [member.id, member])),
      links: yield* linkInSteps(candidates, gapMs),
    });
  }
  return folders;
}

/**
 * Which photos form a burst at a gap. A group keeps the burst that most of its photos are in already, so that little
 * changes when a folder is read again. Changes nothing.
 */
export function* planGroups(
  folders: readonly LinkedFolder[],
  gapMs: number,
): Steps<PlannedGroup[]> {
  const taken = new Set<number>();
  const planned: PlannedGroup[] = [];
  for (const { members, links } of folders) {
    const groups = cutBursts(links, gapMs);
    yield;
    for (const group of groups) {
      const frames = group.map((id) => members.get(id)).filter((frame) => frame !== undefined);
      const burstId = mostCommonBurst(frames, taken);
      if (burstId !== null) taken.add(burstId);
      planned.push({ frames, burstId });
    }
    yield;
  }
  return planned;
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
