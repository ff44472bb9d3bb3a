import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { _electron, chromium, type ElectronApplication, type Page } from "@playwright/test";
import {
  browserFlags,
  chromiumPath,
  electronFlags,
  electronPath,
  packedPath,
  root,
} from "./hosts.ts";

export type HostName = "chromium" | "electron" | "packed";

/** A host that was started, and its page. */
export interface RunningHost {
  readonly page: Page;
  readonly electron: ElectronApplication | null;
  readonly process: ChildProcess;
  close(): Promise<void>;
}

export interface StartOptions {
  readonly libraryDirectory: string;
  readonly home: string;
  readonly viewport: { width: number; height: number };
  readonly args: readonly string[];
}

/** Starts Kiln in a host; its page has heard from main: what is dropped or typed now is taken. */
export async function startHost(hostName: HostName, options: StartOptions): Promise<RunningHost> {
  const host = await (hostName === "chromium"
    ? startBrowserHost(options)
    : startElectron(hostName, options));
  await host.page.locator("#app h1").first().waitFor({ state: "attached" });
  return host;
}

async function startBrowserHost(options: StartOptions): Promise<RunningHost> {
  const child = spawn(
    process.execPath,
    [
      join(root, "out/main/loopback.js"),
      "--library",
      options.libraryDirectory,
      "--port",
      "0",
      "--renderer",
      join(root, "out/renderer"),
      ...options.args,
    ],
    // HOME: the host's folder list starts there.
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, HOME: options.home } },
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The loopback host ended with ${code}.`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message: unknown = JSON.parse(line);
      if (typeof message === "object" && message !== null && "url" in message) {
        resolve(String(message.url));
      }
    });
  });
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...browserFlags],
  });
  const page = await browser.newPage({ viewport: options.viewport });
  await page.goto(url);
  return {
    page,
    electron: null,
    process: child,
    async close() {
      await browser.close();
      const ended = child.exitCode === null && child.signalCode === null;
      if (ended) {
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await gone;
      }
    },
  };
}

async function startElectron(
  hostName: "electron" | "packed",
  options: StartOptions,
): Promise<RunningHost> {
  const electron = await _electron.launch({
    executablePath: hostName === "electron" ? electronPath() : packedPath(),
    args: [
      ...electronFlags,
      ...(hostName === "electron" ? [root] : []),
      "--library",
      options.libraryDirectory,
      ...options.args,
    ],
    // Else Playwright adds --no-sandbox by itself; for root, electronFlags does.
    chromiumSandbox: true,
    env: { ...process.env, HOME: options.home, ELECTRON_DISABLE_SECURITY_WARNINGS: "1" },
  });
  const page = await firstWindow(electron);
  await page.setViewportSize(options.viewport);
  return { page, electron, process: electron.process(), close: () => electron.close() };
}

/**
 * Playwright attaches while the window is opening, and about once in ten starts it misses that the page was committed
 * and then waits for it for ever. Loading the page again tells it.
 */
async function firstWindow(electron: ElectronApplication): Promise<Page> {
  const window = electron.firstWindow();
  const again = setInterval(() => {
    void electron.evaluate(({ BrowserWindow }) => {
      for (const missed of BrowserWindow.getAllWindows()) missed.webContents.reload();
    });
  }, 5_000);
  try {
    return await window;
  } finally {
    clearInterval(again);
  }
}
