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
export function FileKinds({ photo }: { readonly photo: PhotoRow }): ReactElement | null {
  const kinds = fileKinds(photo);
  return kinds === null ? null : <span className={css.kinds}>{kinds}</span>;
}
