/**
 * What a build takes in and what it makes. The bundler, the hosts' starters and the packager all read it here.
 * Sources are relative to the working copy, outputs to `out/`.
 */

/** Main-process entries: ES modules for Node 24 and Electron, built together so that they share their chunks. */
export const mainEntries = {
  /** Electron's entry (package.json "main"). */
  main: "src-main/main.ts",
  /** The browser host. */
  loopback: "src-main/server/main.ts",
  /** `kiln …` */
  cli: "src-main/cli/main.ts",
} as const;

/** Workers: each one file that is started as a process of its own. */
export const workerEntries = {
  "image-worker": "src-main/photos/worker/image-worker.ts",
  "inference-worker": "src-main/inference/inference-worker.ts",
  "convert-worker": "src-main/upscale/catalogue/convert-worker.ts",
  "upscale-worker": "src-main/upscale/worker/upscale-worker.ts",
} as const;

/** The preload: one CommonJS file, since a sandboxed preload can't load another. */
export const preloadEntry = "src-preload/preload.ts";

/** The page. */
export const rendererRoot = "src-renderer";

/** Where outputs lie below `out/`. */
export const outputs = {
  main: "main/main.js",
  loopback: "main/loopback.js",
  cli: "main/cli.js",
  preload: "preload/preload.cjs",
  renderer: "renderer",
} as const;
