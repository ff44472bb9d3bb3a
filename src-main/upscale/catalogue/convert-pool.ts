import { type WorkerLauncher, type WorkerLogLine, WorkerPool } from "../../workers/index.ts";
import type { ConvertWorkerMethods } from "./convert-protocol.ts";

/** Far beyond what the largest network takes: a child that has not answered by then hangs. */
const limitMs = 120_000;
/** Conversions come one by one and rarely: a child that holds hundreds of megabytes goes at once. */
const idleMs = 5_000;

/** The child that reads models' weights: they are others' files, and one may be made to break whoever reads it. */
export function createConvertPool(options: {
  readonly launcher: WorkerLauncher;
  /** Absolute path of the converting worker's module. */
  readonly entry: string;
  readonly onLog?: (line: WorkerLogLine) => void;
}): WorkerPool<ConvertWorkerMethods> {
  return new WorkerPool<ConvertWorkerMethods>({
    ...options,
    name: "convert-worker",
    title: { en: "The model reader", ko: "모델 변환기" },
    size: 1,
    subjectOf: ({ name }) => name,
    timeoutMs: limitMs,
    idleMs,
  });
}
