import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { InferenceSession } from "onnxruntime-node";
import { withPixels } from "../models/index.ts";
import type { NetworkFile } from "../network.ts";
import { modelBroken, providerUnavailable } from "./problems.ts";
import type { Provider } from "./protocol.ts";
import { type Samples, samples } from "./tile-pixels.ts";

/** Not imported at the top of a module: a system without its binary would have no child at all. */
export async function loadRuntime(): Promise<typeof import("onnxruntime-node")> {
  return await import("onnxruntime-node");
}

/** What a session takes and gives: pixels of 8 or 16 bits (see `withPixels`), or the network's own numbers. */
export type SampleKind = 8 | 16 | "float";

/**
 * @param name of what the network is, for what is said when it can't be loaded
 * @throws KilnError `provider-unavailable`; `model-broken` where even the processor can't load it
 */
export async function openSession(
  network: NetworkFile,
  provider: Provider,
  kind: SampleKind,
  name: string,
): Promise<InferenceSession> {
  try {
    const { InferenceSession } = await loadRuntime();
    const onnx = await readFile(network.path);
    return await InferenceSession.create(
      kind === "float" ? onnx : withPixels(onnx, kind),
      sessionOptions(provider),
    );
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    throw provider === "cpu" ? modelBroken(name, error) : providerUnavailable(provider, error);
  }
}

export function sessionOptions(provider: Provider): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: availableParallelism(),
    interOpNumThreads: 1,
    executionMode: "sequential",
    // Without the arena every layer's result is fresh memory from the system, and clearing its pages takes longer
    // than some layers do. Planning ahead for a shape brings nothing more, and takes half as much again.
    enableCpuMemArena: true,
    enableMemPattern: false,
    logSeverityLevel: 3,
    // Threads that wait by spinning take the processor away from the window.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
}

/** Runs one network on tiles of pixels. */
export interface TileRunner extends AsyncDisposable {
  /**
   * @param pixels interleaved RGB, width × height
   * @returns interleaved RGB, `scale` times as wide and as high. Its memory is used again by the next run of the same
   * `slot`
   */
  run(pixels: Samples, width: number, height: number, slot: "colour" | "alpha"): Promise<Samples>;
}

/** @throws KilnError as `openSession` */
export async function openTileRunner(
  network: NetworkFile,
  provider: Provider,
  bits: 8 | 16,
  name: string,
): Promise<TileRunner> {
  const { Tensor } = await loadRuntime();
  const session = await openSession(network, provider, bits, name);
  const [input = ""] = session.inputNames;
  const [output = ""] = session.outputNames;
  const outputs = new Map<string, Samples>();
  const tensor = (values: Samples, width: number, height: number) => {
    const shape = [1, height, width, 3];
    return values instanceof Uint8Array
      ? new Tensor("uint8", values, shape)
      : new Tensor("uint16", values, shape);
  };
  return {
    async run(pixels, width, height, slot) {
      const { scale } = network;
      const count = width * height * scale ** 2 * 3;
      let result = outputs.get(slot);
      if (result?.length !== count) {
        result = samples(bits, count);
        outputs.set(slot, result);
      }
      await session.run(
        { [input]: tensor(pixels, width, height) },
        { [output]: tensor(result, width * scale, height * scale) },
      );
      return result;
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

/** Whether ONNX Runtime, JavaScript or the system found no memory. */
export function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && /^(ENOMEM|ERR_MEMORY_ALLOCATION_FAILED)$/.test(String(error.code))) {
    return true;
  }
  return /bad[_ ]alloc|failed to allocate memory|allocation failed|out of memory|not enough memory/i.test(
    error.message,
  );
}
