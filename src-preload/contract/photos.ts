import { z } from "zod";
import { localizedSchema } from "./problem.ts";

/** Row ids are positive integers, unique inside one library. */
export const idSchema = z.int().positive();

export const photoFormats = ["jpeg", "png", "webp", "avif", "tiff", "heic"] as const;
export const flags = ["pick", "none", "reject"] as const;
export const labels = ["none", "red", "yellow", "green", "blue", "purple"] as const;

export const flagSchema = z.enum(flags);
export const labelSchema = z.enum(labels);
export const starsSchema = z.int().min(0).max(5);
/** Clockwise turn that the person added on top of the photo's own EXIF orientation, in degrees. */
export const rotationSchema = z.union([
  z.literal(0),
  z.literal(90),
  z.literal(180),
  z.literal(270),
]);

export type Flag = z.infer<typeof flagSchema>;
export type Label = z.infer<typeof labelSchema>;
export type Rotation = z.infer<typeof rotationSchema>;

/**
 * How far Kiln has got with a photo. `found`: its file is listed; `probed`: size, time and camera are known;
 * `measured`: its thumbnail, look and sharpness are known; `skipped`: it can't be read (see the reason);
 * `missing`: its file is not where it was (decisions are kept until it is found again);
 * `gone`: it left the library (forgotten, moved away or trashed): clients drop it.
 */
export const photoStateSchema = z.enum([
  "found",
  "probed",
  "measured",
  "skipped",
  "missing",
  "gone",
]);
export type PhotoState = z.infer<typeof photoStateSchema>;

/** x, y, width and height as fractions of the upright photo (EXIF orientation applied, `rotation` not). */
export const boxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]).readonly();
export type Box = z.infer<typeof boxSchema>;

/** What a burst was compared on, and where it is in one frame: a face, the camera's focus point, what stands out, all. */
export const subjectSchema = z.object({
  kind: z.enum(["face", "focusPoint", "salient", "frame"]),
  box: boxSchema,
});
export type Subject = z.infer<typeof subjectSchema>;

/** `tooCloseToCall`: the best two differ by less than the measure's own noise, so that the pick is tentative. */
export const verdictSchema = z.enum(["pick", "tooCloseToCall"]);
export type Verdict = z.infer<typeof verdictSchema>;

/** One photo as grids and filmstrips need it. */
export const photoRowSchema = z.object({
  id: idSchema,
  /** File name of the photo's main file, with its extension. */
  name: z.string(),
  /** Stands for the folder that it lies in: another one when the photo moved. */
  directoryId: idSchema,
  state: photoStateSchema,
  /** Of the pixels that Kiln shows: a RAW's are those of the JPEG inside it. */
  format: z.enum(photoFormats).nullable(),
  /** Whether one of its files is a RAW, and whether one is not: both of a pair that counts once. */
  hasRaw: z.boolean(),
  hasPicture: z.boolean(),
  /** Upright size of a RAW's preview where it is smaller than the photo; null where all pixels are shown. */
  preview: z.object({ width: z.int(), height: z.int() }).nullable(),
  /** Upright size in pixels (EXIF orientation applied, `rotation` not); 0 until probed. */
  width: z.int().min(0),
  height: z.int().min(0),
  /** Changes when the file's bytes change: part of every media address, so that caches stay true. */
  version: z.string(),
  /** Wall-clock time of the capture in milliseconds as if it were UTC; null when EXIF has none. */
  capturedAt: z.number().nullable(),
  camera: z.string().nullable(),
  lens: z.string().nullable(),
  iso: z.number().nullable(),
  stars: starsSchema,
  flag: flagSchema,
  label: labelSchema,
  rotation: rotationSchema,
  burstId: idSchema.nullable(),
  /** Place in its burst by best cut, from 1; null until measured. */
  rank: z.int().min(1).nullable(),
  /** Best-cut score: higher is better, comparable inside one burst only; null until measured. */
  score: z.number().nullable(),
  /** Why it has its rank; for a skipped photo, why it was skipped. */
  reason: localizedSchema.nullable(),
  /** Where it was compared with the others of its burst; null until measured. */
  subject: subjectSchema.nullable(),
  /** Whether its burst is too close to call and this is one of the frames that can't be told apart. */
  isTied: z.boolean(),
});
export type PhotoRow = z.infer<typeof photoRowSchema>;

/** Frames of one moment. Every readable photo is in exactly one burst; a lone one is a burst of one. */
export const burstRowSchema = z.object({
  id: idSchema,
  /** The frame proposed by best cut, or chosen by the person; null while nothing is measured. */
  pickId: idSchema.nullable(),
  /** True when the person chose `pickId`. */
  pickIsManual: z.boolean(),
  /** Best cut's word on the frames; null while nothing is measured. */
  verdict: verdictSchema.nullable(),
  /** True when the person split, merged or dissolved it: a new reading leaves it as it is. */
  isManual: z.boolean(),
  /** True when it has no photos any more: clients drop it. */
  gone: z.boolean(),
});
export type BurstRow = z.infer<typeof burstRowSchema>;

/** What best cut measured on the frame. Shares are 0..1. */
export const measuresSchema = z.object({
  sharpness: z.number(),
  noise: z.number(),
  contrast: z.number(),
  brightness: z.number(),
  clippedHighlights: z.number(),
  clippedShadows: z.number(),
  laplacianVariance: z.number(),
  /** How much of the blur is motion, 0 (none) .. 1. */
  motion: z.number(),
  /** Along which the camera or the subject moved, 0..180 clockwise from the right; means nothing where `motion` is 0. */
  motionDegrees: z.number(),
});
export type Measures = z.infer<typeof measuresSchema>;

/** Everything known about one photo: the EXIF panel. */
export const photoDetailSchema = z.object({
  id: idSchema,
  /** Shown to the person only, as those of its files; no procedure accepts it. */
  path: z.string(),
  /** The main file first. */
  files: z.array(
    z.object({
      path: z.string(),
      name: z.string(),
      kind: z.string(),
      bytes: z.number(),
      primary: z.boolean(),
    }),
  ),
  capturedLocal: z.string().nullable(),
  offsetMinutes: z.number().nullable(),
  cameraMake: z.string().nullable(),
  cameraModel: z.string().nullable(),
  lens: z.string().nullable(),
  iso: z.number().nullable(),
  exposureSeconds: z.number().nullable(),
  fNumber: z.number().nullable(),
  focalLengthMm: z.number().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  iccName: z.string().nullable(),
  /** Largest first; null where none were looked for. */
  faces: z.array(boxSchema).nullable(),
  /** Where the camera says that it focused. */
  focus: boxSchema.nullable(),
  measures: measuresSchema.nullable(),
});
export type PhotoDetail = z.infer<typeof photoDetailSchema>;

/** 256 bins a channel, counted on a small rendition; shares (0..1) of lost tones as in `measuresSchema`, by luma. */
export const histogramSchema = z.object({
  red: z.array(z.number()).length(256),
  green: z.array(z.number()).length(256),
  blue: z.array(z.number()).length(256),
  luma: z.array(z.number()).length(256),
  clippedHighlights: z.number(),
  clippedShadows: z.number(),
});
export type Histogram = z.infer<typeof histogramSchema>;
