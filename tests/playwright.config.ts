import { defineConfig } from "@playwright/test";
import type { HostOptions } from "./e2e/kiln.ts";

/** One set of specs, three hosts: a project says which host the `kiln` fixture starts. */
export default defineConfig<HostOptions>({
  testDir: "./e2e",
  outputDir: "../test-results",
  // Two cores: a second worker would only make the first one slow.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: [["list"]],
  use: { viewport: { width: 1440, height: 900 }, trace: "retain-on-failure" },
  projects: [
    { name: "chromium", use: { hostName: "chromium" } },
    { name: "electron", use: { hostName: "electron" } },
    { name: "packed", use: { hostName: "packed" } },
  ],
});
