import type { ReactElement } from "react";
import { useLocalized, useMessages } from "../messages/language.ts";
import { undoAsked, useAskedUndo } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { openPanel } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useFocus } from "../ui/use-focus.ts";

/** Asks before files of a folder that nobody looks at are taken back. */
export function UndoDialog(): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const step = useAskedUndo((state) => state.step);
  const folder = useLibrary(({ roots }) => roots.find(({ id }) => step?.rootIds.includes(id)));
  const go = useFocus<HTMLButtonElement>();
  const close = (): void => openPanel(null);
  return (
    <Dialog
      title={messages.undoTitle}
      width={440}
      onClose={close}
      footer={
        <>
          <Button onClick={close}>{messages.cancel}</Button>
          <Button
            ref={go}
            tone="primary"
            onClick={() => {
              close();
              if (step !== null) void undoAsked(step);
            }}
          >
            {messages.undoGo}
          </Button>
        </>
      }
    >
      <p>{step === null ? "" : localized(step.label)}</p>
      <p>{messages.undoText(folder?.name ?? null)}</p>
    </Dialog>
  );
}
