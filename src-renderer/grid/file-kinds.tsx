import type { ReactElement } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import css from "./file-kinds.module.css";

/** "RAW", or "RAW+JPEG" for two files that are one photo; nothing for a picture alone. */
export function fileKinds({
  hasRaw,
  hasPicture,
  format,
}: Pick<PhotoRow, "hasRaw" | "hasPicture" | "format">): string | null {
  if (!hasRaw) return null;
  return hasPicture ? `RAW+${(format ?? "jpeg").toUpperCase()}` : "RAW";
}

/** A small sign on photos that have a RAW. */
export function FileKinds(props: {
  readonly photo: PhotoRow;
  /** "R+J", where there is no room. */
  readonly isShort?: boolean;
}): ReactElement | null {
  const { photo, isShort = false } = props;
  const kinds = fileKinds(photo);
  if (kinds === null) return null;
  return (
    <span className={css.kinds}>{isShort ? kinds.replace(/^RAW\+(.).*/, "R+$1") : kinds}</span>
  );
}
