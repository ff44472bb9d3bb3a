// The Chromium family's browser of this machine.
import { existsSync } from "node:fs";
import path from "node:path";
import { run } from "./run.mjs";

/**
 * Where a browser may be, best first. On Linux, where one is started by name, each folder of PATH is looked through.
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} absolute paths
 */
export function browserPlaces(platform, env) {
  if (platform === "win32") {
    const bases = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter(
      (base) => base !== undefined,
    );
    const inside = [
      "Google\\Chrome\\Application\\chrome.exe",
      "Microsoft\\Edge\\Application\\msedge.exe",
      "Chromium\\Application\\chrome.exe",
    ];
    return inside.flatMap((file) => bases.map((base) => path.win32.join(base, file)));
  }
  if (platform === "darwin") {
    const bases = ["/Applications", ...(env.HOME ? [`${env.HOME}/Applications`] : [])];
    const names = ["Google Chrome", "Microsoft Edge", "Chromium"];
    return names.flatMap((name) =>
      bases.map((base) => `${base}/${name}.app/Contents/MacOS/${name}`),
    );
  }
  const names = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
  ];
  const folders = [...(env.PATH ?? "").split(":").filter(Boolean), "/usr/bin", "/snap/bin"];
  return names.flatMap((name) => [...new Set(folders)].map((folder) => `${folder}/${name}`));
}

/** @returns {Promise<string | undefined>} a browser that starts */
export async function findBrowser() {
  for (const place of browserPlaces(process.platform, process.env).filter((file) =>
    existsSync(file),
  )) {
    // Ubuntu's chromium-browser only says that it wants a snap; elsewhere --version would open a window.
    if (process.platform !== "linux") return place;
    const trial = await run(place, ["--version"], { limitMs: 10_000 });
    if (trial.code === 0) return place;
  }
  return undefined;
}

/**
 * The arguments that open an address as a window of its own, apart from the person's browsing.
 * @param {string} url
 * @param {string} profile folder
 * @param {boolean} sandboxed without it where root can't have it: Chromium would refuse to start
 */
export function windowArguments(url, profile, sandboxed) {
  return [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    "--no-first-run",
    "--no-default-browser-check",
    ...(sandboxed ? [] : ["--no-sandbox"]),
  ];
}
