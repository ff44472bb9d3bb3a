/** Over 400 lines: the whole door, declared in one place. */
import { oc } from "@orpc/contract";
import { z } from "zod";
import { applyOptionsSchema, applyPlanSchema, applyQuestionSchema } from "./apply.ts";
import { jobSchema } from "./jobs.ts";
import { folderListingSchema, rootSchema } from "./library.ts";
import { modelIdSchema, modelNameSchema, modelSchema, modelsAddedSchema } from "./models.ts";
import {
  burstRowSchema,
  flagSchema,
  histogramSchema,
  idSchema,
  labelSchema,
  photoDetailSchema,
  photoRowSchema,
  rotationSchema,
  starsSchema,
  subjectSchema,
  verdictSchema,
} from "./photos.ts";
import { preferencesPatchSchema, preferencesSchema } from "./preferences.ts";
import { localizedSchema, problemSchema } from "./problem.ts";
import {
  providerChoiceSchema,
  providerReportSchema,
  upscaleCropSchema,
  upscaleForecastSchema,
  upscalePlacementSchema,
  upscaleRowSchema,
  upscaleSettingsSchema,
} from "./upscale.ts";

/** Every procedure may answer with the one typed error: a problem that a person can read. */
const procedure = oc.errors({ PROBLEM: { status: 422, data: problemSchema } });

const nothing = z.object({});
/** Longest pause between two frames of one burst, in ms. */
const gapSchema = z.int().min(0).max(600_000);
const jobStarted = z.object({ jobId: idSchema });
/** An edit is one step of undo; null when nothing changed. */
const edited = z.object({ editId: idSchema.nullable() });
/**
 * A step of undo or redo: its label is null when there was none; the roots that it was about; the job that works on
 * files for it, where it is an applied plan: the step is taken when that has ended.
 */
const stepTaken = z.object({
  label: localizedSchema.nullable(),
  rootIds: z.array(idSchema),
  jobId: idSchema.nullable(),
});

/**
 * The door of Kiln: everything that a window, the command line or another program may ask of it.
 * Served over a MessagePort in Electron, over a loopback WebSocket in the browser host, in process for the CLI.
 */
export const contract = {
  app: {
    info: procedure.output(
      z.object({
        version: z.string(),
        host: z.enum(["electron", "browser"]),
        platform: z.enum(["windows", "macos", "linux"]),
        /** `native`: sources.pick opens the system's dialog; `list`: show sources.list, the host's own folder list. */
        folderPicker: z.enum(["native", "list"]),
        /** Whether undo can take a file back out of the system's trash, and whether there is a trash at all. */
        trash: z.enum(["restorable", "one-way", "none"]),
        /** The system's language as a BCP 47 tag. */
        locale: z.string(),
        libraryPath: z.string(),
      }),
    ),
    /** A redacted text for bug reports: versions, last jobs, tail of the log. */
    diagnostics: procedure.output(z.object({ text: z.string() })),
  },

  preferences: {
    get: procedure.output(preferencesSchema),
    set: procedure.input(preferencesPatchSchema).output(preferencesSchema),
  },

  /**
   * Places on the disk, as tokens. A token stands for paths that only main knows: dropped on the window, chosen
   * in main's dialog, or listed by the browser host. Tokens live as long as the window.
   */
  sources: {
    /** Opens the system's folder dialog; null when the person closed it. */
    pick: procedure
      .input(z.object({ purpose: z.enum(["import", "destination"]) }))
      .output(z.object({ token: z.string(), path: z.string() }).nullable()),
    /** The browser host's own folder list; without a token: where to start (home, drives, volumes). */
    list: procedure.input(z.object({ token: z.string().nullable() })).output(folderListingSchema),
    /**
     * A place for the bytes of files dropped on a page that has no paths (browser host): PUT each to
     * `uploadUrl(token, relativePath)`, then import the token with mode `copy`. `name`: what the dropped folder is
     * called, where it is one.
     */
    upload: procedure
      .input(z.object({ name: z.string().min(1).max(255).optional() }).optional())
      .output(z.object({ token: z.string() })),
    /** Makes a new folder inside a listed one (browser host). */
    makeFolder: procedure
      .input(z.object({ parent: z.string(), name: z.string().min(1).max(120) }))
      .output(folderListingSchema),
  },

  library: {
    roots: procedure.output(z.array(rootSchema)),
    /**
     * Starts reading what a token stands for. `copy` puts copies into the library, `reference` reads in place; with
     * `headersOnly` (for `reference`) it leaves measuring to the next reading.
     */
    import: procedure
      .input(
        z.object({
          token: z.string(),
          mode: z.enum(["reference", "copy"]),
          headersOnly: z.boolean().optional(),
        }),
      )
      .output(z.object({ jobId: idSchema, rootId: idSchema })),
    importSample: procedure.output(z.object({ jobId: idSchema, rootId: idSchema })),
    /** Reads a root again; unchanged files cost nothing. */
    refresh: procedure.input(z.object({ rootId: idSchema })).output(jobStarted),
    /**
     * Starts writing what was decided in a root into sidecars that don't say it yet: decisions made before sidecars were
     * switched on, and those that could not be written. Fails with `sidecars-off` where they are switched off.
     */
    writeSidecars: procedure.input(z.object({ rootId: idSchema })).output(nothing),
    /** Decisions that a sidecar should have and has not: how many, and the first 200 of them with why. */
    unwrittenSidecars: procedure.output(
      z.object({
        count: z.int().min(0),
        photos: z.array(
          z.object({
            photoId: idSchema,
            /** Of the photo. Shown to the person; no procedure accepts it. */
            path: z.string(),
            reason: localizedSchema,
          }),
        ),
      }),
    ),
    /** Marks a root as the one being looked at: it moves to the top of the recent folders and is watched. */
    open: procedure.input(z.object({ rootId: idSchema })).output(rootSchema),
    /** Takes a root out of the library. Files on disk stay; undo brings it back with every decision. */
    forget: procedure.input(z.object({ rootId: idSchema })).output(edited),
  },

  photos: {
    /**
     * Photos and bursts of a root that changed after revision `since` (0: all of them). A photo in state `gone`
     * or a burst with `gone` is to be dropped. Ordered by capture time, then by name.
     *
     * With `page` in parts, so that nobody waits for thousands of rows: the bursts and at most `limit` photos, by id,
     * from `next` on while that is not null. Of all parts the first one's revision counts.
     */
    changes: procedure
      .input(
        z.object({
          rootId: idSchema,
          since: z.int().min(0),
          page: z
            .object({ after: z.int().min(0), limit: z.int().min(1).max(10_000) })
            .nullable()
            .default(null),
        }),
      )
      .output(
        z.object({
          revision: z.int(),
          photos: z.array(photoRowSchema),
          bursts: z.array(burstRowSchema),
          next: idSchema.nullable(),
        }),
      ),
    detail: procedure.input(z.object({ photoId: idSchema })).output(photoDetailSchema),
    /** Why a photo's decisions are in no sidecar that should have them; null where they are, or none should. */
    unwrittenSidecar: procedure
      .input(z.object({ photoId: idSchema }))
      .output(z.object({ reason: localizedSchema.nullable() })),
    histogram: procedure.input(z.object({ photoId: idSchema })).output(histogramSchema),
    /** Ranks all measured photos of a root as if they were one burst. Changes nothing. */
    rankAsOne: procedure.input(z.object({ rootId: idSchema })).output(
      z.object({
        pickId: idSchema.nullable(),
        verdict: verdictSchema.nullable(),
        /** Best first. */
        frames: z.array(
          z.object({
            photoId: idSchema,
            rank: z.int().min(1),
            score: z.number(),
            reason: localizedSchema,
            subject: subjectSchema,
          }),
        ),
      }),
    ),
    /** How a root would be grouped at this gap. Changes nothing; quick enough for a slider that is dragged. */
    previewGap: procedure.input(z.object({ rootId: idSchema, gapMs: gapSchema })).output(
      z.object({
        /** Bursts of two and more. */
        bursts: z.int().min(0),
        singles: z.int().min(0),
        /** Photos that would change their burst. */
        changed: z.int().min(0),
      }),
    ),
    /** Near-duplicates: frames of the root's other bursts, the most alike first, one a burst, at most twelve. */
    similar: procedure.input(z.object({ photoId: idSchema })).output(
      z.object({
        photos: z.array(
          z.object({
            photoId: idSchema,
            burstId: idSchema,
            /** 0 for the same picture; 0.3 at most. */
            distance: z.number().min(0).max(1),
          }),
        ),
      }),
    ),
    /** Shows the photo's file in the system's file manager. */
    reveal: procedure.input(z.object({ photoId: idSchema })).output(nothing),
    /** Opens the place where the photo was taken on OpenStreetMap, in the system browser. */
    showOnMap: procedure.input(z.object({ photoId: idSchema })).output(nothing),
  },

  edits: {
    /** Decides on photos. What is left out stays. One call is one step of undo. */
    decide: procedure
      .input(
        z.object({
          photoIds: z.array(idSchema).min(1),
          stars: starsSchema.optional(),
          flag: flagSchema.optional(),
          label: labelSchema.optional(),
          rotation: rotationSchema.optional(),
        }),
      )
      .output(edited),
    /**
     * Takes the proposed frame of each burst as its pick; the other frames stay unflagged or become rejects. What the
     * person flagged stays, and with it each burst where they picked a frame or rejected the proposed one (`left`);
     * `decided: 'replace'` flags those, too.
     */
    acceptProposals: procedure
      .input(
        z.object({
          burstIds: z.array(idSchema).min(1),
          others: z.enum(["leave", "reject"]),
          decided: z.enum(["leave", "replace"]).default("leave"),
        }),
      )
      .output(edited.extend({ accepted: z.int(), left: z.int() })),
    setBurstPick: procedure
      .input(z.object({ burstId: idSchema, photoId: idSchema }))
      .output(edited),
    /** Puts the photos, all of one burst, into a burst of their own. */
    splitBurst: procedure.input(z.object({ photoIds: z.array(idSchema).min(1) })).output(edited),
    mergeBursts: procedure.input(z.object({ burstIds: z.array(idSchema).min(2) })).output(edited),
    /** Every photo of these bursts becomes a burst of one. */
    dissolveBursts: procedure
      .input(z.object({ burstIds: z.array(idSchema).min(1) }))
      .output(edited),
    /**
     * Groups a root again with this gap; bursts that the person changed stay. Calls for one root that directly follow
     * one another are one step of undo. With `asStep` false it is none: the root is grouped as a reading does.
     */
    regroup: procedure
      .input(z.object({ rootId: idSchema, gapMs: gapSchema, asStep: z.boolean().default(true) }))
      .output(edited),
    /** Takes back what the person grouped by hand in a root: all is grouped by time and look again. */
    resetBursts: procedure.input(z.object({ rootId: idSchema })).output(edited),
    /**
     * Takes the last step back. With `shownRootId` (null for none), one that works on files of another root is only told
     * of, with its `planId`: the person is asked, and `apply.undo` takes it back.
     */
    undo: procedure
      .input(z.object({ shownRootId: idSchema.nullable() }).optional())
      .output(stepTaken.extend({ planId: idSchema.nullable() })),
    redo: procedure.output(stepTaken),
  },

  apply: {
    /** A live example of a pattern on a real photo, or the problem with the pattern and the field that has it. */
    previewName: procedure
      .input(
        z.object({
          rootId: idSchema,
          pattern: z.string().max(200),
          subfolders: z.string().max(300),
        }),
      )
      .output(
        z.object({
          example: z.string().nullable(),
          problem: problemSchema.nullable(),
          wrongField: z.enum(["pattern", "subfolders"]).nullable(),
        }),
      ),
    /** Plans; touches nothing. */
    plan: procedure
      .input(applyOptionsSchema)
      .output(
        z.union([z.object({ question: applyQuestionSchema }), z.object({ plan: applyPlanSchema })]),
      ),
    /** Carries out a plan as a job. The job is undone by `edits.undo` or here. */
    start: procedure.input(z.object({ planId: idSchema })).output(jobStarted),
    undo: procedure.input(z.object({ planId: idSchema })).output(jobStarted),
  },

  /** Upscaling models. */
  models: {
    /** Every model: Kiln's in the order of their use, then the person's own. */
    list: procedure.output(z.array(modelSchema)),
    /** Starts fetching a model; `jobId` is null where it is at hand. */
    fetch: procedure
      .input(z.object({ id: modelIdSchema }))
      .output(z.object({ jobId: idSchema.nullable() })),
    /**
     * Takes in model files that were dropped, picked or uploaded (`sources.upload`): .pth, .safetensors, .onnx, or
     * ncnn's .param and .bin. Each is converted and tried; what is refused says why.
     */
    add: procedure.input(z.object({ token: z.string() })).output(modelsAddedSchema),
    /** Takes a fetched or added model off the disk; the files it was made of stay. */
    remove: procedure.input(z.object({ id: modelIdSchema })).output(nothing),
    /** Only for models that the person added. */
    rename: procedure.input(z.object({ id: modelIdSchema, name: modelNameSchema })).output(nothing),
  },

  upscales: {
    /** Results of the library that changed after revision `since` (0: all), newest first. Rows that are `gone` are to be dropped. */
    changes: procedure
      .input(z.object({ since: z.int().min(0) }))
      .output(z.object({ revision: z.int(), upscales: z.array(upscaleRowSchema) })),
    /** What upscaling these photos would give, and where; touches nothing. */
    forecast: procedure
      .input(
        z.object({
          photoIds: z.array(idSchema).min(1).max(10_000),
          settings: upscaleSettingsSchema,
          placement: upscalePlacementSchema,
          /** Token of a folder (`sources`); null: the library's own folder for results. */
          destination: z.string().nullable(),
        }),
      )
      .output(
        z.object({
          photos: z.array(upscaleForecastSchema),
          /** The folder, for the person to read. */
          folder: z.string(),
          /** Of all that can be made, with the provider in force; null while its speed is not known. */
          seconds: z.number().nullable(),
        }),
      ),
    /**
     * Starts upscaling as one job. Photos that can't be made or are to be skipped are named and left out. Fails with
     * `nothing-to-upscale` where none is left.
     */
    start: procedure
      .input(
        z.object({
          photoIds: z.array(idSchema).min(1).max(10_000),
          settings: upscaleSettingsSchema,
          placement: upscalePlacementSchema,
          destination: z.string().nullable(),
        }),
      )
      .output(
        z.object({
          jobId: idSchema,
          upscaleIds: z.array(idSchema),
          skipped: z.array(z.object({ photoId: idSchema, reason: localizedSchema })),
        }),
      ),
    /** A square piece of a photo, as it is and upscaled: quick enough to look at models one after the other. */
    crop: procedure
      .input(
        z.object({
          photoId: idSchema,
          model: z.string(),
          denoise: z.number().min(0).max(1),
          /** The piece's middle, as fractions of the upright photo. */
          x: z.number().min(0).max(1),
          y: z.number().min(0).max(1),
          /** Its edge in pixels of the photo; less where the photo is smaller. */
          edge: z.int().min(16).max(512),
        }),
      )
      .output(upscaleCropSchema),
    /** Makes results again that failed, as one job. */
    retry: procedure.input(z.object({ upscaleIds: z.array(idSchema).min(1) })).output(jobStarted),
    /** Puts a result into the system's trash (a failed one just leaves the list); its original stays as it is. */
    remove: procedure.input(z.object({ upscaleId: idSchema })).output(nothing),
    reveal: procedure.input(z.object({ upscaleId: idSchema })).output(nothing),
    /** What networks can run on here, the one in force, and the person's choice. */
    providers: procedure.output(
      z.object({
        providers: z.array(providerReportSchema),
        current: providerReportSchema.shape.id,
        choice: providerChoiceSchema,
      }),
    ),
    chooseProvider: procedure.input(z.object({ choice: providerChoiceSchema })).output(nothing),
    /** Tests every provider again: after a new driver, say. Takes as long as the drivers do, some seconds. */
    testProviders: procedure.output(nothing),
  },

  jobs: {
    list: procedure.output(z.array(jobSchema)),
    /** Stops a job that can go on later where it was; fails with `job-not-pausable` for all others. */
    pause: procedure.input(z.object({ jobId: idSchema })).output(jobSchema),
    /** Lets a paused job go on. */
    resume: procedure.input(z.object({ jobId: idSchema })).output(jobSchema),
    cancel: procedure.input(z.object({ jobId: idSchema })).output(jobSchema),
    retry: procedure.input(z.object({ jobId: idSchema })).output(jobSchema),
    /** Takes ended jobs off the list. */
    clear: procedure.output(nothing),
    /** Shows the job's result in the system's file manager. */
    reveal: procedure.input(z.object({ jobId: idSchema })).output(nothing),
  },

  events: {
    /**
     * Waits until something is newer than `cursor` and answers with the newest state of everything that changed.
     * The caller asks again when it is done with the answer: what happened in between is folded into one answer,
     * so a slow window is never flooded (latest wins). Cursor 0 answers at once with everything.
     */
    next: procedure.input(z.object({ cursor: z.int().min(0) })).output(
      z.object({
        cursor: z.int(),
        /** Every job of the list, newest first. */
        jobs: z.array(jobSchema),
        /** Newest revision of photos and bursts: ask `photos.changes` when it passed yours. */
        revision: z.int(),
        roots: z.array(rootSchema),
        /** Ask `models.list` when it is another than yours. */
        modelsRevision: z.int(),
        preferences: preferencesSchema,
        undo: localizedSchema.nullable(),
        redo: localizedSchema.nullable(),
        /** Redo would copy, move or export files again: it is asked about first. */
        redoTouchesFiles: z.boolean(),
        /** A root that was opened from outside (command line, second start): show it. */
        openRootId: idSchema.nullable(),
        /** A command of the native menu, to be run by the page's registry. */
        command: z.string().nullable(),
      }),
    ),
  },
};

export type Contract = typeof contract;
