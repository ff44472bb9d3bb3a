import { type ReactElement, useEffect, useRef, useState } from "react";
import { type thumbnailEdges, thumbnailUrl } from "../../src-preload/contract/media.ts";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { KeptImages } from "./kept-images.ts";
import css from "./thumbnail.module.css";

interface ThumbnailProps {
  readonly photo: Pick<PhotoRow, "id" | "version" | "rotation">;
  readonly edge: (typeof thumbnailEdges)[number];
}

/** A tile that a flick of the wheel passes by is not worth a request. */
const settleMs = 60;
/** What has been shown lately is there at once: no need to settle first. */
const seen = new KeptImages();

/** A photo's thumbnail, fitted into its parent. Asked for only once it has stayed on the screen for a moment. */
export function Thumbnail({ photo, edge }: ThumbnailProps): ReactElement {
  const url = thumbnailUrl(photo, edge);
  const [shownUrl, setShownUrl] = useState(seen.has(url) ? url : null);
  const element = useRef<HTMLImageElement>(null);
  useEffect(() => {
    if (seen.has(url)) {
      setShownUrl(url);
      return;
    }
    const timer = setTimeout(() => setShownUrl(url), settleMs);
    return () => clearTimeout(timer);
  }, [url]);
  useEffect(() => {
    const image = element.current;
    return () => {
      // Leaving the screen ends the request, and main drops the decode that nobody waits for.
      if (image !== null && !image.complete) image.src = "";
    };
  }, []);
  const image = (
    <img
      ref={element}
      className={css.thumbnail}
      data-rotation={photo.rotation}
      src={shownUrl ?? undefined}
      alt=""
      decoding="async"
      draggable={false}
      onLoad={({ currentTarget }) => seen.keep(url, currentTarget)}
    />
  );
  return photo.rotation % 180 === 0 ? image : <span className={css.turned}>{image}</span>;
}
