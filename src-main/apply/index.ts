export { Apply, type ApplyPorts } from "./apply-service.ts";
export { type ApplyOutcome, type ApplyPlanOptions, applyPlan, type Encode } from "./execute.ts";
export { legalName, legalStem, legalTail } from "./file-name.ts";
export {
  datePart,
  exampleName,
  type FieldText,
  type NameFields,
  type NamePattern,
  parseName,
} from "./name-pattern.ts";
export { patternUnknownField } from "./pattern-problems.ts";
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
