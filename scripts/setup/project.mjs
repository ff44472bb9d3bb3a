// Where things lie in a working copy. Node built-ins only: this runs before anything is installed.
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the working copy. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Kept between runs and ignored by git: browser profiles, the test Electron, locks, what failed lately. */
export const cacheFolder = path.join(root, ".cache");

/**
 * The Node 24 that the package `node` brings.
 * @param {string} folder the working copy
 * @param {NodeJS.Platform} [platform]
 */
export function node24(folder = root, platform = process.platform) {
  const name = platform === "win32" ? "node.exe" : "node";
  return path.join(folder, "node_modules", "node", "bin", name);
}

/**
 * The environment of everything that runs after set-up: Node 24 and the packages' commands come first on PATH.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function productEnvironment(env = process.env) {
  // Windows spells it 'Path', and a copy of process.env is no longer blind to case.
  const key = Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const first = [path.dirname(node24()), path.join(root, "node_modules", ".bin")];
  const rest = (env[key] ?? "").split(path.delimiter).filter((entry) => !first.includes(entry));
  return { ...env, [key]: [...first, ...rest].join(path.delimiter) };
}

/**
 * The folder in which the person typed the command; npm runs scripts in the working copy and keeps it in INIT_CWD.
 * @param {NodeJS.ProcessEnv} env
 */
export function callersFolder(env = process.env) {
  return env.INIT_CWD && existsSync(env.INIT_CWD) ? env.INIT_CWD : process.cwd();
}
