/** `kiln bench bestcut`: how often the sharpest frame of a burst is found, how fast, and in how much memory. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { forkLauncher, WorkerPool } from "../../src-main/workers/index.ts";
import type { Box } from "../../src-preload/contract/photos.ts";
import { root } from "../e2e/hosts.ts";
import { type Outcome, type Sets, summarise, voidReason } from "./bestcut-figures.ts";
import type { GeneratorMethods } from "./bestcut-generator.ts";
import { type MeasuredBurst, MeasuredBursts, versions } from "./bestcut-measured.ts";
import { judge, Pipeline, PROCESSES } from "./bestcut-pipeline.ts";
import { planBurst, SETS, type SetName } from "./bestcut-plan.ts";
import { measureSpeed, type Speed } from "./bestcut-speed.ts";
import { rounded, tell } from "./figures.ts";

export const usage = `kiln bench bestcut [--seed N] [--bursts N] [--size WxH] [--photos DIR] [--sets LIST] [--dir DIR]
                   [--keep] [--skip-speed] [--json]

  --seed N      another seed, other bursts (1)
  --bursts N    bursts a set (200)
  --size WxH    of a frame, even numbers (3000x2000)
  --photos DIR  every other burst is of one of these photos; those that are too soft at that size are left out
  --sets LIST   of mixed,missedFocus,nearTies
  --dir DIR     where what was measured and the files for the speed lie (.cache/bench); a run that was broken off
                goes on, and bursts that were measured are only ranked anew when nothing but ranking changed
  --keep        keep the frames below DIR/frames, and use what lies there
  --skip-speed  shares only
`;

export interface BestcutReport {
  readonly sets: Sets;
  readonly speed: Speed | null;
  readonly memoryMiB: number | null;
  /** Why the figures prove nothing; false where they do. */
  readonly void: string | false;
  readonly run: {
    readonly seed: number;
    readonly bursts: number;
    readonly size: string;
    readonly generator: string;
    readonly measures: string;
    readonly ranking: string;
    readonly photos: { readonly used: number; readonly tooSoft: number } | null;
    /** Processor time to paint a burst and to measure it the old way, mean. */
    readonly generatorCpuSecondsABurst: number | null;
  };
}

interface Options {
  readonly seed: number;
  readonly bursts: number;
  readonly width: number;
  readonly height: number;
  readonly photos: string | null;
  readonly sets: readonly SetName[];
  readonly cache: string;
  readonly keep: boolean;
  readonly skipSpeed: boolean;
}

/** @returns null when it was called in a way that it does not know */
export function parseOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "1" },
      bursts: { type: "string", default: "200" },
      size: { type: "string", default: "3000x2000" },
      photos: { type: "string" },
      sets: { type: "string", default: SETS.join(",") },
      dir: { type: "string", default: join(root, ".cache", "bench") },
      keep: { type: "boolean", default: false },
      "skip-speed": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [, width = "", height = ""] = /^(\d+)x(\d+)$/.exec(values.size) ?? [];
  const sets = SETS.filter((set) => values.sets.split(",").includes(set));
  const [seed, bursts] = [Number(values.seed), Number(values.bursts)];
  const isKnown =
    !values.help &&
    sets.length === values.sets.split(",").length &&
    Number.isInteger(seed) &&
    Number.isInteger(bursts) &&
    bursts >= 0 &&
    Number(width) >= 200 &&
    Number(height) >= 200 &&
    Number(width) % 2 === 0 &&
    Number(height) % 2 === 0;
  if (!isKnown) return null;
  return {
    seed,
    bursts,
    width: Number(width),
    height: Number(height),
    photos: values.photos === undefined ? null : resolve(values.photos),
    sets,
    cache: join(resolve(values.dir), "bestcut"),
    keep: values.keep,
    skipSpeed: values["skip-speed"],
  };
}

export async function benchBestcut(options: Options): Promise<BestcutReport> {
  const { seed, bursts, width, height, sets, cache } = options;
  mkdirSync(cache, { recursive: true });
  await using generator = new WorkerPool<GeneratorMethods>({
    launcher: forkLauncher(),
    entry: join(import.meta.dirname, "bestcut-generator.ts"),
    name: "bestcut-generator",
    title: { en: "The bench's painter", ko: "벤치 화가" },
    size: PROCESSES,
    subjectOf: ({ path }) => path,
    timeoutMs: 600_000,
  });
  await using pipeline = new Pipeline({ scratch: join(cache, "thumbnails") });
  const photos = options.photos === null ? null : await choosePhotos(generator, options);
  const version = versions();
  const photosKey = photos === null ? "" : `/${photos.digest}`;
  const keyOf = (set: SetName, index: number): string =>
    `${version.generator}/${version.measures}/${width}x${height}${photosKey}/${set}/${seed}/${index}`;

  const indices = Array.from({ length: bursts }, (_, index) => index);
  const wanted = new Set(indices.flatMap((index) => sets.map((set) => keyOf(set, index))));
  const measured = new MeasuredBursts(join(cache, "measured.jsonl"), wanted);
  const finished: (Outcome & { readonly cpuSeconds: number })[] = [];
  const queue = indices.values();
  const lane = async (): Promise<void> => {
    for (const index of queue) {
      const known = sets.flatMap((set) => measured.get(keyOf(set, index)) ?? []);
      finished.push(...known.map((burst) => outcomeOf(burst, options)));
      const missing = sets.filter((set) => measured.get(keyOf(set, index)) === undefined);
      if (missing.length === 0) continue;
      const folder = join(
        cache,
        "frames",
        `${version.generator}-${width}x${height}${photos === null ? "" : `-${photos.digest}`}-${seed}-${index}`,
      );
      const shot = await generator.run("shoot", {
        path: folder,
        seed,
        index,
        sets: missing,
        width,
        height,
        photos: photos?.of(index) ?? null,
      });
      for (const { files, ...facts } of shot) {
        const [frames = []] = await pipeline.measureAll([files]);
        const burst = { ...facts, key: keyOf(facts.set, index), index, frames };
        measured.add(burst);
        finished.push(outcomeOf(burst, options));
      }
      if (!options.keep) rmSync(folder, { recursive: true });
      if (index % 5 === 4) tell(progress(finished, options));
    }
  };
  await Promise.all(Array.from({ length: PROCESSES + 1 }, lane));

  const summary = summarise(finished, sets);
  const timed = options.skipSpeed ? null : await measureSpeed(generator, pipeline, cache);
  const cpu = finished.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / finished.length;
  return {
    sets: summary,
    speed: timed?.speed ?? null,
    memoryMiB: timed?.memoryMiB ?? null,
    void: voidReason(summary),
    run: {
      seed,
      bursts,
      size: `${width}x${height}`,
      ...version,
      photos: photos === null ? null : { used: photos.used, tooSoft: photos.tooSoft },
      generatorCpuSecondsABurst: finished.length === 0 ? null : rounded(cpu),
    },
  };
}

function outcomeOf(
  { set, index, frames, laplacian, heart, cpuSeconds }: MeasuredBurst,
  { seed, width, height }: Options,
): Outcome & { readonly cpuSeconds: number } {
  const { sharpest, subject: planned } = planBurst(set, seed, index, { width, height });
  const { pick, tooCloseToCall, subject } = judge(frames);
  return {
    set,
    kind: planned?.kind ?? null,
    right: sharpest === null ? null : pick === sharpest,
    baselineRight:
      sharpest === null ? null : laplacian.indexOf(Math.max(...laplacian)) === sharpest,
    tooCloseToCall,
    foundSubject: heart && subject.kind !== "frame" && isWithin(heart, subject.box),
    cpuSeconds,
  };
}

function isWithin([x, y]: readonly [number, number], [left, top, width, height]: Box): boolean {
  return x >= left && x <= left + width && y >= top && y <= top + height;
}

/** Photos to take turns in every other burst. */
async function choosePhotos(
  generator: WorkerPool<GeneratorMethods>,
  { photos, width, height }: Options,
) {
  const folder = photos ?? "";
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(jpe?g|png|webp|tiff?)$/i.test(name))
    .toSorted();
  const paths = names.map((name) => join(folder, name));
  const areSharp = await Promise.all(
    paths.map((path) => generator.run("isSharpEnough", { path, width, height })),
  );
  const used = paths.filter((_, i) => areSharp[i]);
  if (used.length === 0) throw new Error(`No photo in ${folder} is sharp at ${width}x${height}.`);
  tell(`${used.length} photos are sharp enough, ${paths.length - used.length} are not`);
  const digest = createHash("sha256");
  for (const path of used) digest.update(`${path} ${statSync(path).size}\n`);
  return {
    used: used.length,
    tooSoft: paths.length - used.length,
    digest: digest.digest("hex").slice(0, 8),
    of: (index: number) => {
      const turn = (index - 1) / 2;
      const background = used[turn % used.length];
      const skin = used[(turn + 1) % used.length];
      // Painted bursts lie between.
      return index % 2 === 0 || background === undefined || skin === undefined
        ? null
        : { background, skin };
    },
  };
}

function progress(finished: readonly Outcome[], { sets, bursts }: Options): string {
  const parts = Object.entries(summarise(finished, sets)).map(
    ([set, { n, top1, baseline, tooCloseToCall }]) =>
      `${set} ${n}/${bursts}: top1 ${top1} % (old ${baseline} %), too close ${tooCloseToCall} %`,
  );
  return parts.join("; ");
}
