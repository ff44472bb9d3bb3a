import { type FileHandle, open } from "node:fs/promises";
import { createTarget, type Raster, rowBytes } from "../../../upscale/rasters/index.ts";

/** What is held of the upright picture at a time. */
const BAND_BYTES = 48 * 2 ** 20;

/**
 * Writes a raster's pixels as EXIF orientation 2..8 (EXIF 2.32, tag 0x0112) says that they belong, into a new raster.
 * Reads it in columns where the picture lies on its side, so that a band of upright rows is all that memory holds.
 */
export async function writeUpright(
  stored: Raster,
  orientation: number,
  path: string,
  signal: AbortSignal,
): Promise<Raster> {
  const isOnItsSide = orientation >= 5;
  const { channels, bits } = stored;
  const width = isOnItsSide ? stored.height : stored.width;
  const height = isOnItsSide ? stored.width : stored.height;
  const upright = await createTarget(path, { width, height, channels, bits });
  await using from = await open(stored.path, "r");
  await using to = await open(path, "r+");
  const row = rowBytes(upright);
  const rows = Math.max(1, Math.min(height, Math.floor(BAND_BYTES / row)));
  const band = Buffer.alloc(row * rows);
  for (let top = 0; top < height; top += rows) {
    signal.throwIfAborted();
    const count = Math.min(rows, height - top);
    const fill = isOnItsSide ? fillFromColumns : fillFromRows;
    await fill({ from, stored, orientation, band, row, top, count });
    await to.write(band, 0, count * row, upright.offset + top * row);
  }
  return upright;
}

interface Filling {
  readonly from: FileHandle;
  readonly stored: Raster;
  readonly orientation: number;
  /** Upright rows `top` and `count - 1` more, of `row` bytes each. */
  readonly band: Buffer;
  readonly row: number;
  readonly top: number;
  readonly count: number;
}

/** Orientations 2 to 4: rows stay rows. */
async function fillFromRows({
  from,
  stored,
  orientation,
  band,
  row,
  top,
  count,
}: Filling): Promise<void> {
  const isUpsideDown = orientation === 3 || orientation === 4;
  const isMirrored = orientation === 2 || orientation === 3;
  const first = isUpsideDown ? stored.height - top - count : top;
  await from.read(band, 0, count * row, stored.offset + first * row);
  const pixel = row / stored.width;
  if (isUpsideDown) reverse(band.subarray(0, count * row), row);
  for (let y = 0; isMirrored && y < count; y += 1) {
    reverse(band.subarray(y * row, (y + 1) * row), pixel);
  }
}

/** Orientations 5 to 8: an upright row is a stored column. */
async function fillFromColumns({
  from,
  stored,
  orientation,
  band,
  row,
  top,
  count,
}: Filling): Promise<void> {
  const storedRow = rowBytes(stored);
  const pixel = storedRow / stored.width;
  const fromRight = orientation === 7 || orientation === 8;
  const fromBottom = orientation === 6 || orientation === 7;
  const left = fromRight ? stored.width - top - count : top;
  const piece = Buffer.alloc(count * pixel);
  for (let y = 0; y < stored.height; y += 1) {
    await from.read(piece, 0, piece.length, stored.offset + y * storedRow + left * pixel);
    const x = fromBottom ? stored.height - 1 - y : y;
    for (let i = 0; i < count; i += 1) {
      const at = (fromRight ? count - 1 - i : i) * pixel;
      const target = i * row + x * pixel;
      for (let byte = 0; byte < pixel; byte += 1) band[target + byte] = piece[at + byte] ?? 0;
    }
  }
}

/** The pieces of `size` bytes in the opposite order. */
function reverse(bytes: Buffer, size: number): void {
  const piece = Buffer.alloc(size);
  for (let low = 0, high = bytes.length - size; low < high; low += size, high -= size) {
    bytes.copy(piece, 0, low, low + size);
    bytes.copyWithin(low, high, high + size);
    piece.copy(bytes, high);
  }
}
