import { open, rm } from "node:fs/promises";
import { type Raster, rowBytes } from "../../../upscale/rasters/index.ts";

/** What is held of the picture at a time. */
const BAND_BYTES = 8 * 2 ** 20;

/** Steps of a chamfer distance (Borgefors 1986): 3 along an edge, 4 across a corner. */
const STRAIGHT = 3;
const DIAGONAL = 4;
const FAR = 0xffff;

export interface AlphaFacts {
  /** The same everywhere. */
  readonly isConstant: boolean;
}

/**
 * Gives every fully transparent pixel of a raster the colour of the nearest one that is not, in place. What stands
 * there is mostly black, and would darken the rim of what can be seen once a filter or a network reaches over it.
 *
 * The nearest is found by a chamfer distance transform in two passes, down and up; distances wait in a file beside
 * the raster meanwhile, so that memory holds a band of rows.
 */
export async function bleedUnderAlpha(raster: Raster, signal: AbortSignal): Promise<AlphaFacts> {
  const { width, height, channels, bits } = raster;
  const row = rowBytes(raster);
  const rows = Math.max(1, Math.min(height, Math.floor(BAND_BYTES / row)));
  const bands = Math.ceil(height / rows);
  await using file = await open(raster.path, "r+");
  const bytes = Buffer.alloc((rows + 2) * row);
  const samples = samplesOf(bytes, bits);
  const alphaAt = channels - 1;
  let least = FAR;
  let most = 0;
  for (let band = 0; band < bands; band += 1) {
    signal.throwIfAborted();
    const count = Math.min(rows, height - band * rows);
    await file.read(bytes, 0, count * row, raster.offset + band * rows * row);
    for (let i = alphaAt; i < count * width * channels; i += channels) {
      const alpha = samples[i] ?? 0;
      if (alpha < least) least = alpha;
      if (alpha > most) most = alpha;
    }
  }
  const facts = { isConstant: least === most };
  if (least > 0 || most === 0) return facts;

  // Distances of a band's rows, with one row before and one behind them that belong to its neighbours.
  const distances = new Uint16Array((rows + 2) * width);
  const distanceBytes = Buffer.from(distances.buffer);
  const distancePath = `${raster.path}.distances`;
  try {
    await using distanceFile = await open(distancePath, "w+");
    for (const way of ["down", "up"] as const) {
      distances.fill(FAR);
      for (let turn = 0; turn < bands; turn += 1) {
        signal.throwIfAborted();
        const band = way === "down" ? turn : bands - 1 - turn;
        const count = Math.min(rows, height - band * rows);
        const at = raster.offset + band * rows * row;
        const distancesAt = 2 * band * rows * width;
        await file.read(bytes, row, count * row, at);
        if (way === "down") {
          for (let y = 1; y <= count; y += 1)
            measureRow(samples, distances, { y, width, channels });
          for (let y = 1; y <= count; y += 1) {
            spreadRow(samples, distances, { y, from: y - 1, width, channels });
          }
          await distanceFile.write(distanceBytes, 2 * width, 2 * count * width, distancesAt);
        } else {
          await distanceFile.read(distanceBytes, 2 * width, 2 * count * width, distancesAt);
          for (let y = count; y >= 1; y -= 1) {
            spreadRow(samples, distances, { y, from: y + 1, width, channels });
          }
        }
        await file.write(bytes, row, count * row, at);
        // The row that the next band goes on from. Every band but the last has all rows.
        const [last, next] = way === "down" ? [count, 0] : [1, rows + 1];
        bytes.copyWithin(next * row, last * row, (last + 1) * row);
        distances.copyWithin(next * width, last * width, (last + 1) * width);
      }
    }
  } finally {
    await rm(distancePath, { force: true });
  }
  return facts;
}

type Samples = Uint8Array | Uint16Array;

function samplesOf(bytes: Buffer, bits: Raster["bits"]): Samples {
  return bits === 8 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
}

interface Row {
  readonly y: number;
  readonly width: number;
  readonly channels: number;
}

/** What can be seen is at distance 0. */
function measureRow(colours: Samples, distances: Uint16Array, { y, width, channels }: Row): void {
  const at = y * width;
  for (let x = 0; x < width; x += 1) {
    distances[at + x] = colours[(at + x + 1) * channels - 1] === 0 ? FAR : 0;
  }
}

/** Takes the colour of whichever neighbour is nearest to something visible: of row `from`, and of both sides. */
function spreadRow(
  colours: Samples,
  distances: Uint16Array,
  { y, from, width, channels }: Row & { readonly from: number },
): void {
  const at = y * width;
  const besides = from * width;
  const take = (x: number, neighbour: number, step: number): void => {
    const distance = (distances[neighbour] ?? FAR) + step;
    if (distance >= (distances[at + x] ?? 0)) return;
    distances[at + x] = distance;
    for (let c = 0; c < channels - 1; c += 1) {
      colours[(at + x) * channels + c] = colours[neighbour * channels + c] ?? 0;
    }
  };
  for (let x = 0; x < width; x += 1) {
    if (distances[at + x] === 0) continue;
    take(x, besides + x, STRAIGHT);
    if (x > 0) {
      take(x, at + x - 1, STRAIGHT);
      take(x, besides + x - 1, DIAGONAL);
    }
    if (x < width - 1) take(x, besides + x + 1, DIAGONAL);
  }
  for (let x = width - 2; x >= 0; x -= 1) {
    if (distances[at + x] !== 0) take(x, at + x + 1, STRAIGHT);
  }
}
