import { z } from "zod";
import { boxSchema, idSchema } from "./photos.ts";
import { localizedSchema, problemSchema } from "./problem.ts";

export const upscaleFormats = ["jpeg", "png", "webp", "avif", "tiff"] as const;
export const upscaleFormatSchema = z.enum(upscaleFormats);
export type UpscaleFormat = z.infer<typeof upscaleFormatSchema>;

/** ISO 216 papers, millimetres: short edge, long edge. */
export const papers = {
  A0: [841, 1189],
  A1: [594, 841],
  A2: [420, 594],
  A3: [297, 420],
  A4: [210, 297],
  A5: [148, 210],
  A6: [105, 148],
} as const;
export const paperSchema = z.enum(["A0", "A1", "A2", "A3", "A4", "A5", "A6"]);
export type Paper = z.infer<typeof paperSchema>;

/** How large the result is to be; proportions are kept. Lengths are those of the upright picture, in pixels. */
export const upscaleTargetSchema = z.discriminatedUnion("by", [
  /** Times the original's edges: 2, 4, 1.5. */
  z.object({ by: z.literal("scale"), scale: z.number().min(1).max(16) }),
  z.object({ by: z.literal("width"), pixels: z.int().min(1).max(200_000) }),
  z.object({ by: z.literal("height"), pixels: z.int().min(1).max(200_000) }),
  /** So that it fills the paper in one direction and fits in the other, the paper turned as the picture is. */
  z.object({ by: z.literal("print"), paper: paperSchema, dpi: z.int().min(36).max(1200) }),
]);
export type UpscaleTarget = z.infer<typeof upscaleTargetSchema>;

/** How an upscale is made. */
export const upscaleSettingsSchema = z.object({
  /** Id of a model of `models.list`. */
  model: z.string().min(1).max(200),
  /** 0..1 for models that have it (1 removes noise, 0 keeps the grain); of no meaning for others. */
  denoise: z.number().min(0).max(1),
  target: upscaleTargetSchema,
  format: upscaleFormatSchema,
  /** 1..100, for JPEG, WebP and AVIF. */
  quality: z.int().min(1).max(100),
  /** What shows through what is transparent where the format has no transparency (JPEG); white if left out. */
  background: z.enum(["white", "black"]).optional(),
  /** What goes along of EXIF, XMP and IPTC; colour profile and resolution always do. */
  metadata: z.enum(["all", "withoutPlace", "none"]),
  /** Edge of a tile in pixels of the original, padding not counted; 0 is untiled; left out, Kiln chooses. */
  tile: z.int().min(0).max(65_536).optional(),
});
export type UpscaleSettings = z.infer<typeof upscaleSettingsSchema>;

/** Where results go and how they are called. */
export const upscalePlacementSchema = z.object({
  /** Name without extension: {name}, {model}, {scale}, {width}, {height}, {date}. */
  pattern: z.string().min(1).max(200),
  /** What happens where a file of that name is there already; none is ever replaced. */
  existing: z.enum(["skip", "rename"]),
});
export type UpscalePlacement = z.infer<typeof upscalePlacementSchema>;

export const upscaleStatuses = ["queued", "processing", "completed", "failed"] as const;

/** One result, or what is to become one. It belongs to its original. */
export const upscaleRowSchema = z.object({
  id: idSchema,
  /** Its original; null where that has left the library. */
  photoId: idSchema.nullable(),
  /** Of the original's file. */
  sourceName: z.string(),
  /** Of the result's file; null before it is there. */
  name: z.string().nullable(),
  /** Shown to the person only; no procedure accepts it. */
  path: z.string().nullable(),
  status: z.enum(upscaleStatuses),
  /** Why it failed. */
  problem: problemSchema.nullable(),
  /** The job that makes it or made it; null once that left the library. */
  jobId: idSchema.nullable(),
  settings: upscaleSettingsSchema,
  /** As it was called when the work began. */
  modelName: z.string(),
  sourceWidth: z.int().min(0),
  sourceHeight: z.int().min(0),
  /** Of the result, in pixels. */
  width: z.int().min(0),
  height: z.int().min(0),
  bytes: z.number().nullable(),
  /** How long it took. */
  seconds: z.number().nullable(),
  /** What the person should know of it: "Made from the RAW's preview of 1,620 × 1,080 px." */
  note: localizedSchema.nullable(),
  /** Changes with the result's pixels: part of every media address. */
  version: z.string(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  /** True when it left the library: clients drop it. */
  gone: z.boolean(),
});
export type UpscaleRow = z.infer<typeof upscaleRowSchema>;

/** What upscaling a photo with these settings would give. Nothing has been begun. */
export const upscaleForecastSchema = z.object({
  photoId: idSchema,
  sourceWidth: z.int(),
  sourceHeight: z.int(),
  width: z.int(),
  height: z.int(),
  /** How often the network runs over it: more than once where the target is beyond its scale. 0 where it can't be made. */
  runs: z.int().min(0),
  /** Name of the result's file. */
  name: z.string(),
  /** A file of that name is there already: any file, the original too. */
  exists: z.boolean(),
  /** What is there is this photo's result with these very settings, under that name or a number of it. */
  isDone: z.boolean(),
  /** Why it can't be made like this: a format's limits, no pixels, a photo that can't be read. */
  problem: problemSchema.nullable(),
  note: localizedSchema.nullable(),
});
export type UpscaleForecast = z.infer<typeof upscaleForecastSchema>;

/** What networks can run on. `id` is ONNX Runtime's name of it. */
export const providerReportSchema = z.object({
  id: z.enum(["dml", "cuda", "coreml", "webgpu", "cpu"]),
  /** "Graphics card (DirectML)", "Processor". */
  name: localizedSchema,
  /** Whether it gave the processor's numbers in a test on this machine; null while it has not been tested. */
  isUsable: z.boolean().nullable(),
  /** Why it can't be used. */
  reason: localizedSchema.nullable(),
  /** Seconds an output megapixel of the shipped model, as measured in the test. */
  secondsPerMegapixel: z.number().nullable(),
});
export type ProviderReport = z.infer<typeof providerReportSchema>;

export const providerChoiceSchema = z.enum(["auto", "dml", "cuda", "coreml", "webgpu", "cpu"]);
export type ProviderChoice = z.infer<typeof providerChoiceSchema>;

/** A piece of a photo, as it is and upscaled. */
export const upscaleCropSchema = z.object({
  /** For `cropUrl`. */
  key: z.string(),
  /** Of the piece in the original, in pixels, and where it lies. */
  sourceWidth: z.int(),
  sourceHeight: z.int(),
  box: boxSchema,
  /** Of the upscaled piece. */
  width: z.int(),
  height: z.int(),
  /** What the network took, its loading counted; null where the piece had been made before. */
  seconds: z.number().nullable(),
});
export type UpscaleCrop = z.infer<typeof upscaleCropSchema>;
