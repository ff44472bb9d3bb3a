import { z } from "zod";
import { idSchema } from "./photos.ts";
import { localizedSchema } from "./problem.ts";

/** `copy`: originals stay; `move`: picks leave their folder; `export`: copies re-encoded as JPEG at `exportQuality`. */
export const applyActionSchema = z.enum(["copy", "move", "export"]);

export const applyOptionsSchema = z.object({
  rootId: idSchema,
  action: applyActionSchema,
  /** Token of the destination folder, from `sources.pick` or the host's folder list; null where there is nothing to place. */
  destination: z.string().nullable(),
  /**
   * Name of each file without its extension. Fields in braces: {name} {seq} {seq:4} {date:YYYY-MM-DD} {time}
   * {camera} {burst} {rank} {stars} {label}. An unknown field is refused.
   */
  pattern: z.string().min(1).max(200),
  /** Folders below the destination, same fields, '/' between levels; empty for none. */
  subfolders: z.string().max(300),
  /** Token of a folder that gets a second, verified copy; null for none. */
  secondCopy: z.string().nullable(),
  /** What happens to photos flagged as rejects: nothing, or the system's trash. */
  rejects: z.enum(["leave", "trash"]),
  /** Bursts where the person flagged nothing: take the proposed frame, or leave them out. `ask` refuses to plan. */
  undecided: z.enum(["ask", "proposed", "leave"]),
  /** JPEG quality 1..100 of `export`. */
  exportQuality: z.int().min(1).max(100),
  /** Longest edge in pixels of `export`; null keeps the size. */
  exportEdge: z.int().min(16).max(65535).nullable(),
});
export type ApplyOptions = z.infer<typeof applyOptionsSchema>;

export const planItemSchema = z.object({
  photoId: idSchema,
  operation: z.enum(["copy", "move", "export", "trash"]),
  /** Paths as the person reads them. */
  from: z.string(),
  to: z.string().nullable(),
  bytes: z.number(),
  /** True when '-2' (or higher) was added because the name was taken. */
  renamed: z.boolean(),
});

/** What would happen, in full, before anything does. */
export const applyPlanSchema = z.object({
  planId: idSchema,
  items: z.array(planItemSchema),
  picks: z.int(),
  rejects: z.int(),
  bytes: z.number(),
  /** Free bytes at the destination; null if the system doesn't say. */
  freeBytes: z.number().nullable(),
  /** What the folder for second copies gets, and what is free there; null for none. */
  secondCopy: z
    .object({
      folder: z.string(),
      files: z.int(),
      bytes: z.number(),
      freeBytes: z.number().nullable(),
    })
    .nullable(),
  /** Picks that the pattern gives a name that another one gets, too: all but the first have a number added. */
  sameNames: z.int(),
  /** Picks that have a number added because something else has their name. */
  takenNames: z.int(),
  /** Things the person should know before starting ("Undo can't take trashed files back on this system."). */
  warnings: z.array(localizedSchema),
});
export type ApplyPlan = z.infer<typeof applyPlanSchema>;

/** Answer to a plan with `undecided: 'ask'` where bursts are undecided: nothing is planned yet. */
export const applyQuestionSchema = z.object({
  undecidedBursts: z.array(idSchema),
});
