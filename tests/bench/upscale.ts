/** `kiln bench upscale`: what a network costs beside what it must cost, with the product's own children. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { ImageWorkerMethods } from "../../src-main/photos/worker/protocol.ts";
import { createTarget } from "../../src-main/upscale/big-tiff.ts";
import { ModelFolder } from "../../src-main/upscale/catalogue/model-folder.ts";
import { createUpscalePool, type UpscalePool } from "../../src-main/upscale/inference-pool.ts";
import { readNetwork } from "../../src-main/upscale/models/index.ts";
import { node, valueInfo } from "../../src-main/upscale/models/onnx-writer.ts";
import { Message } from "../../src-main/upscale/models/protobuf.ts";
import type { NetworkFile } from "../../src-main/upscale/network.ts";
import { planTile, tileCost } from "../../src-main/upscale/plan-tile.ts";
import type { UpscaleInput } from "../../src-main/upscale/worker/protocol.ts";
import { sessionOptions } from "../../src-main/upscale/worker/runtime.ts";
import { forkLauncher, WorkerPool } from "../../src-main/workers/index.ts";
import { root } from "../e2e/hosts.ts";
import { rounded, tell } from "./figures.ts";
import { shoot } from "./photos.ts";

export const usage = `kiln bench upscale [--model ID]... [--width PX] [--tile N] [--library DIR] [--dir DIR] [--json]

CPU seconds an output megapixel of the whole way from a JPEG to a JPEG, beside the floor: the operations that really
run, divided by the rate of the best of five matrix products in the same ONNX Runtime.

  --model    general-x4v3 (12 MP), x4plus (0.4 MP), or any other of the library; both unless told
  --width    of the photo, 4:3, in pixels
  --tile     instead of the planned one; 0 is untiled
  --library  where models are that were fetched: npm run kiln -- models fetch x4plus --library DIR
             (DIR/upscale-library unless told)
`;

/** Widths of photos of 4:3: 12 MP, and what x4plus does in a minute or two. */
const WIDTHS: Readonly<Record<string, number>> = { "general-x4v3": 4000, x4plus: 720 };

/** Edge of the matrices that are multiplied. */
const MATRIX = 1536;

const POLL_MS = 50;

export interface UpscaleBenchOptions {
  readonly models: readonly string[];
  readonly width: number | null;
  readonly tile: number | null;
  readonly library: string;
  readonly cache: string;
}

/** @returns null where the arguments make no sense */
export function parseUpscaleOptions(args: readonly string[]): UpscaleBenchOptions | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        model: { type: "string", multiple: true, default: ["general-x4v3", "x4plus"] },
        width: { type: "string" },
        tile: { type: "string" },
        library: { type: "string" },
        dir: { type: "string", default: join(root, ".cache", "bench") },
        json: { type: "boolean" },
      },
    });
    const count = (text: string | undefined) => (text === undefined ? null : Number(text));
    const [width, tile] = [count(values.width), count(values.tile)];
    if (width !== null && !(Number.isInteger(width) && width > 0)) return null;
    if (tile !== null && !(Number.isInteger(tile) && tile >= 0)) return null;
    const library = values.library ?? join(values.dir, "upscale-library");
    return { models: values.model, width, tile, library, cache: values.dir };
  } catch {
    return null;
  }
}

export async function benchUpscale(options: UpscaleBenchOptions): Promise<object> {
  const directory = join(options.cache, "upscale");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const models: Record<string, object> = {};
  const rates: number[] = [];
  for (const id of options.models) {
    const network = await openNetwork(id, options.library);
    if (network === null) {
      models[id] = { notMeasured: `not in ${options.library}: npm run kiln -- models fetch ${id}` };
      continue;
    }
    const width = options.width ?? WIDTHS[id] ?? 512;
    // Just before: on a shared machine the rate is another one an hour later.
    const rate = await matmulRate();
    rates.push(rate);
    const measured = await measure(network, { width, tile: options.tile, directory, rate });
    tell(`${id}: ${JSON.stringify(measured)}`);
    models[id] = measured;
  }
  rmSync(directory, { recursive: true, force: true });
  return {
    models,
    matmulGflops: rounded(Math.max(...rates) / 1e9, 1),
    threads: availableParallelism(),
  };
}

async function openNetwork(id: string, library: string): Promise<NetworkFile | null> {
  const shipped = join(root, "weights", `${id}.onnx`);
  if (existsSync(shipped)) {
    const { info } = readNetwork({ weights: readFileSync(shipped), name: `${id}.onnx` });
    return { ...info, path: shipped };
  }
  const folder = new ModelFolder(library);
  const record = (await folder.read()).get(id);
  return record === undefined ? null : folder.file(record);
}

/** Floating-point operations a CPU second: the best of five products of float32 matrices, with the product's session. */
async function matmulRate(): Promise<number> {
  const shape = [MATRIX, MATRIX];
  const graph = new Message()
    .message(1, node("MatMul", ["a", "b"], "c"))
    .string(2, "product")
    .message(11, valueInfo("a", 1, shape))
    .message(11, valueInfo("b", 1, shape))
    .message(12, valueInfo("c", 1, shape));
  const model = new Message().int(1, 8).message(7, graph).message(8, new Message().int(2, 17));
  const session = await InferenceSession.create(model.finish(), sessionOptions("cpu"));
  const matrix = new Tensor("float32", new Float32Array(MATRIX ** 2).fill(0.5), shape);
  await session.run({ a: matrix, b: matrix });
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i += 1) {
    const before = process.cpuUsage();
    await session.run({ a: matrix, b: matrix });
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  await session.release();
  return (2 * MATRIX ** 3) / best;
}

async function measure(
  network: NetworkFile,
  how: {
    readonly width: number;
    readonly tile: number | null;
    readonly directory: string;
    readonly rate: number;
  },
): Promise<object> {
  const { directory, rate } = how;
  const size = { width: how.width, height: Math.round((how.width * 3) / 4) };
  const photos = join(directory, `photos-${how.width}`);
  await shoot(photos, 1, size);
  await using images = imagePool();
  await using upscaler = createUpscalePool({
    launcher: forkLauncher(),
    entry: join(root, "src-main", "upscale", "worker", "upscale-worker.ts"),
  });
  const start = performance.now();
  const { raster } = await images.run("rasterise", {
    path: join(photos, "IMG_00001.JPG"),
    directory,
    rotation: 0,
  });
  const target = await createTarget(join(directory, "target.tif"), {
    ...raster,
    width: raster.width * network.scale,
    height: raster.height * network.scale,
  });
  const planned = { network, provider: "cpu", ...raster } as const;
  const tile = how.tile ?? planTile({ ...planned, freeBytes: 8e9 });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const input = {
    network,
    provider: "cpu",
    name: "bench",
    source: raster,
    target,
    fromRow: 0,
    tile,
  } as const;
  // The child is up, so that its start is no gap of ours.
  await upscaler.run("backends", { name: "bench" });
  const watch = watchChild(upscaler);
  delay.enable();
  await upscaler.run("upscale", input, {
    onProgress: ({ doneTiles, totalTiles }) => tell(`tile ${doneTiles} of ${totalTiles}`),
  });
  delay.disable();
  const { cpuSeconds: networkSeconds, rssMiB } = watch.stop();
  await images.run("encode", {
    raster: target,
    directory,
    file: join(directory, "result.jpg"),
    format: "jpeg",
    quality: 92,
    width: target.width,
    height: target.height,
    resample: "lanczos3",
    density: null,
    metadata: "all",
  });
  const seconds = (performance.now() - start) / 1000;
  const cpuSeconds = networkSeconds + cpuSecondsOf(images.pids);
  const cancelMs = await cancelTime(upscaler, input);
  const megapixels = (target.width * target.height) / 1e6;
  const { computed, padding } = tileCost(planned, tile);
  const floor = (network.flops * computed) / rate / megapixels;
  const unpaddedFloor = (network.flops * size.width * size.height) / rate / megapixels;
  const perMegapixel = cpuSeconds / megapixels;
  return {
    cpuSecondsPerMP: rounded(perMegapixel, 3),
    floor: rounded(floor, 3),
    ratio: rounded(perMegapixel / floor, 3),
    padding: rounded(padding, 3),
    rssMiB: Math.round(rssMiB),
    tile,
    inputMegapixels: rounded((size.width * size.height) / 1e6),
    unpaddedFloor: rounded(unpaddedFloor, 3),
    unpaddedRatio: rounded(perMegapixel / unpaddedFloor, 3),
    networkShare: rounded(networkSeconds / cpuSeconds, 3),
    matmulGflops: rounded(rate / 1e9, 1),
    seconds: rounded(seconds, 1),
    eventLoopGapMs: rounded(delay.max / 1e6, 1),
    cancelMs: Math.round(cancelMs),
  };
}

function imagePool(): WorkerPool<ImageWorkerMethods> {
  return new WorkerPool<ImageWorkerMethods>({
    launcher: forkLauncher(),
    entry: join(root, "src-main", "photos", "worker", "image-worker.ts"),
    name: "image-worker",
    title: { en: "The image reader", ko: "이미지 처리기" },
    size: 1,
    subjectOf: () => "bench",
    idleMs: 3_600_000,
  });
}

/** How long an abort takes that comes within a tile. */
async function cancelTime(pool: UpscalePool, input: UpscaleInput): Promise<number> {
  const controller = new AbortController();
  const run = pool.run("upscale", input, { signal: controller.signal });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const start = performance.now();
  controller.abort();
  await run.catch(() => undefined);
  return performance.now() - start;
}

/** Linux counts a process's time in hundredths of a second. */
const TICKS = 100;

/** What children have computed since they were started, in CPU seconds (Linux alone tells). */
function cpuSecondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS;
  }, 0);
}

/** CPU seconds and the peak of anonymous memory of a pool's child, from now on. */
function watchChild(pool: UpscalePool) {
  const pids = pool.pids;
  let most = 0;
  const look = () => {
    const [pid = 0] = pids;
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    most = Math.max(most, Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  };
  const timer = setInterval(look, POLL_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      // Its start is part of what a photo costs, and small.
      return { cpuSeconds: cpuSecondsOf(pids), rssMiB: most };
    },
  };
}
