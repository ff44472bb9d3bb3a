import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-node";

/** Sources and builds lie equally deep below the repository, or the packed app. */
const weights = join(import.meta.dirname, "..", "..", "weights");

type Runtime = typeof import("onnxruntime-node");

/** A network that has been loaded, and the runtime that runs it. */
export interface Network {
  readonly runtime: Runtime;
  readonly session: InferenceSession;
}

const loaded = new Map<string, Promise<Network>>();

/**
 * A network of weights/, loaded at its first use and kept.
 *
 * @param file its name there
 * @throws Error when the runtime or the file doesn't load; the next call tries again
 */
export async function openNetwork(file: string): Promise<Network> {
  const network = loaded.get(file) ?? load(file);
  loaded.set(file, network);
  try {
    return await network;
  } catch (error) {
    loaded.delete(file);
    throw error;
  }
}

async function load(file: string): Promise<Network> {
  // Not imported at the top: a system without its binary would have no child at all.
  const runtime = await import("onnxruntime-node");
  // Read by Node, which can look into the packed app's archive.
  const session = await runtime.InferenceSession.create(await readFile(join(weights, file)), {
    executionProviders: ["cpu"],
    // The networks are small: more threads cost more than they bring.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return { runtime, session };
}
