/** Families of networks whose weights Kiln reads; `onnx` is a graph that was brought ready-made. */
export const architectures = ["compact", "rrdb", "onnx"] as const;
export type Architecture = (typeof architectures)[number];

/** What must be known of an upscaling network to run it without seams. All lengths are input pixels. */
export interface NetworkInfo {
  readonly architecture: Architecture;
  /** Output pixels an input pixel, along each edge: 1, 2, 3, 4, 8 or 16; 0 where only running a foreign graph tells. */
  readonly scale: number;
  /** The edges of what it takes in are multiples of this (pixel unshuffle); 1 mostly. */
  readonly multiple: number;
  /** How far away an input pixel can be that an output pixel depends on. */
  readonly receptiveRadius: number;
  /** What a tile takes from its neighbours: the receptive radius, or less where the rest can't be seen (RRDB). */
  readonly padding: number;
  /** Floating-point operations an input pixel, a multiply-add counted as two; 0 where the graph is foreign. */
  readonly flops: number;
  /** Trained numbers in it; 0 where the graph is foreign. */
  readonly parameters: number;
}

/**
 * A network on the disk: an ONNX graph, float32, one input [1, 3, H, W] and one output [1, 3, H·scale, W·scale], both
 * RGB in 0..1 (not yet clamped), H and W free, weights inside the file.
 */
export interface NetworkFile extends NetworkInfo {
  /** Absolute path of the .onnx file. */
  readonly path: string;
  /** The model's, for what is said about it. */
  readonly name?: string;
}
