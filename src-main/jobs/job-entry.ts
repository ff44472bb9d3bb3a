import type { Job, JobState } from "../../src-preload/contract/jobs.ts";
import type { Problem } from "../../src-preload/contract/problem.ts";
import type { JobRecord } from "../library/index.ts";
import type { PreparedJob } from "./define-job.ts";
import {
  brokenOffAgain,
  interruptedProblem,
  unknownKindProblem,
  unreadableInputProblem,
} from "./job-problems.ts";
import type { JobRun } from "./job-run.ts";

export const waiting = { en: "Waiting", ko: "대기 중" };
export const paused = { en: "Paused", ko: "일시 정지됨" };
export const done = { en: "Done", ko: "완료" };
export const nothingDone = { stage: "", checkpoint: "", fraction: 0 };

/** A job in the engine's memory. */
export interface JobEntry {
  record: JobRecord;
  /** Null when this Kiln doesn't know the kind, or the kind no longer reads the input. */
  readonly prepared: PreparedJob | null;
  /** Set while the job is running. */
  run: JobRun | null;
  etaSeconds: number | null;
}

/** Every step a job may take; running → queued is a resume at start-up, ended → queued a retry. */
const nextStates: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ["running", "paused", "cancelled", "interrupted"],
  running: ["completed", "failed", "paused", "cancelled", "interrupted", "queued"],
  paused: ["queued", "cancelled"],
  completed: [],
  failed: ["queued"],
  cancelled: ["queued"],
  interrupted: ["queued"],
};

/** Throws where the engine would take a step that no job may take: a bug of the engine. */
export function assertStep({ record }: JobEntry, to: JobState): void {
  if (!nextStates[record.state].includes(to)) {
    throw new Error(`Job ${record.id} can't go from ${record.state} to ${to}.`);
  }
}

export function isEnded(state: JobState): boolean {
  return state !== "queued" && state !== "running" && state !== "paused";
}

export function canRetry({ record, prepared }: JobEntry): boolean {
  return isEnded(record.state) && record.state !== "completed" && prepared !== null;
}

/** Only what can go on from where it was. */
export function canPause({ record, prepared }: JobEntry): boolean {
  const { state } = record;
  return (state === "queued" || state === "running") && prepared?.definition.resume === "stage";
}

/** A job that ended Kiln this often in a row and once more is not begun again by itself. */
const mostResumes = 3;

/** Why a job that an earlier process left queued or running is not taken up by itself; null when it is. */
export function refusalToTakeUp(
  { record, prepared }: JobEntry,
  isKindKnown: boolean,
): Problem | null {
  if (prepared === null) return isKindKnown ? unreadableInputProblem : unknownKindProblem;
  if (record.state !== "running") return null;
  const { resume } = prepared.definition;
  if (resume !== "stage") return interruptedProblem(resume.reason);
  return record.resumes >= mostResumes ? brokenOffAgain(record.resumes + 1) : null;
}

/** The job as the door shows it. */
export function view(entry: JobEntry): Job {
  const { record, prepared, etaSeconds } = entry;
  return {
    id: record.id,
    kind: record.kind,
    title: record.title,
    rootId: prepared?.rootId ?? null,
    state: record.state,
    message: record.message,
    fraction: record.fraction,
    etaSeconds,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    endedAt: record.endedAt,
    problem: record.problem,
    canRetry: canRetry(entry),
    canPause: canPause(entry),
    canReveal: record.revealPath !== null,
  };
}
