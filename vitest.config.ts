import { defineConfig } from "vitest/config";

/** Unit tests, beside their sources: real files, real SQLite, real processes; hence processes, not threads. */
export default defineConfig({
  test: {
    include: [
      "{src-main,src-preload,src-renderer,scripts}/**/*.test.{ts,tsx}",
      "tests/{,bench/}*.test.ts",
    ],
    environment: "node",
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 30_000,
    retry: 0,
  },
});
