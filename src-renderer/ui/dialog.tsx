import {
  type CSSProperties,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
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
}

/** A modal dialog for as long as it is rendered: the platform keeps the focus inside and hands it back. */
export function Dialog({
  title,
  onClose,
  children,
  footer,
  width,
  bare,
}: DialogProps): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const messages = useMessages();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const style: (CSSProperties & Record<"--dialog-width", string>) | undefined =
    width === undefined ? undefined : { "--dialog-width": `${width}px` };
  return (
    <dialog
      ref={element}
      className={css.dialog}
      aria-labelledby={titleId}
      style={style}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <header className={css.dialogHead}>
        <h2 id={titleId}>{title}</h2>
        <IconButton icon="close" label={messages.close} shortcut="Esc" onClick={onClose} />
      </header>
      <div className={bare === true ? undefined : css.dialogBody}>{children}</div>
      {footer !== undefined && <footer className={css.dialogFoot}>{footer}</footer>}
    </dialog>
  );
}
