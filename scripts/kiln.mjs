// `npm run kiln -- …`: sets itself up, then runs the CLI under Node 24 in the folder where it was typed. Stdin, stdout,
// signals and the exit code are the CLI's own; whatever the set-up has to say goes to stderr.
import path from "node:path";
import { ensurePackages } from "./setup/packages.mjs";
import { ensureBuilt } from "./setup/product.mjs";
import { callersFolder, node24, productEnvironment, root } from "./setup/project.mjs";
import { exitCodeOf, runInForeground } from "./setup/run.mjs";
import { main } from "./setup/words.mjs";

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
  return exitCodeOf(code, signal);
});
