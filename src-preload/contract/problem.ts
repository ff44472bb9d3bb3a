import { z } from "zod";

/** A sentence in both of the app's languages. */
export const localizedSchema = z.object({ en: z.string(), ko: z.string() });
export type Localized = z.infer<typeof localizedSchema>;

/** An expected failure, written for a person: what happened, what to do. `code` is what programs compare. */
export const problemSchema = z.object({
  code: z.string(),
  happened: localizedSchema,
  todo: localizedSchema,
});
export type Problem = z.infer<typeof problemSchema>;
