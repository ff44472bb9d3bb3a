/** The bench's own worker: paints bursts, and measures them the old way. A process of its own, one a core. */
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import sharp from "sharp";
import { z } from "zod";
import { serveWorker } from "../../src-main/workers/index.ts";
import { laplacianVariance } from "./bestcut-laplacian.ts";
import { planBurst, planSheets, SETS, type SetName } from "./bestcut-plan.ts";
import {
  type Background,
  isSharpEnough,
  paintBackground,
  paintSubject,
  photoBackground,
} from "./bestcut-scenes.ts";
import { shootBurst } from "./bestcut-shoot.ts";

const shotBurst = z.object({
  set: z.enum(SETS),
  files: z.array(z.string()),
  /** Variance of the Laplacian of each at full size. */
  laplacian: z.array(z.number()),
  /** What the bursts are of. */
  background: z.string(),
  subject: z.string().nullable(),
  /** The middle of what one would focus on, as fractions of the frame that did not wander. */
  heart: z.tuple([z.number(), z.number()]).nullable(),
  /** Processor time that this burst took, painting of what it shares included with the first. */
  cpuSeconds: z.number(),
});
export type ShotBurst = z.infer<typeof shotBurst>;

export type GeneratorMethods = {
  /** Bursts number `index` of several sets, which share their background. What was finished before is taken as it is. */
  shoot: {
    input: {
      readonly path: string;
      readonly seed: number;
      readonly index: number;
      readonly sets: readonly SetName[];
      readonly width: number;
      readonly height: number;
      /** Photos: the background, and what some subjects are covered with; null where both are painted. */
      readonly photos: { readonly background: string; readonly skin: string } | null;
    };
    output: readonly ShotBurst[];
    progress: never;
  };
  /** Whether a photo can be a background at this size. */
  isSharpEnough: {
    input: { readonly path: string; readonly width: number; readonly height: number };
    output: boolean;
    progress: never;
  };
  /** A burst to time the analysis on: the paths of its files. */
  sheets: {
    input: {
      readonly path: string;
      readonly index: number;
      readonly width: number;
      readonly height: number;
    };
    output: readonly string[];
    progress: never;
  };
  laplacian: { input: { readonly path: string }; output: number; progress: never };
};

sharp.concurrency(1);
sharp.cache(false);

serveWorker<GeneratorMethods>({
  shoot: async ({ path, seed, index, sets, width, height, photos }) => {
    const size = { width, height };
    const skin = photos?.skin ?? null;
    let background: Background | null = null;
    const bursts: ShotBurst[] = [];
    for (const set of sets) {
      const folder = join(path, set);
      const finished = join(folder, "burst.json");
      if (existsSync(finished)) {
        bursts.push(shotBurst.parse(JSON.parse(await readFile(finished, "utf8"))));
        continue;
      }
      const before = process.cpuUsage();
      background ??=
        photos === null
          ? paintBackground(seed, index, size)
          : await photoBackground(photos.background, size);
      const burst = planBurst(set, seed, index, size);
      const subject =
        burst.subject === null
          ? null
          : await paintSubject(burst.subject, { seed, index, skin }, size);
      const files = await shootBurst(folder, burst, { background, subject }, size);
      const laplacian: number[] = [];
      for (const file of files) laplacian.push(await laplacianVariance(file));
      const { user, system } = process.cpuUsage(before);
      const shot: ShotBurst = {
        set,
        files,
        laplacian,
        background: background.name,
        subject: subject?.name ?? null,
        heart: subject && [
          (subject.heart.x + subject.heart.width / 2) / width,
          (subject.heart.y + subject.heart.height / 2) / height,
        ],
        cpuSeconds: (user + system) / 1e6,
      };
      await writeFile(finished, JSON.stringify(shot));
      bursts.push(shot);
    }
    return bursts;
  },
  isSharpEnough: ({ path, ...size }) => isSharpEnough(path, size),
  sheets: async ({ path, index, ...size }) => {
    const burst = planSheets(index, size);
    const subject =
      burst.subject === null
        ? null
        : await paintSubject(burst.subject, { seed: burst.seed, index }, size);
    const background = paintBackground(burst.seed, 4 * index, size);
    const part = `${path}.part`;
    const files = await shootBurst(part, burst, { background, subject }, size);
    await rename(part, path);
    return files.map((file) => join(path, basename(file)));
  },
  laplacian: ({ path }) => laplacianVariance(path),
});
