import { describe, expect, test } from "vitest";
import { readNetwork, withPixels } from "./index.ts";
import {
  largestDifference,
  recordedNetwork,
  runNetwork,
  runPixels,
} from "./model-files.fixture.ts";
import { FLOAT, node, tensor, valueInfo } from "./onnx-writer.ts";
import { Message } from "./protobuf.ts";

const width = 12;
const height = 8;

/** What a network's floats are as samples: clamped, rounded half to even. */
function asPixels(planes: ArrayLike<number>, most: number): number[] {
  const count = planes.length / 3;
  return Array.from({ length: planes.length }, (_, i) => {
    const value = Math.fround((planes[(i % 3) * count + Math.floor(i / 3)] ?? 0) * most);
    const clamped = Math.min(most, Math.max(0, value));
    const up = Math.round(clamped);
    return up - clamped === 0.5 && up % 2 === 1 ? up - 1 : up;
  });
}

describe.each([8, 16] as const)("%i bits", (bits) => {
  const most = 2 ** bits - 1;
  const values = Array.from(
    { length: 3 * width * height },
    (_, i) => (i * 7919 * (bits === 8 ? 1 : 211)) % (most + 1),
  );
  const samples = bits === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
  const planes = Float32Array.from(samples, (_, i) => {
    const [channel, pixel] = [Math.floor(i / (width * height)), i % (width * height)];
    return (samples[3 * pixel + channel] ?? 0) / most;
  });

  test.each(["compact-x4", "rrdb-bsrgan-x2", "compact-x1-bfloat16", "rrdb-unshuffle2-x2"])(
    "pixels go in and out of %s as its floats say",
    async (name) => {
      const { info, onnx } = recordedNetwork(name);
      const plain = await runNetwork(onnx(), planes, { width, height });
      const wrapped = await runPixels(withPixels(onnx(), bits), samples, { width, height });
      expect(wrapped.shape).toEqual([1, height * info.scale, width * info.scale, 3]);
      expect(wrapped.data).toBeInstanceOf(bits === 8 ? Uint8Array : Uint16Array);
      const expected = asPixels(plain.data, most);
      // Convolutions may sum in another order within another graph: a step of 65,535 at most.
      expect(largestDifference(wrapped.data, expected)).toBeLessThanOrEqual(bits === 8 ? 0 : 1);
      // Some were below and above what samples can be.
      expect(expected).toContain(0);
    },
  );

  test("a foreign graph of an old opset, with Kiln's own names in it and initializers among its inputs", async () => {
    const graph = new Message()
      .message(1, node("Mul", ["picture", "kiln_most"], "kiln_pixels"))
      .string(2, "halves")
      .message(5, tensor("kiln_most", [1], Float32Array.of(0.5)))
      .message(11, valueInfo("picture", FLOAT, ["n", 3, "h", "w"]))
      .message(11, valueInfo("kiln_most", FLOAT, [1]))
      .message(12, valueInfo("kiln_pixels", FLOAT, ["n", 3, "h", "w"]));
    const model = new Message().int(1, 3).message(7, graph).message(8, new Message().int(2, 11));
    const read = readNetwork({ weights: model.finish(), name: "halves.onnx" });
    expect(read.info).toMatchObject({ architecture: "onnx", scale: 1, receptiveRadius: 0 });
    const wrapped = await runPixels(withPixels(read.onnx(), bits), samples, { width, height });
    const halves = planes.map((value) => value * 0.5);
    expect([...wrapped.data]).toEqual(asPixels(halves, most));
  });
});
