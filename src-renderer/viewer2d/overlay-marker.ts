import type { OverlayAnswer, OverlayKind, OverlayRequest } from "./overlay-protocol.ts";
import type { Rect } from "./viewport.ts";

/** Marks that are on their way. */
export interface Marking {
  cancel(): void;
}

let worker: Worker | null = null;
let lastId = 0;
const waiting = new Map<number, (answer: OverlayAnswer) => void>();

function startWorker(): Worker {
  const started = new Worker(new URL("./overlay-worker.ts", import.meta.url), { type: "module" });
  started.addEventListener("message", ({ data }: MessageEvent<OverlayAnswer>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  });
  return started;
}

/**
 * Marks what is seen of a photo, off the critical path: its pixels are read when the page is idle and looked through in
 * a worker.
 * @param seen the photo's part of the canvas, device pixels
 * @param marks canvas of the same size above it
 */
export function markLater(
  from: CanvasRenderingContext2D,
  seen: Rect,
  kinds: readonly OverlayKind[],
  marks: HTMLCanvasElement,
): Marking {
  lastId += 1;
  const id = lastId;
  const read = (): void => {
    worker ??= startWorker();
    const started = performance.now();
    const image = from.getImageData(seen.x, seen.y, seen.width, seen.height, {
      colorSpace: "srgb",
    });
    const pixels = new Uint8ClampedArray(image.data);
    const readMs = performance.now() - started;
    waiting.set(id, (answer) => {
      const written = performance.now();
      const { width, height } = answer.size;
      marks
        .getContext("2d")
        ?.putImageData(new ImageData(answer.marks, width, height), seen.x, seen.y);
      marks.dataset.marked = kinds.join(" ");
      // For the bench: what it cost in the worker, and on the thread of the page.
      marks.dataset.cost = `${Math.round(answer.ms)}+${Math.round(readMs + performance.now() - written)}`;
    });
    const size = { width: seen.width, height: seen.height };
    const request: OverlayRequest = { id, kinds, pixels, size };
    worker.postMessage(request, [pixels.buffer]);
  };
  const idle = requestIdleCallback(read, { timeout: 200 });
  return {
    cancel: () => {
      cancelIdleCallback(idle);
      waiting.delete(id);
    },
  };
}

export function clearMarks(marks: HTMLCanvasElement): void {
  if (marks.dataset.marked === undefined) return;
  marks.getContext("2d")?.clearRect(0, 0, marks.width, marks.height);
  delete marks.dataset.marked;
  delete marks.dataset.cost;
}
