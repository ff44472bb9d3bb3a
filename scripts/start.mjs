// `npm start`: sets up what is missing, then opens the app: in Electron, else in the installed browser; without a
// display, or with --headless, it serves the app and prints its address. Runs on any Node from 20 on.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import path from "node:path";
import { createInterface } from "node:readline";
import { findBrowser, windowArguments } from "./setup/browser.mjs";
import { ensureElectron } from "./setup/electron.mjs";
import { hasDisplay, hostArguments, parseStartOptions, startHelp } from "./setup/options.mjs";
import { ensurePackages } from "./setup/packages.mjs";
import { ensureBuilt } from "./setup/product.mjs";
import { cacheFolder, callersFolder, node24, productEnvironment, root } from "./setup/project.mjs";
import { exitCodeOf, handSignalsOn } from "./setup/run.mjs";
import { asOrdinaryUser, ensureSandbox } from "./setup/sandbox.mjs";
import { ensureSystemPackages } from "./setup/system.mjs";
import { inWords, main, SetupFailure, say, speak } from "./setup/words.mjs";

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

/**
 * @param {string} executable
 * @param {import("./setup/options.mjs").StartOptions} options
 * @returns {Promise<number | undefined>} exit code; undefined where Electron itself can't run here
 */
async function openInElectron(executable, options) {
  const prefix = await asOrdinaryUser();
  if (!prefix) {
    say({
      en: "Electron's sandbox can't be on for root here; start Kiln as an ordinary user to have its own window.",
      ko: "여기서는 root로 Electron 샌드박스를 켤 수 없습니다. Kiln 창을 열려면 일반 사용자로 시작하세요.",
    });
    return undefined;
  }
  const [command = "", ...args] = [...prefix, executable, root, ...hostArguments(options)];
  const child = spawn(command, args, { stdio: "inherit", env: productEnvironment() });
  const isAsked = handSignalsOn(child);
  const began = performance.now();
  const { code, signal } = await ended(child);
  // 127 is the loader's 'a library is missing'; a signal at once is a sandbox or graphics stack that refuses.
  const stillborn = code === 127 || (signal !== null && performance.now() - began < 10_000);
  if (!stillborn || isAsked()) return exitCodeOf(code, signal);
  say({
    en: `Electron can't run on this system (${signal ?? `exit code ${code}`}).`,
    ko: `이 시스템에서 Electron을 실행할 수 없습니다(${signal ?? `종료 코드 ${code}`}).`,
  });
  return undefined;
}

/**
 * Starts the browser host.
 * @param {import("./setup/options.mjs").StartOptions} options
 */
async function serve(options) {
  const host = spawn(
    node24(),
    [
      "--enable-source-maps",
      path.join(root, "out", "main", "loopback.js"),
      ...["--port", "0", "--renderer", path.join(root, "out", "renderer")],
      ...hostArguments(options),
    ],
    { stdio: ["ignore", "pipe", "inherit"], env: productEnvironment() },
  );
  handSignalsOn(host);
  const end = ended(host);
  /** @type {Promise<string>} */
  const ready = new Promise((resolve) => {
    createInterface({ input: host.stdout }).on("line", (line) => {
      const url = addressIn(line);
      if (url) resolve(url);
      else process.stderr.write(`${line}\n`);
    });
  });
  const url = await Promise.race([ready, end.then(() => undefined)]);
  return { host, end, url };
}

/** @param {string} line @returns {string | undefined} */
function addressIn(line) {
  try {
    const { url } = JSON.parse(line);
    return typeof url === "string" ? url : undefined;
  } catch {
    return undefined; // not the line that tells the address
  }
}

/**
 * @param {import("./setup/options.mjs").StartOptions} options
 * @param {string | undefined} browser where its window opens; undefined: the address is printed
 */
async function openInBrowser(options, browser) {
  const { host, end, url } = await serve(options);
  if (url === undefined) {
    const { code, signal } = await end;
    // Its own sentence is on stderr already.
    return exitCodeOf(code, signal);
  }
  if (browser) {
    const name = createHash("sha256")
      .update(options.library ?? "")
      .digest("hex")
      .slice(0, 12);
    const profile = path.join(cacheFolder, "browser", name);
    const prefix = await asOrdinaryUser();
    const page = windowArguments(url, profile, prefix !== undefined);
    const [command = "", ...args] = [...(prefix ?? []), browser, ...page];
    const window = spawn(command, args, { stdio: "ignore" });
    say({ en: `Kiln is open in ${browser}.`, ko: `${browser}에서 Kiln을 열었습니다.` });
    window.once("exit", () => host.kill("SIGTERM"));
    window.once("error", () => process.stdout.write(`${url}\n`));
    host.once("exit", () => window.kill("SIGTERM"));
  } else {
    process.stdout.write(`${url}\n`);
  }
  const { code, signal } = await end;
  return exitCodeOf(code, signal);
}

await main(async () => {
  const options = parseStartOptions(process.argv.slice(2), callersFolder());
  if (options.language) speak(options.language);
  if (options.help) {
    process.stdout.write(`${inWords(startHelp)}\n`);
    return 0;
  }
  if (Number(process.versions.node.split(".")[0]) < 20) {
    throw new SetupFailure({
      en: `Kiln's set-up needs Node.js 20 or newer; this is ${process.versions.node}.`,
      ko: `Kiln을 준비하려면 Node.js 20 이상이 필요합니다. 지금은 ${process.versions.node}입니다.`,
    });
  }
  await ensurePackages();
  const withWindow = !options.headless && hasDisplay(process.platform, process.env);
  if (withWindow) {
    await ensureSystemPackages("window", true);
    const electron = await ensureElectron({ again: options.fetchElectron });
    await ensureBuilt();
    if (electron) {
      await ensureSandbox(electron);
      const code = await openInElectron(electron, options);
      if (code !== undefined) return code;
    }
    const browser = await findBrowser();
    if (!browser) {
      say({
        en: "No Chromium, Chrome or Edge is installed. Open this address in a browser:",
        ko: "Chromium, Chrome, Edge가 설치되어 있지 않습니다. 다음 주소를 브라우저에서 여세요:",
      });
    }
    return openInBrowser(options, browser);
  }
  await ensureBuilt();
  if (!options.headless) {
    say({
      en: "There is no display here. Open this address in a browser (Ctrl+C ends Kiln):",
      ko: "화면이 없습니다. 다음 주소를 브라우저에서 여세요(Ctrl+C로 종료):",
    });
  }
  return openInBrowser(options, undefined);
});
