import type { ReactElement } from "react";
import { useLocalized, useMessages } from "../messages/language.ts";
import { redoNow } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { openPanel } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useFocus } from "../ui/use-focus.ts";

/** Asks before files are copied, moved or exported once more. */
export function RedoDialog(): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const step = useLibrary((state) => state.redo);
  const go = useFocus<HTMLButtonElement>();
  const close = (): void => openPanel(null);
  return (
    <Dialog
      title={messages.redoTitle}
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
              void redoNow();
            }}
          >
            {messages.redoGo}
          </Button>
        </>
      }
    >
      <p>{step === null ? "" : localized(step)}</p>
      <p>{messages.redoText}</p>
    </Dialog>
  );
}
