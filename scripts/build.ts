/**
 * Builds the product from its sources into out/. Does nothing when out/ is up to date; `--force` builds all the same.
 * Electron and the packages of `dependencies` (native or WebAssembly) stay outside; everything else is bundled.
 */
import { readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { type BuildOptions, build as bundle } from "rolldown";
import { build as buildPage } from "vite";
import { mainEntries, preloadEntry, workerEntries } from "./entries.ts";
import { root } from "./setup/project.mjs";
import { forgetBuild, isBuilt, rememberBuild, sourceDigest } from "./setup/stamp.mjs";

const manifest: { dependencies: Record<string, string> } = JSON.parse(
  readFileSync(path.join(root, "package.json"), "utf8"),
);
const outside = ["electron", ...Object.keys(manifest.dependencies)];

/** Whether an import stays an import: Node's own modules, Electron, native packages and what lies inside them. */
function isExternal(id: string): boolean {
  return isBuiltin(id) || outside.some((name) => id === name || id.startsWith(`${name}/`));
}

const common = {
  cwd: root,
  platform: "node",
  external: isExternal,
  tsconfig: path.join(root, "tsconfig.base.json"),
  logLevel: "warn",
} as const satisfies Partial<BuildOptions>;

const moduleOutput = {
  dir: path.join(root, "out", "main"),
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  sourcemap: true,
} as const;

async function buildAll(): Promise<void> {
  const out = path.join(root, "out");
  for (const part of ["main", "preload", "renderer"]) {
    rmSync(path.join(out, part), { recursive: true, force: true });
  }
  await bundle({ ...common, input: { ...mainEntries }, output: moduleOutput });
  for (const [name, source] of Object.entries(workerEntries)) {
    await bundle({
      ...common,
      input: { [name]: source },
      output: { ...moduleOutput, codeSplitting: false },
    });
  }
  await bundle({
    ...common,
    input: { preload: preloadEntry },
    output: {
      dir: path.join(out, "preload"),
      format: "cjs",
      entryFileNames: "[name].cjs",
      codeSplitting: false,
      sourcemap: true,
    },
  });
  await buildPage({ configFile: path.join(root, "vite.config.ts"), logLevel: "warn" });
}

if (process.argv.includes("--force") || !isBuilt(root)) {
  const sources = sourceDigest(root);
  const began = performance.now();
  forgetBuild(root);
  try {
    await buildAll();
    rememberBuild(root, sources);
    process.stderr.write(`Built in ${((performance.now() - began) / 1000).toFixed(1)} s.\n`);
  } catch (error) {
    // What is wrong is in the sources, and the bundlers say where; their own stack would only hide it.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
