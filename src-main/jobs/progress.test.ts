import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { label } from "./engine-fixture.ts";
import { JobProgress } from "./progress.ts";

const stages = [
  { id: "first", weight: 1, label: label.first },
  { id: "second", weight: 3, label: label.second },
  { id: "third", weight: 4, label: { en: "Writing", ko: "쓰는 중" } },
] as const;

describe("progress", () => {
  it("weighs its stages", () => {
    const progress = new JobProgress(stages, 0, 0);
    progress.enter("first");
    progress.report(1, 2);
    expect(progress.look(0).fraction).toBe(1 / 16);
    progress.enter("second");
    expect(progress.look(0).fraction).toBe(1 / 8);
    progress.enter("third");
    progress.report(4, 4);
    expect(progress.look(0).fraction).toBe(1);
  });

  it("speaks in whole numbers, and without numbers when there are none", () => {
    const progress = new JobProgress(stages, 0, 0);
    expect(progress.look(0).message).toEqual({ en: "Counting", ko: "세는 중" });
    progress.report(1_234.9, 10_000);
    expect(progress.look(0).message).toEqual({
      en: "Counting: 1,234 of 10,000",
      ko: "세는 중: 1,234/10,000",
    });
    progress.report(0, 0, { en: "asking the server", ko: "서버에 묻는 중" });
    expect(progress.look(0).message.ko).toBe("세는 중: 서버에 묻는 중");
  });

  it("counts the time of what was skipped as nothing", () => {
    const skipping = new JobProgress(stages, 0, 0);
    skipping.enter("third");
    skipping.report(1, 10);
    // A tenth of the stage in a second: nine more.
    expect(skipping.look(1_000).etaSeconds).toBe(9);

    const working = new JobProgress(stages, 0, 0);
    working.enter("first");
    working.look(1_000);
    working.enter("second");
    // An eighth of the job in a second: seven more.
    expect(working.look(1_000).etaSeconds).toBe(7);
  });

  it("knows its stages", () => {
    expect(() => new JobProgress(stages, 0, 0).enter("fourth")).toThrow("fourth");
  });

  it("stays within 0 and 1 and never falls, whatever is reported", () => {
    const numbers = fc.oneof(fc.integer({ min: -10, max: 1_000 }), fc.double());
    const steps = fc.array(
      fc.oneof(
        fc.constantFrom("first", "second", "third").map((id) => ({ id })),
        fc.record({ done: numbers, total: numbers }),
      ),
    );
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 1, noNaN: true }), (list, start) => {
        const progress = new JobProgress(stages, start, 0);
        let before = start;
        for (const [index, step] of list.entries()) {
          if ("id" in step) progress.enter(step.id);
          else progress.report(step.done, step.total);
          const { fraction } = progress.look(index * 100);
          expect(fraction).toBeGreaterThanOrEqual(before);
          expect(fraction).toBeLessThanOrEqual(1);
          before = fraction;
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});
