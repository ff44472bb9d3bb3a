import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { type HostName, type RunningHost, startHost } from "./start-host.ts";

export interface HostOptions {
  hostName: HostName;
}

/** A running Kiln, whatever its host. Specs know no more than this. */
export interface Kiln {
  readonly page: Page;
  readonly hostName: HostName;
  /** A folder of this test alone, for photos. */
  readonly folder: string;
  /** Where this Kiln keeps its data. */
  readonly libraryDirectory: string;
  /** How many windows this Kiln has open. */
  windowCount(): number;
  /** Drops files or folders on the window, as a person would. */
  drop(paths: readonly string[]): Promise<void>;
  /**
   * Answers the folder question that `ask` brings up, without a mouse: the system's dialog, or the host's own list,
   * which takes a path below `home`.
   */
  chooseFolder(path: string, ask: () => Promise<void>): Promise<void>;
  /** The person's home folder in this test; `folder` and the library are inside. */
  readonly home: string;
  /** Ends Kiln with all its children, as a crash would, and starts it again on the same library. */
  crashAndRestart(): Promise<void>;
  /** Ends Kiln as a person would and starts it again on the same library, with these arguments. */
  restart(args?: readonly string[]): Promise<void>;
}

export const test = base.extend<HostOptions & { kiln: Kiln; language: "en" | "ko" }>({
  hostName: ["chromium", { option: true }],
  language: ["en", { option: true }],
  kiln: async ({ hostName, language, viewport }, use) => {
    const home = mkdtempSync(join(tmpdir(), "kiln-e2e-"));
    const libraryDirectory = join(home, "library");
    const folder = join(home, "photos");
    mkdirSync(folder);
    const start = (args: readonly string[] = []) =>
      startHost(hostName, {
        libraryDirectory,
        home,
        viewport: viewport ?? { width: 1440, height: 900 },
        args: ["--lang", language, ...args],
      });
    let host = await start();
    await use({
      get page() {
        return host.page;
      },
      hostName,
      folder,
      libraryDirectory,
      windowCount: () => (host.electron?.windows() ?? host.page.context().pages()).length,
      drop: (paths) => dropFiles(host.page, paths),
      home,
      chooseFolder: (path, ask) => chooseFolder(host, home, path, ask),
      async crashAndRestart() {
        await killTree(host);
        host = await start();
      },
      async restart(args) {
        await host.close();
        host = await start(args);
      },
    });
    await host.close();
    rmSync(home, { recursive: true, force: true });
  },
});

export { expect };

/** A real drop through the browser's own drag machinery: the page gets files as from the system. */
async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (!existsSync(path)) throw new Error(`Nothing to drop at ${path}`);
  }
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await devtools.send("Input.dispatchDragEvent", { type, x: 700, y: 450, data });
  }
  await devtools.detach();
}

async function chooseFolder(
  host: RunningHost,
  home: string,
  path: string,
  ask: () => Promise<void>,
): Promise<void> {
  if (host.electron !== null) {
    await host.electron.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, path);
    await ask();
    return;
  }
  await ask();
  const question = host.page.getByRole("dialog").last();
  const field = question.getByRole("textbox", { name: /Path of the folder|폴더 경로/ });
  await field.fill(join("~", relative(home, path)));
  await field.press("Enter");
  await expect(field).toHaveValue(path);
  await host.page.keyboard.press("Control+Enter");
}

async function killTree(host: RunningHost): Promise<void> {
  const gone = new Promise((resolve) => host.process.once("exit", resolve));
  host.process.kill("SIGKILL");
  await gone;
  await host.close().catch(() => undefined);
}
