// The official Electron: fetched by its own installer, and remembered for a while where it can't be had.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cacheFolder, node24, productEnvironment, root } from "./project.mjs";
import { run } from "./run.mjs";
import { inTurn } from "./turn.mjs";
import { say } from "./words.mjs";

const packageFolder = path.join(root, "node_modules", "electron");
const failureFile = path.join(cacheFolder, "electron-not-fetched.json");
const hour = 3_600_000;

/** A failed fetch is not tried again for so long, so that the next start is quick. */
const retryAfter = 6 * hour;
/** A server that has not answered by then is not there. */
const answerLimit = 8_000;
/** An archive in Electron's own cache unpacks within this, without any server. */
const unpackLimit = 20_000;

/**
 * The executable inside an Electron distribution folder.
 * @param {string} folder
 * @param {NodeJS.Platform} platform
 */
export function electronIn(folder, platform) {
  if (platform === "win32") return path.win32.join(folder, "electron.exe");
  return path.posix.join(
    folder,
    platform === "darwin" ? "Electron.app/Contents/MacOS/Electron" : "electron",
  );
}

function wantedVersion() {
  return String(JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8")).version);
}

/** @returns {string | undefined} the executable, if it is there and of the wanted version */
function installedElectron() {
  const chosen = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const folder = chosen ?? path.join(packageFolder, "dist");
  const executable = electronIn(folder, process.platform);
  if (!existsSync(executable)) return undefined;
  if (chosen) return executable;
  const file = path.join(folder, "version");
  const version = existsSync(file)
    ? readFileSync(file, "utf8").trim().replace(/^v/, "")
    : undefined;
  return version === wantedVersion() ? executable : undefined;
}

/** @param {NodeJS.ProcessEnv} env */
export function electronSource(env) {
  return (
    env.ELECTRON_MIRROR ??
    env.npm_config_electron_mirror ??
    "https://github.com/electron/electron/releases/download/"
  );
}

/**
 * Whether an earlier failure still holds: same version, same source, not long ago.
 * @param {unknown} memory what was remembered
 * @param {{ version: string, source: string }} wanted
 * @param {number} now ms since 1970
 */
export function stillFails(memory, wanted, now) {
  if (typeof memory !== "object" || memory === null) return false;
  const { version, source, at } = /** @type {Record<string, unknown>} */ (memory);
  const age = typeof at === "number" ? now - at : Number.POSITIVE_INFINITY;
  return version === wanted.version && source === wanted.source && age >= 0 && age < retryAfter;
}

function rememberedFailure() {
  try {
    return JSON.parse(readFileSync(failureFile, "utf8"));
  } catch {
    return undefined; // none, or unreadable, which is as good as none
  }
}

/**
 * Runs Electron's own installer. It has no time limit of its own, so a server that gives no answer ends it; behind a
 * proxy, which only the installer knows how to ask, it gets the time that a slow download needs.
 * @param {string} source
 * @returns {Promise<string | undefined>} what went wrong
 */
async function fetchElectron(source) {
  const stop = new AbortController();
  const proxied = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].some(
    (name) => process.env[name],
  );
  let silent = false;
  const probe = proxied
    ? undefined
    : fetch(source, { method: "HEAD", signal: AbortSignal.timeout(answerLimit) }).catch(() => {
        silent = true;
        setTimeout(() => stop.abort(), unpackLimit).unref();
      });
  const env = { ...productEnvironment(), NODE_USE_ENV_PROXY: "1" };
  const done = await run(node24(), [path.join(packageFolder, "install.js")], {
    env,
    limitMs: hour / 2,
    abort: stop.signal,
  });
  if (done.code === 0 && installedElectron()) return undefined;
  await probe;
  if (silent) return `${new URL(source).host} can't be reached`;
  const reason =
    /(?:Error|error): (.+)/.exec(done.output)?.[1] ?? done.output.trim().split("\n").at(-1);
  return reason || "the download did not end";
}

/**
 * @param {{ again?: boolean }} [options] again: try although it failed lately
 * @returns {Promise<string | undefined>} the executable; undefined where it can't be had, which has been said
 */
export async function ensureElectron(options = {}) {
  const present = installedElectron();
  if (present) return present;
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) {
    const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
    say({
      en: `There is no Electron in ${folder} (ELECTRON_OVERRIDE_DIST_PATH).`,
      ko: `${folder}에 Electron이 없습니다(ELECTRON_OVERRIDE_DIST_PATH).`,
    });
    return undefined;
  }
  const wanted = { version: wantedVersion(), source: electronSource(process.env) };
  if (!options.again && stillFails(rememberedFailure(), wanted, Date.now())) {
    say({
      en: "Electron could not be downloaded earlier today; `npm start -- --fetch-electron` tries again.",
      ko: "조금 전 Electron을 내려받지 못했습니다. `npm start -- --fetch-electron`으로 다시 시도할 수 있습니다.",
    });
    return undefined;
  }
  return await inTurn(async () => {
    say({
      en: `Fetching Electron ${wanted.version} (about 110 MB)…`,
      ko: `Electron ${wanted.version}을 내려받습니다(약 110MB)…`,
    });
    const failure = await fetchElectron(wanted.source);
    if (failure === undefined) {
      rmSync(failureFile, { force: true });
      return installedElectron();
    }
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(failureFile, JSON.stringify({ ...wanted, at: Date.now() }));
    say({
      en: `Electron can't be downloaded: ${failure}.`,
      ko: `Electron을 내려받을 수 없습니다: ${failure}.`,
    });
    return undefined;
  });
}
