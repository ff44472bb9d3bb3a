import type { ReactElement } from "react";
import { useLocalized, useMessages } from "../messages/language.ts";
import { undoAsked, useAskedUndo } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";

/** Asks before files of a folder that nobody looks at are taken back. */
export function UndoDialog(): ReactElement | null {
  const messages = useMessages();
  const localized = useLocalized();
  const step = useAskedUndo((state) => state.step);
  const folder = useLibrary(({ roots }) => roots.find(({ id }) => step?.rootIds.includes(id)));
  if (step === null) return null;
  return (
    <ConfirmDialog
      title={messages.undoTitle}
      lines={[localized(step.label), messages.undoText(folder?.name ?? null)]}
      answer={messages.undoGo}
      onAnswer={() => void undoAsked(step)}
    />
  );
}
