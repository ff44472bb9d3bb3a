import type { ReactElement } from "react";
import { useMessages } from "../messages/language.ts";
import { openPanel } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useFocus } from "../ui/use-focus.ts";

/** A panel that asks before something is done: one answer has the focus, all others do nothing. */
export function ConfirmDialog(props: {
  readonly title: string;
  /** What would be done, then what it means. */
  readonly lines: readonly string[];
  readonly answer: string;
  readonly onAnswer: () => void;
}): ReactElement {
  const { title, lines, answer, onAnswer } = props;
  const messages = useMessages();
  const go = useFocus<HTMLButtonElement>();
  const close = (): void => openPanel(null);
  return (
    <Dialog
      title={title}
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
              onAnswer();
            }}
          >
            {answer}
          </Button>
        </>
      }
    >
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </Dialog>
  );
}
