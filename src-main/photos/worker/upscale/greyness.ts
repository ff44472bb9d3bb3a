import { open } from "node:fs/promises";
import { type Raster, rowBytes } from "../../../upscale/rasters/index.ts";

/** What is held of the picture at a time. */
const BAND_BYTES = 4 * 2 ** 20;

/**
 * Whether the three colours of a raster are alike in every pixel: a black-and-white photo that is stored as RGB. Reads no
 * further than to the first pixel that has a colour.
 */
export async function isGreyThroughout(raster: Raster, signal: AbortSignal): Promise<boolean> {
  const { channels, bits, height } = raster;
  if (channels < 3) return false;
  const row = rowBytes(raster);
  const rows = Math.max(1, Math.min(height, Math.floor(BAND_BYTES / row)));
  const bytes = Buffer.alloc(rows * row);
  const samples =
    bits === 8 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  await using file = await open(raster.path, "r");
  for (let top = 0; top < height; top += rows) {
    signal.throwIfAborted();
    const count = Math.min(rows, height - top);
    await file.read(bytes, 0, count * row, raster.offset + top * row);
    const end = (count * row) / (bits / 8);
    for (let at = 0; at < end; at += channels) {
      const grey = samples[at];
      if (samples[at + 1] !== grey || samples[at + 2] !== grey) return false;
    }
  }
  return true;
}
