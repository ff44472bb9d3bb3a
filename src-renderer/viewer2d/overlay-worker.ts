import type { OverlayAnswer, OverlayRequest } from "./overlay-protocol.ts";
import { clippingOverlay, peakingOverlay } from "./overlays.ts";

addEventListener("message", ({ data }: MessageEvent<OverlayRequest>) => {
  const { id, kinds, pixels, size } = data;
  const started = performance.now();
  const layers = kinds.map((kind) =>
    kind === "clipping" ? clippingOverlay(pixels, size) : peakingOverlay(pixels, size),
  );
  const [first, ...others] = layers;
  if (first === undefined) return;
  // Clipping lies above focus: it is the rarer of the two.
  const marks = new Uint32Array(first.buffer);
  for (const layer of others) {
    const above = new Uint32Array(layer.buffer);
    for (let i = 0; i < marks.length; i += 1) marks[i] = above[i] || (marks[i] ?? 0);
  }
  const answer: OverlayAnswer = { id, marks: first, size, ms: performance.now() - started };
  postMessage(answer, { transfer: [first.buffer] });
});
