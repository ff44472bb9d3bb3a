/**
 * How a picture is cut into tiles that leave no seams. The picture is extended by reflection (its edge pixels are not
 * repeated) as far as its network looks; a tile is cut from the extended picture with that much around it, and only
 * its middle is kept. All tiles of a run have one size: the last ones reach back over what is finished.
 */

import type { NetworkInfo } from "../network.ts";
import type { Provider } from "./protocol.ts";

/** The size of a tile and where tiles begin, in input pixels, padding not counted. */
export interface TileGrid {
  readonly width: number;
  readonly height: number;
  /** Taken on each side from what lies around it; a multiple of the network's `multiple`. */
  readonly padding: number;
  /** Left edges, from left to right. */
  readonly columns: readonly number[];
}

/** Whether tiles of a network are computed without a rim: its padding then costs half (see `withoutRim`). */
export function isTrimmable(
  network: Pick<NetworkInfo, "architecture" | "multiple" | "padding" | "receptiveRadius">,
  provider: Provider,
): boolean {
  const { architecture, multiple, padding, receptiveRadius } = network;
  // Graphics cards' results are judged with their rim.
  if (provider !== "cpu" || architecture !== "compact") return false;
  return multiple === 1 && padding === receptiveRadius;
}

interface Picture {
  readonly width: number;
  readonly height: number;
}

interface Demands {
  readonly padding: number;
  readonly multiple: number;
}

/** @param tile longest edge of a tile; 0 is one tile for the whole picture */
export function tileGrid(picture: Picture, network: Demands, tile: number): TileGrid {
  const { multiple } = network;
  const width = tileEdge(picture.width, tile, multiple);
  return {
    width,
    height: tileEdge(picture.height, tile, multiple),
    padding: upTo(network.padding, multiple),
    columns: starts(0, picture.width, width, multiple),
  };
}

/**
 * Top edges of the rows of tiles that are still to do.
 *
 * @param from the first row that is not finished; it is rounded down to where a tile may begin
 */
export function bandStarts(
  picture: Picture,
  network: Demands,
  grid: TileGrid,
  from: number,
): number[] {
  const { multiple } = network;
  return starts(Math.floor(from / multiple) * multiple, picture.height, grid.height, multiple);
}

/** Pixels that run through the network for each channel set, padding counted. */
export function tilePixels(grid: TileGrid): number {
  return (grid.width + 2 * grid.padding) * (grid.height + 2 * grid.padding);
}

/** Equal tiles that cover a length with as little overlap as possible. */
function tileEdge(length: number, tile: number, multiple: number): number {
  const largest = tile === 0 ? length : Math.max(multiple, tile - (tile % multiple));
  return upTo(length / Math.ceil(length / largest), multiple);
}

/** Where pieces of one length begin that cover another: the last one reaches back. */
export function starts(from: number, length: number, edge: number, multiple: number): number[] {
  const last = Math.max(0, upTo(length - edge, multiple));
  const found: number[] = [];
  for (let at = from; at < length; at += edge) found.push(Math.min(at, last));
  return found;
}

function upTo(length: number, multiple: number): number {
  return Math.ceil(length / multiple) * multiple;
}

/** Where a place on the extended picture lies on the picture itself: 3 2 1 [0 1 2 3] 2 1 0. */
export function reflect(place: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((place % period) + period) % period;
  return Math.min(within, period - within);
}
