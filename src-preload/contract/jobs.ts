import { z } from "zod";
import { localizedSchema, problemSchema } from "./problem.ts";

export const jobStates = [
  "queued",
  "running",
  /** Stopped by the person; it goes on where it was when they say so. */
  "paused",
  "completed",
  "failed",
  "cancelled",
  /** Kiln ended while it ran, and it can't go on by itself: `problem` says why; it can be retried. */
  "interrupted",
] as const;
export const jobStateSchema = z.enum(jobStates);
export type JobState = z.infer<typeof jobStateSchema>;

/** One piece of durable work, as the job drawer shows it. */
export const jobSchema = z.object({
  id: z.int().positive(),
  kind: z.string(),
  title: localizedSchema,
  /** The folder that it reads; null for other work. */
  rootId: z.int().positive().nullable(),
  state: jobStateSchema,
  /** Where it stands, in words and numbers ("Measuring photos: 120 of 500"). */
  message: localizedSchema,
  /** Done share of the whole job, 0..1, never falling. */
  fraction: z.number().min(0).max(1),
  /** Estimated seconds left; null while unknown. */
  etaSeconds: z.number().nullable(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  problem: problemSchema.nullable(),
  canRetry: z.boolean(),
  /** True while it waits or runs and can be stopped to go on later. */
  canPause: z.boolean(),
  /** True when it ended with something on disk that can be shown in the file manager. */
  canReveal: z.boolean(),
});
export type Job = z.infer<typeof jobSchema>;
