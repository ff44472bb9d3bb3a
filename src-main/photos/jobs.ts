import { basename } from "node:path";
import { z } from "zod";
import { defineJob } from "../jobs/index.ts";
import { copyIntoLibrary } from "./copy-into-library.ts";
import { readRoot, showFound } from "./read-root.ts";
import { type ReadingServices, readingCheckpoint, readingStages } from "./reading.ts";

const rootInput = {
  rootId: z.int().positive(),
  /** Path of what is read, for the title. */
  path: z.string(),
};

/** Reads a root in place, for the first time or again. */
export const readFolderJob = (services: ReadingServices) =>
  defineJob({
    kind: "read-folder",
    slot: "cpu",
    input: z.object({
      ...rootInput,
      /** Names of files that come to those that the root has; null where the root is a whole folder. */
      files: z.array(z.string()).nullable(),
      /** Sizes, times and cameras only: nothing is measured. */
      headersOnly: z.boolean().optional(),
    }),
    stages: readingStages,
    title: ({ path }) => ({
      en: `Read “${basename(path)}”`,
      ko: `‘${basename(path)}’ 읽기`,
    }),
    rootId: ({ rootId }) => rootId,
    resume: "stage",
    checkpoint: readingCheckpoint,
    run: (context, { rootId, files, headersOnly }) =>
      readRoot(services, context, rootId, files, { headersOnly: headersOnly === true }),
  });

/** Copies photos into the library, then reads the copies. */
export const importCopiesJob = (services: ReadingServices) =>
  defineJob({
    kind: "import-copies",
    slot: "cpu",
    input: z.object({ ...rootInput, sources: z.array(z.string()).min(1) }),
    stages: [
      { id: "copy", weight: 20, label: { en: "Copying photos", ko: "사진 복사 중" } },
      ...readingStages,
    ],
    title: ({ path }) => ({
      en: `Import “${basename(path)}”`,
      ko: `‘${basename(path)}’ 가져오기`,
    }),
    rootId: ({ rootId }) => rootId,
    resume: "stage",
    checkpoint: readingCheckpoint,
    async run(context, { rootId, path, sources }) {
      context.stage("copy");
      const uncopied = await copyIntoLibrary(sources, path, {
        signal: context.signal,
        leaveOut: services.database.directory,
        onProgress: (done, total) => context.progress(done, total),
      });
      return readRoot(services, context, rootId, null, { uncopied });
    },
  });

/** The sample is the same for everybody: what is said about it in documents and tests holds everywhere. */
const sampleSeed = 20_261_121;

/** Paints the sample project, then reads it. */
export const sampleJob = (services: ReadingServices) =>
  defineJob({
    kind: "make-sample",
    slot: "cpu",
    input: z.object(rootInput),
    stages: [
      {
        id: "paint",
        weight: 60,
        label: { en: "Painting the sample photos", ko: "샘플 사진 그리는 중" },
      },
      ...readingStages,
    ],
    title: () => ({ en: "Make the sample project", ko: "샘플 프로젝트 만들기" }),
    rootId: ({ rootId }) => rootId,
    resume: "stage",
    checkpoint: readingCheckpoint,
    async run(context, { rootId, path }) {
      context.stage("paint");
      let shown = Promise.resolve();
      await services.images.run(
        "sample",
        { directory: path, seed: sampleSeed },
        {
          signal: context.signal,
          tag: String(context.jobId),
          // Painting is long by nature; everything else that takes this long hangs.
          timeoutMs: null,
          onProgress({ done, total }) {
            context.progress(done, total);
            // Photos appear as they are painted: the person can begin to look.
            shown = shown.then(() => showFound(services, { rootId, path }, context.signal));
          },
        },
      );
      await shown;
      return readRoot(services, context, rootId, null);
    },
  });
