import type { ReactElement } from "react";
import { useLocalized, useMessages } from "../messages/language.ts";
import { redoNow } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";

/** Asks before files are copied, moved or exported once more. */
export function RedoDialog(): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const step = useLibrary((state) => state.redo);
  return (
    <ConfirmDialog
      title={messages.redoTitle}
      lines={[step === null ? "" : localized(step), messages.redoText]}
      answer={messages.redoGo}
      onAnswer={() => void redoNow()}
    />
  );
}
