import type { Box } from "../../src-preload/contract/photos.ts";
import type { CanvasSpace } from "./colour-space.ts";

/** What the page asks of the decoding worker. */
export type DecodeRequest =
  | {
      readonly kind: "decode";
      readonly id: number;
      /** Absolute address of the picture. */
      readonly url: string;
      /** Colours of the canvas that it will be drawn on. */
      readonly space: CanvasSpace;
      /** Only this part of it, in shares of the upright picture. */
      readonly part?: Box;
    }
  | { readonly kind: "abort"; readonly id: number };

/** One answer a request: pixels; or what the host said when it refused; or neither, when they can't be decoded. */
export interface DecodeAnswer {
  readonly id: number;
  readonly bitmap?: ImageBitmap;
  readonly refusal?: string;
}
