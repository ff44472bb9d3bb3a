import type { Box } from "../../src-preload/contract/photos.ts";
import { colourSpaceOf } from "./colour-space.ts";
import type { DecodeAnswer, DecodeRequest } from "./decode-protocol.ts";

/** Where a JPEG's profile lies: after its EXIF block and preview, before its pixels. */
const headBytes = 512 * 1024;

const running = new Map<number, AbortController>();

addEventListener("message", ({ data }: MessageEvent<DecodeRequest>) => {
  if (data.kind === "abort") running.get(data.id)?.abort();
  else void answer(data);
});

async function answer({ id, url, space, part }: DecodeRequest & { kind: "decode" }): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) {
      post({ id, refusal: await response.text() });
      return;
    }
    const blob = await response.blob();
    abort.signal.throwIfAborted();
    // Decoding can't be stopped: what was decoded is handed over even if nobody waits for it any more.
    const whole = await createImageBitmap(blob, { imageOrientation: "from-image" });
    const bitmap = part === undefined ? whole : await cut(whole, part);
    const head = new Uint8Array(await blob.slice(0, headBytes).arrayBuffer());
    const shown = colourSpaceOf(head) === space ? bitmap : convert(bitmap, space);
    post({ id, bitmap: shown }, [shown]);
  } catch {
    // Damaged, cut off or aborted: the page knows what it asked for and says so.
    post({ id });
  } finally {
    running.delete(id);
  }
}

/** A part of a picture; the rest is let go. */
async function cut(whole: ImageBitmap, [x, y, width, height]: Box): Promise<ImageBitmap> {
  const part = await createImageBitmap(
    whole,
    Math.round(x * whole.width),
    Math.round(y * whole.height),
    Math.max(1, Math.round(width * whole.width)),
    Math.max(1, Math.round(height * whole.height)),
  );
  whole.close();
  return part;
}

/** The same pixels in the colours of the canvas. */
function convert(bitmap: ImageBitmap, space: DecodeSpace): ImageBitmap {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  // In main memory: a texture of this size would go to the GPU and back.
  const context = canvas.getContext("2d", { colorSpace: space, willReadFrequently: true });
  if (context === null) return bitmap;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.transferToImageBitmap();
}

type DecodeSpace = (DecodeRequest & { kind: "decode" })["space"];

function post(message: DecodeAnswer, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}
