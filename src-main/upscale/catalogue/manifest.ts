import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { modelIdSchema } from "../../../src-preload/contract/models.ts";
import { localizedSchema } from "../../../src-preload/contract/problem.ts";
import { architectures } from "../network.ts";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const bytesSchema = z.int().positive();
const fileNameSchema = z.string().regex(/^[\w.-]+$/);
const licenceSchema = z.enum(["Apache-2.0", "MIT", "BSD-3-Clause"]);
const urlSchema = z.url({ protocol: /^https$/ });

const sourceFileSchema = z
  .strictObject({
    /** `weights`: .pth, .safetensors or ncnn's .bin; `param`: what describes a .bin; `onnx`: a graph. */
    role: z.enum(["weights", "param", "onnx"]),
    /** What the file is called, whatever its address says: its ending tells its format. */
    name: fileNameSchema,
    /** Where it lies; for a source without an archive. */
    url: urlSchema.optional(),
    /** Its path in the source's archive. */
    member: z.string().optional(),
    bytes: bytesSchema.nullable(),
    /** Null where nobody stated it. */
    sha256: sha256Schema.nullable(),
    /** Kiln's builders had these bytes and hashed them. Otherwise `sha256` is what others publish (OpenModelDB). */
    verified: z.boolean(),
  })
  .refine(({ sha256, verified }) => sha256 !== null || !verified, "Verified without a hash")
  .refine(({ bytes, verified }) => bytes !== null || !verified, "Verified without a size");

const sourceSchema = z
  .strictObject({
    name: z.string(),
    /** A .tgz of npm, of which only the named files are taken; null where each file has an address. */
    archive: z.strictObject({ url: urlSchema, bytes: bytesSchema }).nullable(),
    files: z.array(sourceFileSchema).min(1),
  })
  .refine(
    ({ archive, files }) =>
      files.every(({ url, member }) => (archive === null ? url && !member : member && !url)),
    "Files of an archive have a member, others an address",
  )
  .refine(
    ({ files }) => new Set(files.map(({ role }) => role)).size === files.length,
    "Two files of one role",
  );

const shippedFile = { file: fileNameSchema, bytes: bytesSchema, sha256: sha256Schema };

/** What Kiln must know of a shipped network, as `NetworkInfo` says it. */
const networkSchema = z.strictObject({
  architecture: z.enum(architectures),
  scale: z.int().min(1).max(16),
  multiple: z.int().min(1),
  receptiveRadius: z.int().min(0),
  padding: z.int().min(0),
  flops: z.number().min(0),
  parameters: z.number().min(0),
});

const faceFinderSchema = z.strictObject({
  kind: z.literal("faces"),
  ...shippedFile,
  name: z.string(),
  role: z.string(),
  licence: licenceSchema,
  licenceFile: fileNameSchema,
  sources: z.array(z.string()).min(1),
});

const upscalingModelSchema = z.strictObject({
  kind: z.literal("upscale"),
  id: modelIdSchema,
  name: z.string(),
  role: localizedSchema,
  architecture: z.enum(architectures),
  scale: z.int().min(1).max(16),
  licence: licenceSchema,
  licenceFile: fileNameSchema,
  /** Id of the model that a denoise strength below 1 blends in. */
  denoisesWith: modelIdSchema.nullable(),
  /** The ONNX file in weights/; null for a model that is fetched when it is first wanted. */
  shipped: z.strictObject({ ...shippedFile, network: networkSchema }).nullable(),
  /** In the order in which they are tried. */
  sources: z.array(sourceSchema).min(1),
});

/** weights/manifest.json: every network that Kiln ships or knows where to fetch. */
export const manifestSchema = z
  .array(z.discriminatedUnion("kind", [faceFinderSchema, upscalingModelSchema]))
  .refine((entries) => {
    const ids = entries.flatMap((entry) => (entry.kind === "upscale" ? [entry.id] : []));
    return new Set(ids).size === ids.length;
  }, "Two models of one id");

export type SourceFile = z.infer<typeof sourceFileSchema>;
export type ModelSource = z.infer<typeof sourceSchema>;
export type ListedModel = z.infer<typeof upscalingModelSchema>;
export const networkInfoSchema = networkSchema;

/** The source of a model that lies in the archive of another source, with known hashes; null where it has none there. */
export function memberSource(model: ListedModel, { archive }: ModelSource): ModelSource | null {
  if (archive === null) return null;
  const inside = model.sources.find((source) => source.archive?.url === archive.url);
  return inside?.files.every(({ sha256, bytes }) => sha256 !== null && bytes !== null) === true
    ? inside
    : null;
}

/** The folder of shipped networks: sources and builds lie below the folder that has it. */
export function weightsDirectory(): string {
  for (let place = import.meta.dirname; ; place = dirname(place)) {
    const weights = join(place, "weights");
    if (existsSync(join(weights, "manifest.json"))) return weights;
    if (dirname(place) === place) throw new Error("weights/manifest.json is missing.");
  }
}

/** The upscaling models of the manifest, in its order. @throws Error when the manifest isn't what it should be */
export function listedModels(weights: string): readonly ListedModel[] {
  const text = readFileSync(join(weights, "manifest.json"), "utf8");
  return manifestSchema
    .parse(JSON.parse(text))
    .flatMap((entry) => (entry.kind === "upscale" ? [entry] : []));
}
