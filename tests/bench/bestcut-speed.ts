/** Photos a second of the whole analysis beside the old way, on the same 24 MP files in turns; and its memory. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { pieces } from "../../src-main/in-turns.ts";
import type { WorkerPool } from "../../src-main/workers/index.ts";
import type { GeneratorMethods } from "./bestcut-generator.ts";
import type { Pipeline } from "./bestcut-pipeline.ts";
import { FRAMES } from "./bestcut-plan.ts";
import { rounded, tell } from "./figures.ts";

const HEIC_FILES = 3;
const ROUNDS = 3;
const MIB = 2 ** 20;

export interface Speed {
  readonly photosPerSecond: number;
  /** Variance of the Laplacian at full size, by as many processes. */
  readonly baselinePerSecond: number;
  readonly ratio: number;
  /** Each round's photos a second, in the order in which they took turns. */
  readonly rounds: { readonly analysis: readonly number[]; readonly baseline: readonly number[] };
  /** Of the round before, that starts the processes and warms them up; it does not count. */
  readonly first: { readonly analysis: number; readonly baseline: number };
  readonly heicPerSecond: number | null;
  /** Why there is no rate for HEIC. */
  readonly heicSkipped: string | null;
  readonly photos: number;
  readonly meanMiB: number;
}

/** What is timed unless a test asks for less. */
export const TIMED = { photos: 40, width: 6000, height: 4000 } as const;

interface Timed {
  /** In bursts of five. */
  readonly photos: number;
  readonly width: number;
  readonly height: number;
}

export async function measureSpeed(
  generator: WorkerPool<GeneratorMethods>,
  pipeline: Pipeline,
  cache: string,
  timed: Timed = TIMED,
): Promise<{ readonly speed: Speed; readonly memoryMiB: number | null }> {
  const files = await paintSheets(
    generator,
    join(cache, `sheets-${timed.width}x${timed.height}`),
    timed,
  );
  const bursts = pieces(files, FRAMES);
  const memory = new PeakMemory(generator);
  // Folders are of hundreds of photos: what compilers do with the first fifty is not the speed of the others. Each way
  // does all files once before a round counts.
  const first = {
    analysis: await rate(files.length, () => pipeline.judgeAll(bursts)),
    baseline: await rate(files.length, () => theOldWay(generator, files)),
  };
  tell(`speed, not counted: ${first.analysis} photos/s, the old way ${first.baseline}`);
  const analysis: number[] = [];
  const baseline: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    memory.start();
    analysis.push(await rate(files.length, () => pipeline.judgeAll(bursts)));
    memory.stop();
    baseline.push(await rate(files.length, () => theOldWay(generator, files)));
    tell(`speed, round ${round + 1}: ${analysis.at(-1)} photos/s, the old way ${baseline.at(-1)}`);
  }
  const heic = makeHeics(files.slice(0, HEIC_FILES), join(cache, "heic"));
  const heicPerSecond =
    typeof heic === "string" ? null : await rate(heic.length, () => pipeline.judgeAll([heic]));
  const [photosPerSecond, baselinePerSecond] = [middle(analysis), middle(baseline)];
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return {
    speed: {
      photosPerSecond,
      baselinePerSecond,
      ratio: rounded(photosPerSecond / baselinePerSecond),
      rounds: { analysis, baseline },
      first,
      heicPerSecond,
      heicSkipped: typeof heic === "string" ? heic : null,
      photos: files.length,
      meanMiB: rounded(bytes / files.length / MIB),
    },
    memoryMiB: memory.peakMiB,
  };
}

/** JPEGs of quality 82 in bursts of five, made once. */
async function paintSheets(
  generator: WorkerPool<GeneratorMethods>,
  folder: string,
  { photos, width, height }: Timed,
): Promise<string[]> {
  const bursts = photos / FRAMES;
  const made = await Promise.all(
    Array.from({ length: bursts }, async (_, index) => {
      const path = join(folder, `burst-${index}`);
      if (existsSync(path)) {
        return readdirSync(path)
          .toSorted()
          .map((name) => join(path, name));
      }
      tell(`painting burst ${index + 1} of ${bursts} to time`);
      return generator.run("sheets", { path, index, width, height });
    }),
  );
  return made.flat();
}

async function theOldWay(
  generator: WorkerPool<GeneratorMethods>,
  files: readonly string[],
): Promise<void> {
  await Promise.all(files.map((path) => generator.run("laplacian", { path })));
}

async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return rounded((1000 * count) / (performance.now() - start));
}

/** Some of the photos as HEIC, or why not. */
function makeHeics(files: readonly string[], folder: string): readonly string[] | string {
  mkdirSync(folder, { recursive: true });
  try {
    return files.map((file, i) => {
      const path = join(folder, `${i}-${basename(file, ".JPG")}.heic`);
      if (existsSync(path)) return path;
      const part = join(folder, `${i}.part.heic`);
      execFileSync("heif-enc", ["-q", "60", "-o", part, file], { stdio: "ignore" });
      renameSync(part, path);
      return path;
    });
  } catch (error) {
    return `heif-enc is needed to make HEIC files (${error instanceof Error ? error.message : error})`;
  }
}

/**
 * Peak of the proportional set sizes of this process and all below it but the generator's, sampled. Linux alone says
 * them.
 */
class PeakMemory {
  #peak = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #others: { readonly pids: readonly number[] };

  constructor(others: { readonly pids: readonly number[] }) {
    this.#others = others;
  }

  get peakMiB(): number | null {
    return process.platform === "linux" ? rounded(this.#peak / 1024, 0) : null;
  }

  start(): void {
    if (process.platform !== "linux") return;
    this.#timer = setInterval(() => this.#sample(), 200);
  }

  stop(): void {
    if (this.#timer === undefined) return;
    this.#sample();
    clearInterval(this.#timer);
  }

  #sample(): void {
    const parents = new Map<number, number>();
    for (const name of readdirSync("/proc")) {
      const stat = /^\d+$/.test(name) ? readProc(`${name}/stat`) : null;
      // The name in brackets may hold anything; the state and the parent come behind it.
      const parent = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
      if (parent !== undefined) parents.set(Number(name), Number(parent));
    }
    const others = new Set(this.#others.pids);
    const isOurs = (pid: number): boolean => {
      for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) {
        if (others.has(at)) return false;
        if (at === process.pid) return true;
      }
      return false;
    };
    let total = 0;
    for (const pid of parents.keys()) {
      if (!isOurs(pid)) continue;
      total += Number(/^Pss:\s+(\d+)/m.exec(readProc(`${pid}/smaps_rollup`) ?? "")?.[1] ?? 0);
    }
    this.#peak = Math.max(this.#peak, total);
  }
}

/** Null when the process has ended meanwhile. */
function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    // Gone between the listing and now, or not ours to read.
    return null;
  }
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
