/** Counts of what was checked, read from the runners' own reports. */

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0 };
export const onePassed: Tally = { ...nothing, passed: 1 };
export const oneFailed: Tally = { ...nothing, failed: 1 };

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    nothing,
  );
}

/** "12 passed, 0 failed", and ", 3 skipped" where some were: the closing line that other programs read. */
export function inLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/**
 * A runner can end badly with no failed test to show for it: it crashed, ran into its time limit, met an error outside
 * of any test, or found no test at all. That is a failure.
 */
function honest(tally: Tally, endedWell: boolean): Tally {
  const ranSomething = tally.passed + tally.failed + tally.skipped > 0;
  return (endedWell && ranSomething) || tally.failed > 0 ? tally : { ...tally, failed: 1 };
}

/**
 * @param report parsed report of vitest's json reporter (Jest's shape), or undefined if it wrote none
 * @param endedWell whether vitest's exit code was 0
 */
export function tallyOfVitest(report: unknown, endedWell: boolean): Tally {
  const files = records(isRecord(report) ? report.testResults : undefined);
  const tallies = files.map((file) => {
    const tests = records(file.assertionResults);
    const failed = tests.filter(({ status }) => status === "failed").length;
    const passed = tests.filter(({ status }) => status === "passed").length;
    // A file that can't be loaded has no tests; it counts as one that failed.
    const lost = file.status === "failed" && failed === 0 ? 1 : 0;
    return { passed, failed: failed + lost, skipped: tests.length - passed - failed };
  });
  return honest(sum(tallies), endedWell);
}

/**
 * @param report parsed report of Playwright's json reporter, or undefined if it wrote none
 * @param endedWell whether Playwright's exit code was 0
 */
export function tallyOfPlaywright(report: unknown, endedWell: boolean): Tally {
  const tests = records(isRecord(report) ? report.suites : undefined).flatMap(testsOf);
  const count = (...kinds: unknown[]) =>
    tests.filter(({ status }) => kinds.includes(status)).length;
  const tally = {
    passed: count("expected"),
    // Nothing is tried twice here; should a test ever be flaky, it is not green.
    failed: count("unexpected", "flaky"),
    skipped: count("skipped"),
  };
  return honest(tally, endedWell);
}

/** The tests of a suite and of those inside it, one for each project that ran it. */
function testsOf(suite: Record<string, unknown>): Record<string, unknown>[] {
  return [
    ...records(suite.specs).flatMap((spec) => records(spec.tests)),
    ...records(suite.suites).flatMap(testsOf),
  ];
}
