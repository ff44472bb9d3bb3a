/** Checks the types of every layer of the house; each tsconfig is one layer and one check. */
import { availableParallelism } from "node:os";
import path from "node:path";
import { root } from "./setup/project.mjs";
import { run } from "./setup/run.mjs";

/** Folders with a tsconfig.json of their own. */
export const layers = [
  "src-preload/contract",
  "src-preload",
  "src-main",
  "src-renderer",
  "scripts",
  "tests",
];

export interface LayerResult {
  readonly layer: string;
  readonly passed: boolean;
  /** What the compiler said, for a person. */
  readonly output: string;
}

async function check(layer: string): Promise<LayerResult> {
  const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const done = await run(process.execPath, [compiler, "--noEmit", "-p", layer]);
  return { layer, passed: done.code === 0, output: done.output };
}

/** Checks all layers, two at a time at most. */
export async function checkTypes(): Promise<LayerResult[]> {
  const waiting = [...layers];
  const results: LayerResult[] = [];
  async function next(): Promise<void> {
    for (let layer = waiting.shift(); layer !== undefined; layer = waiting.shift()) {
      results.push(await check(layer));
    }
  }
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, next));
  return results.sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer));
}

if (import.meta.main) {
  const results = await checkTypes();
  for (const { layer, passed, output } of results) {
    process.stdout.write(passed ? `${layer}: ok\n` : `${layer}:\n${output}`);
  }
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
}
