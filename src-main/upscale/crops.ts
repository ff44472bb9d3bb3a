import { createHash } from "node:crypto";
import { access, mkdir, open, rename, rm } from "node:fs/promises";
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
}

/** Pieces of photos, as they are and upscaled, for choosing a model by looking. */
export class Crops {
  readonly #services: CropServices;
  /** By photo, the newest last. */
  readonly #open = new Map<number, OpenPhoto>();

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
    const startedAt = performance.now();
    const { photoId, model, denoise } = request;
    const network = await this.#services.openModel(model, denoise);
    const photo = await this.#photo(photoId, signal);
    const { raster, isGrey } = await photo.pixels;
    const region = regionOf(raster, request, network.multiple);
    const key = createHash("sha256")
      .update(JSON.stringify([photo.version, region, network.path]))
      .digest("hex")
      .slice(0, 32);
    const before = this.file(key, "before");
    const after = this.file(key, "after");
    await mkdir(this.#cache, { recursive: true });
    if (!(await isThere(after))) {
      const folder = join(photo.directory, key);
      try {
        await mkdir(folder, { recursive: true });
        const piece = await copyRegion(raster, region, join(folder, "piece.tif"));
        await this.#encode(piece, photo.directory, before, signal);
        const target = await createTarget(join(folder, "target.tif"), {
          ...piece,
          width: region.width * network.scale,
          height: region.height * network.scale,
        });
        await this.#services.upscaler.run(
          "upscale",
          {
            network,
            provider: await this.#services.currentProvider(),
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
        await this.#encode(target, photo.directory, after, signal);
      } finally {
        await rm(folder, { recursive: true, force: true });
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
      seconds: (performance.now() - startedAt) / 1000,
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
    await rm(join(this.#services.directory, "work", "crops"), { recursive: true, force: true });
    await rm(this.#cache, { recursive: true, force: true });
  }

  get #cache(): string {
    return join(this.#services.directory, "cache", "crops");
  }

  /** The photo's pixels, decoded once however many pieces and models are looked at. */
  async #photo(photoId: number, signal: AbortSignal | undefined): Promise<OpenPhoto> {
    const { photos, images, directory: library } = this.#services;
    const file = photos.primaryFile(photoId);
    if (file === null) throw photoUnknown();
    const rotation = photos.rows([photoId])[0]?.rotation ?? 0;
    const version = `${file.version}-${rotation}`;
    const known = this.#open.get(photoId);
    if (known?.version === version) {
      this.#open.delete(photoId);
      this.#open.set(photoId, known);
      return known;
    }
    signal?.throwIfAborted();
    const directory = join(library, "work", "crops", `${photoId}-${version}`);
    // Not by the caller's signal: the next piece needs the same pixels.
    const pixels = images.run(
      "rasterise",
      { path: file.path, directory, rotation },
      { priority: PRIORITY, timeoutMs: null },
    );
    const opened: OpenPhoto = { version, directory, pixels };
    pixels.catch(() => {
      if (this.#open.get(photoId) === opened) this.#open.delete(photoId);
    });
    this.#open.set(photoId, opened);
    for (const [id, { directory: old, pixels: done }] of this.#open) {
      if (this.#open.size <= KEPT_PHOTOS) break;
      this.#open.delete(id);
      void done.then(
        () => rm(old, { recursive: true, force: true }),
        () => undefined,
      );
    }
    return opened;
  }

  async #encode(
    raster: Raster,
    directory: string,
    file: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    // In one step, as others may ask for it meanwhile.
    const making = `${file}.${process.pid}.png`;
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

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
