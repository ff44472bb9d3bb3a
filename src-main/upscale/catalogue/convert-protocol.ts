import type { NetworkInfo } from "../network.ts";

/** A network that was written as an ONNX file. */
export interface ConvertedNetwork {
  readonly network: NetworkInfo;
  readonly bytes: number;
  readonly sha256: string;
}

/** What the converting child does: it reads weights of any origin, and writes graphs. Paths are absolute. */
export type ConvertWorkerMethods = {
  /** Reads a model and writes it as ONNX. Fails with the KilnErrors of `readNetwork`, and `disk-full`. */
  convert: {
    input: {
      /** The model's, for what is said about it. */
      readonly name: string;
      readonly weights: string;
      /** ncnn's description of a .bin; null for other formats. */
      readonly param: string | null;
      readonly target: string;
    };
    output: ConvertedNetwork;
    progress: never;
  };
  /** Deep network interpolation: share · general + (1 − share) · grain, tensor by tensor, written as ONNX. */
  blend: {
    input: {
      readonly name: string;
      /** ONNX files of two networks that were trained from one. */
      readonly general: string;
      readonly grain: string;
      /** 0..1 */
      readonly share: number;
      readonly target: string;
    };
    output: ConvertedNetwork;
    progress: never;
  };
};
