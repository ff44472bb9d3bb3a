import { create } from "zustand";
import { commands } from "../../src-preload/contract/commands.ts";
import type { BurstRow, PhotoRow, Rotation } from "../../src-preload/contract/photos.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { door, isHostLost, problemOf } from "../door/door.ts";
import { useLibrary } from "./library-store.ts";
import { type Decision, holdDecision } from "./pending.ts";
import { showToast, type Toast } from "./toasts.ts";
import { openPanel } from "./view-store.ts";
import { tellWhenDone } from "./when-done.ts";

/** Runs something that asks main; a problem becomes a toast that says what happened and what to do. */
export async function attempt<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    // The window says once, and for as long as it lasts, that the host is gone.
    if (isHostLost(error)) return null;
    const problem = problemOf(error);
    showToast({ tone: "problem", text: problem.happened, detail: problem.todo });
    return null;
  }
}

/** Decides on photos: on the screen at once, taken back with a toast if main can't keep it. */
export async function decide(photoIds: readonly number[], decision: Decision): Promise<void> {
  if (photoIds.length === 0) return;
  const before = lay(photoIds, () => decision);
  const letGo = holdDecision(photoIds, decision);
  const done = await attempt(() => door.edits.decide({ photoIds: [...photoIds], ...decision }));
  letGo();
  if (done === null) lay(photoIds, (photo) => pickFields(before.get(photo.id) ?? photo, decision));
}

/** Turns photos by a quarter, clockwise (1) or back (-1). */
export async function rotate(photoIds: readonly number[], quarters: 1 | -1): Promise<void> {
  const { photos } = useLibrary.getState();
  const turned = Map.groupBy(
    photoIds.flatMap((id) => photos.get(id) ?? []),
    (photo) => quarterTurn(photo.rotation, quarters),
  );
  for (const [rotation, group] of turned) {
    await decide(
      group.map(({ id }) => id),
      { rotation },
    );
  }
}

function quarterTurn(rotation: Rotation, quarters: 1 | -1): Rotation {
  const turns: Record<Rotation, readonly [Rotation, Rotation]> = {
    0: [270, 90],
    90: [0, 180],
    180: [90, 270],
    270: [180, 0],
  };
  return turns[rotation][quarters === 1 ? 1 : 0];
}

/** Makes a photo the best frame of its burst: on the screen at once, taken back if main can't keep it. */
export async function chooseBest(photoId: number): Promise<void> {
  const { photos, bursts } = useLibrary.getState();
  const burstId = photos.get(photoId)?.burstId ?? null;
  const before = burstId === null ? undefined : bursts.get(burstId);
  if (burstId === null || before === undefined) return;
  layBurst({ ...before, pickId: photoId, pickIsManual: true });
  const done = await attempt(() => door.edits.setBurstPick({ burstId, photoId }));
  if (done === null) layBurst(before);
}

function layBurst(burst: BurstRow): void {
  const { bursts } = useLibrary.getState();
  useLibrary.setState({ bursts: new Map(bursts).set(burst.id, burst) });
}

/** Lays values over photos in the store and answers how they were. */
function lay(
  photoIds: readonly number[],
  values: (photo: PhotoRow) => Decision,
): Map<number, PhotoRow> {
  const { photos } = useLibrary.getState();
  const before = new Map<number, PhotoRow>();
  const next = new Map(photos);
  for (const id of photoIds) {
    const photo = photos.get(id);
    if (photo === undefined) continue;
    before.set(id, photo);
    next.set(id, { ...photo, ...values(photo) });
  }
  useLibrary.setState({ photos: next });
  return before;
}

function pickFields(photo: PhotoRow, decision: Decision): Decision {
  return {
    ...(decision.stars === undefined ? {} : { stars: photo.stars }),
    ...(decision.flag === undefined ? {} : { flag: photo.flag }),
    ...(decision.label === undefined ? {} : { label: photo.label }),
    ...(decision.rotation === undefined ? {} : { rotation: photo.rotation }),
  };
}

/** An applied plan of a folder that is not shown: its undo is asked about. */
export interface AskedUndo {
  readonly planId: number;
  readonly label: Localized;
  readonly rootIds: readonly number[];
}

export const useAskedUndo = create<{ readonly step: AskedUndo | null }>(() => ({ step: null }));

/** Takes the last step back. Work on files of a folder that is not shown is asked about first. */
export async function undo(): Promise<void> {
  const { rootId } = useLibrary.getState();
  const step = await attempt(() => door.edits.undo({ shownRootId: rootId }));
  if (step?.label == null) return;
  const { planId, label, rootIds } = step;
  if (planId === null) {
    // The news of it come a moment after the rows, and a redo that is quicker must not be lost.
    useLibrary.setState({ redo: label, redoTouchesFiles: step.jobId !== null });
    tellUndone({ ...step, label });
    return;
  }
  useAskedUndo.setState({ step: { planId, label, rootIds } });
  openPanel("undo");
}

/** Takes an applied plan back that was asked about. */
export async function undoAsked({ planId, label, rootIds }: AskedUndo): Promise<void> {
  const started = await attempt(() => door.apply.undo({ planId }));
  if (started !== null) tellUndone({ label, rootIds, jobId: started.jobId });
}

function tellUndone(step: Step & { readonly label: Localized }): void {
  tellStep(step, {
    text: { en: `Undone: ${step.label.en}`, ko: `실행 취소: ${step.label.ko}` },
    action: { label: commands["edit.redo"].title, run: () => void redo() },
  });
}

interface Step {
  readonly rootIds: readonly number[];
  readonly jobId: number | null;
}

/** Says that a step was taken: one that works on files when it has, with what it left; else at once. */
function tellStep(
  { rootIds, jobId }: Step,
  { text, ...toast }: Pick<Toast, "text"> & Partial<Pick<Toast, "action">>,
): void {
  const where = elsewhere(rootIds);
  if (jobId === null) showToast({ topic: "step", detail: where, text, ...toast });
  else tellWhenDone(jobId, { topic: "step", text: joined(text, where), ...toast });
}

function joined(text: Localized, where: Localized | null): Localized {
  return where === null ? text : { en: `${text.en}. ${where.en}`, ko: `${text.ko}. ${where.ko}` };
}

/** Does the last undone step again. Work on files is asked about first: copies and moves are not made by a slip. */
export async function redo(): Promise<void> {
  if (useLibrary.getState().redoTouchesFiles) openPanel("redo");
  else await redoNow();
}

export async function redoNow(): Promise<void> {
  const step = await attempt(() => door.edits.redo());
  if (step?.label == null) return;
  tellStep(step, { text: { en: `Redone: ${step.label.en}`, ko: `다시 실행: ${step.label.ko}` } });
}

/** Names the folder that a step was about, when it is not the one that is seen. */
function elsewhere(rootIds: readonly number[]): Localized | null {
  const { roots, rootId } = useLibrary.getState();
  const root = roots.find(({ id }) => rootIds.includes(id));
  if (root === undefined || (rootId !== null && rootIds.includes(rootId))) return null;
  return { en: `In the folder “${root.name}”`, ko: `‘${root.name}’ 폴더에서` };
}
