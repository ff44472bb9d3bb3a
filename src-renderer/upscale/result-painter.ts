import { upscaleTileUrl } from "../../src-preload/contract/media.ts";
import { canvasSpace, decodeAddress } from "../viewer2d/decoder.ts";
import { type Look, type Placement, place, type Size } from "../viewer2d/viewport.ts";
import { TileCache } from "./tile-cache.ts";
import {
  ancestorOf,
  childrenOf,
  lastLevel,
  levelFor,
  partOfAncestor,
  pixelsOfTile,
  type Tile,
  targetOfTile,
  tilesInView,
} from "./tile-grid.ts";

/** As much of a result's row as its pixels depend on. */
export interface ResultPicture extends Size {
  readonly id: number;
  readonly version: string;
}

/** What is seen. */
export interface ShownResult {
  /** A tile that is in sight can't be had. */
  readonly hasFailed: boolean;
  /** There is nothing to see yet. */
  readonly isEmpty: boolean;
}

/** Decoded tiles that are kept; a screen of 3840 × 2160 needs 54 MB of them at most. */
const maxBytes = 96 * 1024 * 1024;
/** From here on pixels are shown as squares, as they are of photos. */
const crispFrom = 2;

const lowest: Tile = { level: 0, x: 0, y: 0 };

/**
 * Draws a result of any size on a canvas, from tiles of the level that the zoom needs. Until a tile is there what is
 * known of its place shows: a part of a lower level, or the next level's tiles.
 */
export class ResultPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #picture: ResultPicture;
  readonly #context: CanvasRenderingContext2D | null;
  readonly #background: string;
  readonly #tiles: TileCache<ImageBitmap>;
  readonly #onShown: (shown: ShownResult) => void;
  #look: Look | null = null;
  #box: Size = { width: 0, height: 0 };
  #frame: number | null = null;

  /** @param onShown told after every drawing */
  constructor(
    canvas: HTMLCanvasElement,
    picture: ResultPicture,
    onShown: (shown: ShownResult) => void,
  ) {
    this.#canvas = canvas;
    this.#picture = picture;
    this.#onShown = onShown;
    this.#context = canvas.getContext("2d", { alpha: false, colorSpace: canvasSpace });
    this.#background = getComputedStyle(canvas).backgroundColor;
    this.#tiles = new TileCache({
      maxBytes,
      load: ({ level, x, y }, signal) =>
        decodeAddress(upscaleTileUrl(picture, level, x, y), signal),
      onChange: () => this.#drawSoon(),
    });
  }

  dispose(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#tiles.dispose();
  }

  /** @param box in device pixels */
  resize(box: Size): void {
    if (box.width === this.#box.width && box.height === this.#box.height) return;
    this.#box = box;
    this.#canvas.width = box.width;
    this.#canvas.height = box.height;
    this.#draw();
  }

  show(look: Look): void {
    this.#look = look;
    this.#draw();
  }

  /** Tiles come in handfuls: one drawing a frame is enough. */
  #drawSoon(): void {
    this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = null;
    const context = this.#context;
    const { width, height } = this.#box;
    if (this.#look === null || context === null || width === 0 || height === 0) return;
    const placement = place(this.#look, this.#picture, this.#box);
    const level = levelFor(this.#picture, placement.scale);
    const seen = tilesInView(this.#picture, placement, this.#box, level);
    this.#tiles.want([lowest, ...seen]);
    context.fillStyle = this.#background;
    context.fillRect(0, 0, width, height);
    let isSharp = true;
    for (const tile of seen) {
      if (!this.#drawTile(context, tile, placement)) {
        isSharp = false;
        this.#drawStandIn(context, tile, placement);
      }
    }
    // For tests: which result is drawn, at which zoom, once its pixels are those of that zoom.
    if (isSharp) {
      this.#canvas.dataset.drawn = `${this.#picture.id}@${Number(placement.scale.toFixed(3))}`;
    } else delete this.#canvas.dataset.drawn;
    this.#onShown({ hasFailed: this.#tiles.hasFailed, isEmpty: this.#tiles.isEmpty });
  }

  /** Answers whether it was there. */
  #drawTile(context: CanvasRenderingContext2D, tile: Tile, placement: Placement): boolean {
    const bitmap = this.#tiles.get(tile);
    if (bitmap === null) return false;
    const pixels = pixelsOfTile(this.#picture, tile);
    const target = targetOfTile(this.#picture, tile, placement);
    const perPixel = target.width / pixels.width;
    context.imageSmoothingEnabled = perPixel < crispFrom || tile.level < lastLevel(this.#picture);
    context.imageSmoothingQuality = perPixel < 1 ? "high" : "medium";
    context.drawImage(bitmap, target.x, target.y, target.width, target.height);
    return true;
  }

  #drawStandIn(context: CanvasRenderingContext2D, tile: Tile, placement: Placement): void {
    for (let up = 1; up <= tile.level; up += 1) {
      const ancestor = ancestorOf(tile, up);
      const bitmap = this.#tiles.get(ancestor);
      if (bitmap === null) continue;
      const part = partOfAncestor(this.#picture, tile, ancestor);
      const target = targetOfTile(this.#picture, tile, placement);
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = "medium";
      context.drawImage(
        bitmap,
        part.x,
        part.y,
        part.width,
        part.height,
        target.x,
        target.y,
        target.width,
        target.height,
      );
      break;
    }
    for (const child of childrenOf(this.#picture, tile)) {
      this.#drawTile(context, child, placement);
    }
  }
}
