import { describe, expect, test } from "vitest";
import type { NetworkFile } from "../network.ts";
import { paintSamples, UpscaleBench } from "../upscale.fixture.ts";
import { openTileRunner, type TileRunner } from "./runtime.ts";
import { largestDifference } from "./self-test.ts";
import { TileJudge } from "./tile-judge.ts";
import type { Samples } from "./tile-pixels.ts";

const size = { width: 60, height: 44 };

async function judged(
  spoil: (result: Samples) => void,
  network: NetworkFile,
  count: () => void = () => undefined,
): Promise<void> {
  const open = (): Promise<TileRunner> => openTileRunner(network, "cpu", 8, "test");
  await using runner = await open();
  const pixels = paintSamples("photo", {
    ...size,
    channels: 3,
    bits: 8,
  }) as Uint8Array<ArrayBuffer>;
  const result = (await runner.run(pixels, size.width, size.height, "colour")).slice();
  spoil(result);
  await using judge = new TileJudge(network, "webgpu", () => {
    count();
    return open();
  });
  await judge.look({ pixels, result, ...size });
}

describe("what a driver gives", () => {
  const row = size.width * 4 * 3;

  test.each([
    ["nothing but black", (result: Samples) => result.fill(0)],
    ["nothing but white", (result: Samples) => result.fill(255)],
    [
      "a square of black",
      (result: Samples) => {
        for (let y = 96; y < 150; y += 1) result.fill(0, y * row + 240, y * row + 420);
      },
    ],
    [
      "noise from somewhere down",
      (result: Samples) => {
        for (let i = row * 100; i < result.length; i += 1) result[i] = (i * 2654435761) % 256;
      },
    ],
  ])("%s is noticed", async (_, spoil) => {
    await using bench = new UpscaleBench();
    const network = bench.network({ architecture: "compact" });
    await expect(judged(spoil, network)).rejects.toMatchObject({ code: "provider-wrong" });
  });

  test("the right numbers are not even asked about", async () => {
    await using bench = new UpscaleBench();
    let asked = 0;
    const network = bench.network({ architecture: "compact" });
    await judged(
      () => undefined,
      network,
      () => {
        asked += 1;
      },
    );
    expect(asked).toBe(0);
  });

  test("a network that changes colours itself is acquitted", async () => {
    await using bench = new UpscaleBench();
    // An RRDBNet of random weights has nothing to do with its input.
    const network = bench.network({ architecture: "rrdb", seed: 3 });
    let asked = 0;
    await judged(
      () => undefined,
      network,
      () => {
        asked += 1;
      },
    );
    expect(asked).toBe(1);
  });
});

test("numbers that are none, or too few, are no result", () => {
  const right = { data: Float32Array.of(0.5, 0.25), dims: [2] };
  const other = (...values: number[]) => ({ data: Float32Array.of(...values), dims: [2] });
  expect(largestDifference(right, other(0.5, 0.375))).toBeCloseTo(0.125);
  expect(largestDifference(right, other(Number.NaN, 0.25))).toBeNull();
  expect(largestDifference(right, other(0.5, Number.POSITIVE_INFINITY))).toBeNull();
  expect(largestDifference(right, other(0.5))).toBeNull();
  expect(largestDifference(right, other(0, 0))).toBe(0.5);
});
