/** The WebGPU provider on SwiftShader, Chrome's Vulkan driver that runs on the processor (a package for tests alone). */
import { symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ProviderChoice } from "../../../src-preload/contract/upscale.ts";
import { forkLauncher } from "../../workers/index.ts";
import { Providers } from "../providers.ts";
import { largestDifference, readSamples, UpscaleBench, workerEntry } from "../upscale.fixture.ts";

const isHere = process.platform === "linux" && process.arch === "x64";

describe.skipIf(!isHere)("WebGPU without a graphics card (Linux x64)", () => {
  test("gives the processor's numbers, and is passed over where it is slower", {
    timeout: 300_000,
  }, async () => {
    await using bench = softwareVulkan();
    const network = bench.network({ architecture: "compact", depth: 2 });
    const tested = await bench.pool.run("selfTest", { network, provider: "webgpu", name: "test" });
    expect(tested.maxDifference).toBeLessThan(0.05);

    const source = bench.painted("photo", { width: 40, height: 26, channels: 3, bits: 8 });
    const target = bench.target(source, 4);
    const { tiles } = await bench.pool.run("upscale", {
      network,
      provider: "webgpu",
      name: "test",
      source,
      target,
      fromRow: 0,
      tile: 20,
    });
    expect(tiles).toBe(4);
    const right = await bench.upscale(network, source, 20);
    expect(largestDifference(readSamples(target), right)).toBeLessThanOrEqual(1);

    let choice: ProviderChoice = "auto";
    const providers = new Providers({
      launcher: forkLauncher(),
      entry: workerEntry,
      directory: bench.folder("library"),
      network: () => Promise.resolve(network),
      choice: () => choice,
      env: bench.env,
    });
    const reports = await providers.list();
    expect(reports.map(({ id, isUsable }) => [id, isUsable])).toEqual([
      ["webgpu", true],
      ["cpu", true],
    ]);
    expect(await providers.current()).toBe("cpu");
    choice = "webgpu";
    expect(await providers.current()).toBe("webgpu");
  });

  test("without a driver it says so", async () => {
    await using bench = new UpscaleBench({ VK_DRIVER_FILES: "/nowhere.json" });
    const network = bench.network({ architecture: "compact" });
    const call = bench.pool.run("selfTest", { network, provider: "webgpu", name: "test" });
    await expect(call).rejects.toMatchObject({
      code: "provider-unavailable",
      happened: { en: "WebGPU finds no graphics card, or no driver for it." },
    });
  });
});

/** The driver stands in for the system's Vulkan loader, which then need not be installed. */
function softwareVulkan(): UpscaleBench {
  const bench = new UpscaleBench((directory) => ({ LD_LIBRARY_PATH: directory }));
  const entry = createRequire(import.meta.url).resolve("@onirenaud/swiftshader-vulkan");
  symlinkSync(
    join(dirname(entry), "linux-x64", "libvk_swiftshader.so"),
    join(bench.directory, "libvulkan.so.1"),
  );
  return bench;
}
