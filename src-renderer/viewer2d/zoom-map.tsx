import type { PointerEvent, ReactElement } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { Thumbnail } from "../grid/thumbnail.tsx";
import { changeLook } from "./looks.ts";
import css from "./photo-canvas.module.css";
import type { Shown } from "./photo-painter.ts";
import { type Look, place } from "./viewport.ts";

interface ZoomMapProps {
  readonly photo: PhotoRow;
  readonly pane: string;
  readonly look: Look;
  readonly shown: Shown;
}

/** Longest edge of the map in CSS pixels. */
const mapEdge = 112;

/** Where in the photo one is: the whole of it, small, with a frame around what is seen. A drag moves the frame. */
export function ZoomMap({ photo, pane, look, shown }: ZoomMapProps): ReactElement {
  const { width, height } = shown.photo;
  const shrink = mapEdge / Math.max(width, height);
  const mapWidth = width * shrink;
  const mapHeight = height * shrink;
  const placement = place(look, shown.photo, shown.box);
  const share = (value: number): string => `${(100 * value).toFixed(2)}%`;
  const moveTo = (event: PointerEvent): void => {
    // The photo below would be dragged as well.
    event.stopPropagation();
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const map = event.currentTarget.getBoundingClientRect();
    const center = {
      x: (event.clientX - map.left) / map.width,
      y: (event.clientY - map.top) / map.height,
    };
    changeLook(pane, ({ zoom }) => ({ zoom, center }));
  };
  return (
    <div
      className={css.map}
      style={{ width: mapWidth, height: mapHeight }}
      aria-hidden="true"
      onPointerDown={moveTo}
      onPointerMove={moveTo}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <Thumbnail photo={photo} edge={256} />
      <div
        className={css.mapFrame}
        style={{
          left: share(Math.max(0, -placement.x / placement.width)),
          top: share(Math.max(0, -placement.y / placement.height)),
          width: share(Math.min(1, shown.box.width / placement.width)),
          height: share(Math.min(1, shown.box.height / placement.height)),
        }}
      />
    </div>
  );
}
