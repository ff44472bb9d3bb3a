import type { InferenceSession } from "onnxruntime-node";
import type { NetworkFile } from "../network.ts";
import { modelBroken, providerUnavailable, providerWrong } from "./problems.ts";
import type { Provider, UpscaleWorkerMethods } from "./protocol.ts";
import { isOutOfMemory, loadRuntime, openSession, openTileRunner } from "./runtime.ts";
import { TOLERANCE } from "./tile-judge.ts";

/** Small enough for a software renderer, larger than any one convolution's working set of rows. */
const PICTURE = { width: 24, height: 20 };

/** What a picture must take at least for its time to say something, and the largest one that is timed. */
const TELLING_MS = 150;
const LARGEST_TIMED_EDGE = 256;

/** Results that are right all over the range are not all alike: a network that gives one colour says nothing. */
const LEAST_CONTRAST = 1 / 255;

/** Compares a provider with the processor; see `UpscaleWorkerMethods`. */
export async function selfTest({
  network,
  provider,
  name,
}: UpscaleWorkerMethods["selfTest"]["input"]): Promise<UpscaleWorkerMethods["selfTest"]["output"]> {
  const picture = seededPicture(network, PICTURE.width, PICTURE.height);
  const right = await runOnce(network, "cpu", picture, name);
  const wrong = await runOnce(network, provider, picture, name);
  const difference = largestDifference(right, wrong);
  if (difference === null) throw providerWrong(provider, null);
  if (difference > TOLERANCE) throw providerWrong(provider, difference * 255);
  const isFlat = contrast(right) < LEAST_CONTRAST;
  if (isFlat) throw modelBroken(name, new Error("It gives one colour for every picture"));
  return {
    maxDifference: difference * 255,
    secondsPerMegapixel: await timeOf(network, provider, name),
  };
}

/** Runs a network that was brought on two pictures; see `UpscaleWorkerMethods`. */
export async function check({
  network,
  name,
}: UpscaleWorkerMethods["check"]["input"]): Promise<UpscaleWorkerMethods["check"]["output"]> {
  const scales: number[] = [];
  for (const [width, height] of [
    [24, 20],
    [16, 28],
  ] as const) {
    const picture = seededPicture(network, width, height);
    const { data, dims } = await tryOn(network, picture, name);
    const [batch, channels, rows = 0, columns = 0] = dims;
    const scale = columns / picture.width;
    const isPicture =
      batch === 1 && channels === 3 && rows === picture.height * scale && Number.isInteger(scale);
    if (!isPicture || scale < 1 || scale > 16 || !data.every(Number.isFinite)) {
      throw modelBroken(name, new RangeError(`${width} × ${height} gave ${dims.join(" × ")}`));
    }
    scales.push(scale);
  }
  const [scale = 0, again] = scales;
  const isSaid = network.architecture === "onnx" || scale === network.scale;
  if (scale !== again || !isSaid) {
    throw modelBroken(name, new RangeError(`Its scale is ${scales.join(" or ")}`));
  }
  return { scale };
}

/** On a picture this small a network that finds no memory never will. */
async function tryOn(network: NetworkFile, picture: Picture, name: string): Promise<Numbers> {
  try {
    return await runOnce(network, "cpu", picture, name);
  } catch (error) {
    throw isOutOfMemory(error) ? modelBroken(name, error) : error;
  }
}

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Planes of red, green and blue, 0..1. */
  readonly values: Float32Array;
}

interface Numbers {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Ramps, an edge and noise in each channel; always the same one. Edges are multiples of the network's. */
function seededPicture({ multiple }: NetworkFile, width: number, height: number): Picture {
  const [columns, rows] = [width, height].map((edge) => Math.ceil(edge / multiple) * multiple);
  const [w = 0, h = 0] = [columns, rows];
  const values = new Float32Array(3 * w * h);
  let state = 0x2545f491;
  for (let i = 0; i < values.length; i += 1) {
    // Marsaglia's xorshift (2003).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const [x, y] = [i % w, Math.floor(i / w) % h];
    const channel = Math.floor(i / (w * h));
    const ramp = channel === 1 ? y / h : x / w;
    const edge = x + (channel + 1) * y > (w + h) / 2 ? 0.3 : 0;
    values[i] = Math.min(1, 0.5 * ramp + edge + 0.2 * ((state >>> 0) / 2 ** 32));
  }
  return { width: w, height: h, values };
}

/** @throws KilnError as `openSession`, and for what fails while it runs */
async function runOnce(
  network: NetworkFile,
  provider: Provider,
  picture: Picture,
  name: string,
): Promise<Numbers> {
  const session = await openSession(network, provider, "float", name);
  try {
    return await runSession(session, picture);
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    throw provider === "cpu" ? modelBroken(name, error) : providerUnavailable(provider, error);
  } finally {
    await session.release();
  }
}

async function runSession(session: InferenceSession, picture: Picture): Promise<Numbers> {
  const { Tensor } = await loadRuntime();
  const [input = ""] = session.inputNames;
  const [output = ""] = session.outputNames;
  const shape = [1, 3, picture.height, picture.width];
  const results = await session.run({ [input]: new Tensor("float32", picture.values, shape) });
  const { data, dims } = results[output] ?? {};
  if (!(data instanceof Float32Array) || dims === undefined) {
    throw new TypeError("The network gives no numbers");
  }
  return { data, dims };
}

/** As a share of the range; null where one gives no number, or another count of them. */
export function largestDifference(right: Numbers, other: Numbers): number | null {
  if (right.data.length !== other.data.length) return null;
  let most = 0;
  for (const [i, value] of other.data.entries()) {
    if (!Number.isFinite(value)) return null;
    most = Math.max(most, Math.abs(value - (right.data[i] ?? 0)));
  }
  return most;
}

function contrast({ data }: Numbers): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most - least;
}

/** Wall seconds an output megapixel, on pixels as in earnest: pictures grow until one takes long enough to tell. */
async function timeOf(network: NetworkFile, provider: Provider, name: string): Promise<number> {
  await using runner = await openTileRunner(network, provider, 8, name);
  for (let edge = 32; ; edge *= 2) {
    const size = Math.ceil(edge / network.multiple) * network.multiple;
    const pixels = new Uint8Array(size ** 2 * 3).map((_, i) => (i * 73) % 256);
    await runner.run(pixels, size, size, "colour");
    const start = performance.now();
    await runner.run(pixels, size, size, "colour");
    const took = performance.now() - start;
    if (took >= TELLING_MS || edge >= LARGEST_TIMED_EDGE) {
      return took / 1000 / ((size * network.scale) ** 2 / 1e6);
    }
  }
}
