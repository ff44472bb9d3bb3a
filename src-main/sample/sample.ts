import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type sharpModule from "sharp";
import type { Exif } from "sharp";
import { developFrame, type Planes, paintPlanes } from "./burst.ts";
import { type PlannedFrame, type PlannedScene, planSample, WANDER } from "./plan.ts";
import { createRandom, deriveSeed } from "./random.ts";
import { type Raster, type Scene, type Size, STRAIGHT_VIEW } from "./scene.ts";
import { GALLERY } from "./scenes/gallery.ts";

/** The default export of sharp: native, or its WebAssembly build inside Electron on Linux. */
export type Sharp = typeof sharpModule;

/** Part of a sample's identity: another version draws other pictures from the same seed. */
export const SAMPLE_VERSION = 1;

const LANDSCAPE: Size = { width: 1800, height: 1200 };
const QUALITY = 88;

export interface SampleOptions {
  readonly sharp: Sharp;
  /** Any integer; the same seed and {@link SAMPLE_VERSION} give the same pictures. */
  readonly seed: number;
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

interface SampleFile {
  readonly name: string;
  readonly planned: PlannedScene;
  readonly index: number;
  readonly frame: PlannedFrame;
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
  const plan = planSample(createRandom(seed), LANDSCAPE.width);
  const files = listFiles(plan);
  await mkdir(directory, { recursive: true });
  let done = 0;
  for (const planned of plan) {
    // Painted once a scene, and only when one of its files is missing.
    let planes: Planes | null = null;
    for (const file of files.filter((other) => other.planned === planned)) {
      signal?.throwIfAborted();
      const path = join(directory, file.name);
      if (!(await exists(path))) {
        planes ??= paintPlanes(
          stage(planned, deriveSeed(seed, plan.indexOf(planned))),
          STRAIGHT_VIEW,
        );
        await nextTurn();
        signal?.throwIfAborted();
        const raster = developFrame(
          planes,
          file.frame,
          createRandom(deriveSeed(seed, 100 + files.indexOf(file))),
        );
        await writeWhole(path, await encode(sharp, raster, file));
      }
      done += 1;
      onProgress?.({ done, total: files.length });
    }
  }
  return listManifest(seed, plan, files);
}

function listFiles(plan: readonly PlannedScene[]): SampleFile[] {
  return plan
    .flatMap((planned) => planned.frames.map((frame, index) => ({ planned, frame, index })))
    .map((file, i) => ({ ...file, name: `KILN_${String(i + 1).padStart(4, "0")}.JPG` }));
}

function listManifest(
  seed: number,
  plan: readonly PlannedScene[],
  files: readonly SampleFile[],
): SampleManifest {
  const bursts: SampleBurst[] = [];
  const singles: string[] = [];
  for (const planned of plan) {
    const names = files.filter((file) => file.planned === planned).map((file) => file.name);
    const sharpest = names[planned.sharpest];
    if (planned.shows === "single" || sharpest === undefined) singles.push(...names);
    else bursts.push({ files: names, sharpest, shows: planned.shows });
  }
  return { version: SAMPLE_VERSION, seed, bursts, singles };
}

function frameSize(planned: PlannedScene): Size {
  const { width, height } = LANDSCAPE;
  return planned.isPortrait ? { width: height, height: width } : LANDSCAPE;
}

/** The scene with room about the frame for the hand to wander. */
function stage(planned: PlannedScene, seed: number): Scene {
  const { width, height } = frameSize(planned);
  return GALLERY[planned.scene](createRandom(seed), {
    width: width + 2 * WANDER,
    height: height + 2 * WANDER,
  });
}

function encode(sharp: Sharp, raster: Raster, file: SampleFile): Promise<Buffer> {
  const { planned, frame } = file;
  const { width, height, channels, data } = raster;
  const pixels = sharp(data, { raw: { width, height, channels } }).extract({
    left: WANDER + frame.x,
    top: WANDER + frame.y,
    ...frameSize(planned),
  });
  // A camera held upright: pixels as the sensor lies, and the orientation that turns them.
  const stored = planned.isPortrait ? pixels.rotate(270) : pixels;
  const tagged = stored
    .withMetadata({ orientation: planned.isPortrait ? 6 : 1 })
    .withExif(describeExif(file));
  // The profile comes last: `withMetadata` sets sRGB.
  const coloured = planned.isWide ? tagged.withIccProfile("p3") : tagged;
  return coloured.jpeg({ quality: QUALITY }).toBuffer();
}

function describeExif({ planned, frame, index }: SampleFile): Exif {
  const taken = new Date(planned.capturedAt + index * planned.interval).toISOString();
  const time = taken.slice(0, 19).replaceAll("-", ":").replace("T", " ");
  const milliseconds = taken.slice(20, 23);
  const { place } = planned;
  return {
    IFD0: {
      Make: "Kiln",
      Model: "Sample Camera",
      Software: "Kiln sample project",
      DateTime: time,
    },
    IFD2: {
      ExposureTime: frame.exposure,
      FNumber: planned.fNumber,
      ISOSpeedRatings: String(frame.iso),
      FocalLength: `${planned.focalLength}/1`,
      LensModel: `Kiln ${planned.focalLength}mm`,
      DateTimeOriginal: time,
      SubSecTimeOriginal: milliseconds,
      OffsetTimeOriginal: "+09:00",
      ColorSpace: planned.isWide ? "65535" : "1",
    },
    ...(place === null
      ? {}
      : {
          IFD3: {
            GPSLatitudeRef: "N",
            GPSLatitude: sexagesimal(place.latitude),
            GPSLongitudeRef: "E",
            GPSLongitude: sexagesimal(place.longitude),
          },
        }),
  };
}

/** Degrees, minutes and hundredths of seconds as EXIF rationals. */
function sexagesimal(degrees: number): string {
  const minutes = (degrees - Math.floor(degrees)) * 60;
  const hundredths = Math.round((minutes - Math.floor(minutes)) * 6000);
  return `${Math.floor(degrees)}/1 ${Math.floor(minutes)}/1 ${hundredths}/100`;
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
