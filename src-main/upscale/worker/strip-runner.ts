import type { InferenceSession } from "onnxruntime-node";
import type { Samples } from "./tile-pixels.ts";
import { starts } from "./tiles.ts";

/** Pixels of the trunk that are enlarged at once: features of some 200 MB for a network by four. */
export const STRIP_PIXELS = 16_384;

/**
 * How many rows around a strip its result depends on: with R rows behind an enlargement by 2, ⌈(R + 1) / 2⌉ before it
 * and its convolution; behind the last one there are two convolutions, so that it is 2 for any number of them.
 */
const AROUND = 2;

interface Strip {
  /** The first row that goes in, and of those that come out the ones that are right. */
  readonly top: number;
  readonly from: number;
  readonly to: number;
}

/** Strips of one height that together give every row. */
export function stripsOf(rows: number, height: number): Strip[] {
  if (rows <= height) return [{ top: 0, from: 0, to: rows }];
  const step = height - 2 * AROUND;
  let done = 0;
  return starts(0, rows - 2 * AROUND, step, 1).map((top) => {
    const to = top + height === rows ? rows : top + height - AROUND;
    const strip = { top, from: done, to };
    done = to;
    return strip;
  });
}

/** Runs the half of a network that enlarges, strip by strip: the same as at once, in a fraction of the memory. */
export class StripRunner {
  readonly #Tensor: typeof import("onnxruntime-node").Tensor;
  readonly #head: InferenceSession;
  #input = new Float32Array();

  constructor(Tensor: typeof import("onnxruntime-node").Tensor, head: InferenceSession) {
    this.#Tensor = Tensor;
    this.#head = head;
  }

  /**
   * @param features planes of the trunk, channels × rows × columns
   * @param result filled with interleaved RGB
   */
  async run(
    features: Float32Array,
    [channels, rows, columns]: readonly [number, number, number],
    result: Samples,
  ): Promise<void> {
    const height = Math.min(rows, Math.max(4 * AROUND, Math.floor(STRIP_PIXELS / columns)));
    const count = channels * height * columns;
    if (this.#input.length !== count) this.#input = new Float32Array(count);
    const [input = ""] = this.#head.inputNames;
    const [output = ""] = this.#head.outputNames;
    const shape = [1, channels, height, columns];
    // Of one row of the trunk.
    const samplesOfRow = result.length / rows;
    for (const { top, from, to } of stripsOf(rows, height)) {
      for (let channel = 0; channel < channels; channel += 1) {
        const plane = (channel * rows + top) * columns;
        this.#input.set(
          features.subarray(plane, plane + height * columns),
          channel * height * columns,
        );
      }
      const tensor = new this.#Tensor("float32", this.#input, shape);
      const { [output]: strip } = await this.#head.run({ [input]: tensor });
      const values = strip?.data;
      if (!(values instanceof Uint8Array || values instanceof Uint16Array)) {
        throw new TypeError("The network gives no pixels");
      }
      result.set(
        values.subarray((from - top) * samplesOfRow, (to - top) * samplesOfRow),
        from * samplesOfRow,
      );
      strip?.dispose();
    }
  }
}
