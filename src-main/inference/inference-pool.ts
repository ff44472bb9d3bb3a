import { type WorkerLauncher, type WorkerLogLine, WorkerPool } from "../workers/index.ts";
import type { InferenceWorkerMethods } from "./protocol.ts";

/** Far beyond what a photo's windows take: a network that has not answered by then hangs. */
const limitMs = 60_000;

/** The one child that holds the networks: started at the first call, ended when it has had nothing to do for a while. */
export function createInferencePool(options: {
  readonly launcher: WorkerLauncher;
  /** Absolute path of the inference worker's module. */
  readonly entry: string;
  readonly onLog?: (line: WorkerLogLine) => void;
}): WorkerPool<InferenceWorkerMethods> {
  return new WorkerPool<InferenceWorkerMethods>({
    ...options,
    name: "inference-worker",
    title: { en: "The face finder", ko: "얼굴 검출기" },
    size: 1,
    subjectOf: ({ photo }) => photo,
    timeoutMs: limitMs,
  });
}
