/** Small networks with random weights, pictures of three kinds, and a folder with children for tests of upscaling. */
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageWorkerMethods } from "../photos/index.ts";
import { forkLauncher, WorkerPool } from "../workers/index.ts";
import { createUpscalePool, type UpscalePool } from "./inference-pool.ts";
import { readNetwork } from "./models/index.ts";
import type { NetworkFile } from "./network.ts";
import { type Raster, rowBytes } from "./raster.ts";

export const workerEntry = join(import.meta.dirname, "worker", "upscale-worker.ts");

/** Mulberry32: numbers in 0..1, always the same ones. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Shapes = readonly (readonly [key: string, shape: readonly number[], gain: number])[];

export interface RandomNetwork {
  readonly architecture: "compact" | "rrdb";
  readonly scale?: number;
  /** Features, and how many convolutions (Compact) or blocks (RRDB) there are between the first and the last. */
  readonly features?: number;
  readonly depth?: number;
  /** Pixel unshuffle at the input (RRDB). */
  readonly multiple?: 1 | 2 | 4;
  readonly seed?: number;
}

/** Writes a network of random weights; what it gives stays near the range of its input. */
export function writeRandomNetwork(path: string, options: RandomNetwork): NetworkFile {
  const { architecture, seed = 1 } = options;
  const next = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const shapes = architecture === "compact" ? compactShapes(options) : rrdbShapes(options);
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [key, shape, gain] of shapes) {
    const count = shape.reduce((product, size) => product * size, 1);
    const [, ...inputs] = shape;
    const deviation = gain / Math.sqrt(inputs.reduce((product, size) => product * size, 1));
    const isSlope = shape.length === 1 && gain > 0;
    const data = Float32Array.from({ length: count }, () =>
      isSlope ? 0.1 + 0.3 * next() : gain === 0 ? 0.02 * normal() : deviation * normal(),
    );
    tensors.set(key, { shape, data });
  }
  const network = readNetwork({ weights: safetensors(tensors), name: "random.safetensors" });
  writeFileSync(path, network.onnx());
  return { ...network.info, path };
}

function safetensors(
  tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
): Uint8Array {
  let end = 0;
  const header = Object.fromEntries(
    tensors.entries().map(([key, { shape, data }]) => {
      const begin = end;
      end += data.byteLength;
      return [key, { dtype: "F32", shape, data_offsets: [begin, end] }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const numbers = [...tensors.values()].map(({ data }) => Buffer.from(data.buffer));
  return Buffer.concat([length, text, ...numbers]);
}

function compactShapes({ scale = 4, features = 8, depth = 4 }: RandomNetwork): Shapes {
  return Array.from({ length: depth + 2 }, (_, i) => {
    const isLast = i === depth + 1;
    const outs = isLast ? 3 * scale ** 2 : features;
    const conv = [outs, i === 0 ? 3 : features, 3, 3];
    return [
      [`body.${2 * i}.weight`, conv, isLast ? 0.2 : 1.4],
      [`body.${2 * i}.bias`, [outs], 0],
      ...(isLast ? [] : ([[`body.${2 * i + 1}.weight`, [features], 1]] as const)),
    ] as const;
  }).flat();
}

function rrdbShapes({ scale = 4, features = 8, depth = 2, multiple = 1 }: RandomNetwork): Shapes {
  const growth = features / 2;
  const conv = (key: string, ins: number, outs: number, gain: number): Shapes => [
    [`${key}.weight`, [outs, ins, 3, 3], gain],
    [`${key}.bias`, [outs], 0],
  ];
  const blocks = Array.from({ length: depth }, (_, block) =>
    [1, 2, 3].flatMap((dense) =>
      [1, 2, 3, 4, 5].flatMap((i) =>
        conv(
          `body.${block}.rdb${dense}.conv${i}`,
          features + (i - 1) * growth,
          i === 5 ? features : growth,
          1,
        ),
      ),
    ),
  );
  const ups = Array.from({ length: Math.log2(scale * multiple) }, (_, up) =>
    conv(`conv_up${up + 1}`, features, features, 1.4),
  );
  return [
    ...conv("conv_first", 3 * multiple ** 2, features, 1.4),
    ...blocks.flat(),
    ...conv("conv_body", features, features, 1),
    ...ups.flat(),
    ...conv("conv_hr", features, features, 1.4),
    ...conv("conv_last", features, 3, 1),
  ];
}

export const pictureKinds = ["photo", "texture", "flat"] as const;
export type PictureKind = (typeof pictureKinds)[number];

/** What lies at a place of a seeded picture, 0..1. */
export function paint(kind: PictureKind, x: number, y: number, channel: number): number {
  const at = (place: number) => {
    const mixed = Math.sin(place * 12.9898 + channel * 78.233) * 43758.5453;
    return mixed - Math.floor(mixed);
  };
  if (kind === "texture") {
    // Bricks with hard joints, and grain on them.
    const row = Math.floor(y / 7);
    const isJoint = y % 7 === 0 || (x + (row % 2) * 6) % 12 === 0;
    return isJoint ? 0.9 : 0.2 + 0.3 * at(x * 57 + y * 131);
  }
  if (kind === "flat") {
    const inside = (x - 30) ** 2 + (y - 25) ** 2 < 350;
    return inside ? 1 : (x + 2 * y) % 80 < 40 ? 0 : ([0.8, 0.2, 0.5][channel % 3] ?? 0);
  }
  const light = 0.5 + 0.3 * Math.sin(x / 19 + channel) * Math.cos(y / 23);
  return Math.min(1, Math.max(0, light + 0.06 * (at(x + y * 977) - 0.5)));
}

export type Layout = Omit<Raster, "path" | "offset">;

/** Samples of a painted picture; alpha, where there is one, is a disc that fades out. */
export function paintSamples(kind: PictureKind, layout: Layout): Uint8Array | Uint16Array {
  const { width, height, channels, bits } = layout;
  const count = width * height * channels;
  const values = bits === 8 ? new Uint8Array(count) : new Uint16Array(count);
  const most = 2 ** bits - 1;
  for (let i = 0; i < count; i += 1) {
    const channel = i % channels;
    const place = Math.floor(i / channels);
    const [x, y] = [place % width, Math.floor(place / width)];
    const isAlpha = channels % 2 === 0 && channel === channels - 1;
    const fade = 1.5 - Math.hypot(x / width - 0.5, y / height - 0.5) * 3;
    const value = isAlpha ? Math.min(1, Math.max(0, fade)) : paint(kind, x, y, channel);
    values[i] = Math.round(value * most);
  }
  return values;
}

/** A folder for rasters and networks, and children to make and run them in; everything goes when it is disposed of. */
export class UpscaleBench implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "kiln-upscale-"));
  #pool: UpscalePool | null = null;
  #images: WorkerPool<ImageWorkerMethods> | null = null;
  #files = 0;

  /** Added to the environment of the child that upscales. */
  readonly env: Readonly<Record<string, string>>;

  constructor(
    env: Readonly<Record<string, string>> | ((directory: string) => Record<string, string>) = {},
  ) {
    this.env = typeof env === "function" ? env(this.directory) : env;
  }

  get pool(): UpscalePool {
    this.#pool ??= createUpscalePool({
      launcher: forkLauncher(),
      entry: workerEntry,
      env: this.env,
    });
    return this.#pool;
  }

  /** For photos, before and after the networks. */
  get images(): WorkerPool<ImageWorkerMethods> {
    this.#images ??= new WorkerPool<ImageWorkerMethods>({
      launcher: forkLauncher(),
      entry: join(import.meta.dirname, "..", "photos", "worker", "image-worker.ts"),
      name: "image-worker",
      title: { en: "The image reader", ko: "이미지 처리기" },
      size: 2,
      subjectOf: (input) => ("path" in input ? input.path : input.directory),
    });
    return this.#images;
  }

  at(name: string): string {
    return join(this.directory, name);
  }

  folder(name: string): string {
    mkdirSync(this.at(name), { recursive: true });
    return this.at(name);
  }

  network(options: RandomNetwork): NetworkFile {
    this.#files += 1;
    return writeRandomNetwork(this.at(`network-${this.#files}.onnx`), options);
  }

  /** A raster with these samples behind some bytes that are not its own. */
  source(layout: Layout, values: Uint8Array | Uint16Array): Raster {
    this.#files += 1;
    const path = this.at(`source-${this.#files}`);
    const offset = 24;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    writeFileSync(path, Buffer.concat([Buffer.alloc(offset, 0xaa), bytes]));
    return { path, offset, ...layout };
  }

  painted(kind: PictureKind, layout: Layout): Raster {
    return this.source(layout, paintSamples(kind, layout));
  }

  /** Where a source goes: bytes that are no result, so that what isn't written is seen. */
  target({ width, height, channels, bits }: Layout, scale: number, directory?: string): Raster {
    this.#files += 1;
    const path = join(directory ?? this.directory, `target-${this.#files}`);
    const layout = { width: width * scale, height: height * scale, channels, bits };
    const offset = 40;
    const fd = openSync(path, "w");
    writeSync(fd, Buffer.alloc(offset, 0x55));
    ftruncateSync(fd, offset + rowBytes(layout) * layout.height);
    closeSync(fd);
    return { path, offset, ...layout };
  }

  /** Upscales at once and gives the samples. */
  async upscale(
    network: NetworkFile,
    source: Raster,
    tile: number,
  ): Promise<Uint8Array | Uint16Array> {
    const target = this.target(source, network.scale);
    await this.pool.run("upscale", {
      network,
      provider: "cpu",
      name: "test",
      source,
      target,
      fromRow: 0,
      tile,
    });
    return readSamples(target);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#pool, this.#images].map((pool) => pool?.[Symbol.asyncDispose]()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function readSamples(raster: Raster): Uint8Array | Uint16Array {
  const bytes = new Uint8Array(readFileSync(raster.path).subarray(raster.offset));
  if (bytes.length !== rowBytes(raster) * raster.height) throw new RangeError("cut short");
  return raster.bits === 8 ? bytes : new Uint16Array(bytes.buffer);
}

/** The largest difference between two pictures' samples. */
export function largestDifference(
  a: Uint8Array | Uint16Array,
  b: Uint8Array | Uint16Array,
): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (const [i, value] of a.entries()) most = Math.max(most, Math.abs(value - (b[i] ?? 0)));
  return most;
}
