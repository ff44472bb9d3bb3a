import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ProviderChoice } from "../../src-preload/contract/upscale.ts";
import { forkLauncher } from "../workers/index.ts";
import { Providers } from "./providers.ts";
import { UpscaleBench, workerEntry } from "./upscale.fixture.ts";

let bench: UpscaleBench;

beforeAll(() => {
  bench = new UpscaleBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const fixture = join(import.meta.dirname, "providers.fixture.ts");

function pretend(
  folder: string,
  env: Record<string, string> = {},
  timeoutMs = 20_000,
  choice: () => ProviderChoice = () => "auto",
) {
  const log = bench.at(`${folder}.log`);
  writeFileSync(log, "", { flag: "a" });
  const made = bench.folder(folder);
  const providers = new Providers({
    launcher: forkLauncher(),
    entry: fixture,
    directory: made,
    network: () => Promise.resolve(bench.network({ architecture: "compact" })),
    choice,
    env: { KILN_FIXTURE_LOG: log, ...env },
    timeoutMs,
  });
  const tests = () => readFileSync(log, "utf8").trim().split("\n").filter(Boolean);
  return { providers, tests };
}

describe("what networks can run on", () => {
  test("each provider is tested in a process of its own, and says why it can't be used", async () => {
    const { providers, tests } = pretend("each");
    const reports = await providers.list();
    expect(reports.map(({ id, isUsable }) => [id, isUsable])).toEqual([
      ["dml", true],
      ["cuda", false],
      ["coreml", false],
      ["webgpu", false],
      ["cpu", true],
    ]);
    expect(reports.map(({ reason }) => reason?.en ?? null)).toEqual([
      null,
      expect.stringContaining("crashed"),
      expect.stringContaining("12.3/255"),
      expect.stringContaining("no graphics card"),
      null,
    ]);
    for (const { reason } of reports) if (reason !== null) expect(reason.ko).toMatch(/[가-힣]/);
    expect(new Set(tests().map((line) => line.split(" ")[1])).size).toBe(5);
  });

  test("the fastest right one is taken, or what the person chose as long as it can be used", async () => {
    let choice: ProviderChoice = "auto";
    const { providers } = pretend("choice", {}, 20_000, () => choice);
    expect(await providers.current()).toBe("dml");
    choice = "cpu";
    expect(await providers.current()).toBe("cpu");
    choice = "webgpu";
    expect(await providers.current()).toBe("dml");
  });

  test("whoever won't wait hears what is known: nothing, until it was found out", async () => {
    let choice: ProviderChoice = "auto";
    const { providers, tests } = pretend("known", {}, 20_000, () => choice);
    expect(providers.currentIfKnown()).toBeNull();
    expect(providers.currentIfKnown()).toBeNull();
    // The same finding out, not another.
    await providers.list();
    expect(tests()).toHaveLength(5);
    expect(providers.currentIfKnown()).toMatchObject({ id: "dml", secondsPerMegapixel: 0.01 });
    choice = "cpu";
    expect(providers.currentIfKnown()).toMatchObject({ id: "cpu", secondsPerMegapixel: 0.5 });
    const again = providers.probeAgain();
    await vi.waitFor(() => expect(providers.currentIfKnown()).toBeNull());
    await again;
    expect(providers.currentIfKnown()?.id).toBe("cpu");
  });

  test("closed in the middle of a test, nothing is kept of it", async () => {
    const { providers, tests } = pretend("closed", { KILN_FIXTURE_HANGS: "1" }, 600_000);
    const asked = providers.list();
    const refused = expect(asked).rejects.toMatchObject({ name: "AbortError" });
    await vi.waitFor(() => expect(tests()).toHaveLength(1), 20_000);
    await providers.close();
    await refused;
    expect(readdirSync(bench.folder("closed"))).toEqual([]);
  });

  test("what was found out is kept until the runtime is another, or a test is asked for", async () => {
    const first = pretend("kept");
    await Promise.all([first.providers.list(), first.providers.current()]);
    expect(first.tests()).toHaveLength(5);
    const again = pretend("kept");
    await again.providers.list();
    expect(again.tests()).toHaveLength(5);
    await again.providers.probeAgain();
    expect(again.tests()).toHaveLength(10);
    const updated = pretend("kept", { KILN_FIXTURE_VERSION: "2" });
    await updated.providers.list();
    expect(updated.tests()).toHaveLength(15);
    writeFileSync(join(bench.folder("kept"), "providers.json"), "{ damaged");
    expect(await pretend("kept").providers.list()).toHaveLength(5);
  });

  test("a driver that never answers holds nothing up for ever", async () => {
    const { providers } = pretend("hangs", { KILN_FIXTURE_HANGS: "1" }, 3000);
    const [dml] = await providers.list();
    expect(dml).toMatchObject({
      isUsable: false,
      reason: { en: expect.stringMatching("no answer") },
    });
    expect(await providers.current()).toBe("cpu");
  });

  test("on this machine the processor is there and right", async () => {
    const providers = new Providers({
      launcher: forkLauncher(),
      entry: workerEntry,
      directory: bench.folder("real"),
      network: () => Promise.resolve(bench.network({ architecture: "compact" })),
      choice: () => "auto",
    });
    const cpu = (await providers.list()).find(({ id }) => id === "cpu");
    expect(cpu).toMatchObject({ isUsable: true, reason: null });
    expect(cpu?.secondsPerMegapixel).toBeGreaterThan(0);
  });
});
