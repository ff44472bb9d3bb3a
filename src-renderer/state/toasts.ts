import { create } from "zustand";
import type { Localized } from "../../src-preload/contract/problem.ts";

export interface Toast {
  readonly id: number;
  readonly tone: "plain" | "problem";
  readonly text: Localized;
  readonly detail: Localized | null;
  /** Done share, 0..1: work that this page does by itself. Such a toast stays until it is dismissed. */
  readonly progress: number | null;
  /** The job whose failure it tells: it goes when that is mended. */
  readonly jobId: number | null;
  /** The folder whose problem it tells: it goes when another folder is shown. */
  readonly rootId: number | null;
  /** Of the toasts of one topic only the newest is shown: the last step says which undo and redo are next. */
  readonly topic: "step" | null;
  readonly action: { readonly label: Localized; readonly run: () => void } | null;
}

const shownMs = 6000;
let lastId = 0;

export const useToasts = create<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }));

/** Says what just happened. Answers the toast's id. */
export function showToast(toast: Partial<Omit<Toast, "id">> & { text: Localized }): number {
  lastId += 1;
  const id = lastId;
  const full: Toast = {
    tone: "plain",
    detail: null,
    progress: null,
    jobId: null,
    rootId: null,
    topic: null,
    action: null,
    ...toast,
    id,
  };
  useToasts.setState(({ toasts }) => {
    const others = toasts.filter(({ topic }) => topic === null || topic !== full.topic);
    return { toasts: [...others.slice(-3), full] };
  });
  // A problem stays until it is read.
  if (full.tone === "plain" && full.progress === null) setTimeout(() => dismissToast(id), shownMs);
  return id;
}

export function updateToast(id: number, patch: Partial<Omit<Toast, "id">>): void {
  useToasts.setState(({ toasts }) => ({
    toasts: toasts.map((toast) => (toast.id === id ? { ...toast, ...patch } : toast)),
  }));
}

export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

/** Takes off what is said of other folders than the one that is shown now. */
export function dismissOtherRoots(rootId: number | null): void {
  useToasts.setState(({ toasts }) => ({
    toasts: toasts.filter((toast) => toast.rootId === null || toast.rootId === rootId),
  }));
}

/** Takes off what is said of jobs that failed: the person looks at them. */
export function dismissJobToasts(): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter(({ jobId }) => jobId === null) }));
}
