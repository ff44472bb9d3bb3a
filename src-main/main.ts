/** Electron's composition root: builds the services, binds the door, opens the window. */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  appLocale,
  beforeQuit,
  launchArguments,
  prepareApp,
  quit,
  serveApp,
  systemProxyRule,
  whenReady,
} from "./electron/app.ts";
import { serveWindowDoor } from "./electron/door.ts";
import { electronHost, trashItem } from "./electron/host.ts";
import { setMenu } from "./electron/menu.ts";
import { openElectronPreferences } from "./electron/preferences-file.ts";
import { utilityLauncher } from "./electron/utility-launcher.ts";
import { openWindow } from "./electron/window.ts";
import { KilnError } from "./errors.ts";
import { defaultDataDirectory, setProxy, withSystemProxy } from "./host/index.ts";
import { createLog } from "./log/index.ts";
import { createProblemRouter, createRouter } from "./router.ts";
import { createRequestHandler, serveLocalDoor, serveMessagePort } from "./server/index.ts";
import { createServices } from "./services.ts";
import { version } from "./version.ts";

interface Launch {
  readonly libraryDirectory: string;
  /** Folders and files to open. */
  readonly paths: readonly string[];
  readonly language: "en" | "ko" | undefined;
}

/** Arguments of a start. Switches of Chromium's own, which come along, are left alone. */
function readLaunch(argv: readonly string[]): Launch {
  const { values, positionals } = parseArgs({
    args: launchArguments(argv),
    options: { library: { type: "string" }, lang: { type: "string" } },
    allowPositionals: true,
    strict: false,
  });
  const { library, lang } = values;
  return {
    libraryDirectory: resolve(typeof library === "string" ? library : defaultDataDirectory()),
    paths: positionals.map((path) => resolve(path)),
    language: lang === "en" || lang === "ko" ? lang : undefined,
  };
}

setProxy(process.env);
const launch = readLaunch(process.argv);
const outDirectory = join(import.meta.dirname, "..");
const origin = { preload: join(outDirectory, "preload"), renderer: join(outDirectory, "renderer") };

/** Set once the services stand: what a second start asks of this one. */
let openPaths: (paths: readonly string[]) => void = () => undefined;

const isFirst = prepareApp(launch.libraryDirectory, (argv) => {
  openWindow(origin.preload);
  openPaths(readLaunch(argv).paths);
});

// Not awaited at the top: Electron is never ready while its entry module is still being evaluated.
if (isFirst) void whenReady().then(start);
else quit();

async function start(): Promise<void> {
  const { libraryDirectory, language } = launch;
  const log = createLog({ directory: join(libraryDirectory, "logs") });
  const host = electronHost(language ?? appLocale());
  // Nothing waits for it: whatever is fetched is fetched because a person asks for it.
  systemProxyRule().then(
    (rule) => setProxy(withSystemProxy(process.env, rule)),
    (error) => log.warn("no word of the system's proxy", { error }),
  );
  try {
    const services = createServices({
      libraryDirectory,
      version,
      host,
      log,
      preferencesFile: openElectronPreferences(libraryDirectory),
      launcher: utilityLauncher(),
      workers: {
        images: join(import.meta.dirname, "image-worker.js"),
        inference: join(import.meta.dirname, "inference-worker.js"),
        convert: join(import.meta.dirname, "convert-worker.js"),
        upscale: join(import.meta.dirname, "upscale-worker.js"),
      },
      systemTrash: trashItem,
    });
    const router = createRouter(services);
    const issue = (paths: readonly string[]): string => services.sources.issue(paths);
    serveWindowDoor({
      onPort: (port) => serveMessagePort(router, port, log),
      onDropped: (paths) => ({ token: issue(paths) }),
    });
    serveApp(
      createRequestHandler({
        rendererDirectory: origin.renderer,
        media: services.media,
        results: services.upscaling.results,
        log,
      }),
    );
    const open = (paths: readonly string[]) => services.open(paths);
    const localDoor = await serveLocalDoor({
      router,
      libraryDirectory,
      issue,
      open,
      url: null,
      log,
    });
    beforeQuit(async () => {
      await localDoor?.close();
      await services.close();
    });
    openPaths = (paths) => {
      if (paths.length > 0)
        services.open(paths).catch((error) => log.warn("not opened", { error }));
    };
    setMenu(services.language(), (commandId) => services.events.runCommand(commandId));
    services.preferences.onChange(() =>
      setMenu(services.language(), (commandId) => services.events.runCommand(commandId)),
    );
    openWindow(origin.preload);
    openPaths(launch.paths);
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    // The window still opens, and every call of its page is answered with the reason.
    serveWindowDoor({
      onPort: (port) => serveMessagePort(createProblemRouter(error), port, log),
      onDropped: () => {
        throw error;
      },
    });
    serveApp(
      createRequestHandler({
        rendererDirectory: origin.renderer,
        media: { open: () => Promise.resolve(null) },
        results: { tile: () => Promise.resolve(null), crop: () => Promise.resolve(null) },
        log,
      }),
    );
    setMenu(host.locale.startsWith("ko") ? "ko" : "en", () => undefined);
    openWindow(origin.preload);
  }
}
