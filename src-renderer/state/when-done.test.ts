import { beforeEach, expect, test } from "vitest";
import type { Job } from "../../src-preload/contract/jobs.ts";
import { useLibrary } from "./library-store.ts";
import { useToasts } from "./toasts.ts";
import { tellWhenDone } from "./when-done.ts";

function setJob(id: number, state: Job["state"], message: string): void {
  const text = { en: message, ko: message };
  const job: Job = {
    id,
    kind: "undo-plan",
    title: text,
    rootId: null,
    state,
    message: text,
    fraction: 0,
    etaSeconds: null,
    createdAt: 0,
    startedAt: null,
    endedAt: null,
    problem: null,
    canRetry: false,
    canPause: false,
    canReveal: false,
  };
  useLibrary.setState({ jobs: [job] });
}

const told = () => useToasts.getState().toasts.map(({ text, detail }) => [text.en, detail?.en]);

beforeEach(() => {
  useLibrary.setState({ jobs: [] });
  useToasts.setState({ toasts: [] });
});

test("what works on files is said to be done when it is, with what it left", () => {
  tellWhenDone(7, { text: { en: "Undone", ko: "실행 취소" } });
  setJob(7, "queued", "");
  setJob(7, "running", "1 of 2");
  expect(told()).toEqual([]);
  setJob(7, "completed", "1 file taken back, 1 not as planned.");
  expect(told()).toEqual([["Undone", "1 file taken back, 1 not as planned."]]);
  setJob(7, "completed", "later news");
  expect(told()).toHaveLength(1);
});

test("a job that was over before anybody listened is told, one that failed or was cancelled is not", () => {
  setJob(1, "completed", "2 files done");
  tellWhenDone(1, { text: { en: "Done", ko: "완료" } });
  expect(told()).toEqual([["Done", "2 files done"]]);
  for (const state of ["failed", "cancelled"] as const) {
    tellWhenDone(2, { text: { en: "Never", ko: "없음" } });
    setJob(2, state, "");
  }
  expect(told()).toHaveLength(1);
});

test("of many things to look at the first is told, and that there are more; it stays until it is read", () => {
  tellWhenDone(1, { text: { en: "Done", ko: "완료" } });
  setJob(
    1,
    "completed",
    "9 files done, 3 not as planned.\nOne is there.\nTwo is gone.\nThree changed.",
  );
  expect(told()).toEqual([
    ["Done", "9 files done, 3 not as planned. One is there. 2 more in the list of jobs."],
  ]);
  expect(useToasts.getState().toasts[0]?.tone).toBe("problem");
});
