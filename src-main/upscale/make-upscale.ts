import { mkdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Rotation } from "../../src-preload/contract/photos.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import type { UpscaleSettings } from "../../src-preload/contract/upscale.ts";
import { KilnError } from "../errors.ts";
import type { UpscaleRecord } from "../library/index.ts";
import type { ImageWorkerMethods, RasterisedPhoto } from "../photos/index.ts";
import type { WorkerPool } from "../workers/index.ts";
import { createTarget } from "./big-tiff.ts";
import type { NetworkFile } from "./network.ts";
import {
  type PlacedResult,
  placedBefore,
  placeResult,
  removeUnfinished,
  unfinishedFile,
} from "./place-result.ts";
import { planTile } from "./plan-tile.ts";
import { libraryProblem } from "./problems.ts";
import type { Raster } from "./raster.ts";
import { runSources, type Size, targetDensity } from "./sizes.ts";
import { originalChanged } from "./upscale-problems.ts";
import { type Provider, providers, type UpscaleWorkerMethods } from "./worker/protocol.ts";

const rasterSchema = z.object({
  path: z.string(),
  offset: z.int().min(0),
  width: z.int().min(1),
  height: z.int().min(1),
  channels: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  bits: z.union([z.literal(8), z.literal(16)]),
}) satisfies z.ZodType<Raster>;

/** Where the making of one photo stands on the disk, to go on from. */
export const restPointSchema = z.object({
  /** Runs of the network that are whole. */
  run: z.int().min(0),
  source: rasterSchema,
  /** See `RasterisedPhoto`. */
  isGrey: z.boolean(),
  /** What the run in progress writes; null when none does. */
  target: rasterSchema.nullable(),
  finishedRows: z.int().min(0),
  tile: z.int().min(0),
  provider: z.enum(providers),
  note: z.object({ en: z.string(), ko: z.string() }).nullable(),
});
export type RestPoint = z.infer<typeof restPointSchema>;

export interface MakeServices {
  /** Folder of the library. */
  readonly directory: string;
  readonly images: Pick<WorkerPool<ImageWorkerMethods>, "run">;
  readonly upscaler: Pick<WorkerPool<UpscaleWorkerMethods>, "run">;
  readonly openModel: (id: string, denoise: number) => Promise<NetworkFile>;
  readonly currentProvider: () => Promise<Provider>;
  /** How the person turned a photo of the library, clockwise in degrees; 0 for others. */
  readonly rotationOf: (photoId: number | null) => Rotation;
  /** Bytes of memory that a network may fill now. */
  readonly freeMemory: () => number;
}

export interface MakeOptions {
  readonly signal: AbortSignal;
  /** Comes with every line that a child logs. */
  readonly tag: string;
  /** Where an earlier run of this photo had got to. */
  readonly rest: RestPoint | null;
  /** Share of the photo that is done, 0..1. */
  readonly onProgress: (share: number) => void;
  /** Called with what is safely on the disk. */
  readonly onRest: (rest: RestPoint) => void;
}

export interface MadeUpscale extends PlacedResult {
  readonly width: number;
  readonly height: number;
}

/** Rough shares of the time that the parts of one photo take. */
const shares = { read: 0.03, networks: 0.87, file: 0.06 } as const;

export function workDirectory(
  { directory }: Pick<MakeServices, "directory">,
  { version }: Pick<UpscaleRecord, "version">,
): string {
  return join(directory, "work", "upscale", version);
}

/** Where the tiles for looking at a result lie. */
export function tilesDirectory(directory: string, version: string): string {
  return join(directory, "cache", "upscales", version);
}

/**
 * Removes what the making of a result left off at, in the library and in the person's folder. What can't be removed is
 * tidied away at a later start.
 */
export async function discardWork(
  services: Pick<MakeServices, "directory">,
  record: UpscaleRecord,
): Promise<void> {
  await removeUnfinished(record);
  const directory = workDirectory(services, record);
  await rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/**
 * Makes one upscaled photo: original → raster → networks → file, and tiles to look at it. Every step works in files, so
 * that it can be broken off anywhere: with `rest` it goes on at the last band of rows that was reported, and what it
 * makes is the same to the byte. The file gets its name last, when all else is done; broken off before, it is gone.
 *
 * @throws KilnError for everything that is wrong with the photo, the model or the disk; the signal's reason
 */
export async function makeUpscale(
  services: MakeServices,
  record: UpscaleRecord,
  options: MakeOptions,
): Promise<MadeUpscale> {
  const { width, height } = record;
  const directory = workDirectory(services, record);
  const before = await placedBefore(record, directory);
  if (before !== null) return { ...before, width, height };
  let rest = options.rest !== null && (await isThere(options.rest)) ? options.rest : null;
  if (rest === null) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true }).catch((error: unknown) => {
      throw libraryProblem(error);
    });
    rest = await begin(services, record, directory, options);
    options.onRest(rest);
  }
  options.onProgress(shares.read);
  const last = await runNetworks(services, record, directory, rest, options);
  try {
    await writeResult(services, record, directory, last.source, options);
    options.signal.throwIfAborted();
    const placed = await placeResult(record, directory, last.note);
    // On a full disk the row that says so needs their room.
    await rm(last.source.path, { force: true }).catch(() => undefined);
    return { ...placed, width, height };
  } catch (error) {
    await removeUnfinished(record);
    throw error;
  }
}

/** Writes the result's file, not yet under its name, and its tiles. */
async function writeResult(
  { images, directory: library }: MakeServices,
  record: UpscaleRecord,
  directory: string,
  raster: Raster,
  { signal, tag, onProgress }: MakeOptions,
): Promise<void> {
  const { settings, width, height } = record;
  const file = unfinishedFile(record);
  const call = { signal, tag, timeoutMs: null } as const;
  await images.run(
    "encode",
    {
      raster,
      directory,
      file,
      format: settings.format,
      quality: settings.quality,
      background: settings.background ?? "white",
      width,
      height,
      resample: "lanczos3",
      density: targetDensity(settings.target),
      metadata: settings.metadata === "withoutPlace" ? "without-gps" : settings.metadata,
    },
    call,
  );
  const before = shares.read + shares.networks + shares.file;
  onProgress(before);
  const isWhole = raster.width === width && raster.height === height;
  const cut = images.run(
    "pyramid",
    {
      from: isWhole ? { raster, metadata: directory } : { path: file },
      directory: tilesDirectory(library, record.version),
    },
    {
      ...call,
      onProgress: ({ done, total }) => onProgress(before + (1 - before) * (done / total)),
    },
  );
  await cut.catch((error: unknown) => {
    // Tiles are a cache, made again when they are looked at: no result fails for the lack of them.
    if (signal.aborted || !(error instanceof KilnError)) throw error;
  });
}

/** Decodes the original. */
async function begin(
  { images, currentProvider, rotationOf }: MakeServices,
  record: UpscaleRecord,
  directory: string,
  { signal, tag }: MakeOptions,
): Promise<RestPoint> {
  const provider = await currentProvider();
  const photo = await images.run(
    "rasterise",
    { path: record.sourcePath, directory, rotation: rotationOf(record.photoId) },
    { signal, tag, timeoutMs: null },
  );
  const { width, height } = photo.raster;
  // What was planned would distort it.
  if (width !== record.sourceWidth || height !== record.sourceHeight) {
    throw originalChanged(basename(record.sourcePath));
  }
  return {
    run: 0,
    source: photo.raster,
    isGrey: photo.isGrey,
    target: null,
    finishedRows: 0,
    tile: 0,
    provider,
    note: noteOf(photo, record.settings) ?? record.note,
  };
}

/** Runs the network as often as the target takes. @returns with the last result as its source */
async function runNetworks(
  services: MakeServices,
  record: UpscaleRecord,
  directory: string,
  from: RestPoint,
  options: MakeOptions,
): Promise<RestPoint> {
  const { upscaler } = services;
  const { settings } = record;
  const network = await services.openModel(settings.model, settings.denoise);
  const sources = runSources(
    { width: record.sourceWidth, height: record.sourceHeight },
    { width: record.width, height: record.height },
    network.scale,
  );
  // Each run costs what it is given of pixels.
  const costs = sources.map(({ width, height }) => width * height);
  const whole = costs.reduce((sum, cost) => sum + cost, 0);
  let rest = from;
  while (rest.run < sources.length) {
    options.signal.throwIfAborted();
    const { source, provider } = rest;
    if (rest.target === null) {
      const target = await createTarget(join(directory, `run-${rest.run}.tif`), {
        ...source,
        width: source.width * network.scale,
        height: source.height * network.scale,
      });
      const tile =
        settings.tile ??
        planTile({ network, provider, ...source, freeBytes: services.freeMemory() });
      rest = { ...rest, target, finishedRows: 0, tile };
      options.onRest(rest);
    }
    const { target, run } = rest;
    if (target === null) throw new Error("A run without a target.");
    const done = costs.slice(0, run).reduce((sum, cost) => sum + cost, 0);
    try {
      await upscaler.run(
        "upscale",
        {
          network,
          provider,
          name: record.baseName,
          source,
          isGrey: rest.isGrey,
          target,
          fromRow: rest.finishedRows,
          tile: rest.tile,
        },
        {
          signal: options.signal,
          tag: options.tag,
          timeoutMs: null,
          onProgress: ({ finishedRows, doneTiles, totalTiles, tile }) => {
            const share = (done + ((costs[run] ?? 0) * doneTiles) / totalTiles) / whole;
            options.onProgress(shares.read + shares.networks * share);
            if (finishedRows === rest.finishedRows && tile === rest.tile) return;
            rest = { ...rest, finishedRows, tile };
            options.onRest(rest);
          },
        },
      );
    } catch (error) {
      // What a driver got wrong the processor gets right, from the first row on.
      if (!(error instanceof KilnError && givesUp.has(error.code)) || provider === "cpu")
        throw error;
      rest = { ...rest, provider: "cpu", target: null };
      continue;
    }
    const next = await fitted(services, target, sources[run + 1], directory, options);
    rest = { ...rest, run: run + 1, source: next, target: null, finishedRows: 0 };
    options.onRest(rest);
    if (run > 0) await rm(source.path, { force: true });
  }
  return rest;
}

/** The result of a run as the next one takes it: no larger than that one needs. */
async function fitted(
  { images }: MakeServices,
  raster: Raster,
  size: Size | undefined,
  directory: string,
  { signal, tag }: MakeOptions,
): Promise<Raster> {
  if (size === undefined || (size.width === raster.width && size.height === raster.height)) {
    return raster;
  }
  const file = raster.path.replace(/\.tif$/, "-fitted.tif");
  const reduced = await images.run(
    "reduce",
    { raster, directory, file, ...size, resample: "lanczos3" },
    { signal, tag, timeoutMs: null },
  );
  await rm(raster.path, { force: true });
  return reduced;
}

/** Problems of a provider, not of the photo: a driver may take its process along. */
const givesUp = new Set(["provider-wrong", "provider-unavailable", "worker-died"]);

async function isThere({ source, target }: RestPoint): Promise<boolean> {
  return (await isFile(source.path)) && (target === null || (await isFile(target.path)));
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

function noteOf(
  { preview, isConverted, hasAlpha, isAlphaConstant }: RasterisedPhoto,
  { format, background }: UpscaleSettings,
): Localized | null {
  const parts: Localized[] = [];
  if (preview !== null) {
    const size = `${preview.width.toLocaleString("en")} × ${preview.height.toLocaleString("en")}`;
    parts.push({
      en: `Made from the RAW's preview of ${size} px.`,
      ko: `RAW의 미리보기(${size} px)로 만들었습니다.`,
    });
  }
  if (isConverted) {
    parts.push({
      en: "Its colours were converted to sRGB.",
      ko: "색을 sRGB로 변환했습니다.",
    });
  }
  if (format === "jpeg" && hasAlpha && !isAlphaConstant) {
    const colour =
      background === "black" ? { en: "black", ko: "검은색" } : { en: "white", ko: "흰색" };
    parts.push({
      en: `What was transparent is ${colour.en}: JPEG has no transparency.`,
      ko: `JPEG에는 투명도가 없어 투명한 곳을 ${colour.ko}으로 채웠습니다.`,
    });
  }
  if (parts.length === 0) return null;
  return {
    en: parts.map(({ en }) => en).join(" "),
    ko: parts.map(({ ko }) => ko).join(" "),
  };
}
