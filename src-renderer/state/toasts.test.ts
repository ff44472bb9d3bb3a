import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { dismissOtherRoots, showToast, useToasts } from "./toasts.ts";

beforeEach(() => {
  vi.useFakeTimers();
  useToasts.setState({ toasts: [] });
});
afterEach(() => {
  vi.useRealTimers();
});

const say = (en: string, topic: "step" | null = null): number =>
  showToast({ text: { en, ko: en }, topic });
const shown = (): string[] => useToasts.getState().toasts.map(({ text }) => text.en);

test("of the steps of undo and redo only the last is told; nothing else gives way to them", () => {
  say("Undone: Pick", "step");
  say("Location copied.");
  say("Undone: 3 stars", "step");
  say("Redone: 3 stars", "step");
  expect(shown()).toEqual(["Location copied.", "Redone: 3 stars"]);
});

test("no more than four stand at once, and what is no problem goes by itself", () => {
  for (const text of ["1", "2", "3", "4", "5"]) say(text);
  expect(shown()).toEqual(["2", "3", "4", "5"]);
  showToast({ tone: "problem", text: { en: "No.", ko: "아니요." } });
  vi.advanceTimersByTime(60_000);
  expect(shown()).toEqual(["No."]);
});

test("a folder's problem goes with the folder; others stay", () => {
  say("Location copied.");
  showToast({ tone: "problem", rootId: 1, text: { en: "May is not there.", ko: "5월" } });
  dismissOtherRoots(1);
  expect(shown()).toEqual(["Location copied.", "May is not there."]);
  dismissOtherRoots(2);
  expect(shown()).toEqual(["Location copied."]);
});
