import {
  type CSSProperties,
  type ReactElement,
  type ReactNode,
  useId,
  useLayoutEffect,
  useRef,
} from "react";
import { useMessages } from "../messages/language.ts";
import { IconButton } from "./button.tsx";
import css from "./ui.module.css";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
  /** CSS pixels. */
  readonly width?: number;
  /** Leaves out the padding around the content. */
  readonly bare?: boolean;
  /** Leaves out the visible title and padding: the content speaks for itself. */
  readonly headless?: boolean;
  /** Text to read and nothing to press: the keyboard scrolls it. */
  readonly isText?: boolean;
  /** Near the upper edge, where it doesn't jump while its content grows and shrinks. */
  readonly top?: boolean;
}

const focusable = "input, select, textarea, button:not(:disabled)";

/** A modal dialog for as long as it is rendered: the platform keeps the focus inside and hands it back. */
export function Dialog(props: DialogProps): ReactElement {
  const { title, onClose, children, footer, width, bare, headless, isText, top } = props;
  const element = useRef<HTMLDialogElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const titleId = useId();
  const messages = useMessages();
  // Closed while it is still in the page: afterwards the platform would not hand the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    dialog.showModal();
    // The platform would take the close button, which comes first and is wanted last.
    const first = content.current?.querySelector<HTMLElement>(focusable);
    const isChoice = first instanceof HTMLInputElement && first.type === "radio";
    const chosen = isChoice ? content.current?.querySelector<HTMLElement>("input:checked") : null;
    (chosen ?? first ?? content.current)?.focus();
    return () => dialog.close();
  }, []);
  const style: (CSSProperties & Record<"--dialog-width", string>) | undefined =
    width === undefined ? undefined : { "--dialog-width": `${width}px` };
  return (
    <dialog
      ref={element}
      className={top === true ? `${css.dialog} ${css.dialogTop}` : css.dialog}
      aria-label={headless === true ? title : undefined}
      aria-labelledby={headless === true ? undefined : titleId}
      style={style}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      {headless !== true && (
        <header className={css.dialogHead}>
          <h2 id={titleId}>{title}</h2>
          <IconButton icon="close" label={messages.close} shortcut="Esc" onClick={onClose} />
        </header>
      )}
      <div
        ref={content}
        className={bare === true || headless === true ? css.dialogBare : css.dialogBody}
        tabIndex={isText === true ? 0 : -1}
      >
        {children}
      </div>
      {footer !== undefined && <footer className={css.dialogFoot}>{footer}</footer>}
    </dialog>
  );
}
