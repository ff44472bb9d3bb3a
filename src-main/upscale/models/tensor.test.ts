import { expect, test } from "vitest";
import { areFinite, countOf, decodeNumbers } from "./tensor.ts";

/** Node has it, the types don't know yet. */
type WithHalves = DataView & { getFloat16(at: number, isLittleEndian: boolean): number };

test("every float16 and every bfloat16 is read as what it is", () => {
  const bytes = new Uint8Array(new Uint16Array(65_536).map((_, bits) => bits).buffer);
  const view = new DataView(bytes.buffer) as WithHalves;
  const wide = new DataView(new ArrayBuffer(4));
  const [halves, brains] = [decodeNumbers(bytes, "f16"), decodeNumbers(bytes, "bf16")];
  for (let bits = 0; bits < 65_536; bits += 1) {
    wide.setUint32(0, bits * 65_536);
    const expected = [view.getFloat16(2 * bits, true), wide.getFloat32(0)];
    if (![halves[bits], brains[bits]].every((value, i) => Object.is(value, expected[i]))) {
      expect([bits, halves[bits], brains[bits]]).toEqual([bits, ...expected]);
    }
  }
});

test("wider numbers, wherever they lie", () => {
  const bytes = new Uint8Array(1 + 16);
  const view = new DataView(bytes.buffer);
  view.setFloat64(1, 0.1, true);
  view.setFloat64(9, -3, true);
  expect([...decodeNumbers(bytes.subarray(1), "f64")]).toEqual([Math.fround(0.1), -3]);
  view.setBigInt64(1, -7n, true);
  expect([...decodeNumbers(bytes.subarray(1, 9), "i64")]).toEqual([-7]);
  view.setInt32(1, -7, true);
  expect([...decodeNumbers(bytes.subarray(1, 5), "i32")]).toEqual([-7]);
  view.setFloat32(1, 0.5, true);
  expect([...decodeNumbers(bytes.subarray(1, 5), "f32")]).toEqual([0.5]);
});

test("shapes are counted, or are none", () => {
  expect(countOf([])).toBe(1);
  expect(countOf([2, 3, 0])).toBe(0);
  for (const shape of [[-1], [0.5], [Number.NaN], [2 ** 27, 2 ** 27], Array<number>(9).fill(1)]) {
    expect(countOf(shape)).toBeNull();
  }
  expect(areFinite(Float32Array.of(0, -1e30))).toBe(true);
  for (const bad of [Number.NaN, Infinity, -Infinity]) {
    expect(areFinite(Float32Array.of(0, bad, 0))).toBe(false);
  }
});
