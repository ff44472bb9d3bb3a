/** The browser host: Kiln's services under plain Node, its window in a browser on this machine. */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import { defaultDataDirectory, nodeHost, setProxy } from "../host/index.ts";
import { createLog } from "../log/index.ts";
import { openPreferencesFile } from "../preferences/index.ts";
import { createRouter } from "../router.ts";
import { createServices } from "../services.ts";
import { version } from "../version.ts";
import { forkLauncher } from "../workers/index.ts";
import { createRequestHandler } from "./handler.ts";
import { connectLocalDoor, serveLocalDoor } from "./local-door.ts";
import { startLoopback } from "./loopback.ts";
import { createUploads } from "./uploads.ts";

const exitCodes = { done: 0, failed: 1, usage: 2 } as const;
const usage =
  "usage: loopback.js [--library DIR] [--port N] [--renderer DIR] [--open FOLDER]… [--lang en|ko]";

interface HostOptions {
  readonly libraryDirectory: string;
  readonly rendererDirectory: string;
  readonly port: number;
  readonly open: readonly string[];
  readonly language: keyof Localized | undefined;
}

/** @returns null for arguments that mean nothing */
function readOptions(args: string[]): HostOptions | null {
  try {
    const { values } = parseArgs({
      args,
      options: {
        library: { type: "string" },
        port: { type: "string", default: "0" },
        renderer: { type: "string", default: join(import.meta.dirname, "..", "renderer") },
        open: { type: "string", multiple: true, default: [] },
        lang: { type: "string" },
      },
    });
    const { lang } = values;
    if (lang !== undefined && lang !== "en" && lang !== "ko") return null;
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65535) return null;
    return {
      libraryDirectory: resolve(values.library ?? defaultDataDirectory()),
      rendererDirectory: resolve(values.renderer),
      port: Number(values.port),
      open: values.open.map((path) => resolve(path)),
      language: lang,
    };
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Runs until `stopped`; what was opened before a failure is closed as well. */
async function serve(options: HostOptions, locale: string, stopped: Promise<void>): Promise<void> {
  const { libraryDirectory } = options;
  const log = createLog({ directory: join(libraryDirectory, "logs") });
  await using opened = new AsyncDisposableStack();
  const services = createServices({
    libraryDirectory,
    version,
    host: nodeHost(locale),
    log,
    preferencesFile: openPreferencesFile(libraryDirectory),
    launcher: forkLauncher(),
    workers: {
      images: join(import.meta.dirname, "image-worker.js"),
      inference: join(import.meta.dirname, "inference-worker.js"),
      convert: join(import.meta.dirname, "convert-worker.js"),
      upscale: join(import.meta.dirname, "upscale-worker.js"),
    },
  });
  opened.defer(() => services.close());
  const router = createRouter(services);
  const handler = createRequestHandler({
    rendererDirectory: options.rendererDirectory,
    media: services.media,
    results: services.upscaling.results,
    uploads: createUploads({
      folder: (token) => services.sources.folder(token),
      within: join(libraryDirectory, "originals"),
    }),
    log,
  });
  const loopback = await startLoopback({ handler, router, log, port: options.port });
  opened.defer(() => loopback.close());
  const issue = (paths: readonly string[]) => services.sources.issue(paths);
  const open = (paths: readonly string[]) => services.open(paths);
  const { url } = loopback;
  const localDoor = await serveLocalDoor({ router, libraryDirectory, issue, open, url, log });
  if (localDoor !== null) opened.defer(() => localDoor.close());
  if (options.open.length > 0) await services.open(options.open);
  await tell({ url, isRunning: false });
  await stopped;
}

/** Says where the window is, and whether another process than this one serves it. */
function tell(place: { readonly url: string; readonly isRunning: boolean }): Promise<void> {
  return new Promise((resolve) =>
    process.stdout.write(`${JSON.stringify(place)}\n`, () => resolve()),
  );
}

/**
 * Where this library is open in a browser host already, that one takes over: it opens what was asked for, and its
 * address is told. Answers whether there is one.
 */
async function handOver({ libraryDirectory, open }: HostOptions): Promise<boolean> {
  const running = await connectLocalDoor(libraryDirectory);
  if (running === null) return false;
  try {
    const url = await running.address();
    if (url === null) return false;
    if (open.length > 0) await running.open(open);
    await tell({ url, isRunning: true });
    return true;
  } finally {
    await running.close();
  }
}

async function main(): Promise<number> {
  setProxy(process.env);
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    process.stderr.write(`${usage}\n`);
    return exitCodes.usage;
  }
  const locale = options.language ?? Intl.DateTimeFormat().resolvedOptions().locale;
  const stopped = new Promise<void>((settle) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => settle());
  });
  try {
    await serve(options, locale, stopped).catch(async (error: unknown) => {
      const isOpen = error instanceof KilnError && error.code === "library-busy";
      if (!(isOpen && (await handOver(options)))) throw error;
    });
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    const language = locale.startsWith("ko") ? "ko" : "en";
    process.stderr.write(`${error.happened[language]} ${error.todo[language]}\n`);
    return exitCodes.failed;
  }
}

// Whoever started us may stop reading; the window goes on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

process.exit(await main());
