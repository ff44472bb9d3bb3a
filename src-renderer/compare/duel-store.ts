import { create } from "zustand";
import { framesOf, tiesIn } from "../state/bursts.ts";
import type { Item } from "../state/derive.ts";
import { chooseBest, decide } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { acceptByHand } from "../state/proposals.ts";
import { tiedFrames } from "../state/ties.ts";
import { activate, focusOn, useView } from "../state/view-store.ts";
import { crown, type Duel, focusedOf, startDuel, step, swap } from "./duel.ts";
import { burstBeside, openItems, realBursts, togetherWith } from "./frames.ts";

interface DuelState {
  /** The duel on the screen; null while compare is not shown. */
  readonly duel: Duel | null;
  /** Which of the bursts (of the ties) it is about, from 1, when it began; null for photos of several. */
  readonly burst: { readonly position: number; readonly count: number } | null;
}

export const useDuel = create<DuelState>(() => ({ duel: null, burst: null }));

/** The burst that all frames are of; null when they are of several. */
export function commonBurst(frames: readonly number[]): number | null {
  const { photos } = useLibrary.getState();
  const bursts = new Set(frames.map((id) => photos.get(id)?.burstId ?? null));
  const [burstId = null] = bursts;
  return bursts.size === 1 ? burstId : null;
}

/** Whether the person selected the photos that are compared: then there is no next burst to go on to. */
export function isChosen({ kingId }: Duel): boolean {
  const { selection } = useView.getState();
  return selection.size > 1 && selection.has(kingId);
}

/** The first frame of the burst to go on to; null where there is none. */
function nextOf({ kingId }: Duel, direction: 1 | -1): number | null {
  const items = openItems();
  const wanted = new Set(burstsAhead(items));
  return burstBeside(items, kingId, direction, (burstId) => wanted.has(burstId));
}

/** Whether another burst waits after this one. */
export function hasNextBurst(duel: Duel): boolean {
  return !isChosen(duel) && nextOf(duel, 1) !== null;
}

/** Begins with the photos that belong with this one; their best frame is the reference. */
export function begin(activeId: number): void {
  const items = openItems();
  const { comparesTies, selection } = useView.getState();
  const tied = comparesTies ? tiedWith(activeId) : null;
  const frames = tied ?? togetherWith(items, activeId, selection);
  const burstId = commonBurst(frames);
  const pickId = burstId === null ? null : useLibrary.getState().bursts.get(burstId)?.pickId;
  const kingId = frames.find((id) => id === pickId) ?? activeId;
  const bursts = burstsAhead(items);
  const position = burstId === null ? 0 : bursts.indexOf(burstId) + 1;
  useDuel.setState({ burst: position === 0 ? null : { position, count: bursts.length } });
  show(startDuel(frames, kingId, activeId));
}

export function end(): void {
  useDuel.setState({ duel: null, burst: null });
}

/** Frames of the photo's burst among which the best could not be told, in capture order; null where that is no tie. */
function tiedWith(photoId: number): number[] | null {
  const { photos, bursts } = useLibrary.getState();
  const burstId = photos.get(photoId)?.burstId ?? null;
  if (burstId === null || bursts.get(burstId)?.verdict !== "tooCloseToCall") return null;
  const frames = framesOf(photos, burstId);
  const tied = new Set(tiedFrames(frames));
  return frames.flatMap(({ id }) => (tied.has(id) ? [id] : []));
}

/** Bursts that can be gone on to, in order: while ties are compared, those. */
function burstsAhead(items: readonly Item[]): number[] {
  const { photos, bursts } = useLibrary.getState();
  const ids = realBursts(items);
  if (!useView.getState().comparesTies) return ids;
  const ties = tiesIn(photos, bursts);
  return ids.filter((id) => ties.has(id));
}

function show(duel: Duel): void {
  useDuel.setState({ duel });
  focusOn(focusedOf(duel));
}

/** Changes the duel; what decisions are about becomes the active photo. */
export function play(move: (duel: Duel) => Duel): void {
  const { duel } = useDuel.getState();
  if (duel !== null) show(move(duel));
}

/** A change that makes another frame the reference: inside one burst that is its best frame from now on. */
function reign(move: (duel: Duel) => Duel): void {
  const before = useDuel.getState().duel;
  play(move);
  const after = useDuel.getState().duel;
  if (before === null || after === null || before.kingId === after.kingId) return;
  if (commonBurst(after.frames) !== null) void chooseBest(after.kingId);
}

/** The candidate becomes the reference. */
export function crownCandidate(): void {
  reign(crown);
}

export function swapSides(): void {
  reign(swap);
}

/** Arrows: the next candidate; after the last one the next burst. */
export function forward(): void {
  const { duel } = useDuel.getState();
  if (duel?.isDone === true) goOn(duel);
  else play((now) => step(now, 1));
}

/** All were compared: the next burst, if there is one to go on to. Answers whether it did. */
function goOn(duel: Duel): boolean {
  return hasNextBurst(duel) && goToBurst(1);
}

/** After a decision: on to the next candidate; a decision on the reference stays. */
export function advance(): void {
  play((duel) => (duel.side === "king" ? duel : step(duel, 1)));
}

/** Begins with the next burst of more than one frame, or the one before. False when there is none. */
export function goToBurst(direction: 1 | -1): boolean {
  const { duel } = useDuel.getState();
  if (duel === null) return false;
  const next = nextOf(duel, direction);
  if (next === null) return false;
  activate(next);
  begin(next);
  return true;
}

/** Enter: the candidate wins; once all were compared, the reference is picked and the next burst begins. */
export function accept(): void {
  const { duel } = useDuel.getState();
  if (duel === null) return;
  if (!duel.isDone) {
    crownCandidate();
    return;
  }
  // On first: a filter may take the burst out of sight with this very decision.
  goOn(duel);
  void decide([duel.kingId], { flag: "pick" });
}

/** Picks the reference, rejects all others, and goes on: in a burst one step of undo. */
export async function acceptAndReject(): Promise<void> {
  const { duel } = useDuel.getState();
  if (duel === null) return;
  const { frames, kingId } = duel;
  const burstId = isChosen(duel) ? null : commonBurst(frames);
  if (!goOn(duel)) play((now) => ({ ...now, isDone: true }));
  if (burstId !== null) {
    await acceptByHand([burstId], "reject");
    return;
  }
  await decide([kingId], { flag: "pick" });
  const others = frames.filter((id) => id !== kingId);
  await decide(others, { flag: "reject" });
}
