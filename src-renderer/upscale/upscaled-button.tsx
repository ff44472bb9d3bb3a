import { type ReactElement, useMemo } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { showResult } from "../state/upscale-room.ts";
import { resultsOf, useUpscales } from "../state/upscales.ts";
import { IconButton } from "../ui/button.tsx";
import { megapixelsText, timesText } from "./size-text.ts";

/** The way from a photo to its newest result; nothing where it has none. */
export function UpscaledButton({ photo }: { readonly photo: PhotoRow }): ReactElement | null {
  const messages = useMessages();
  const language = useLanguage();
  const rows = useUpscales((state) => state.rows);
  const [newest] = useMemo(() => resultsOf(rows, photo.id), [rows, photo.id]);
  if (newest === undefined) return null;
  const times = timesText(newest.sourceWidth, newest.width, language);
  const megapixels = megapixelsText(newest.width, newest.height, language);
  return (
    <IconButton
      icon="upscale"
      label={messages.upscale.viewUpscaled(`${times} · ${megapixels}`)}
      onClick={() => showResult(newest.id)}
    />
  );
}
