import fc from "fast-check";
import { expect, test } from "vitest";
import { largestDifference, paintSamples, UpscaleBench } from "../upscale.fixture.ts";
import { loadRuntime, openSession, openTileRunner } from "./runtime.ts";
import { stripsOf } from "./strip-runner.ts";

test("strips give every row once, with what they depend on around them", () => {
  const sizes = fc.record({
    rows: fc.integer({ min: 1, max: 400 }),
    height: fc.integer({ min: 8, max: 90 }),
  });
  fc.assert(
    fc.property(sizes, ({ rows, height }) => {
      let done = 0;
      for (const { top, from, to } of stripsOf(rows, height)) {
        expect(from).toBe(done);
        expect(to).toBeGreaterThan(from);
        expect(from - top).toBeGreaterThanOrEqual(top === 0 ? 0 : 2);
        const end = top + Math.min(rows, height);
        expect(end).toBeLessThanOrEqual(rows);
        expect(end - to).toBeGreaterThanOrEqual(end === rows ? 0 : 2);
        done = to;
      }
      expect(done).toBe(rows);
    }),
  );
});

test.each([
  { scale: 4, multiple: 1, bits: 8 },
  { scale: 2, multiple: 1, bits: 16 },
  { scale: 2, multiple: 2, bits: 8 },
  { scale: 1, multiple: 4, bits: 8 },
  { scale: 8, multiple: 1, bits: 8 },
] as const)(
  "an RRDBNet in two halves is the whole, ×$scale, unshuffled by $multiple",
  async (of) => {
    await using bench = new UpscaleBench();
    const { bits, ...shape } = of;
    const network = bench.network({ architecture: "rrdb", depth: 1, ...shape });
    // Wide enough for several strips.
    const [width, height] = [1000 * of.multiple, 60 * of.multiple];
    const pixels = paintSamples("texture", { width, height, channels: 3, bits }) as
      | Uint8Array<ArrayBuffer>
      | Uint16Array<ArrayBuffer>;
    await using halves = await openTileRunner(network, "cpu", bits, "test");
    const result = await halves.run(pixels, width, height, "colour");

    const { Tensor } = await loadRuntime();
    const session = await openSession(network, "cpu", bits, "test");
    const dims = [1, height, width, 3];
    const tensor =
      pixels instanceof Uint8Array
        ? new Tensor("uint8", pixels, dims)
        : new Tensor("uint16", pixels, dims);
    const whole = await session.run({ [session.inputNames[0] ?? ""]: tensor });
    const right = whole[session.outputNames[0] ?? ""]?.data;
    expect(largestDifference(result, right as Uint8Array)).toBe(0);
  },
);
