import { z } from "zod";
import { providerChoiceSchema, upscaleFormatSchema, upscaleTargetSchema } from "./upscale.ts";

/** Everything that is remembered about how the person likes to work; one file for every host. */
export const preferencesSchema = z.object({
  /** `system` follows the system's language: Korean where it is Korean, else English. */
  language: z.enum(["system", "en", "ko"]).default("system"),
  /** Frames further apart than this are different moments, milliseconds. */
  burstGapMs: z.int().min(0).max(600_000).default(2000),
  /** What a drop does with the photos. */
  importMode: z.enum(["reference", "copy"]).default("reference"),
  /** Edge of a grid tile in CSS pixels. */
  tileSize: z.int().min(96).max(480).default(200),
  /** After a decision in loupe or compare, go to the next photo. */
  autoAdvance: z.boolean().default(true),
  stacksCollapsed: z.boolean().default(false),
  showFilmstrip: z.boolean().default(true),
  showPanels: z.boolean().default(true),
  /** Sidecars: `.xmp` files beside the photos, by which programs tell each other of stars and labels. */
  xmp: z
    .object({
      /** Write decisions into sidecars; reading goes on either way. */
      write: z.boolean().default(false),
      /** XMP knows no picks: what a picked photo's sidecar says instead. */
      pickAs: z
        .enum([
          "nothing",
          "stars1",
          "stars2",
          "stars3",
          "stars4",
          "stars5",
          "labelRed",
          "labelYellow",
          "labelGreen",
          "labelBlue",
          "labelPurple",
        ])
        .default("nothing"),
      /** Who is right when a sidecar and a decision in Kiln differ. */
      onConflict: z.enum(["newer", "kiln", "sidecar"]).default("newer"),
    })
    .prefault({}),
  /** The last answers of the upscale room, and what networks run on. */
  upscale: z
    .object({
      model: z.string().default("general-x4v3"),
      denoise: z.number().min(0).max(1).default(1),
      target: upscaleTargetSchema.default({ by: "scale", scale: 4 }),
      format: upscaleFormatSchema.default("png"),
      quality: z.int().min(1).max(100).default(92),
      background: z.enum(["white", "black"]).default("white"),
      metadata: z.enum(["all", "withoutPlace", "none"]).default("all"),
      pattern: z.string().default("{name}-{model}-{scale}x"),
      existing: z.enum(["skip", "rename"]).default("skip"),
      provider: providerChoiceSchema.default("auto"),
    })
    .prefault({}),
  /** The last answers of the apply dialog. */
  apply: z
    .object({
      action: z.enum(["copy", "move", "export"]).default("copy"),
      pattern: z.string().default("{name}"),
      subfolders: z.string().default(""),
      rejects: z.enum(["leave", "trash"]).default("leave"),
      exportQuality: z.int().min(1).max(100).default(90),
    })
    .prefault({}),
});
export type Preferences = z.infer<typeof preferencesSchema>;

/** Any subset of the preferences; what is left out stays as it is. */
export const preferencesPatchSchema = z.object({
  language: preferencesSchema.shape.language.unwrap().optional(),
  burstGapMs: preferencesSchema.shape.burstGapMs.unwrap().optional(),
  importMode: preferencesSchema.shape.importMode.unwrap().optional(),
  tileSize: preferencesSchema.shape.tileSize.unwrap().optional(),
  autoAdvance: z.boolean().optional(),
  stacksCollapsed: z.boolean().optional(),
  showFilmstrip: z.boolean().optional(),
  showPanels: z.boolean().optional(),
  xmp: preferencesSchema.shape.xmp.unwrap().optional(),
  upscale: preferencesSchema.shape.upscale.unwrap().optional(),
  apply: preferencesSchema.shape.apply.unwrap().optional(),
});
