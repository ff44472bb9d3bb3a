export { Apply, type ApplyPorts } from "./apply-service.ts";
export { type ApplyOutcome, type ApplyPlanOptions, applyPlan, type Encode } from "./execute.ts";
export { exampleName, type NameFields } from "./name-pattern.ts";
export {
  type ApplyPlanDraft,
  type ApplyPlanInput,
  describePlan,
  type PlannedFile,
  type PlannedPhoto,
  planApply,
} from "./plan.ts";
export type { FileMove, PlanProgress, PlanRunOptions } from "./run.ts";
export { type UndoOutcome, undoPlan } from "./undo.ts";
