import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canMountDisks, mountSmallDisk } from "../../small-disk.fixture.ts";
import { FLOAT, node, tensor, valueInfo } from "../models/onnx-writer.ts";
import { Message } from "../models/protobuf.ts";
import type { NetworkFile } from "../network.ts";
import { readSamples, UpscaleBench } from "../upscale.fixture.ts";

import { openTileRunner } from "./runtime.ts";
import { TileReader } from "./tile-pixels.ts";
import { tileGrid } from "./tiles.ts";

let bench: UpscaleBench;
let network: NetworkFile;

beforeAll(() => {
  bench = new UpscaleBench();
  network = bench.network({ architecture: "compact", features: 16 });
});
afterAll(() => bench[Symbol.asyncDispose]());

const call = { provider: "cpu", name: "beach.jpg", fromRow: 0 } as const;

describe("a network that was brought", () => {
  test("is tried, and its scale found out", async () => {
    for (const scale of [1, 2, 4]) {
      const brought = bench.network({ architecture: "compact", scale });
      const { scale: found } = await bench.pool.run("check", { network: brought, name: "a" });
      expect(found).toBe(scale);
    }
    const unshuffled = bench.network({ architecture: "rrdb", scale: 2, multiple: 2 });
    const { scale } = await bench.pool.run("check", { network: unshuffled, name: "b" });
    expect(scale).toBe(2);
  });

  test("is refused where it is none, or says another scale than it has", async () => {
    const path = bench.at("none.onnx");
    writeFileSync(path, "no network");
    for (const broken of [
      { ...network, path },
      { ...network, scale: 2 },
    ]) {
      await expect(
        bench.pool.run("check", { network: broken, name: "mine.onnx" }),
      ).rejects.toMatchObject({ code: "model-broken", happened: { en: /mine\.onnx/ } });
    }
  });

  test("is refused where it gives no numbers", async () => {
    const broken = bench.network({ architecture: "compact", seed: 5 });
    const onnx = readFileSync(broken.path);
    // The largest block of the file is its weights: one of them becomes NaN.
    onnx.writeFloatLE(Number.NaN, Math.floor(onnx.length / 2 / 4) * 4 + weightsPhase(onnx));
    writeFileSync(broken.path, onnx);
    await expect(
      bench.pool.run("check", { network: broken, name: "mine.onnx" }),
    ).rejects.toMatchObject({ code: "model-broken" });
  });
});

describe("a graph that was brought", () => {
  /** A graph from `x` to `y`, as it is on the disk. */
  const brought = (name: string, ...parts: readonly (readonly [field: number, Message])[]) => {
    const graph = new Message();
    for (const [field, part] of parts) graph.message(field, part);
    graph.message(11, valueInfo("x", FLOAT, [1, 3, "h", "w"]));
    graph.message(12, valueInfo("y", FLOAT, [1, 3, "h2", "w2"]));
    const opset = new Message().int(2, 17);
    const path = bench.at(`${name}.onnx`);
    writeFileSync(path, new Message().int(1, 8).message(7, graph).message(8, opset).finish());
    const unknown = { multiple: 1, receptiveRadius: 0, padding: 0, flops: 0, parameters: 0 };
    return { architecture: "onnx", scale: 1, path, name, ...unknown } as const;
  };

  test("is refused where it wants more memory for a small picture than there is", async () => {
    const scales = (by: number) => tensor(`by${by}`, [4], Float32Array.of(1, 1, by, by));
    const greedy = brought(
      "greedy",
      [1, node("Resize", ["x", "", `by${2 ** 24}`], "a")],
      [1, node("Resize", ["a", "", `by${2 ** -23}`], "y")],
      [5, scales(2 ** 24)],
      [5, scales(2 ** -23)],
    );
    await expect(
      bench.pool.run("check", { network: greedy, name: "greedy.onnx" }),
    ).rejects.toMatchObject({ code: "model-broken", happened: { en: /greedy\.onnx/ } });
  });

  test("that takes pictures of one size only is at fault, not the photo", async () => {
    const source = bench.painted("photo", { width: 40, height: 40, channels: 3, bits: 8 });
    const offsets = tensor("c", [1, 3, 20, 24], new Float32Array(3 * 20 * 24));
    const narrow = brought("Narrow ×1", [1, node("Add", ["x", "c"], "y")], [5, offsets]);
    const target = bench.target(source, 1);
    await expect(
      bench.pool.run("upscale", { ...call, network: narrow, source, target, tile: 32 }),
    ).rejects.toMatchObject({ code: "model-broken", happened: { en: /“Narrow ×1”/ } });
  });
});

/** How many bytes beyond a multiple of four floats lie in the middle of a file: the one place where all are small. */
function weightsPhase(onnx: Buffer): number {
  const middle = Math.floor(onnx.length / 2 / 4) * 4;
  const sane = (phase: number) =>
    Array.from({ length: 16 }, (_, i) => onnx.readFloatLE(middle + phase + 4 * i)).every(
      (value) => Math.abs(value) > 1e-6 && Math.abs(value) < 10,
    );
  return [0, 1, 2, 3].find(sane) ?? 0;
}

test("a source that ends early, and one that is gone, are said", async () => {
  const source = bench.painted("photo", { width: 40, height: 40, channels: 3, bits: 8 });
  const target = bench.target(source, 4);
  const job = { ...call, network, target, tile: 32 };
  const gone = { ...source, path: bench.at("gone") };
  await expect(bench.pool.run("upscale", { ...job, source: gone })).rejects.toMatchObject({
    code: "raster-failed",
    happened: { en: expect.stringContaining("beach.jpg") },
  });
  writeFileSync(source.path, readFileSync(source.path).subarray(0, 2000));
  await expect(bench.pool.run("upscale", { ...job, source })).rejects.toMatchObject({
    code: "raster-failed",
  });
});

test("what fails to be let go of hides nothing", async () => {
  const runner = await openTileRunner(network, "cpu", 8, "mine");
  await runner[Symbol.asyncDispose]();
  const use = async () => {
    await using lost = runner;
    return await lost.run(new Uint8Array(3 * 32 * 32), 32, 32, "colour");
  };
  await expect(use()).rejects.toMatchObject({ code: "model-broken" });
});

test("a provider that can't be used is said by its name: the caller has another", async () => {
  const source = bench.painted("photo", { width: 40, height: 40, channels: 3, bits: 8 });
  const target = bench.target(source, 4);
  const provider = process.platform === "darwin" ? "dml" : "coreml";
  await expect(
    bench.pool.run("upscale", { ...call, provider, network, source, target, tile: 32 }),
  ).rejects.toMatchObject({ code: "provider-unavailable" });
});

test("a row of more pixels than a call takes arguments", () => {
  const layout = { width: 200_000, height: 1, channels: 3, bits: 8 } as const;
  const source = bench.painted("texture", layout);
  const fd = openSync(source.path, "r");
  try {
    const grid = tileGrid(layout, { padding: 1, multiple: 1 }, 0);
    const { colour } = new TileReader({ ...source, fd }, grid, false).read(0, 0);
    const row = 3 * (layout.width + 2);
    expect(colour.subarray(row + 3, 2 * row - 3)).toEqual(readSamples(source));
  } finally {
    closeSync(fd);
  }
});

/** What has to be there to take memory away from a process that runs. */
const canLimit = process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

test.skipIf(!canLimit)(
  "out of memory: the tile is halved, the picture the same (needs prlimit)",
  { timeout: 120_000 },
  async () => {
    await using bench = new UpscaleBench();
    const source = bench.painted("texture", { width: 480, height: 300, channels: 3, bits: 8 });
    const undisturbed = bench.target(source, 4);
    await bench.pool.run("upscale", { ...call, network, source, target: undisturbed, tile: 100 });
    const [pid = 0] = bench.pool.pids;
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const used = Number(/VmSize:\s+(\d+)/.exec(status)?.[1]) * 1024;
    execFileSync("prlimit", ["--pid", `${pid}`, `--as=${used + 40e6}`]);
    const target = bench.target(source, 4);
    const tiles: number[] = [];
    await bench.pool.run(
      "upscale",
      { ...call, network, source, target, tile: 0 },
      { onProgress: ({ tile }) => tiles.push(tile) },
    );
    expect(tiles.at(-1)).toBeGreaterThan(0);
    expect(tiles.at(-1)).toBeLessThan(480);
    expect(readSamples(target)).toEqual(readSamples(undisturbed));
    // The smallest tile of a network that looks far is large, too.
    const far = { ...network, padding: 700 };
    await expect(
      bench.pool.run("upscale", { ...call, network: far, source, target, tile: 0 }),
    ).rejects.toMatchObject({ code: "upscale-no-memory" });
  },
);

test.skipIf(!canMountDisks)(
  "a disk that becomes full half way: said, and gone on with (needs root)",
  async () => {
    const source = bench.painted("photo", { width: 200, height: 200, channels: 3, bits: 8 });
    const small = await mountSmallDisk("size=1m");
    const target = bench.target(source, 4, small);
    const job = { ...call, network, source, target, tile: 50 };
    let reached = { finishedRows: 0, tile: 50 };
    const run = bench.pool.run("upscale", job, {
      onProgress: (progress) => {
        reached = progress;
      },
    });
    await expect(run).rejects.toMatchObject({ code: "disk-full" });
    // The last word before a failure may not have left the child any more.
    expect([0, 200, 400]).toContain(reached.finishedRows);
    execFileSync("mount", ["-o", "remount,size=4m", small]);
    await bench.pool.run("upscale", {
      ...job,
      fromRow: reached.finishedRows,
      tile: reached.tile,
    });
    expect(readSamples(target)).toEqual(await bench.upscale(network, source, 50));
  },
);

test("a cancel is answered soon, within a tile too, and the parent's loop is never held up", async () => {
  // One tile takes seconds.
  const slow = bench.network({ architecture: "compact", features: 64, depth: 16 });
  const source = bench.painted("photo", { width: 700, height: 700, channels: 3, bits: 8 });
  const target = bench.target(source, 4);
  const job = { ...call, network: slow, source, target };
  await bench.pool.run("check", { network: slow, name: "warm" });
  for (const [tile, tilesBefore] of [
    [0, 0],
    [64, 2],
  ] as const) {
    const controller = new AbortController();
    const running = Promise.withResolvers<void>();
    const before = performance.eventLoopUtilization();
    const run = bench.pool.run(
      "upscale",
      { ...job, tile },
      {
        signal: controller.signal,
        onProgress: ({ doneTiles }) => {
          if (doneTiles >= tilesBefore) running.resolve();
        },
      },
    );
    if (tile === 0) await once(500);
    else await running.promise;
    // A parent that computed would be busy all the time. The bench measures the gaps.
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.7);
    const start = performance.now();
    controller.abort(new Error("enough"));
    await expect(run).rejects.toThrow("enough");
    // 250 ms on an idle machine.
    expect(performance.now() - start).toBeLessThan(1000);
  }
});

function once(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
