import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readNetwork } from "../models/index.ts";
import type { NetworkFile } from "../network.ts";
import { rowBytes } from "../raster.ts";
import {
  type Layout,
  largestDifference,
  paintSamples,
  pictureKinds,
  readSamples,
  UpscaleBench,
} from "../upscale.fixture.ts";

let bench: UpscaleBench;
let compact: NetworkFile;
let rrdb: NetworkFile;

beforeAll(() => {
  bench = new UpscaleBench();
  compact = bench.network({ architecture: "compact" });
  // Deep enough to see farther than its padding.
  rrdb = bench.network({ architecture: "rrdb", depth: 5 });
});
afterAll(() => bench[Symbol.asyncDispose]());

describe("tiled is untiled", () => {
  describe.each(pictureKinds)("%s", (kind) => {
    test.each([8, 16] as const)("Compact, %i bits: to the bit", async (bits) => {
      const source = bench.painted(kind, { width: 101, height: 67, channels: 3, bits });
      const whole = await bench.upscale(compact, source, 0);
      for (const tile of [16, 33, 50]) {
        expect(largestDifference(await bench.upscale(compact, source, tile), whole)).toBe(0);
      }
      // A result that is not all the same is one.
      expect(new Set(whole.slice(0, 4000)).size).toBeGreaterThan(20);
    });

    test("RRDB: within 1 of 255", async () => {
      const source = bench.painted(kind, { width: 101, height: 67, channels: 3, bits: 8 });
      const whole = await bench.upscale(rrdb, source, 0);
      const tiled = await bench.upscale(rrdb, source, 48);
      expect(largestDifference(tiled, whole)).toBeLessThanOrEqual(1);
    });
  });

  test("general-x4v3 as it ships: to the bit", { timeout: 120_000 }, async () => {
    const path = join(import.meta.dirname, "..", "..", "..", "weights", "general-x4v3.onnx");
    const { info } = readNetwork({ weights: readFileSync(path), name: "general-x4v3.onnx" });
    const source = bench.painted("texture", { width: 96, height: 70, channels: 3, bits: 8 });
    const whole = await bench.upscale({ ...info, path }, source, 0);
    const tiled = await bench.upscale({ ...info, path }, source, 48);
    expect(largestDifference(tiled, whole)).toBe(0);
    // With less padding the seams show.
    const less = await bench.upscale({ ...info, path, padding: 8 }, source, 48);
    expect(largestDifference(less, whole)).toBeGreaterThan(0);
  });

  test.each([2, 4] as const)("pixel unshuffle by %i", async (multiple) => {
    const network = bench.network({ architecture: "rrdb", multiple, scale: 2, depth: 1 });
    const source = bench.painted("texture", { width: 45, height: 31, channels: 3, bits: 8 });
    const whole = await bench.upscale(network, source, 0);
    const tiled = await bench.upscale(network, source, 17);
    expect(largestDifference(tiled, whole)).toBeLessThanOrEqual(1);
  });
});

describe("channels", () => {
  const size = { width: 61, height: 43 };

  test.each([8, 16] as const)("grey and alpha of %i bits", async (bits) => {
    const layout: Layout = { ...size, channels: 2, bits };
    const values = paintSamples("photo", layout);
    const plane = (channel: number) =>
      bench.source(
        { ...size, channels: 1, bits },
        values.filter((_, i) => i % 2 === channel),
      );
    const both = await bench.upscale(compact, bench.source(layout, values), 20);
    for (const channel of [0, 1]) {
      const alone = await bench.upscale(compact, plane(channel), 0);
      expect(both.filter((_, i) => i % 2 === channel)).toEqual(alone);
    }
  });

  test("alpha beside colours is a picture of its own", async () => {
    const layout: Layout = { ...size, channels: 4, bits: 8 };
    const values = paintSamples("texture", layout);
    const result = await bench.upscale(compact, bench.source(layout, values), 20);
    const colours = bench.source(
      { ...size, channels: 3, bits: 8 },
      values.filter((_, i) => i % 4 < 3),
    );
    const alpha = bench.source(
      { ...size, channels: 1, bits: 8 },
      values.filter((_, i) => i % 4 === 3),
    );
    expect(result.filter((_, i) => i % 4 < 3)).toEqual(await bench.upscale(compact, colours, 0));
    expect(result.filter((_, i) => i % 4 === 3)).toEqual(await bench.upscale(compact, alpha, 0));
  });

  test("alpha that is the same everywhere stays that", async () => {
    const layout: Layout = { ...size, channels: 4, bits: 16 };
    const values = paintSamples("photo", layout).map((value, i) => (i % 4 === 3 ? 41_234 : value));
    const result = await bench.upscale(compact, bench.source(layout, values), 20);
    expect(new Set(result.filter((_, i) => i % 4 === 3))).toEqual(new Set([41_234]));
  });
});

describe("odd pictures", () => {
  test("one without pixels is refused with a sentence", async () => {
    const source = bench.source({ width: 0, height: 0, channels: 3, bits: 8 }, new Uint8Array());
    await expect(bench.upscale(compact, source, 64)).rejects.toMatchObject({
      code: "picture-empty",
    });
  });

  test("a single pixel, and one as wide as no screen", async () => {
    const dot = bench.source(
      { width: 1, height: 1, channels: 3, bits: 8 },
      Uint8Array.of(9, 90, 200),
    );
    expect(await bench.upscale(compact, dot, 64)).toHaveLength(48);
    const line = bench.painted("photo", { width: 100_000, height: 1, channels: 3, bits: 8 });
    const whole = await bench.upscale(compact, line, 0);
    expect(largestDifference(await bench.upscale(compact, line, 700), whole)).toBe(0);
  });

  test("what lies before the target's rows stays", async () => {
    const source = bench.painted("flat", { width: 30, height: 30, channels: 3, bits: 8 });
    const target = bench.target(source, 4);
    await bench.pool.run("upscale", { ...job(source, target), tile: 16 });
    expect(readFileSync(target.path).subarray(0, target.offset)).toEqual(
      Buffer.alloc(target.offset, 0x55),
    );
  });
});

function job(
  source: ReturnType<UpscaleBench["painted"]>,
  target: ReturnType<UpscaleBench["target"]>,
) {
  return { network: compact, provider: "cpu", name: "test", source, target, fromRow: 0 } as const;
}

test("a run goes on where an earlier one was killed, with the same bytes", async () => {
  const source = bench.painted("texture", { width: 300, height: 400, channels: 4, bits: 16 });
  const undisturbed = bench.target(source, 4);
  const input = job(source, undisturbed);
  await bench.pool.run("upscale", { ...input, tile: 40 });
  const target = bench.target(source, 4);
  let reached = { finishedRows: 0, tile: 0 };
  const killed = bench.pool.run(
    "upscale",
    { ...input, target, tile: 40 },
    {
      onProgress: (progress) => {
        reached = progress;
        const [pid = 0] = bench.pool.pids;
        if (progress.finishedRows > 300) process.kill(pid, "SIGKILL");
      },
    },
  );
  await expect(killed).rejects.toMatchObject({ code: "worker-died" });
  expect(reached.finishedRows).toBeGreaterThan(300);
  expect(reached.finishedRows).toBeLessThan(1600);
  const before = readSamples(target).slice(0, (reached.finishedRows * rowBytes(target)) / 2);
  expect(before).toEqual(readSamples(undisturbed).slice(0, before.length));
  const { tiles } = await bench.pool.run("upscale", {
    ...input,
    target,
    fromRow: reached.finishedRows,
    tile: reached.tile,
  });
  expect(tiles).toBeLessThan(80);
  expect(readSamples(target)).toEqual(readSamples(undisturbed));
});
