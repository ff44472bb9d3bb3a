import { expect, test } from "vitest";
import { cages } from "./cage.ts";
import { parseTestOptions } from "./options.mjs";
import { inLine, sum, tallyOfPlaywright, tallyOfVitest } from "./tally.ts";

test("the closing line says what was skipped only where something was", () => {
  expect(inLine({ passed: 12, failed: 0, skipped: 0 })).toBe("12 passed, 0 failed");
  const total = sum([
    { passed: 1, failed: 2, skipped: 0 },
    { passed: 3, failed: 0, skipped: 4 },
  ]);
  expect(inLine(total)).toBe("4 passed, 2 failed, 4 skipped");
});

test("vitest: tests by their state, and a file that can't be loaded as a failure", () => {
  const report = {
    testResults: [
      {
        status: "passed",
        assertionResults: [{ status: "passed" }, { status: "pending" }, { status: "todo" }],
      },
      { status: "failed", assertionResults: [{ status: "passed" }, { status: "failed" }] },
      { status: "failed", assertionResults: [] },
    ],
  };
  expect(tallyOfVitest(report, false)).toEqual({ passed: 2, failed: 2, skipped: 2 });
});

test("Playwright: tests of nested suites; a flaky one is not green", () => {
  const spec = (...statuses: string[]) => ({ tests: statuses.map((status) => ({ status })) });
  const report = {
    suites: [
      {
        specs: [spec("expected"), spec("skipped")],
        suites: [{ specs: [spec("unexpected"), spec("flaky")] }],
      },
      { specs: [spec("expected")] },
    ],
    errors: [],
  };
  expect(tallyOfPlaywright(report, false)).toEqual({ passed: 2, failed: 2, skipped: 1 });
});

test("a runner that crashed, ran nothing or ended badly is a failure", () => {
  for (const tally of [tallyOfVitest, tallyOfPlaywright]) {
    expect(tally(undefined, false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(tally({ testResults: [], suites: [] }, true)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  }
  const green = { testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }] };
  expect(tallyOfVitest(green, true)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  // An error outside of any test.
  expect(tallyOfVitest(green, false)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test("kinds are chosen by name; a host brings the build that it runs", () => {
  expect(parseTestOptions([])).toEqual({ only: undefined, proofs: false, help: false });
  expect(parseTestOptions(["--only", "unit,types", "--proofs"])).toMatchObject({
    only: ["unit", "types"],
    proofs: true,
  });
  expect(parseTestOptions(["--only=e2e"]).only).toEqual([
    "chromium",
    "electron",
    "packed",
    "build",
  ]);
  expect(() => parseTestOptions(["--only", "nothing"])).toThrow("nothing");
  expect(() => parseTestOptions(["--fast"])).toThrow("--fast");
});

test("in every cage there is no network, and root is an ordinary user", () => {
  for (const cage of cages(0)) {
    expect(cage.join(" ")).toContain("--unshare-user --uid 1000 --gid 1000 --unshare-net");
  }
  for (const cage of cages(1234)) expect(cage.join(" ")).toContain("--uid 1234");
});
