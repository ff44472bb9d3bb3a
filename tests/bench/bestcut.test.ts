import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import readExif from "exif-reader";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Blur, Box, Samples } from "../../src-main/sample/index.ts";
import { forkLauncher, WorkerPool } from "../../src-main/workers/index.ts";
import { root } from "../e2e/hosts.ts";
import { blurChannel } from "./bestcut-blur.ts";
import { wilson } from "./bestcut-figures.ts";
import type { GeneratorMethods } from "./bestcut-generator.ts";
import { wanderOver } from "./bestcut-layers.ts";
import { Pipeline } from "./bestcut-pipeline.ts";
import { KINDS, planBurst, SETS } from "./bestcut-plan.ts";
import { edgeSigma, paintBackground, paintSubject } from "./bestcut-scenes.ts";
import { exposeLight, shootBurst } from "./bestcut-shoot.ts";
import { measureSpeed } from "./bestcut-speed.ts";

const size = { width: 600, height: 400 };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kiln-bestcut-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A white square, so that 8 bits suffice for what is left of it when it is spread. */
function spot(): Samples {
  const data = new Uint8ClampedArray(101 * 101);
  for (let row = 45; row <= 55; row += 1) data.fill(255, row * 101 + 45, row * 101 + 56);
  return { width: 101, height: 101, channels: 1, data };
}

/** Total light, and its variance along a direction and across it. */
function moments(
  { data }: Samples,
  angle: number,
): { total: number; along: number; across: number } {
  let total = 0;
  let along = 0;
  let across = 0;
  for (const [i, light] of data.entries()) {
    const x = (i % 101) - 50;
    const y = Math.floor(i / 101) - 50;
    total += light;
    along += light * (x * Math.cos(angle) + y * Math.sin(angle)) ** 2;
    across += light * (y * Math.cos(angle) - x * Math.sin(angle)) ** 2;
  }
  return { total, along: along / total, across: across / total };
}

test.for<Blur>([
  { kind: "gaussian", sigma: 0.6 },
  { kind: "gaussian", sigma: 3 },
  { kind: "disc", sigma: 0.9 },
  { kind: "disc", sigma: 3 },
])("$kind of sigma $sigma spreads by that much all round, and keeps the light", async (blur) => {
  const before = moments(spot(), 0.7);
  const after = moments(await blurChannel(spot(), blur), 0.7);
  expect(after.total / before.total).toBeCloseTo(1, 1);
  expect(Math.sqrt(after.along - before.along) / blur.sigma).toBeCloseTo(1, 0.9);
  expect(Math.sqrt(after.across - before.across) / blur.sigma).toBeCloseTo(1, 0.9);
});

test.for([0, 0.4, Math.PI / 2, 2])("motion at %f rad spreads along that line", async (angle) => {
  const before = moments(spot(), angle);
  const after = moments(await blurChannel(spot(), { kind: "motion", sigma: 3, angle }), angle);
  expect(Math.abs(Math.sqrt(after.along - before.along) - 3)).toBeLessThan(0.25);
  expect(after.across - before.across).toBeLessThan(0.6);
});

test("a burst is the same for the same seed, and another for another", () => {
  for (const set of SETS) {
    expect(planBurst(set, 5, 3, size)).toEqual(planBurst(set, 5, 3, size));
    expect(planBurst(set, 5, 3, size)).not.toEqual(planBurst(set, 6, 3, size));
    expect(planBurst(set, 5, 3, size)).not.toEqual(planBurst(set, 5, 4, size));
  }
});

test("blur steps through the ladder; missed focus trades it; ties have none", () => {
  const ladder = [0, 0.18, 0.27, 0.39, 0.6];
  for (let index = 0; index < 12; index += 1) {
    const mixed = planBurst("mixed", 1, index, size);
    const sigmas = mixed.frames.map(({ subject }) => subject.sigma);
    expect(sigmas.toSorted((a, b) => a - b).map((sigma) => Math.round(100 * sigma) / 100)).toEqual(
      ladder,
    );
    expect(sigmas[mixed.sharpest ?? -1]).toBe(0);
    for (const { subject, background } of mixed.frames) expect(background).toEqual(subject);

    const missed = planBurst("missedFocus", 1, index, size);
    expect(missed.subject?.kind).toBe(KINDS[index % 3]);
    const traded = missed.frames.toSorted((a, b) => a.subject.sigma - b.subject.sigma);
    expect(traded.map(({ background }) => Math.round(100 * background.sigma) / 100)).toEqual(
      ladder.toReversed(),
    );
    expect(missed.frames[missed.sharpest ?? -1]).toBe(traded[0]);

    const ties = planBurst("nearTies", 1, index, size);
    expect(new Set(ties.frames.map(({ subject }) => JSON.stringify(subject))).size).toBe(1);
    expect(new Set(ties.frames.map(({ noise }) => noise)).size).toBe(5);
    expect(ties.sharpest).toBeNull();
  }
});

test.for([0, 1, 2])(
  "missed focus, burst %i: the subject is sharpest where all about it is softest",
  async (index) => {
    // As much blur as a large frame gets: more of it shows in a small one.
    const burst = planBurst("missedFocus", 3, index, { width: 3000, height: 2000 });
    if (burst.subject === null) throw new Error("no subject");
    const background = paintBackground(3, index, size);
    const subject = await paintSubject(burst.subject, { seed: 3, index }, size);
    const still = { angle: 0, zoom: 1, x: 0, y: 0 };
    const lumas: Samples[] = [];
    for (const frame of burst.frames) {
      lumas.push((await exposeLight({ ...frame, wander: still }, background, subject, size)).luma);
    }
    const inside = lumas.map((luma) => detail(luma, subject.heart));
    const all = lumas.map((luma) => detail(luma, { x: 0, y: 0, ...size }));
    expect(inside.indexOf(Math.max(...inside))).toBe(burst.sharpest);
    expect(all.indexOf(Math.max(...all))).not.toBe(burst.sharpest);
  },
);

/** Mean squared difference of neighbours. */
function detail({ width, data }: Samples, box: Box): number {
  let sum = 0;
  for (let row = Math.round(box.y); row < box.y + box.height - 1; row += 1) {
    for (let column = Math.round(box.x); column < box.x + box.width - 1; column += 1) {
      const at = row * width + column;
      sum +=
        ((data[at + 1] ?? 0) - (data[at] ?? 0)) ** 2 +
        ((data[at + width] ?? 0) - (data[at] ?? 0)) ** 2;
    }
  }
  return sum;
}

test("how soft a picture's edges are is seen", async () => {
  const { luma } = paintBackground(1, 0, size).layer;
  const blurred = await blurChannel(luma, { kind: "gaussian", sigma: 1.5 });
  expect(edgeSigma(luma)).toBeLessThan(1.2);
  expect(edgeSigma(blurred)).toBeGreaterThan(1.4);
});

test("a hand that stands still sees the middle of what was painted, and turns about it", () => {
  const { layer } = paintBackground(1, 0, size);
  const still = wanderOver(layer, { angle: 0, zoom: 1, x: 0, y: 0 }, size);
  const margin = (layer.width - size.width) / 2;
  const away = (row: number, column: number): number =>
    Math.abs(
      (still.luma.data[row * size.width + column] ?? 0) -
        (layer.luma.data[(row + margin) * layer.width + column + margin] ?? 0),
    );
  for (const [row, column] of [
    [0, 0],
    [399, 599],
    [200, 300],
  ] as const) {
    expect(away(row, column)).toBeLessThanOrEqual(2);
  }
  expect(() => wanderOver(layer, { angle: 0, zoom: 1, x: 0.5, y: 0 }, size)).toThrow(RangeError);
});

test("frames are the same bytes again, say when, and where the camera focused", async () => {
  const burst = planBurst("missedFocus", 2, 1, size);
  if (burst.subject?.kind !== "focusPoint") throw new Error("not a burst with a focus point");
  const background = paintBackground(2, 1, size);
  const subject = await paintSubject(burst.subject, { seed: 2, index: 1 }, size);
  const first = await shootBurst(join(folder, "first"), burst, { background, subject }, size);
  const again = await shootBurst(join(folder, "again"), burst, { background, subject }, size);
  expect(first).toHaveLength(5);
  for (const [i, path] of first.entries()) {
    expect((await readFile(path)).equals(await readFile(again[i] ?? ""))).toBe(true);
    const metadata = await sharp(path).metadata();
    expect(metadata).toMatchObject({ ...size, format: "jpeg" });
    const { Photo } = readExif(metadata.exif ?? Buffer.alloc(0));
    const { x, y, width, height } = subject.heart;
    expect(Photo).toMatchObject({
      SubjectArea: [x + width / 2, y + height / 2, width, height].map(Math.round),
      SubSecTimeOriginal: String(120 + 200 * i),
    });
    await sharp(path, { failOn: "warning" }).stats();
  }
});

test("Wilson's interval", () => {
  expect(wilson(0, 10)).toEqual([0, 27.8]);
  expect(wilson(97, 100)).toEqual([91.5, 99]);
  expect(wilson(5, 5)).toEqual([56.6, 100]);
});

test("the bench from its command line: shares by set, and a second run goes on behind the first", {
  timeout: 120_000,
}, async () => {
  const run = async (bursts: number): Promise<unknown> => {
    const args = [
      "--bursts",
      String(bursts),
      "--size",
      "600x400",
      "--dir",
      folder,
      "--skip-speed",
      "--json",
    ];
    const bench = join(root, "tests", "bench", "bench.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [bench, "bestcut", ...args]);
    return JSON.parse(stdout);
  };
  const share = expect.any(Number);
  const judged = { top1: share, ci95: [share, share], tooCloseToCall: share, baseline: share };
  expect(await run(2)).toMatchObject({
    sets: {
      mixed: { n: 2, ...judged },
      missedFocus: {
        n: 2,
        ...judged,
        byKind: {
          face: { n: 1, ...judged },
          focusPoint: { n: 1, ...judged },
          neither: { n: 0, top1: null },
        },
      },
      nearTies: { n: 2, top1: null, ci95: null, tooCloseToCall: share, baseline: null },
    },
    speed: null,
    memoryMiB: null,
    run: { seed: 1, bursts: 2, size: "600x400", photos: null },
  });
  const lines = async (): Promise<string[]> =>
    (await readFile(join(folder, "bestcut", "measured.jsonl"), "utf8")).trim().split("\n");
  const before = await lines();
  expect(before).toHaveLength(6);
  await run(3);
  expect((await lines()).slice(0, 6)).toEqual(before);
  expect(await lines()).toHaveLength(9);
});

test("speed and memory, of small photos", { timeout: 120_000 }, async () => {
  await using generator = new WorkerPool<GeneratorMethods>({
    launcher: forkLauncher(),
    entry: join(root, "tests", "bench", "bestcut-generator.ts"),
    name: "bestcut-generator",
    title: { en: "The bench's painter", ko: "벤치 화가" },
    size: 1,
    subjectOf: ({ path }) => path,
  });
  await using pipeline = new Pipeline({ scratch: join(folder, "thumbnails") });
  const { speed, memoryMiB } = await measureSpeed(generator, pipeline, folder, {
    photos: 10,
    ...size,
  });
  expect(speed.rounds.analysis).toHaveLength(3);
  expect(speed.photosPerSecond).toBeGreaterThan(0);
  expect(speed.ratio).toBeCloseTo(speed.photosPerSecond / speed.baselinePerSecond, 1);
  if (process.platform === "linux") expect(memoryMiB).toBeGreaterThan(20);
});
