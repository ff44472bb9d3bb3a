import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { InferenceSession } from "onnxruntime-node";
import { type SplitNetwork, splitNetwork, withoutRim, withPixels } from "../models/index.ts";
import type { NetworkFile } from "../network.ts";
import { modelBroken, providerUnavailable } from "./problems.ts";
import type { Provider } from "./protocol.ts";
import { StripRunner } from "./strip-runner.ts";
import { type Samples, samples } from "./tile-pixels.ts";
import { isTrimmable } from "./tiles.ts";

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
  return await blaming(provider, name, async () => {
    const onnx = await readFile(network.path);
    return await createSession(kind === "float" ? onnx : withPixels(onnx, kind), provider);
  });
}

async function createSession(onnx: Uint8Array, provider: Provider): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  return await InferenceSession.create(onnx, sessionOptions(provider));
}

/** What fails with the processor is the network's fault, what fails with anything else is that one's. */
async function blaming<T>(provider: Provider, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
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
  /** Input pixels on each side that the result leaves out; 0 mostly. */
  readonly rim: number;
  /**
   * @param pixels interleaved RGB, width × height
   * @returns interleaved RGB, `scale` times as wide and as high, but for the rim. Its memory is used again by the next
   * run of the same `slot`
   */
  run(pixels: Samples, width: number, height: number, slot: "colour" | "alpha"): Promise<Samples>;
}

/**
 * @param mayTrim whether the result may leave the padding out (see `withoutRim`)
 * @returns its `run` fails as this does, where the network or the provider turns out not to be up to it
 * @throws KilnError as `openSession`
 */
export async function openTileRunner(
  network: NetworkFile,
  provider: Provider,
  bits: 8 | 16,
  name: string,
  mayTrim = false,
): Promise<TileRunner> {
  const runner = await blaming(provider, name, async () => {
    const onnx = await readFile(network.path);
    const { padding, receptiveRadius, scale } = network;
    const isTrimmed = mayTrim && isTrimmable(network, provider);
    const trimmed = isTrimmed ? withoutRim(onnx, receptiveRadius) : null;
    if (trimmed !== null) {
      return await openWhole(withPixels(trimmed, bits), scale, padding, provider, bits);
    }
    const whole = withPixels(onnx, bits);
    // A graphics card would have to give the features back in between.
    const isSplit = network.architecture === "rrdb" && provider === "cpu";
    const split = isSplit ? splitNetwork(whole) : null;
    return split === null
      ? await openWhole(whole, scale, 0, provider, bits)
      : await openSplit(split, network, bits);
  });
  return {
    ...runner,
    run: (...tile) => blaming(provider, name, () => runner.run(...tile)),
    // A driver that is lost can't let go either; what it was lost over is what is to be heard.
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose]().then(undefined, () => undefined),
  };
}

async function openWhole(
  onnx: Uint8Array,
  scale: number,
  rim: number,
  provider: Provider,
  bits: 8 | 16,
): Promise<TileRunner> {
  const tensor = await tensorMaker();
  const session = await createSession(onnx, provider);
  const [input = ""] = session.inputNames;
  const [output = ""] = session.outputNames;
  const outputs = new Outputs(bits);
  return {
    rim,
    async run(pixels, width, height, slot) {
      const [columns, rows] = [(width - 2 * rim) * scale, (height - 2 * rim) * scale];
      const result = outputs.of(slot, columns * rows * 3);
      await session.run(
        { [input]: tensor(pixels, width, height) },
        { [output]: tensor(result, columns, rows) },
      );
      return result;
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

async function openSplit(
  { trunk, head, channels }: SplitNetwork,
  { scale, multiple }: NetworkFile,
  bits: 8 | 16,
): Promise<TileRunner> {
  const { Tensor } = await loadRuntime();
  const tensor = await tensorMaker();
  const first = await createSession(trunk, "cpu");
  const second = await createSession(head, "cpu");
  const strips = new StripRunner(Tensor, second);
  const [input = ""] = first.inputNames;
  const [output = ""] = first.outputNames;
  const outputs = new Outputs(bits);
  let features = new Float32Array();
  return {
    rim: 0,
    async run(pixels, width, height, slot) {
      const [rows, columns] = [height / multiple, width / multiple];
      const count = channels * rows * columns;
      if (features.length !== count) features = new Float32Array(count);
      await first.run(
        { [input]: tensor(pixels, width, height) },
        { [output]: new Tensor("float32", features, [1, channels, rows, columns]) },
      );
      const result = outputs.of(slot, width * height * scale ** 2 * 3);
      await strips.run(features, [channels, rows, columns], result);
      return result;
    },
    async [Symbol.asyncDispose]() {
      await first.release();
      await second.release();
    },
  };
}

/** Results are written into the same memory again and again: V8 would let go of it late. */
class Outputs {
  readonly #bits: 8 | 16;
  readonly #slots = new Map<string, Samples>();

  constructor(bits: 8 | 16) {
    this.#bits = bits;
  }

  of(slot: string, count: number): Samples {
    const found = this.#slots.get(slot);
    if (found?.length === count) return found;
    const made = samples(this.#bits, count);
    this.#slots.set(slot, made);
    return made;
  }
}

async function tensorMaker() {
  const { Tensor } = await loadRuntime();
  return (values: Samples, width: number, height: number) => {
    const shape = [1, height, width, 3];
    return values instanceof Uint8Array
      ? new Tensor("uint8", values, shape)
      : new Tensor("uint16", values, shape);
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
