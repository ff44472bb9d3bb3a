import { join } from "node:path";
import type { ContractRouterClient } from "@orpc/contract";
import { createRouterClient } from "@orpc/server";
import type { Contract } from "../../src-preload/contract/contract.ts";
import { KilnError } from "../errors.ts";
import { nodeHost } from "../host/index.ts";
import { createLog } from "../log/index.ts";
import { openPreferencesFile } from "../preferences/index.ts";
import { createRouter } from "../router.ts";
import { connectLocalDoor } from "../server/index.ts";
import { createServices, type WorkerModules } from "../services.ts";
import { forkLauncher } from "../workers/index.ts";

export type KilnClient = ContractRouterClient<Contract>;

/** A Kiln to ask: this process's own, or the one that has the library open. */
export interface KilnConnection {
  readonly client: KilnClient;
  /** A token for paths that the person typed. */
  token(paths: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly libraryDirectory: string;
  readonly version: string;
  readonly workers: WorkerModules;
}

/**
 * Opens the library in this process.
 * @throws KilnError `library-busy` when another process has it open, and whatever else keeps a library shut
 */
export function openInProcess(options: ConnectionOptions): KilnConnection {
  const { libraryDirectory, version, workers } = options;
  const services = createServices({
    libraryDirectory,
    version,
    workers,
    host: nodeHost(Intl.DateTimeFormat().resolvedOptions().locale),
    log: createLog({ directory: join(libraryDirectory, "logs") }),
    preferencesFile: openPreferencesFile(libraryDirectory),
    launcher: forkLauncher(),
  });
  return {
    client: createRouterClient(createRouter(services)),
    token: (paths) => Promise.resolve(services.sources.issue(paths)),
    close: () => services.close(),
  };
}

/** Opens the library, or reaches the Kiln that has it open: work then happens there. */
export async function openKiln(options: ConnectionOptions): Promise<KilnConnection> {
  try {
    return openInProcess(options);
  } catch (error) {
    if (!(error instanceof KilnError && error.code === "library-busy")) throw error;
    const open = await connectLocalDoor(options.libraryDirectory);
    if (open === null) throw error;
    return open;
  }
}
