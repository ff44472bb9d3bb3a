import { z } from "zod";
import { idSchema } from "./photos.ts";
import { localizedSchema, problemSchema } from "./problem.ts";

/** A model's short name: what `kiln upscale --model` takes. */
export const modelIdSchema = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/);

export const modelNameSchema = z.string().trim().min(1).max(80);

/** An upscaling network, at hand or to be fetched. */
export const modelSchema = z.object({
  id: modelIdSchema,
  name: z.string(),
  /** What it is good for, in plain words; null for a model that the person added. */
  role: localizedSchema.nullable(),
  /** `shipped`: comes with Kiln; `fetched`: from one of its sources; `added`: the person's own. */
  origin: z.enum(["shipped", "fetched", "added"]),
  /** It can be used now. */
  isAtHand: z.boolean(),
  architecture: z.enum(["compact", "rrdb", "onnx"]),
  /** Output pixels an input pixel, along each edge. */
  scale: z.int().min(1),
  /** SPDX name; null where nobody said. */
  licence: z.string().nullable(),
  /** On the disk where it is at hand, else what its first source sends; null where that isn't known. */
  bytes: z.int().nullable(),
  /** SHA-256 of the network where it is at hand, hexadecimal. */
  digest: z.string().nullable(),
  /** It is not at hand, and its files are: they came in another model's archive. Fetching it downloads nothing. */
  isKept: z.boolean(),
  /**
   * Every byte that came had the hash that the list of models names. False for what the person added, and where the
   * list names no hash: such a file is used because it could be read and its tensors fit.
   */
  isVerified: z.boolean(),
  /** Where it came from, where it is at hand: a source's name, a file's name; null for what was shipped. */
  cameFrom: z.string().nullable(),
  /** Where it can be fetched, first choice first. */
  sources: z.array(
    z.object({
      name: z.string(),
      /** "github.com" */
      host: z.string(),
      /** What the source sends, which may hold more than the model; null where that isn't known. */
      bytes: z.int().nullable(),
      /** Hashes of all its files are known. */
      isVerified: z.boolean(),
      /** Models that lie in the same archive and are not at hand: their files are kept when it is fetched. */
      brings: z.array(modelIdSchema),
    }),
  ),
  /** The model that a denoise strength below 1 blends in; null where there is no such choice. */
  denoisesWith: modelIdSchema.nullable(),
  /** The job that fetches it now. */
  jobId: idSchema.nullable(),
});
export type Model = z.infer<typeof modelSchema>;

/** What became of files that were brought. */
export const modelsAddedSchema = z.object({
  added: z.array(modelSchema),
  /** Files whose very bytes, or whose network, were there already, and as which model. */
  known: z.array(z.object({ file: z.string(), model: modelSchema })),
  refused: z.array(z.object({ file: z.string(), problem: problemSchema })),
});
export type ModelsAdded = z.infer<typeof modelsAddedSchema>;
