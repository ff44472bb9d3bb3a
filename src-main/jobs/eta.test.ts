import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EtaEstimate } from "./eta.ts";

/** Seconds left after a run of `rate(second)` per second, told once a second. */
function watch(seconds: number, rate: (second: number) => number): (number | null)[] {
  const eta = new EtaEstimate(0, 0);
  let fraction = 0;
  return Array.from({ length: seconds }, (_, index) => {
    fraction += rate(index);
    return eta.update(fraction, (index + 1) * 1_000);
  });
}

describe("the time left", () => {
  it("is exact for an even pace from the first second on", () => {
    expect(watch(50, () => 0.01)).toEqual(Array.from({ length: 50 }, (_, index) => 99 - index));
  });

  it("is unknown before there is anything to go by", () => {
    const eta = new EtaEstimate(0.5, 0);
    expect(eta.update(0.6, 999)).toBeNull();
    expect(eta.update(0.6, 1_000)).toBeGreaterThan(0);
    expect(watch(60, () => 0)).toEqual(Array(60).fill(null));
  });

  it("follows a change of pace within a minute", () => {
    const halved = watch(100, (second) => (second < 40 ? 0.01 : 0.005)).at(-1);
    // 0.4 + 60 × 0.005 = 0.7 done, 60 s left.
    expect(halved).toBeGreaterThanOrEqual(58);
    expect(halved).toBeLessThanOrEqual(60);
  });

  it("grows while nothing happens", () => {
    const stalled = watch(60, (second) => (second < 30 ? 0.01 : 0)).slice(30);
    for (const [index, seconds] of stalled.entries()) {
      expect(seconds).toBeGreaterThan(stalled[index - 1] ?? 0);
    }
  });

  it("takes no hope from what was skipped", () => {
    const eta = new EtaEstimate(0, 0);
    eta.skip(0.5);
    expect(eta.update(0.51, 1_000)).toBe(49);
  });

  it("is never negative, nor anything but a number, whatever the pace and the clock", () => {
    const steps = fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: -5_000, max: 60_000 }),
      ),
    );
    fc.assert(
      fc.property(steps, (list) => {
        const eta = new EtaEstimate(0, 0);
        let fraction = 0;
        let now = 0;
        for (const [step, ms] of list) {
          fraction += (1 - fraction) * step;
          now += ms;
          const seconds = eta.update(fraction, now);
          if (seconds !== null) expect(seconds).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
