import type { ReactElement } from "react";
import { useLocalized, useMessages } from "../messages/language.ts";
import { useLibrary, useRoot } from "../state/library-store.ts";
import { openPanel } from "../state/view-store.ts";
import { Dialog } from "../ui/dialog.tsx";
import css from "./skipped-dialog.module.css";

/** What could not be read, each with its reason: damaged files, foreign ones, folders that may not be opened. */
export function SkippedDialog(): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const photos = useLibrary((state) => state.photos);
  const folders = useRoot()?.unreadFolders ?? [];
  const skipped = [...photos.values()].filter((photo) => photo.state === "skipped");
  const missing = [...photos.values()].filter((photo) => photo.state === "missing");
  return (
    <Dialog title={messages.notReadTitle} width={640} isText onClose={() => openPanel(null)}>
      <p className={css.lead}>{messages.notReadText}</p>
      <ul className={css.list}>
        {folders.map((folder) => (
          <li key={folder.path}>
            <strong>{folder.path}</strong>
            <span>{localized(folder.reason)}</span>
          </li>
        ))}
        {skipped.map((photo) => (
          <li key={photo.id}>
            <strong>{photo.name}</strong>
            <span>{photo.reason === null ? "" : localized(photo.reason)}</span>
          </li>
        ))}
        {missing.map((photo) => (
          <li key={photo.id}>
            <strong>{photo.name}</strong>
            <span>{messages.fileMissing}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
