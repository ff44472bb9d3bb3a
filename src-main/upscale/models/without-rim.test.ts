import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { paintSamples, UpscaleBench } from "../upscale.fixture.ts";
import { openTileRunner } from "../worker/runtime.ts";
import type { Samples } from "../worker/tile-pixels.ts";
import { withoutRim } from "./without-rim.ts";

test.each([
  { scale: 4, bits: 8 },
  { scale: 2, bits: 16 },
  { scale: 1, bits: 8 },
] as const)("×$scale, $bits bits: what is left is the same to the bit", async ({ scale, bits }) => {
  await using bench = new UpscaleBench();
  const network = bench.network({ architecture: "compact", features: 24, scale });
  const [width, height] = [71, 53];
  const pixels = paintSamples("texture", { width, height, channels: 3, bits }) as Samples;
  await using trimmed = await openTileRunner(network, "cpu", bits, "test", true);
  await using whole = await openTileRunner(network, "cpu", bits, "test");
  expect([trimmed.rim, whole.rim]).toEqual([network.receptiveRadius, 0]);
  const middle = await trimmed.run(pixels, width, height, "colour");
  const all = await whole.run(pixels, width, height, "colour");
  const rim = trimmed.rim * scale;
  const row = (width - 2 * trimmed.rim) * scale * 3;
  for (let y = 0; y < (height - 2 * trimmed.rim) * scale; y += 1) {
    const from = ((rim + y) * width * scale + rim) * 3;
    expect(middle.subarray(y * row, (y + 1) * row)).toEqual(all.subarray(from, from + row));
  }
});

test("what is no chain of convolutions stays as it is", async () => {
  await using bench = new UpscaleBench();
  const rrdb = bench.network({ architecture: "rrdb" });
  expect(withoutRim(readFileSync(rrdb.path), rrdb.receptiveRadius)).toBeNull();
  const compact = bench.network({ architecture: "compact" });
  expect(withoutRim(readFileSync(compact.path), compact.receptiveRadius + 1)).toBeNull();
});
