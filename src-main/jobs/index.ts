export { type Clock, systemClock } from "./clock.ts";
export {
  defineJob,
  type JobContext,
  type JobDefinition,
  type JobResult,
  type JobSlot,
  type JobStage,
} from "./define-job.ts";
export { JobEngine, type JobEngineOptions } from "./job-engine.ts";
export { problemOf } from "./job-problems.ts";
