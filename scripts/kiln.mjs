// `npm run kiln -- …`: sets itself up, then runs the CLI under Node 24 in the folder where it was typed. Stdin, stdout,
// signals and the exit code are the CLI's own; whatever the set-up has to say goes to stderr.
import path from "node:path";
import { ensurePackages } from "./setup/packages.mjs";
import { ensureBuilt } from "./setup/product.mjs";
import { callersFolder, node24, productEnvironment, root } from "./setup/project.mjs";
import { exitCodeOf, runInForeground } from "./setup/run.mjs";
import { inWords, main } from "./setup/words.mjs";

/** What comes with the source alone, and so is not among the CLI's own commands. */
const benches = {
  en: "\n  kiln bench WHAT [--json]\n      measure Kiln itself: grid, start, bestcut, upscale, door, loop (from this source folder only)",
  ko: "\n  kiln bench WHAT [--json]\n      Kiln 자체의 성능 측정: grid, start, bestcut, upscale, door, loop (이 소스 폴더에서만)",
};

await main(async () => {
  await ensurePackages();
  await ensureBuilt();
  const [command, ...rest] = process.argv.slice(2);
  // Benches drive the product from outside, with what only tests need.
  const args =
    command === "bench"
      ? [path.join(root, "tests", "bench", "bench.ts"), ...rest]
      : [
          "--enable-source-maps",
          path.join(root, "out", "main", "cli.js"),
          ...process.argv.slice(2),
        ];
  const { code, signal } = await runInForeground(node24(), args, {
    cwd: callersFolder(),
    env: productEnvironment(),
  });
  if (command === undefined || ["--help", "-h"].includes(command)) {
    (command === undefined ? process.stderr : process.stdout).write(`${inWords(benches)}\n`);
  }
  return exitCodeOf(code, signal);
});
