/** A Kiln without a window, run from its sources. */
import { join } from "node:path";
import { nodeHost } from "./host/index.ts";
import { createLog } from "./log/index.ts";
import { openPreferencesFile } from "./preferences/index.ts";
import { createServices, type Services, type WorkerModules } from "./services.ts";
import { forkLauncher } from "./workers/index.ts";

const room = (...path: string[]): string => join(import.meta.dirname, ...path);

export const workerSources: WorkerModules = {
  images: room("photos", "worker", "image-worker.ts"),
  inference: room("inference", "inference-worker.ts"),
  convert: room("upscale", "catalogue", "convert-worker.ts"),
  upscale: room("upscale", "worker", "upscale-worker.ts"),
};

/** The caller closes them. */
export function openServices(libraryDirectory: string): Services {
  return createServices({
    libraryDirectory,
    version: "0.0.0",
    workers: workerSources,
    host: nodeHost("en"),
    log: createLog({ directory: join(libraryDirectory, "logs") }),
    preferencesFile: openPreferencesFile(libraryDirectory),
    launcher: forkLauncher(),
  });
}
