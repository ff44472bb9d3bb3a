import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { needSpace, type Raster, rowBytes, smallTiff } from "../../../upscale/rasters/index.ts";
import { fileDamaged, fileMissing } from "../problems.ts";
import type { Sharp } from "../sharp.ts";
import { errorCode } from "../source.ts";
import { isGreyProfile, loadMetadata } from "./metadata.ts";
import { outputProblem, rasterProblem } from "./output-file.ts";
import type { Pyramid, UpscaleImageMethods } from "./protocol.ts";
import { decodeTo, storedColours, upright } from "./rasterise.ts";

const TILE = 512;
const QUALITY = 90;

/** A larger profile would weigh more than what many tiles show: their colours become Display P3 instead. */
const MAX_TILE_ICC = 4096;

type Ports = {
  readonly signal: AbortSignal;
  readonly progress: (value: UpscaleImageMethods["pyramid"]["progress"]) => void;
};

/** @throws KilnError where the file can't be read or the tiles can't be written. */
export async function pyramid(
  sharp: Sharp,
  { from, directory }: UpscaleImageMethods["pyramid"]["input"],
  ports: Ports,
): Promise<Pyramid> {
  const partial = `${directory}.${process.pid}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    const { raster, icc } =
      "raster" in from
        ? { raster: from.raster, icc: (await loadMetadata(from.metadata)).icc }
        : await readFinished(sharp, from.path, partial, ports.signal);
    // A third more than level 0 alone; a tile takes a byte a pixel at the most but for pictures of noise.
    await needSpace(dirname(directory), raster.width * raster.height * 1.4);
    const made = await cutTiles(sharp, raster, icc, partial, ports);
    if (!("raster" in from)) await rm(raster.path);
    await writeFile(join(partial, "pyramid.json"), JSON.stringify(made));
    await rm(directory, { recursive: true, force: true });
    await rename(partial, directory);
    return made;
  } catch (error) {
    const problem = await outputProblem(await rasterProblem(error, dirname(directory)), directory);
    await Promise.allSettled([rm(partial, { recursive: true, force: true })]);
    throw problem;
  }
}

/** A finished file of any size as a raster. Not as a photo is opened: a result may be larger than any of those. */
async function readFinished(
  sharp: Sharp,
  path: string,
  directory: string,
  signal: AbortSignal,
): Promise<{ raster: Raster; icc: Buffer | null }> {
  await (
    await open(path, "r").catch((error: unknown) => {
      throw fileMissing(error);
    })
  ).close();
  const metadata = await sharp(path, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw fileDamaged(error);
    });
  const stored = storedColours(metadata);
  const file = join(directory, "stored.tif");
  await needSpace(
    dirname(directory),
    metadata.width * metadata.height * metadata.channels * (stored.bits / 8),
  );
  const decoded = await decodeTo(sharp, path, stored, { file, limit: false }).catch(
    async (error: unknown) => {
      const problem = await outputProblem(await rasterProblem(error, directory), file);
      throw errorCode(problem) === "output-unwritable" ? fileDamaged(error) : problem;
    },
  );
  const raster = await upright(
    decoded,
    metadata.orientation ?? 1,
    join(directory, "upright.tif"),
    signal,
  );
  return { raster, icc: stored.isConverted ? null : (metadata.icc ?? null) };
}

/**
 * Cuts a raster into tiles of all zoom levels in one pass from the top down: each level holds the rows of one row of
 * tiles, and hands them on at half the size.
 */
async function cutTiles(
  sharp: Sharp,
  raster: Raster,
  icc: Buffer | null,
  directory: string,
  { signal, progress }: Ports,
): Promise<Pyramid> {
  const { width, height, channels } = raster;
  const extension = channels === 2 || channels === 4 ? "webp" : "jpg";
  const levels = levelSizes(width, height);
  const total = levels.reduce((sum, size) => sum + across(size.width) * across(size.height), 0);
  let done = 0;
  let top: Level | null = null;
  for (const [number, size] of levels.entries()) {
    await mkdir(join(directory, String(number)), { recursive: true });
    top = new Level(raster, size, top, async (x, y, tile) => {
      signal.throwIfAborted();
      const name = `${x}_${y}.${extension}`;
      await writeFile(join(directory, String(number), name), await encodeTile(sharp, tile, icc));
      done += 1;
      progress({ done, total });
    });
  }
  await using file = await open(raster.path, "r");
  const row = rowBytes(raster);
  const band = Buffer.alloc(row * Math.min(TILE, height));
  for (let y = 0; y < height; y += TILE) {
    const bytes = row * Math.min(TILE, height - y);
    const { bytesRead } = await file.read(band, 0, bytes, raster.offset + y * row);
    if (bytesRead < bytes) throw new Error(`${raster.path} ends early`);
    await top?.take(band.subarray(0, bytes));
  }
  return { width, height, tile: TILE, levels, extension };
}

type Size = Pyramid["levels"][number];

/** Level 0 first, which is one tile. */
function levelSizes(width: number, height: number): Size[] {
  const sizes: Size[] = [{ width, height }];
  for (let size = { width, height }; Math.max(size.width, size.height) > TILE; ) {
    size = { width: Math.ceil(size.width / 2), height: Math.ceil(size.height / 2) };
    sizes.unshift(size);
  }
  return sizes;
}

function across(pixels: number): number {
  return Math.ceil(pixels / TILE);
}

interface Tile {
  readonly width: number;
  readonly height: number;
  readonly channels: Raster["channels"];
  readonly bits: Raster["bits"];
  readonly pixels: Buffer;
}

type Samples = Uint8Array | Uint16Array;

class Level {
  readonly #layout: Pick<Raster, "channels" | "bits">;
  readonly #width: number;
  readonly #height: number;
  readonly #row: number;
  readonly #smaller: Level | null;
  readonly #save: (x: number, y: number, tile: Tile) => Promise<void>;
  readonly #bytes: Buffer;
  readonly #samples: Samples;
  /** Rows that have come so far. */
  #rows = 0;

  constructor(
    { channels, bits }: Pick<Raster, "channels" | "bits">,
    { width, height }: Size,
    smaller: Level | null,
    save: (x: number, y: number, tile: Tile) => Promise<void>,
  ) {
    this.#layout = { channels, bits };
    this.#width = width;
    this.#height = height;
    this.#row = rowBytes({ width, height, channels, bits });
    this.#smaller = smaller;
    this.#save = save;
    const rows = Math.min(TILE, height);
    const bytes = new ArrayBuffer(this.#row * rows);
    this.#bytes = Buffer.from(bytes);
    this.#samples = bits === 8 ? new Uint8Array(bytes) : new Uint16Array(bytes);
  }

  /** The next rows, of which there may be as many as a tile is high. */
  async take(rows: Buffer): Promise<void> {
    for (let at = 0; at < rows.length; ) {
      const held = this.#rows % TILE;
      const bytes = Math.min(rows.length - at, (TILE - held) * this.#row);
      rows.copy(this.#bytes, held * this.#row, at, at + bytes);
      at += bytes;
      this.#rows += bytes / this.#row;
      if (this.#rows % TILE === 0 || this.#rows === this.#height) await this.#finishBand();
    }
  }

  async #finishBand(): Promise<void> {
    const y = Math.ceil(this.#rows / TILE) - 1;
    const height = this.#rows - y * TILE;
    const pixelBytes = this.#row / this.#width;
    for (let x = 0; x < across(this.#width); x += 1) {
      const width = Math.min(TILE, this.#width - x * TILE);
      const pixels = Buffer.alloc(width * height * pixelBytes);
      for (let line = 0; line < height; line += 1) {
        const start = line * this.#row + x * TILE * pixelBytes;
        this.#bytes.copy(pixels, line * width * pixelBytes, start, start + width * pixelBytes);
      }
      await this.#save(x, y, { ...this.#layout, width, height, pixels });
    }
    await this.#smaller?.take(this.#halved(height));
  }

  /** Means of two by two pixels; at an odd edge the last one counts twice. */
  #halved(height: number): Buffer {
    const { channels, bits } = this.#layout;
    const width = Math.ceil(this.#width / 2);
    const rows = Math.ceil(height / 2);
    const bytes = new ArrayBuffer(width * rows * channels * (bits / 8));
    const out = bits === 8 ? new Uint8Array(bytes) : new Uint16Array(bytes);
    for (let y = 0; y < rows; y += 1) {
      const upper = 2 * y * this.#width * channels;
      const lower = Math.min(2 * y + 1, height - 1) * this.#width * channels;
      halveRow(
        this.#samples,
        { upper, lower, width: this.#width, channels },
        out,
        y * width * channels,
      );
    }
    return Buffer.from(bytes);
  }
}

interface TwoRows {
  /** Where each begins, in samples. */
  readonly upper: number;
  readonly lower: number;
  /** In pixels. */
  readonly width: number;
  readonly channels: number;
}

function halveRow(from: Samples, rows: TwoRows, out: Samples, at: number): void {
  const { upper, lower, width, channels } = rows;
  const hasAlpha = channels === 2 || channels === 4;
  const half = Math.ceil(width / 2);
  for (let x = 0; x < half; x += 1) {
    const left = 2 * x * channels;
    const right = Math.min(2 * x + 1, width - 1) * channels;
    const a = upper + left;
    const b = upper + right;
    const c = lower + left;
    const d = lower + right;
    const target = at + x * channels;
    if (hasAlpha) {
      meanUnderAlpha(from, [a, b, c, d], channels, out, target);
      continue;
    }
    for (let i = 0; i < channels; i += 1) {
      const sum = (from[a + i] ?? 0) + (from[b + i] ?? 0) + (from[c + i] ?? 0) + (from[d + i] ?? 0);
      out[target + i] = (sum + 2) >> 2;
    }
  }
}

/** Colours count as much as they can be seen. */
function meanUnderAlpha(
  from: Samples,
  pixels: readonly number[],
  channels: number,
  out: Samples,
  at: number,
): void {
  let weight = 0;
  for (const pixel of pixels) weight += from[pixel + channels - 1] ?? 0;
  for (let i = 0; i < channels - 1; i += 1) {
    let sum = 0;
    for (const pixel of pixels) {
      sum += (from[pixel + i] ?? 0) * (weight === 0 ? 1 : (from[pixel + channels - 1] ?? 0));
    }
    out[at + i] = Math.round(sum / (weight === 0 ? 4 : weight));
  }
  out[at + channels - 1] = Math.round(weight / 4);
}

/** With its own profile, as Chromium applies it; what 8 bits would band or grey alone can't say is converted. */
async function encodeTile(
  sharp: Sharp,
  { pixels, ...layout }: Tile,
  icc: Buffer | null,
): Promise<Buffer> {
  const tile = sharp(smallTiff(layout, icc, pixels));
  if (icc === null) tile.toColourspace("srgb");
  else if (isGreyProfile(icc)) {
    tile.pipelineColourspace("b-w").withIccProfile("srgb").toColourspace("srgb");
  } else if (layout.bits === 16 || icc.length > MAX_TILE_ICC) tile.withIccProfile("p3");
  else tile.keepIccProfile().toColourspace("srgb");
  const hasAlpha = layout.channels === 2 || layout.channels === 4;
  return (
    hasAlpha
      ? tile.webp({ quality: QUALITY, effort: 2 })
      : tile.jpeg({ quality: QUALITY, chromaSubsampling: "4:4:4", optimiseCoding: false })
  ).toBuffer();
}
