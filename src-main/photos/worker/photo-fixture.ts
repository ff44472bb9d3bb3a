/** Pictures with known colours at known places, and a real worker to read them with; for the tests of this folder. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp, { type Sharp as Pipeline } from "sharp";
import { expect } from "vitest";
import { forkLauncher, WorkerPool } from "../../workers/index.ts";
import type { ImageWorkerMethods } from "./protocol.ts";

export type Colour = readonly [red: number, green: number, blue: number];

/** Upright size and the colours of the quarters: top left, top right, bottom left, bottom right. */
export const WIDTH = 320;
export const HEIGHT = 192;
export const QUARTERS: readonly Colour[] = [
  [200, 40, 40],
  [40, 180, 60],
  [50, 60, 200],
  [230, 230, 230],
];

/** Both builds of sharp that users run. */
export const BUILDS = ["native", "wasm"] as const;
export type Build = (typeof BUILDS)[number];

export const hasHeifEncoder = (() => {
  try {
    execFileSync("heif-enc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    // Named by the tests that are skipped for it.
    return false;
  }
})();

/** The picture of four quarters, as pixels that lie as EXIF `orientation` says. */
export function quarters(orientation = 1, colours: readonly Colour[] = QUARTERS): Pipeline {
  const isOnItsSide = orientation >= 5;
  const width = isOnItsSide ? HEIGHT : WIDTH;
  const height = isOnItsSide ? WIDTH : HEIGHT;
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [u, v] = upright(orientation, x, y);
      const quarter = (v < HEIGHT / 2 ? 0 : 2) + (u < WIDTH / 2 ? 0 : 1);
      data.set(colours[quarter] ?? [0, 0, 0], 3 * (y * width + x));
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** EXIF 2.3, tag 0x0112: where a stored pixel belongs. */
function upright(orientation: number, x: number, y: number): [number, number] {
  const [right, bottom] = [WIDTH - 1, HEIGHT - 1];
  switch (orientation) {
    case 2:
      return [right - x, y];
    case 3:
      return [right - x, bottom - y];
    case 4:
      return [x, bottom - y];
    case 5:
      return [y, x];
    case 6:
      return [right - y, x];
    case 7:
      return [right - y, bottom - x];
    case 8:
      return [y, bottom - x];
    default:
      return [x, y];
  }
}

/** Fails unless a picture shows the four quarters upright. @param tolerance levels that a channel may be off. */
export async function expectQuarters(
  picture: string | Buffer,
  { colours = QUARTERS, tolerance = 8 }: { colours?: readonly Colour[]; tolerance?: number } = {},
): Promise<void> {
  const { data, info } = await sharp(picture)
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const seen = [0.25, 0.75].flatMap((v) =>
    [0.25, 0.75].map((u) => {
      const at = 3 * (Math.floor(v * info.height) * info.width + Math.floor(u * info.width));
      return [...data.subarray(at, at + 3)];
    }),
  );
  const isNear = seen.every((colour, i) =>
    colour.every((level, channel) => Math.abs(level - (colours[i]?.[channel] ?? 0)) <= tolerance),
  );
  expect(isNear, `${JSON.stringify(seen)} instead of ${JSON.stringify(colours)}`).toBe(true);
}

/** A fresh folder and a pool of workers on one build of sharp; both are gone after use. */
export function createBench(build: Build) {
  const directory = mkdtempSync(join(tmpdir(), "kiln-worker-"));
  const pool = new WorkerPool<ImageWorkerMethods>({
    launcher: forkLauncher(),
    entry: fileURLToPath(new URL("image-worker.ts", import.meta.url)),
    name: "image-worker",
    title: { en: "The image reader", ko: "이미지 처리기" },
    size: 1,
    env: { KILN_SHARP: build },
    subjectOf: (input) => ("path" in input ? input.path : input.directory),
  });
  return {
    pool,
    directory,
    at: (...names: string[]) => join(directory, ...names),
    async close() {
      await pool[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type Bench = ReturnType<typeof createBench>;
