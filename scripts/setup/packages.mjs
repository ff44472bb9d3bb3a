// The packages of the lockfile, and with them Node 24.
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { node24, root } from "./project.mjs";
import { run } from "./run.mjs";
import { inTurn } from "./turn.mjs";
import { SetupFailure, say } from "./words.mjs";

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 */
/** @typedef {Record<string, LockedPackage>} LockedPackages */
/** @typedef {{ os: string, cpu: string, libc: "glibc" | "musl" | undefined }} Machine */

const installFlags = [
  "--ignore-scripts",
  "--include=dev",
  "--include=optional",
  "--no-audit",
  "--no-fund",
  "--loglevel=warn",
];

/** @returns {Machine} */
export function thisMachine() {
  // Without this a report looks up the names of its sockets' peers; @types/node doesn't know it yet.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.platform === "linux" ? process.report.getReport() : undefined;
  const header = /** @type {{ header?: { glibcVersionRuntime?: string } } | undefined} */ (report)
    ?.header;
  const libc = header ? (header.glibcVersionRuntime ? "glibc" : "musl") : undefined;
  return { os: process.platform, cpu: process.arch, libc };
}

/**
 * Whether a package must be there on a machine. An optional one must if it names this machine (a native binary); one
 * that names none may belong to a binary for another. Lists name what fits, or with '!' what does not.
 * @param {LockedPackage} locked
 * @param {Machine} machine
 */
function isRequired(locked, machine) {
  /** @param {string[] | undefined} list @param {string | undefined} value */
  const allows = (list, value) =>
    !list ||
    value === undefined ||
    (list.some((item) => item.startsWith("!"))
      ? !list.includes(`!${value}`)
      : list.includes(value));
  if (!locked.optional) return true;
  const named = locked.os !== undefined || locked.cpu !== undefined;
  return (
    named &&
    allows(locked.os, machine.os) &&
    allows(locked.cpu, machine.cpu) &&
    allows(locked.libc, machine.libc)
  );
}

/**
 * The packages of a lockfile that are absent or of another version.
 * @param {LockedPackages} locked `packages` of package-lock.json
 * @param {LockedPackages} installed `packages` of node_modules/.package-lock.json
 * @param {Machine} machine
 * @returns {string[]} their paths, such as "node_modules/sharp"
 */
export function outdatedPackages(locked, installed, machine) {
  return Object.entries(locked)
    .filter(([place, wanted]) => {
      if (place === "") return false;
      const present = installed[place];
      if (!present) return isRequired(wanted, machine);
      return present.version !== wanted.version || present.integrity !== wanted.integrity;
    })
    .map(([place]) => place);
}

/** @param {string} file @returns {LockedPackages} none where the file is missing or damaged */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch {
    return {}; // nothing installed yet, or an install that was cut short: both mean 'install'
  }
}

function isUpToDate() {
  const locked = packagesOf(path.join(root, "package-lock.json"));
  const installed = packagesOf(path.join(root, "node_modules", ".package-lock.json"));
  return outdatedPackages(locked, installed, thisMachine()).length === 0;
}

/**
 * How to start npm. npm's own script is started with the Node that runs npm, which needs no shell anywhere; only
 * where we were not started by npm, Windows' npm.cmd must go through one.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npmCommand(env, platform) {
  const script = env.npm_execpath;
  if (script && /[\\/]npm-cli\.c?js$/.test(script)) {
    return { command: env.npm_node_execpath ?? process.execPath, args: [script], shell: false };
  }
  return platform === "win32"
    ? { command: "npm.cmd", args: [], shell: true }
    : { command: "npm", args: [], shell: false };
}

/**
 * What went wrong in npm, for a person.
 * @param {string} output what npm wrote
 * @returns {import("./words.mjs").Words}
 */
export function npmFailure(output) {
  const code = /npm error code (\w+)/.exec(output)?.[1] ?? "";
  const detail =
    /npm error (?!code )(.+)/.exec(output)?.[1] ?? (output.trim().split("\n").at(-1) || "?");
  if (
    ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH"].includes(
      code,
    )
  ) {
    return {
      en: `The npm registry can't be reached (${code}). Check the network or npm's proxy setting, then try again.`,
      ko: `npm 저장소에 연결할 수 없습니다(${code}). 네트워크나 npm 프록시 설정을 확인한 뒤 다시 시도하세요.`,
    };
  }
  if (code === "ENOSPC" || output.includes("ENOSPC")) {
    return {
      en: "The disk is full: Kiln's packages need about 1 GB. Free some space, then try again.",
      ko: "디스크가 가득 찼습니다. Kiln 패키지에는 약 1GB가 필요합니다. 공간을 비운 뒤 다시 시도하세요.",
    };
  }
  if (["EACCES", "EPERM", "EROFS"].includes(code)) {
    return {
      en: `npm may not write here (${detail}). Make ${root} yours and writable, then try again.`,
      ko: `npm이 여기에 쓸 수 없습니다(${detail}). ${root}의 소유자와 쓰기 권한을 확인한 뒤 다시 시도하세요.`,
    };
  }
  return {
    en: `npm could not install Kiln's packages: ${code ? `${code}: ` : ""}${detail}`,
    ko: `npm이 Kiln 패키지를 설치하지 못했습니다: ${code ? `${code}: ` : ""}${detail}`,
  };
}

/**
 * Runs npm to its end; its exit code is for the caller to judge.
 * @param {readonly string[]} args
 * @param {string} [cwd]
 * @throws {SetupFailure} when there is no npm
 */
export async function npm(args, cwd) {
  const { command, args: before, shell } = npmCommand(process.env, process.platform);
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" };
  const done = await run(command, [...before, ...args], { cwd: cwd ?? root, env, shell });
  if (done.error) {
    throw new SetupFailure({
      en: "npm can't be started. Install Node.js 20 or newer with npm (https://nodejs.org), then try again.",
      ko: "npm을 시작할 수 없습니다. npm이 포함된 Node.js 20 이상을 설치한 뒤(https://nodejs.org) 다시 시도하세요.",
    });
  }
  return done;
}

/**
 * Runs one of npm's ways to install.
 * @param {readonly string[]} args
 */
async function install(args) {
  const done = await npm([...args, ...installFlags]);
  // npm only warns of files that it could not write in full, and calls such a tree installed.
  if (done.output.includes("TAR_ENTRY_ERROR")) {
    rmSync(path.join(root, "node_modules"), { recursive: true, force: true });
    throw new SetupFailure(npmFailure(done.output));
  }
  return done;
}

/**
 * Packages' install scripts do not run: of all we use only `node` needs its own, and better-sqlite3's, which a
 * lockfile install starts although it ships binaries, would ask for a compiler. So Node's is run here by name.
 */
async function installNode24() {
  const folder = path.join(root, "node_modules", "node");
  const script = path.join(folder, "installArchSpecificPackage.js");
  // What a try that was cut short left there would make the next one fail.
  rmSync(path.join(folder, "node_modules"), { recursive: true, force: true });
  const done = await run(process.env.npm_node_execpath ?? process.execPath, [script], {
    cwd: folder,
    env: { ...process.env, npm_config_loglevel: "warn" },
  });
  const version = await run(node24(), ["--version"]);
  if (version.code !== 0) {
    rmSync(node24(), { force: true });
    throw new SetupFailure({
      en: `Node 24 could not be installed: ${npmFailure(done.output).en}`,
      ko: `Node 24를 설치하지 못했습니다: ${npmFailure(done.output).ko}`,
    });
  }
  // Its command is linked only once its binary is there.
  await npm(["rebuild", "--ignore-scripts", "node"]);
}

/**
 * Brings node_modules to what the lockfile says, and Node 24 with it. Does nothing (some 10 ms) when all is there.
 * @throws {SetupFailure} no network, no room, no permission, no npm
 */
export async function ensurePackages() {
  if (isUpToDate() && existsSync(node24())) return;
  await inTurn(async () => {
    if (!isUpToDate()) {
      const fresh = !existsSync(path.join(root, "node_modules"));
      say({
        en: fresh
          ? "Installing Kiln's packages (500 MB, about a minute)…"
          : "Updating Kiln's packages…",
        ko: fresh ? "Kiln 패키지를 설치합니다(500MB, 약 1분)…" : "Kiln 패키지를 업데이트합니다…",
      });
      // In place first: `ci` starts by deleting everything, and with it the Node 24 that may be running this.
      if (!fresh) await install(["install", "--no-save"]);
      if (!isUpToDate()) {
        const done = await install(["ci"]);
        if (done.code !== 0) throw new SetupFailure(npmFailure(done.output));
      }
    }
    if (!existsSync(node24())) await installNode24();
  });
}
