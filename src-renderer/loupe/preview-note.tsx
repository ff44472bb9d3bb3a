import type { ReactElement } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { useMessages } from "../messages/language.ts";
import css from "./preview-note.module.css";

/** Says that less than the photo is shown: the picture inside a RAW file is smaller than the photo. */
export function PreviewNote({ photo }: { readonly photo: PhotoRow }): ReactElement | null {
  const messages = useMessages();
  const { preview, width, height } = photo;
  if (preview === null) return null;
  return (
    <span className={css.note} data-tip={messages.previewHint}>
      {messages.previewOf(`${preview.width} × ${preview.height}`, `${width} × ${height}`)}
    </span>
  );
}
