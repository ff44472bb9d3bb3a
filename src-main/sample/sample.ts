import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type sharpModule from "sharp";
import { developFrame, type Planes, paintPlanes } from "./burst.ts";
import { describeExif, type PlannedPhoto } from "./exif.ts";
import { type PlannedScene, planSample, WANDER } from "./plan.ts";
import { createRandom, deriveSeed } from "./random.ts";
import { type Raster, type Scene, type Size, STRAIGHT_VIEW } from "./scene.ts";
import { GALLERY } from "./scenes/gallery.ts";

/** The default export of sharp: native, or its WebAssembly build inside Electron on Linux. */
export type Sharp = typeof sharpModule;

/** Part of a sample's identity: another version draws other pictures from the same seed. */
export const SAMPLE_VERSION = 1;

const LONG_EDGE = 1620;
const QUALITY = 88;

export interface SampleOptions {
  readonly sharp: Sharp;
  /**
   * Any integer; the same seed, size and {@link SAMPLE_VERSION} give the same pictures, and by the same build of sharp
   * the same bytes.
   */
  readonly seed: number;
  /** Pixels of the long edge; 1620 unless given. The short edge is two thirds of it. */
  readonly longEdge?: number;
  /** Looked at before each file; files written so far stay, and the next run goes on after them. */
  readonly signal?: AbortSignal;
  /** Files done so far, those of an earlier run included. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface SampleBurst {
  /** File names in capture order. */
  readonly files: readonly string[];
  /** The truth: name of the frame that is the sharp one (with `missedFocus`: sharp on its subject). */
  readonly sharpest: string;
  readonly shows: Exclude<PlannedScene["shows"], "single">;
}

export interface SampleManifest {
  readonly version: number;
  readonly seed: number;
  readonly bursts: readonly SampleBurst[];
  /** File names of the photos that stand alone. */
  readonly singles: readonly string[];
}

/**
 * Makes the sample project: JPEGs with EXIF, named like a camera's, written into `directory` (created when missing)
 * one by one and each in one step. A file that is there already is left as it is.
 *
 * Paints for up to a second at a time on the calling thread: call it from a worker. Rejects with the reason of
 * `signal` when that is aborted, and with the system's error where the disk refuses.
 */
export async function generateSample(
  directory: string,
  options: SampleOptions,
): Promise<SampleManifest> {
  const { sharp, seed, signal, onProgress } = options;
  const longEdge = options.longEdge ?? LONG_EDGE;
  const plan = planSample(createRandom(seed), longEdge);
  const total = plan.reduce((sum, planned) => sum + planned.frames.length, 0);
  await mkdir(directory, { recursive: true });
  let done = 0;
  for (const [number, planned] of plan.entries()) {
    const size = frameSize(planned, longEdge);
    // Painted once a scene, and only when one of its files is missing.
    let planes: Planes | null = null;
    for (const [index, frame] of planned.frames.entries()) {
      signal?.throwIfAborted();
      const path = join(directory, fileName(done));
      if (!(await exists(path))) {
        planes ??= paintPlanes(stage(planned, size, deriveSeed(seed, number)), STRAIGHT_VIEW);
        await nextTurn();
        signal?.throwIfAborted();
        const random = createRandom(deriveSeed(seed, plan.length + done));
        const raster = developFrame(planes, frame, random);
        await writeWhole(path, await encode(sharp, raster, size, { planned, frame, index }));
      }
      done += 1;
      onProgress?.({ done, total });
    }
  }
  return listManifest(seed, plan);
}

/** Name of the file at `place`, from 0. */
function fileName(place: number): string {
  return `KILN_${String(place + 1).padStart(4, "0")}.JPG`;
}

function listManifest(seed: number, plan: readonly PlannedScene[]): SampleManifest {
  const bursts: SampleBurst[] = [];
  const singles: string[] = [];
  let place = 0;
  for (const { frames, sharpest, shows } of plan) {
    const first = place;
    const files = frames.map((_, i) => fileName(first + i));
    if (shows === "single") singles.push(...files);
    else bursts.push({ files, sharpest: fileName(first + sharpest), shows });
    place += frames.length;
  }
  return { version: SAMPLE_VERSION, seed, bursts, singles };
}

/** Upright. */
function frameSize(planned: PlannedScene, longEdge: number): Size {
  const shortEdge = Math.round((longEdge * 2) / 3);
  return planned.isPortrait
    ? { width: shortEdge, height: longEdge }
    : { width: longEdge, height: shortEdge };
}

/** The scene with room about the frame for the hand to wander. */
function stage(planned: PlannedScene, size: Size, seed: number): Scene {
  return GALLERY[planned.scene](createRandom(seed), {
    width: size.width + 2 * WANDER,
    height: size.height + 2 * WANDER,
  });
}

/** The JPEG of a photo of `size`, cut out of what was painted. */
function encode(sharp: Sharp, raster: Raster, size: Size, photo: PlannedPhoto): Promise<Buffer> {
  const { planned, frame } = photo;
  const { width, height, channels, data } = raster;
  const pixels = sharp(data, { raw: { width, height, channels } }).extract({
    left: WANDER + frame.x,
    top: WANDER + frame.y,
    ...size,
  });
  // A camera held upright: pixels as the sensor lies, and the orientation that turns them.
  const stored = planned.isPortrait ? pixels.rotate(270) : pixels;
  const tagged = stored
    .withMetadata({ orientation: planned.isPortrait ? 6 : 1 })
    .withExif(describeExif(photo));
  // The profile comes last: `withMetadata` sets sRGB.
  const coloured = planned.isWide ? tagged.withIccProfile("p3") : tagged;
  return coloured.jpeg({ quality: QUALITY }).toBuffer();
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

/** A reader sees the whole file or none: written beside its place, then renamed. */
async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, bytes);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
