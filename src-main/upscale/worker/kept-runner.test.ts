import { copyFileSync, utimesSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NetworkFile } from "../network.ts";
import { paintSamples, UpscaleBench } from "../upscale.fixture.ts";
import { KeptRunner } from "./kept-runner.ts";
import type { Samples } from "./tile-pixels.ts";

let bench: UpscaleBench;
let one: NetworkFile;
let other: NetworkFile;

beforeAll(() => {
  bench = new UpscaleBench();
  one = bench.network({ architecture: "compact", seed: 1 });
  other = bench.network({ architecture: "compact", seed: 2 });
});
afterAll(() => bench[Symbol.asyncDispose]());

const size = { width: 40, height: 30 };

async function result(kept: KeptRunner, network: NetworkFile, bits: 8 | 16 = 8): Promise<Samples> {
  await using runner = await kept.open(network, "cpu", bits, "test");
  const pixels = paintSamples("photo", { ...size, channels: 3, bits }) as Samples;
  return (await runner.run(pixels, size.width, size.height, "colour")).slice();
}

test("what is kept is the network that was asked for, never another", async () => {
  const kept = new KeptRunner();
  const [first, second] = [await result(kept, one), await result(kept, other)];
  expect(first).not.toEqual(second);
  expect(await result(kept, one)).toEqual(first);
  expect(await result(kept, one)).toEqual(first);
  expect(await result(kept, one, 16)).toBeInstanceOf(Uint16Array);
  expect(await result(kept, one)).toEqual(first);
  // The file is another one now.
  const replaced = { ...one, path: bench.at("replaced.onnx") };
  copyFileSync(one.path, replaced.path);
  expect(await result(kept, replaced)).toEqual(first);
  copyFileSync(other.path, replaced.path);
  utimesSync(replaced.path, 1e9, 1e9);
  expect(await result(kept, replaced)).toEqual(second);
});

test("after a failure it is opened anew", async () => {
  const kept = new KeptRunner();
  const first = await result(kept, one);
  {
    await using runner = await kept.open(one, "cpu", 8, "test");
    await expect(runner.run(new Uint8Array(5), 40, 30, "colour")).rejects.toThrow();
  }
  expect(await result(kept, one)).toEqual(first);
});

test("two at once are two", async () => {
  const kept = new KeptRunner();
  await using a = await kept.open(one, "cpu", 8, "test");
  await using b = await kept.open(one, "cpu", 8, "test");
  expect(a).not.toBe(b);
  const pixels = paintSamples("photo", { ...size, channels: 3, bits: 8 }) as Samples;
  const results = [
    await a.run(pixels, size.width, size.height, "colour"),
    await b.run(pixels, size.width, size.height, "colour"),
  ];
  expect(results[0]).toEqual(results[1]);
  expect(results[0]?.buffer).not.toBe(results[1]?.buffer);
});
