import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { app, protocol, session } from "electron";
import { makeFolderSync } from "../make-folder.ts";

/** The only origin that Kiln ever shows. */
export const appOrigin = "app://kiln";

/**
 * Everything that must happen before Electron is ready. False when another Kiln has this data folder open already:
 * it has been told what was asked of us, and this process is to end.
 */
export function prepareApp(
  dataDirectory: string,
  onSecondStart: (argv: string[]) => void,
): boolean {
  const profile = join(dataDirectory, "electron");
  app.setPath("userData", usableFolder(profile));
  if (!app.requestSingleInstanceLock()) return false;
  app.on("second-instance", (_event, argv) => onSecondStart(argv));
  app.enableSandbox();
  app.setAppUserModelId("app.kiln.desktop");
  protocol.registerSchemesAsPrivileged([
    {
      scheme: "app",
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        stream: true,
        codeCache: true,
      },
    },
  ]);
  app.on("web-contents-created", (_event, contents) => {
    contents.on("will-navigate", (event) => event.preventDefault());
    contents.on("will-redirect", (event) => event.preventDefault());
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: "deny" }));
  });
  app.on("window-all-closed", () => app.quit());
  return true;
}

/** A folder, or one for the moment where it can't be made: then the window still opens, and says what is wrong. */
function usableFolder(path: string): string {
  try {
    makeFolderSync(path);
    return path;
  } catch {
    return mkdtempSync(join(tmpdir(), "kiln-"));
  }
}

/** Resolves when windows can be opened. Awaiting `app.whenReady()` at the top of an ESM main hangs for ever. */
export function whenReady(): Promise<void> {
  return app.whenReady();
}

/** Serves the page and its media from one handler, and refuses every permission that the page could ask for. */
export function serveApp(handler: (request: Request) => Promise<Response>): void {
  const { defaultSession } = session;
  defaultSession.protocol.handle("app", handler);
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
}

/** Runs `work` once before the app ends, and waits for it. */
export function beforeQuit(work: () => Promise<void>): void {
  let settled = false;
  app.on("before-quit", (event) => {
    if (settled) return;
    event.preventDefault();
    void work().finally(() => {
      settled = true;
      app.quit();
    });
  });
}

export function quit(): void {
  app.quit();
}

/** The system's language, BCP 47. */
export function appLocale(): string {
  return app.getLocale();
}

/** Arguments of a start, without Electron's own: its binary, and where the app lies while it is not packed. */
export function launchArguments(argv: readonly string[]): string[] {
  if (app.isPackaged) return argv.slice(1);
  const appPath = app.getAppPath();
  return argv.slice(argv.findIndex((argument) => resolve(argument) === appPath) + 1);
}

/** What the system says of the way to other hosts: see `withSystemProxy`. Looking for it may take seconds. */
export function systemProxyRule(): Promise<string> {
  return session.defaultSession.resolveProxy("https://github.com/");
}
