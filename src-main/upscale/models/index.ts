/** Reads trained networks in whatever file people have them, and writes them as ONNX. */
export { blendNetworks, type ModelFiles, type ReadNetwork, readNetwork } from "./read-network.ts";
export { type SplitNetwork, splitNetwork } from "./split-network.ts";
export { withPixels } from "./with-pixels.ts";
export { withoutRim } from "./without-rim.ts";
