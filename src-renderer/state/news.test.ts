import { expect, it } from "vitest";
import type { Job } from "../../src-preload/contract/jobs.ts";
import { isMended } from "./news.ts";

const job = (
  id: number,
  state: Job["state"],
  folder = "May",
  rootId: number | null = null,
): Job => ({
  id,
  kind: "read-folder",
  title: { en: `Reading ${folder}`, ko: folder },
  rootId,
  state,
  message: { en: "", ko: "" },
  fraction: 0,
  etaSeconds: null,
  createdAt: 0,
  startedAt: null,
  endedAt: null,
  problem: null,
  canRetry: state === "failed",
  canPause: false,
  canReveal: false,
});

it("takes a failure for mended once it runs again, is gone, or the same work went well later", () => {
  expect(isMended(5, [job(5, "failed")])).toBe(false);
  expect(isMended(5, [job(5, "running")])).toBe(true);
  expect(isMended(5, [])).toBe(true);
  expect(isMended(5, [job(6, "completed"), job(5, "failed")])).toBe(true);
  expect(isMended(5, [job(6, "running"), job(5, "failed")])).toBe(false);
  expect(isMended(5, [job(6, "completed", "June"), job(5, "failed")])).toBe(false);
  expect(isMended(5, [job(4, "completed"), job(5, "failed")])).toBe(false);
});

it("knows a folder again by itself, not by its name", () => {
  expect(isMended(5, [job(6, "completed", "June", 1), job(5, "failed", "May", 1)])).toBe(true);
  expect(isMended(5, [job(6, "completed", "May", 2), job(5, "failed", "May", 1)])).toBe(false);
});
