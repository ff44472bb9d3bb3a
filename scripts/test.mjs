// `npm test`: sets up what is missing, what only tests need included, then runs them (testing/run-tests.ts) under Node 24.
import path from "node:path";
import { findBrowser } from "./setup/browser.mjs";
import { ensurePackages } from "./setup/packages.mjs";
import { node24, productEnvironment, root } from "./setup/project.mjs";
import { exitCodeOf, runInForeground } from "./setup/run.mjs";
import { ensureSystemPackages } from "./setup/system.mjs";
import { inWords, main, SetupFailure } from "./setup/words.mjs";
import { parseTestOptions, testHelp } from "./testing/options.mjs";

await main(async () => {
  const args = process.argv.slice(2);
  const { help, only } = parseTestOptions(args);
  if (help) {
    process.stdout.write(`${inWords(testHelp)}\n`);
    return 0;
  }
  try {
    await ensurePackages();
  } catch (error) {
    // Whoever reads the closing line alone must see that nothing was tested.
    if (error instanceof SetupFailure)
      process.once("exit", () => console.log("0 passed, 1 failed"));
    throw error;
  }
  // Types and lint need nothing of the system.
  if (!only || only.some((kind) => kind !== "types" && kind !== "lint")) {
    await ensureSystemPackages("tests", (await findBrowser()) !== undefined);
  }
  const { code, signal } = await runInForeground(
    node24(),
    [path.join(root, "scripts", "testing", "run-tests.ts"), ...args],
    { cwd: root, env: productEnvironment() },
  );
  return exitCodeOf(code, signal);
});
