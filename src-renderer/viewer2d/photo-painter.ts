import { previewEdge } from "../../src-preload/contract/media.ts";
import type { Rotation } from "../../src-preload/contract/photos.ts";
import type { Problem } from "../../src-preload/contract/problem.ts";
import type { Level, Picture, Want } from "./bitmap-cache.ts";
import { canvasSpace, pictures } from "./decoder.ts";
import { clearMarks, type Marking, markLater } from "./overlay-marker.ts";
import type { OverlayKind } from "./overlay-protocol.ts";
import { drawingOf, type Look, type Placement, place, type Size, turnedSize } from "./viewport.ts";

/** What is to be seen. */
export interface Scene {
  readonly picture: Picture;
  readonly rotation: Rotation;
  readonly look: Look;
  readonly overlays: readonly OverlayKind[];
  /** Photos that are likely to be seen next in this place, likeliest first. */
  readonly ahead: readonly Picture[];
  /** Size of a larger version of the photo that it is laid under: `look` counts its pixels, and nothing shows squares. */
  readonly frame?: Size;
}

/** What is seen. */
export interface Shown {
  /** Device pixels per image pixel; null while the size of the photo is unknown. */
  readonly scale: number | null;
  /** The photo as shown, turned, in image pixels. */
  readonly photo: Size;
  readonly box: Size;
  /** Pixels of the resolution that this zoom needs; not a stand-in. */
  readonly isSharp: boolean;
  /** There is nothing to see yet. */
  readonly isEmpty: boolean;
  /** All there is of the photo is its rendition for the screen: it is too large to be decoded whole. */
  readonly isReduced: boolean;
  readonly problem: Problem | null;
}

/** A rendition may be blown up by this much before all of the photo is asked for: nobody sees it. */
const slack = 1.15;
/** From here on image pixels are shown as squares. */
const crispFrom = 2;

/** Draws one photo on a canvas, as sharp as what is at hand, and asks the cache for what it needs to be sharper. */
export class PhotoPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #marks: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  readonly #background: string;
  readonly #onShown: (shown: Shown) => void;
  readonly #unsubscribe: () => void;
  #scene: Scene | null = null;
  #box: Size = { width: 0, height: 0 };
  #marking: Marking | null = null;
  /** What is on the canvas, so that news about other pictures don't draw it again. */
  #drawn: ImageBitmap | null = null;

  /** @param marks a canvas above the other one, for overlays */
  constructor(
    canvas: HTMLCanvasElement,
    marks: HTMLCanvasElement,
    onShown: (shown: Shown) => void,
  ) {
    this.#canvas = canvas;
    this.#marks = marks;
    this.#onShown = onShown;
    // In main memory: what is seen of a bitmap is copied, and its 96 MB never become a texture.
    this.#context = canvas.getContext("2d", {
      alpha: false,
      willReadFrequently: true,
      colorSpace: canvasSpace,
    });
    this.#background = getComputedStyle(canvas).backgroundColor;
    this.#unsubscribe = pictures.subscribe(() => this.#hear());
  }

  dispose(): void {
    this.#unsubscribe();
    this.#clearMarks();
    pictures.release(this);
  }

  /** @param box in device pixels */
  resize(box: Size): void {
    if (box.width === this.#box.width && box.height === this.#box.height) return;
    this.#box = box;
    for (const canvas of [this.#canvas, this.#marks]) {
      canvas.width = box.width;
      canvas.height = box.height;
    }
    this.#draw();
  }

  show(scene: Scene): void {
    this.#scene = scene;
    this.#draw();
  }

  /** A picture arrived or failed somewhere. */
  #hear(): void {
    this.#canvas.toggleAttribute("data-prefetched", pictures.isSettled);
    const scene = this.#scene;
    if (scene === null) return;
    const hasNew = pictures.best(scene.picture)?.bitmap !== this.#drawn;
    const hasProblem = pictures.problem(this.#needed(scene)) !== null;
    if (hasNew || hasProblem) this.#draw();
  }

  #draw(): void {
    const { width, height } = this.#box;
    if (this.#scene === null || this.#context === null || width === 0 || height === 0) return;
    const scene = this.#scene;
    const needed = this.#needed(scene);
    this.#want(scene, needed);
    this.#clearMarks();
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.fillStyle = this.#background;
    this.#context.fillRect(0, 0, width, height);
    const best = pictures.best(scene.picture);
    this.#drawn = best?.bitmap ?? null;
    const size = sizeOf(scene.picture) ?? best?.bitmap ?? null;
    if (size === null) {
      this.#tell(scene, needed, null, { width: 0, height: 0 }, best);
      return;
    }
    const photo = turnedSize({ width: size.width, height: size.height }, scene.rotation);
    const scale = best === null ? null : this.#drawBitmap(scene, size, best.bitmap);
    this.#tell(scene, needed, scale, photo, best);
    if (scale !== null && scene.overlays.length > 0) this.#markSoon(scene, photo);
  }

  /** Answers the scale. */
  #drawBitmap(scene: Scene, size: Size, bitmap: ImageBitmap): number | null {
    const context = this.#context;
    const placement = this.#place(scene, size);
    const drawing = drawingOf(placement, size, scene.rotation, bitmap, this.#box);
    if (drawing === null || context === null) return null;
    const { source, target, transform } = drawing;
    const perPixel = target.width / source.width;
    const isLaid = scene.frame !== undefined;
    context.imageSmoothingEnabled = isLaid || perPixel < crispFrom || bitmap.width < size.width;
    context.imageSmoothingQuality = isLaid || perPixel < 1 ? "high" : "medium";
    context.setTransform(...transform);
    context.drawImage(
      bitmap,
      source.x,
      source.y,
      source.width,
      source.height,
      target.x,
      target.y,
      target.width,
      target.height,
    );
    return placement.scale;
  }

  /** Where all of the photo lies in the box; `scale` counts its own pixels. */
  #place(
    { look, rotation, frame }: Pick<Scene, "look" | "rotation" | "frame">,
    size: Size,
  ): Placement {
    const photo = turnedSize(size, rotation);
    const placement = place(look, frame ?? photo, this.#box);
    return { ...placement, scale: placement.width / photo.width };
  }

  /** The level of resolution that this zoom needs. */
  #needed(scene: Scene): Want {
    return { picture: scene.picture, level: this.#levelFor(scene.picture, scene) };
  }

  #levelFor(picture: Picture, scene: Scene): Level {
    const size = sizeOf(picture);
    if (size === null || this.#box.width === 0) return "preview";
    const shrink = previewEdge / Math.max(size.width, size.height);
    if (shrink >= 1) return "preview";
    const { scale } = this.#place(scene, size);
    if (scale <= shrink * slack) return "preview";
    return pictures.fits({ picture, level: "photo" }) ? "photo" : "preview";
  }

  #want(scene: Scene, needed: Want): void {
    const { picture, ahead } = scene;
    const hasAny = pictures.best(picture) !== null;
    const standIn: Want[] = hasAny ? [] : [{ picture, level: "thumbnail" }];
    const next = ahead.map(
      (other): Want => ({
        picture: other,
        level: this.#levelFor(other, scene),
      }),
    );
    // All of this photo as well, so that 100 % is there at once; after what comes next in the present zoom.
    const whole: Want = { picture, level: "photo" };
    const size = sizeOf(picture);
    const isLarge = size !== null && Math.max(size.width, size.height) > previewEdge;
    pictures.want(this, {
      visible: [...standIn, needed],
      ahead: isLarge && pictures.fits(whole) ? [...next, whole] : next,
    });
  }

  #tell(
    scene: Scene,
    needed: Want,
    scale: number | null,
    photo: Size,
    best: { readonly level: Level } | null,
  ): void {
    const isSharp = scale !== null && (best?.level === needed.level || best?.level === "photo");
    const canvas = this.#canvas;
    // For tests and benches: which photo is drawn, at which zoom, once its pixels are those of that zoom.
    if (isSharp) canvas.dataset.drawn = `${scene.picture.id}@${Number(scale.toFixed(3))}`;
    else delete canvas.dataset.drawn;
    canvas.toggleAttribute("data-prefetched", pictures.isSettled);
    this.#onShown({
      scale,
      photo,
      box: this.#box,
      isSharp,
      isEmpty: best === null,
      isReduced: !pictures.fits({ picture: scene.picture, level: "photo" }),
      problem: pictures.problem(needed),
    });
  }

  #markSoon(scene: Scene, photo: Size): void {
    const context = this.#context;
    if (context === null) return;
    const { x, y, width, height } = place(scene.look, photo, this.#box);
    const left = Math.max(0, x);
    const top = Math.max(0, y);
    const seen = {
      width: Math.floor(Math.min(this.#box.width, x + width) - left),
      height: Math.floor(Math.min(this.#box.height, y + height) - top),
    };
    if (seen.width < 1 || seen.height < 1) return;
    this.#marking = markLater(context, { x: left, y: top, ...seen }, scene.overlays, this.#marks);
  }

  #clearMarks(): void {
    this.#marking?.cancel();
    this.#marking = null;
    clearMarks(this.#marks);
  }
}

function sizeOf({ width, height }: Picture): Size | null {
  return width > 0 && height > 0 ? { width, height } : null;
}
