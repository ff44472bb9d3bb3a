import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ElectronApplication, Page } from "@playwright/test";
import { build } from "rolldown";
import { root } from "../e2e/hosts.ts";
import { type RunningHost, startHost } from "../e2e/start-host.ts";
import { quantile, rounded, tell } from "./figures.ts";
import { shoot } from "./photos.ts";
import { readingDone } from "./reading.ts";

const calls = 500;

/**
 * Electron: a call over the door beside a bare port's ping, both idle; then the lag of main's event loop while a window
 * follows the reading of photos.
 */
export async function benchDoor({ photos, cache }: { photos: number; cache: string }) {
  const folder = join(cache, `read-${photos}`, "day");
  tell(`${photos} photos in ${folder}`);
  await shoot(folder, photos);
  const libraryDirectory = join(cache, "library-door");
  const start = (args: readonly string[]): Promise<RunningHost> => {
    rmSync(libraryDirectory, { recursive: true, force: true });
    const viewport = { width: 1440, height: 900 };
    const home = join(cache, `read-${photos}`);
    return startHost("electron", {
      libraryDirectory,
      home,
      viewport,
      args: ["--lang", "en", ...args],
    });
  };

  const idle = await start([]);
  const [ping, call] = await roundTrips(idle).finally(() => idle.close());
  tell(`ping ${JSON.stringify(ping)}, call ${JSON.stringify(call)}`);

  const busy = await start([folder]);
  try {
    const began = performance.now();
    await watchEventLoop(electronOf(busy));
    await busy.page.keyboard.press("Control+j");
    await readingDone(busy.page, photos);
    const eventLoopLagMs = await eventLoopLag(electronOf(busy));
    const readingSeconds = rounded((performance.now() - began) / 1000, 0);
    return { photos, pingMs: ping, callMs: call, readingSeconds, eventLoopLagMs };
  } finally {
    await busy.close();
  }
}

function electronOf(host: RunningHost): ElectronApplication {
  if (host.electron === null) throw new Error("Not an Electron.");
  return host.electron;
}

/**
 * Two hidden windows of Kiln's own origin and preload, each with nothing but the bench's script: the port of the first
 * one meets a main that only echoes, the port of the second one Kiln's own door.
 */
async function roundTrips(host: RunningHost) {
  const electron = electronOf(host);
  const bundled = await build({
    input: join(import.meta.dirname, "door-page.ts"),
    output: { format: "iife" },
    platform: "browser",
    tsconfig: join(root, "tsconfig.base.json"),
    write: false,
  });
  await electron.evaluate(({ ipcMain }) => {
    const served = ipcMain.listeners("kiln:connect");
    ipcMain.removeAllListeners("kiln:connect");
    ipcMain.once("kiln:connect", ({ ports: [port] }) => {
      port?.on("message", ({ data }) => port.postMessage(data));
      port?.start();
      for (const listener of served) ipcMain.on("kiln:connect", (...args) => listener(...args));
    });
  });
  const times: number[][] = [];
  for (const what of ["ping", "call"] as const) {
    const page = await emptyPage(electron);
    await page.evaluate(bundled.output[0].code);
    const measure = (count: number): Promise<number[]> =>
      page.evaluate(([name, turns]) => window.kilnBench[name](turns), [what, count] as const);
    // The first ones find cold code.
    await measure(50);
    times.push(await measure(calls));
    await page.close();
  }
  return times.map((of) => ({
    p50: rounded(quantile(of, 0.5)),
    p95: rounded(quantile(of, 0.95)),
  }));
}

async function emptyPage(electron: ElectronApplication): Promise<Page> {
  const opened = electron.waitForEvent("window");
  await electron.evaluate(
    async ({ BrowserWindow }, preload) => {
      const [first] = BrowserWindow.getAllWindows();
      if (first === undefined) throw new Error("Kiln has no window.");
      const window = new BrowserWindow({
        show: false,
        webPreferences: { preload, sandbox: true, contextIsolation: true },
      });
      await window.loadURL(new URL("/nothing-here", first.webContents.getURL()).href);
    },
    join(root, "out", "preload", "preload.cjs"),
  );
  return opened;
}

/** Answers of the watch, in main: kept on its global object between two calls. */
declare global {
  var kilnBenchLag: (() => { p50: number; p99: number; max: number }) | undefined;
}

async function watchEventLoop(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(() => {
    const { monitorEventLoopDelay } = process.getBuiltinModule("node:perf_hooks");
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const ms = (nanoseconds: number): number => Math.round(nanoseconds / 1e4) / 100;
    globalThis.kilnBenchLag = () => ({
      p50: ms(delay.percentile(50)),
      p99: ms(delay.percentile(99)),
      max: ms(delay.max),
    });
  });
}

/** Over the whole reading; the timer's own millisecond is in it. */
async function eventLoopLag(electron: ElectronApplication) {
  return electron.evaluate(() => globalThis.kilnBenchLag?.() ?? null);
}
