// `npm start`: sets up what is missing, then opens the app: in Electron, else in the installed browser; without a
// display, or with --headless, it serves the app and prints its address. Runs on any Node from 20 on.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
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
  const lines = createInterface({ input: host.stdout });
  /** @type {Promise<Place>} */
  const ready = new Promise((resolve) => {
    lines.on("line", (line) => {
      const place = placeIn(line);
      if (place) resolve(place);
      else process.stderr.write(`${line}\n`);
    });
  });
  // What it said before it ended is still in the pipe when it has ended.
  const silent = Promise.all([end, once(lines, "close")]).then(() => undefined);
  const place = await Promise.race([ready, silent]);
  return { host, end, place };
}

/**
 * @typedef {object} Place
 * @property {string} url
 * @property {boolean} isRunning another Kiln has the library open, and this is its address
 */

/** @param {string} line @returns {Place | undefined} */
function placeIn(line) {
  try {
    const { url, isRunning } = JSON.parse(line);
    return typeof url === "string" ? { url, isRunning: isRunning === true } : undefined;
  } catch {
    return undefined; // not the line that tells the address
  }
}

/**
 * @param {import("./setup/options.mjs").StartOptions} options
 * @param {string | undefined} browser where its window opens; undefined: the address is printed
 */
async function openInBrowser(options, browser) {
  const { host, end, place } = await serve(options);
  if (place === undefined) {
    const { code, signal } = await end;
    // Its own sentence is on stderr already.
    return exitCodeOf(code, signal);
  }
  const { url, isRunning } = place;
  if (isRunning) {
    say({
      en: "Kiln is open already with this library. It is here:",
      ko: "이 라이브러리로 이미 Kiln이 열려 있습니다. 주소는 다음과 같습니다:",
    });
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
    window.once("error", () => process.stdout.write(`${url}\n`));
    if (isRunning) {
      // The one that has the library open ends when its own window is closed.
      process.stdout.write(`${url}\n`);
      window.unref();
    } else {
      window.once("exit", () => host.kill("SIGTERM"));
      host.once("exit", () => window.kill("SIGTERM"));
    }
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
