import type { JobContext } from "./define-job.ts";

/** What a job is given when it is run without the engine: nobody listens. */
export function unheardContext(): JobContext {
  return {
    jobId: 1,
    signal: new AbortController().signal,
    restored: null,
    restoredStage: null,
    stage: () => undefined,
    progress: () => undefined,
    checkpoint: () => undefined,
    log: () => undefined,
  };
}
