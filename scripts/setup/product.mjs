// The built product, ready to run.
import path from "node:path";
import { node24, productEnvironment, root } from "./project.mjs";
import { run } from "./run.mjs";
import { isBuilt } from "./stamp.mjs";
import { inTurn } from "./turn.mjs";
import { SetupFailure, say } from "./words.mjs";

/** Builds out/ if the sources changed. @throws {SetupFailure} with the bundler's own words */
export async function ensureBuilt() {
  if (isBuilt(root)) return;
  await inTurn(async () => {
    if (isBuilt(root)) return;
    say({ en: "Building Kiln…", ko: "Kiln을 빌드합니다…" });
    const done = await run(node24(), [path.join(root, "scripts", "build.ts")], {
      env: { ...productEnvironment(), NO_COLOR: "1" },
    });
    if (done.code !== 0) {
      const detail = done.output.trim();
      throw new SetupFailure({
        en: `Kiln could not be built:\n${detail}`,
        ko: `Kiln을 빌드하지 못했습니다:\n${detail}`,
      });
    }
  });
}
