import { create } from "zustand";
import type { ApplyOptions, ApplyPlan } from "../../src-preload/contract/apply.ts";
import { commands } from "../../src-preload/contract/commands.ts";
import type { Preferences } from "../../src-preload/contract/preferences.ts";
import type { Problem } from "../../src-preload/contract/problem.ts";
import { door, problemOf } from "../door/door.ts";
import { attempt } from "../state/edits.ts";
import type { ChosenFolder } from "../state/folder-choice.ts";
import { type LibraryState, useLibrary } from "../state/library-store.ts";
import { setPreferences } from "../state/preferences.ts";
import { useView } from "../state/view-store.ts";
import { tellWhenDone } from "../state/when-done.ts";

/** Where the dialog is: its options, the question about undecided bursts, or the plan. */
export type Step =
  | { readonly kind: "options" }
  | { readonly kind: "question"; readonly burstIds: readonly number[] }
  | { readonly kind: "plan"; readonly plan: ApplyPlan };

interface ApplyState {
  readonly step: Step;
  readonly isPlanning: boolean;
  /** Why the last plan could not be made. */
  readonly problem: Problem | null;
  /** Folders live as long as the window: their tokens mean nothing after it. */
  readonly destination: ChosenFolder | null;
  readonly secondCopy: ChosenFolder | null;
  /** Longest edge of an export in pixels; null keeps the size. */
  readonly exportEdge: number | null;
}

/** What the dialog remembers while the window is open; the rest of its answers are preferences. */
export const useApply = create<ApplyState>(() => ({
  step: { kind: "options" },
  isPlanning: false,
  problem: null,
  destination: null,
  secondCopy: null,
  exportEdge: null,
}));

export function backToOptions(): void {
  useApply.setState({ step: { kind: "options" }, problem: null });
}

/** Changes the answers that are remembered for good. */
export function remember(patch: Partial<Preferences["apply"]>): void {
  const { apply } = useLibrary.getState().preferences;
  useApply.setState({ problem: null });
  void setPreferences({ apply: { ...apply, ...patch } });
}

/** What becomes of rejects: without a trash they stay, whatever was chosen elsewhere. */
export function rejectsOf({
  preferences,
  info,
}: Pick<LibraryState, "preferences" | "info">): ApplyOptions["rejects"] {
  return info?.trash === "none" ? "leave" : preferences.apply.rejects;
}

/** Asks for a plan; nothing is touched. */
export async function makePlan(undecided: ApplyOptions["undecided"]): Promise<void> {
  const { destination, secondCopy, exportEdge, isPlanning } = useApply.getState();
  const library = useLibrary.getState();
  const { rootId, preferences } = library;
  if (rootId === null || isPlanning) return;
  const { action, pattern, subfolders, exportQuality } = preferences.apply;
  useApply.setState({ isPlanning: true, problem: null });
  try {
    const answer = await door.apply.plan({
      rootId,
      action,
      pattern,
      subfolders,
      rejects: rejectsOf(library),
      exportQuality,
      exportEdge,
      undecided,
      destination: destination?.token ?? null,
      secondCopy: secondCopy?.token ?? null,
    });
    const step: Step =
      "question" in answer
        ? { kind: "question", burstIds: answer.question.undecidedBursts }
        : { kind: "plan", plan: answer.plan };
    if (isAskedOf(rootId)) useApply.setState({ step });
  } catch (error) {
    if (isAskedOf(rootId)) {
      useApply.setState({ step: { kind: "options" }, problem: problemOf(error) });
    }
  } finally {
    useApply.setState({ isPlanning: false });
  }
}

/** The dialog is still open, on this folder: a plan that comes later than that is nobody's. */
function isAskedOf(rootId: number): boolean {
  return useView.getState().panel === "apply" && useLibrary.getState().rootId === rootId;
}

/** Carries the plan out as a job, and says when it is done. Answers whether it started. */
export async function startPlan(planId: number): Promise<boolean> {
  const started = await attempt(() => door.apply.start({ planId }));
  if (started === null) return false;
  tellWhenDone(started.jobId, {
    topic: "step",
    text: { en: "Decisions applied.", ko: "결정을 적용했습니다." },
    action: { label: commands["edit.undo"].title, run: () => void undoPlan(planId) },
  });
  backToOptions();
  return true;
}

/** The way back of the toast: this plan, whatever was decided since. */
async function undoPlan(planId: number): Promise<void> {
  const started = await attempt(() => door.apply.undo({ planId }));
  if (started === null) return;
  tellWhenDone(started.jobId, {
    topic: "step",
    text: { en: "Applied decisions undone.", ko: "적용한 결정을 되돌렸습니다." },
  });
}
