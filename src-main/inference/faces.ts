import { type AnchorGrid, mergeSightings, type Sighting, sightings } from "./blazeface.ts";
import { type Network, openNetwork } from "./networks.ts";
import { facesUnavailable } from "./problems.ts";
import { FACE_WINDOW_EDGE, type Face, type FaceWindow } from "./protocol.ts";

/** The network's outputs: scores and boxes of each grid. */
const GRIDS = [
  { cells: 16, scores: "Identity:0", boxes: "Identity_2:0" },
  { cells: 8, scores: "Identity_1:0", boxes: "Identity_3:0" },
] as const;

/**
 * Looks for faces in windows of one photo.
 *
 * @returns each face once, largest first
 * @throws KilnError `faces-unavailable` when the network can't be loaded or a window is none; the signal's reason
 */
export async function findFaces(
  windows: readonly FaceWindow[],
  signal: AbortSignal,
): Promise<Face[]> {
  const network = await openNetwork("blazeface-front.onnx").catch((error: unknown) => {
    throw facesUnavailable(error);
  });
  const seen: Sighting[] = [];
  // One for all windows: they are looked at one after the other.
  const values = new Float32Array(3 * FACE_WINDOW_EDGE ** 2);
  for (const [index, window] of windows.entries()) {
    signal.throwIfAborted();
    refuseNonsense(window);
    scaleInto(values, window.pixels);
    seen.push(...sightings(await look(network, values), window.place, index));
  }
  return mergeSightings(seen);
}

function refuseNonsense({ place, pixels }: FaceWindow): void {
  const isPlace =
    place.length === 4 && place.every(Number.isFinite) && place[2] > 0 && place[3] > 0;
  if (isPlace && pixels.length === 3 * FACE_WINDOW_EDGE ** 2) return;
  throw facesUnavailable(new RangeError(`A window of ${pixels.length} bytes at ${place}`));
}

/** The network was trained on -1 (black) to 1 (white). */
const scale = Float32Array.from({ length: 256 }, (_, level) => level / 127.5 - 1);

function scaleInto(values: Float32Array, pixels: Uint8Array): void {
  for (let i = 0; i < pixels.length; i += 1) values[i] = scale[pixels[i] ?? 0] ?? 0;
}

async function look({ runtime, session }: Network, values: Float32Array): Promise<AnchorGrid[]> {
  const shape = [1, FACE_WINDOW_EDGE, FACE_WINDOW_EDGE, 3];
  const [input = ""] = session.inputNames;
  const outputs = await session
    .run({ [input]: new runtime.Tensor("float32", values, shape) })
    .catch((error: unknown) => {
      throw facesUnavailable(error);
    });
  const numbers = (name: string): Float32Array => {
    const data = outputs[name]?.data;
    if (data instanceof Float32Array) return data;
    throw facesUnavailable(new TypeError(`The network has no output ${name}`));
  };
  return GRIDS.map(({ cells, scores, boxes }) => ({
    cells,
    scores: numbers(scores),
    boxes: numbers(boxes),
  }));
}
