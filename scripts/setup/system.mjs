// System packages on Debian, Ubuntu and their kin: which are missing, and whether we may install them.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { cacheFolder } from "./project.mjs";
import { run } from "./run.mjs";
import { inWords, say } from "./words.mjs";

/** @typedef {{ id: string, like: string[], codename: string }} Distribution */

/**
 * @param {string} text the content of /etc/os-release
 * @returns {Distribution} codename: that of the Debian or Ubuntu release it stands on
 */
export function parseOsRelease(text) {
  const values = Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const match = /^([A-Z_]+)=["']?(.*?)["']?$/.exec(line.trim());
      return match ? [[match[1], match[2]]] : [];
    }),
  );
  return {
    id: values.ID ?? "",
    like: (values.ID_LIKE ?? "").split(" ").filter(Boolean),
    codename: values.UBUNTU_CODENAME ?? values.DEBIAN_CODENAME ?? values.VERSION_CODENAME ?? "",
  };
}

/** @param {Distribution} distribution */
export function usesApt({ id, like }) {
  return [id, ...like].some((name) => name === "debian" || name === "ubuntu");
}

/**
 * Whether apt's `chromium` is the browser itself. Ubuntu's is a door to a snap, which containers don't have.
 * @param {Distribution} distribution
 */
export function packsChromium({ id, like }) {
  if (["debian", "linuxmint", "pop"].includes(id)) return true;
  return id !== "ubuntu" && like.includes("debian") && !like.includes("ubuntu");
}

/** Releases from before the 64-bit time change of 2024, which gave some libraries a new package name. */
const beforeTime64 = new Set([
  "buster",
  "bullseye",
  "bookworm",
  "bionic",
  "focal",
  "jammy",
  "kinetic",
  "lunar",
  "mantic",
]);
const renamedByTime64 = new Set(["libasound2", "libgtk-3-0"]);

/** What Electron loads and these don't bring along by themselves is part of every system. */
const windowPackages = [
  "libasound2",
  "libgbm1",
  "libgtk-3-0",
  "libnotify4",
  "libnss3",
  "libsecret-1-0",
  "xdg-utils",
  "fonts-noto-cjk",
];

const testPackages = ["bubblewrap", "fonts-noto-color-emoji", "libheif-examples", "xauth", "xvfb"];

/**
 * What a purpose needs of the system, by the names of this distribution.
 * @param {"window" | "tests"} purpose tests: the window's, and what shows, drives and cages it without a person
 * @param {Distribution} distribution
 * @param {{ browser: boolean, koreanFont: boolean }} has what is there already, wherever it came from
 */
export function neededPackages(purpose, distribution, has) {
  const names = [...windowPackages, ...(purpose === "tests" ? testPackages : [])];
  if (purpose === "tests" && !has.browser && packsChromium(distribution)) names.push("chromium");
  return names
    .filter((name) => name !== "fonts-noto-cjk" || !has.koreanFont)
    .map((name) =>
      renamedByTime64.has(name) && !beforeTime64.has(distribution.codename) ? `${name}t64` : name,
    );
}

/**
 * @param {readonly string[]} wanted
 * @param {string} listing of dpkg-query, a line each: status, a tab, the name
 */
export function missingPackages(wanted, listing) {
  const present = new Set(
    listing.split("\n").flatMap((line) => {
      const [status = "", name = ""] = line.split("\t");
      return status.startsWith("ii") ? [name] : [];
    }),
  );
  return wanted.filter((name) => !present.has(name));
}

/**
 * @typedef {object} Rights
 * @property {boolean} root
 * @property {"none" | "password" | "free"} sudo free: it asks for no password
 * @property {boolean} terminal a person can be asked
 * @property {boolean} ci
 */

/**
 * What may be done about something that only an administrator can do.
 * @param {Rights} rights
 * @returns {"do" | "ask" | "tell"} tell: print the command for the person to run
 */
export function decide({ root, sudo, terminal, ci }) {
  const silently = root || sudo === "free";
  if (terminal && !ci) return root || sudo !== "none" ? "ask" : "tell";
  return silently ? "do" : "tell";
}

/** @returns {Promise<Rights>} */
async function rightsHere() {
  const root = process.getuid?.() === 0;
  const terminal = Boolean(process.stdin.isTTY && process.stderr.isTTY);
  const ci = Boolean(process.env.CI) && process.env.CI !== "false";
  if (root) return { root, sudo: "none", terminal, ci };
  const trial = await run("sudo", ["-n", "true"]);
  const sudo = trial.error ? "none" : trial.code === 0 ? "free" : "password";
  return { root, sudo, terminal, ci };
}

/**
 * Does an administrator's work, if the person or the place allows it.
 * @param {object} work
 * @param {import("./words.mjs").Words} work.what one sentence: what will be done, and why
 * @param {readonly (readonly string[])[]} work.commands run in this order; the last one's success counts
 * @returns {Promise<boolean>} whether it was done
 */
export async function asAdministrator({ what, commands }) {
  const rights = await rightsHere();
  const prefix = rights.root ? [] : ["sudo", ...(rights.terminal ? [] : ["-n"])];
  /** @param {string[]} before */
  const typed = (before) =>
    commands.map((command) => [...before, ...command].join(" ")).join(" && ");
  const tell = () => {
    say({
      en: `To do it yourself, run:\n  ${typed(["sudo"])}`,
      ko: `직접 하려면 다음을 실행하세요:\n  ${typed(["sudo"])}`,
    });
    return false;
  };
  say(what);
  const decision = decide(rights);
  if (decision === "tell") return tell();
  if (decision === "ask" && !(await agreed())) return tell();
  say({ en: `Running: ${typed(prefix)}`, ko: `실행: ${typed(prefix)}` });
  let done;
  for (const command of commands) {
    const [first = "", ...rest] = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", ...command];
    done = await run(first, rest, { show: rights.terminal });
  }
  if (done?.code === 0) return true;
  const reason =
    done?.output.split("\n").find((line) => line.startsWith("E: ")) ??
    done?.output.trim().split("\n").at(-1);
  say({ en: `That did not work: ${reason}`, ko: `실패했습니다: ${reason}` });
  return tell();
}

/** @returns {Promise<boolean>} no where the terminal goes away; Ctrl+C ends the command */
function agreed() {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    lines.question(inWords({ en: "Go ahead? [Y/n] ", ko: "진행할까요? [Y/n] " }), (answer) => {
      resolve(/^(y|yes|ㅛ|예|네)?$/i.test(answer.trim()));
      lines.close();
    });
    lines.once("SIGINT", () => process.exit(130));
    lines.once("close", () => resolve(false));
  });
}

/** @returns {Distribution | undefined} undefined where apt isn't at home */
export function distributionHere() {
  if (process.platform !== "linux") return undefined;
  try {
    const distribution = parseOsRelease(readFileSync("/etc/os-release", "utf8"));
    return usesApt(distribution) ? distribution : undefined;
  } catch {
    return undefined; // no such file: no distribution that we know
  }
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills these in, not JavaScript
const dpkgFormat = "${db:Status-Abbrev}\t${Package}\n";

/** A machine that has just started may be updating itself. */
const waitForLock = ["-o", "DPkg::Lock::Timeout=120"];

/**
 * Installs what the system lacks for a purpose, as far as it may. What stays missing is said, and is no failure here:
 * whoever needs it fails by name.
 * @param {"window" | "tests"} purpose
 * @param {boolean} hasBrowser
 */
export async function ensureSystemPackages(purpose, hasBrowser) {
  const distribution = distributionHere();
  if (!distribution) return;
  const fonts = await run("fc-list", [":lang=ko", "family"]);
  const has = { browser: hasBrowser, koreanFont: fonts.stdout.trim() !== "" };
  const wanted = neededPackages(purpose, distribution, has);
  const listing = await run("dpkg-query", ["-W", "-f", dpkgFormat, ...wanted]);
  const missing = missingPackages(wanted, listing.stdout);
  if (missing.length === 0) return;
  const names = missing.join(" ");
  // Who said no once is not asked at every start.
  const refused = path.join(cacheFolder, "system-packages-refused");
  const isRefused = existsSync(refused) && readFileSync(refused, "utf8") === names;
  if (purpose === "window" && isRefused) return;
  const done = await asAdministrator({
    what: {
      en: `Kiln needs these system packages${purpose === "tests" ? " for its tests" : ""}: ${names}`,
      ko: `${purpose === "tests" ? "테스트에" : "Kiln에"} 필요한 시스템 패키지: ${names}`,
    },
    commands: [
      ["apt-get", "update"],
      ["apt-get", "install", "-y", "--no-install-recommends", ...waitForLock, ...missing],
    ],
  });
  if (!done) {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(refused, names);
  }
}
