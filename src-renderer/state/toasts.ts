import { create } from "zustand";
import type { Localized } from "../../src-preload/contract/problem.ts";

export interface Toast {
  readonly id: number;
  readonly tone: "plain" | "problem";
  readonly text: Localized;
  readonly detail: Localized | null;
  readonly action: { readonly label: Localized; readonly run: () => void } | null;
}

const shownMs = 6000;
let lastId = 0;

export const useToasts = create<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }));

export function showToast(toast: Partial<Omit<Toast, "id">> & { text: Localized }): void {
  lastId += 1;
  const id = lastId;
  const full: Toast = { tone: "plain", detail: null, action: null, ...toast, id };
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-3), full] }));
  // A problem stays until it is read.
  if (full.tone === "plain") setTimeout(() => dismissToast(id), shownMs);
}

export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}
