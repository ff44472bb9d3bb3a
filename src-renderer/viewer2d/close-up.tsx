import { type ReactElement, useEffect, useRef } from "react";
import type { Box, Rotation } from "../../src-preload/contract/photos.ts";
import type { Picture } from "./bitmap-cache.ts";
import css from "./close-up.module.css";
import { canvasSpace, decodePart, pictures } from "./decoder.ts";

interface CloseUpProps {
  readonly picture: Picture;
  /** A square of the photo, in shares of it upright. */
  readonly part: Box;
  readonly rotation: Rotation;
}

/** Parts that were cut out, by photo and place: going through candidates shows the same ones again and again. */
const cuts = new Map<string, ImageBitmap>();
const keptCuts = 120;

/** A square part of a photo, as large as its parent is wide: at once as sharp as what is at hand, then as it is. */
export function CloseUp({ picture, part, rotation }: CloseUpProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { id, version, width, height } = picture;
  const [x, y, across, down] = part;
  useEffect(() => {
    const { current } = canvas;
    if (current === null) return;
    const wanted: Picture = { id, version, width, height };
    const place: Box = [x, y, across, down];
    const key = `${id}/${version}/${place.map((share) => share.toFixed(4)).join("/")}`;
    const known = cuts.get(key);
    if (known !== undefined) {
      draw(current, known, [0, 0, 1, 1], rotation);
      return;
    }
    const standIn = pictures.best(wanted)?.bitmap;
    if (standIn !== undefined) draw(current, standIn, place, rotation);
    const abort = new AbortController();
    decodePart(wanted, place, abort.signal).then(
      (bitmap) => {
        keep(key, bitmap);
        if (!abort.signal.aborted) draw(current, bitmap, [0, 0, 1, 1], rotation);
      },
      // The large view beside it says what is wrong with the photo.
      () => current.toggleAttribute("data-failed", true),
    );
    return () => abort.abort();
  }, [id, version, width, height, x, y, across, down, rotation]);
  return <canvas ref={canvas} className={css.closeUp} />;
}

function keep(key: string, bitmap: ImageBitmap): void {
  const [oldest] = cuts;
  if (cuts.size >= keptCuts && oldest !== undefined) {
    cuts.delete(oldest[0]);
    oldest[1].close();
  }
  cuts.set(key, bitmap);
}

/** Draws a part of a bitmap over the whole canvas, turned about its middle. */
function draw(
  canvas: HTMLCanvasElement,
  bitmap: ImageBitmap,
  [x, y, width, height]: Box,
  rotation: Rotation,
): void {
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d", { colorSpace: canvasSpace });
  if (context === null) return;
  context.imageSmoothingQuality = "high";
  context.translate(side / 2, side / 2);
  context.rotate((rotation * Math.PI) / 180);
  context.drawImage(
    bitmap,
    x * bitmap.width,
    y * bitmap.height,
    width * bitmap.width,
    height * bitmap.height,
    -side / 2,
    -side / 2,
    side,
    side,
  );
  canvas.dataset.drawn = "";
}
