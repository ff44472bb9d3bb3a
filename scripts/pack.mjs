// `npm run pack`: an unpacked app of this system in dist/ (see packing/pack.ts). `--twin`: the same with the inspect
// fuse on, which is the one that tests can drive. Prints the executable's path on stdout; all else goes to stderr.
import path from "node:path";
import { ensurePackages } from "./setup/packages.mjs";
import { ensureBuilt } from "./setup/product.mjs";
import { node24, productEnvironment, root } from "./setup/project.mjs";
import { exitCodeOf, runInForeground } from "./setup/run.mjs";
import { main } from "./setup/words.mjs";

await main(async () => {
  await ensurePackages();
  await ensureBuilt();
  const script = path.join(root, "scripts", "packing", "pack.ts");
  const { code, signal } = await runInForeground(node24(), [script, ...process.argv.slice(2)], {
    cwd: root,
    env: productEnvironment(),
  });
  return exitCodeOf(code, signal);
});
