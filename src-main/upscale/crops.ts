import { createHash } from "node:crypto";
import { access, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { UpscaleCrop } from "../../src-preload/contract/upscale.ts";
import type { PhotoStore } from "../library/index.ts";
import type { ImageWorkerMethods, RasterisedPhoto } from "../photos/index.ts";
import type { WorkerPool } from "../workers/index.ts";
import { createTarget } from "./big-tiff.ts";
import type { NetworkFile } from "./network.ts";
import { type Raster, rowBytes } from "./raster.ts";
import { photoUnknown } from "./upscale-problems.ts";
import type { Provider, Region, UpscaleWorkerMethods } from "./worker/protocol.ts";

/** Photos whose pixels are kept while their pieces are looked at; the oldest goes first. */
const KEPT_PHOTOS = 2;

/** Somebody looks at it. */
const PRIORITY = 250;

export interface CropServices {
  readonly directory: string;
  readonly photos: PhotoStore;
  readonly images: Pick<WorkerPool<ImageWorkerMethods>, "run">;
  /** A child of its own: pieces don't wait behind a photo that takes minutes. */
  readonly upscaler: Pick<WorkerPool<UpscaleWorkerMethods>, "run">;
  readonly openModel: (id: string, denoise: number) => Promise<NetworkFile>;
  readonly currentProvider: () => Promise<Provider>;
}

export interface CropRequest {
  readonly photoId: number;
  readonly model: string;
  readonly denoise: number;
  /** The piece's middle, as fractions of the upright photo. */
  readonly x: number;
  readonly y: number;
  /** Of the piece, in pixels of the photo. */
  readonly edge: number;
}

interface OpenPhoto {
  /** Of the photo's pixels as they are now. */
  readonly version: string;
  readonly directory: string;
  readonly pixels: Promise<Pick<RasterisedPhoto, "raster" | "isGrey">>;
  /** Pieces that are being cut from it. */
  uses: number;
}

/** Pieces of photos, as they are and upscaled, for choosing a model by looking. */
export class Crops {
  readonly #services: CropServices;
  /** By photo, the newest last. */
  readonly #open = new Map<number, OpenPhoto>();
  /** Of pieces that were asked for. */
  readonly #keys = new Set<string>();
  /** Where pixels of photos are, of those that are not open any more until they are removed. */
  readonly #directories = new Set<string>();
  /** Folders that were named: no two have the same name, whoever still clears one away. */
  #folders = 0;

  constructor(services: CropServices) {
    this.#services = services;
  }

  /**
   * Makes a piece with a model, or finds it made.
   *
   * @throws KilnError `photo-unknown`, `model-unknown`, `model-not-at-hand`, what is said of files that can't be decoded;
   * the signal's reason
   */
  async make(request: CropRequest, signal?: AbortSignal): Promise<UpscaleCrop> {
    const { photoId, model, denoise } = request;
    const network = await this.#services.openModel(model, denoise);
    const photo = this.#photo(photoId, signal);
    try {
      return await this.#cut(photo, network, request, signal);
    } finally {
      photo.uses -= 1;
      // Its file may have changed meanwhile, so that it is not the photo's any more.
      if (photo.uses === 0 && this.#open.get(photoId) !== photo) void this.#close(photo);
      this.#closeOldest();
    }
  }

  async #cut(
    photo: OpenPhoto,
    network: NetworkFile,
    request: CropRequest,
    signal: AbortSignal | undefined,
  ): Promise<UpscaleCrop> {
    const { raster, isGrey } = await photo.pixels;
    const region = regionOf(raster, request, network.multiple);
    const key = createHash("sha256")
      .update(JSON.stringify([request.photoId, photo.version, region, await versionOf(network)]))
      .digest("hex")
      .slice(0, 32);
    this.#keys.add(key);
    const after = this.file(key, "after");
    await mkdir(this.#cache, { recursive: true });
    let seconds: number | null = null;
    if (!(await isThere(after))) {
      // Its own, as the same piece may be asked for twice at once.
      const folder = join(photo.directory, this.#folderName(key));
      try {
        await mkdir(folder, { recursive: true });
        const encode = (from: Raster, file: string) =>
          this.#encode(from, photo.directory, { folder, file }, signal);
        const piece = await copyRegion(raster, region, join(folder, "piece.tif"));
        await encode(piece, this.file(key, "before"));
        const target = await createTarget(join(folder, "target.tif"), {
          ...piece,
          width: region.width * network.scale,
          height: region.height * network.scale,
        });
        const provider = await this.#services.currentProvider();
        const startedAt = performance.now();
        await this.#services.upscaler.run(
          "upscale",
          {
            network,
            provider,
            name: key,
            source: raster,
            isGrey,
            region,
            target,
            fromRow: 0,
            tile: 0,
          },
          { ...(signal && { signal }), timeoutMs: null },
        );
        seconds = (performance.now() - startedAt) / 1000;
        await encode(target, after);
      } finally {
        await remove(folder);
      }
    }
    return {
      key,
      sourceWidth: region.width,
      sourceHeight: region.height,
      box: [
        region.left / raster.width,
        region.top / raster.height,
        region.width / raster.width,
        region.height / raster.height,
      ],
      width: region.width * network.scale,
      height: region.height * network.scale,
      seconds,
    };
  }

  /** Absolute path of a piece's picture, a PNG; it may not be there. */
  file(key: string, side: "before" | "after"): string {
    return join(this.#cache, `${key}-${side}.png`);
  }

  /** Removes every piece and the pixels that they were cut from. */
  async clear(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(open.map(({ pixels }) => pixels));
    await remove(this.#work);
    await remove(this.#cache);
  }

  /** Removes what a Kiln left that was killed: pixels that nobody has open, pieces that nobody asked for. */
  async tidy(): Promise<void> {
    for (const name of await readdir(this.#work).catch(() => [])) {
      const path = join(this.#work, name);
      if (!this.#directories.has(path)) await remove(path);
    }
    for (const name of await readdir(this.#cache).catch(() => [])) {
      const [key = ""] = name.split("-");
      if (!this.#keys.has(key)) await remove(join(this.#cache, name));
    }
  }

  get #work(): string {
    return join(this.#services.directory, "work", "crops");
  }

  get #cache(): string {
    return join(this.#services.directory, "cache", "crops");
  }

  #folderName(what: string): string {
    this.#folders += 1;
    return `${what}-${this.#folders}`;
  }

  /** A use of the photo's pixels, decoded once however many pieces and models are looked at. */
  #photo(photoId: number, signal: AbortSignal | undefined): OpenPhoto {
    const { photos, images } = this.#services;
    const file = photos.primaryFile(photoId);
    if (file === null) throw photoUnknown();
    const rotation = photos.rows([photoId])[0]?.rotation ?? 0;
    const version = `${file.version}-${rotation}`;
    const known = this.#open.get(photoId);
    if (known?.version === version) {
      known.uses += 1;
      this.#open.delete(photoId);
      this.#open.set(photoId, known);
      return known;
    }
    signal?.throwIfAborted();
    const directory = join(this.#work, this.#folderName(`${photoId}-${version}`));
    this.#directories.add(directory);
    // Not by the caller's signal: the next piece needs the same pixels.
    const pixels = images.run(
      "rasterise",
      { path: file.path, directory, rotation },
      { priority: PRIORITY, timeoutMs: null },
    );
    const opened: OpenPhoto = { version, directory, pixels, uses: 1 };
    pixels.catch(() => {
      if (this.#open.get(photoId) === opened) this.#open.delete(photoId);
    });
    this.#open.set(photoId, opened);
    if (known?.uses === 0) void this.#close(known);
    this.#closeOldest();
    return opened;
  }

  /** Those that nobody cuts a piece from. */
  #closeOldest(): void {
    for (const [id, photo] of this.#open) {
      if (this.#open.size <= KEPT_PHOTOS) return;
      if (photo.uses > 0) continue;
      this.#open.delete(id);
      void this.#close(photo);
    }
  }

  async #close({ pixels, directory }: OpenPhoto): Promise<void> {
    await pixels.catch(() => undefined);
    await remove(directory);
    this.#directories.delete(directory);
  }

  async #encode(
    raster: Raster,
    directory: string,
    { folder, file }: { readonly folder: string; readonly file: string },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    // In one step, as others may ask for it meanwhile.
    const making = join(folder, "piece.png");
    await this.#services.images.run(
      "encode",
      {
        raster,
        directory,
        file: making,
        format: "png",
        quality: 100,
        width: raster.width,
        height: raster.height,
        bits: 8,
        resample: "lanczos3",
        density: null,
        metadata: "none",
      },
      { ...(signal && { signal }), priority: PRIORITY },
    );
    await rename(making, file);
  }
}

/** What can't be removed (a child that was ended a moment ago still writes) is tidied away at the next start. */
async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/** A square about a place, moved so that it lies inside the photo and where a tile may begin. */
function regionOf(
  { width, height }: Raster,
  { x, y, edge }: Pick<CropRequest, "x" | "y" | "edge">,
  multiple: number,
): Region {
  const span = (middle: number, whole: number): [number, number] => {
    const length = Math.min(edge, whole);
    const start = Math.round(middle * whole - length / 2);
    const inside = Math.max(0, Math.min(start, whole - length));
    return [inside - (inside % multiple), length];
  };
  const [left, across] = span(x, width);
  const [top, down] = span(y, height);
  return { left, top, width: across, height: down };
}

/** A small raster with the pixels of a region. */
async function copyRegion(raster: Raster, region: Region, path: string): Promise<Raster> {
  const { left, top, width, height } = region;
  const target = await createTarget(path, { ...raster, width, height });
  const row = rowBytes(target);
  const at = raster.offset + (left * rowBytes(raster)) / raster.width;
  const bytes = Buffer.alloc(row * height);
  await using from = await open(raster.path, "r");
  for (let y = 0; y < height; y += 1) {
    await from.read(bytes, y * row, row, at + (top + y) * rowBytes(raster));
  }
  await using to = await open(target.path, "r+");
  await to.write(bytes, 0, bytes.length, target.offset);
  return target;
}

/**
 * A network by its file: a model that was removed and added again has its place, and is another one. Not by when it
 * changed: of blends that says when they were used last.
 */
async function versionOf({ path }: NetworkFile): Promise<readonly unknown[]> {
  const { birthtimeMs, size } = await stat(path);
  return [path, birthtimeMs, size];
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
