import { type ReactElement, useEffect, useRef } from "react";
import { useLocalized, useMessages } from "../messages/language.ts";
import { dismissToast, useToasts } from "../state/toasts.ts";
import { Button, IconButton } from "./button.tsx";
import css from "./ui.module.css";

/** What just happened, above everything, dialogs too. */
export function Toasts(): ReactElement {
  const toasts = useToasts((state) => state.toasts);
  const localized = useLocalized();
  const messages = useMessages();
  const element = useRef<HTMLDivElement>(null);
  // A popover that is shown again goes above a dialog that was opened meanwhile.
  useEffect(() => {
    if (toasts.length === 0) return;
    element.current?.hidePopover();
    element.current?.showPopover();
  }, [toasts]);
  return (
    <div ref={element} popover="manual" className={css.toasts} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className={`${css.toast} ${toast.tone === "problem" ? css.toastProblem : ""}`}
        >
          <p className={css.toastText}>
            {localized(toast.text)}
            {toast.detail !== null && <small>{localized(toast.detail)}</small>}
          </p>
          {toast.action !== null && (
            <Button
              tone="quiet"
              onClick={() => {
                toast.action?.run();
                dismissToast(toast.id);
              }}
            >
              {localized(toast.action.label)}
            </Button>
          )}
          <IconButton icon="close" label={messages.close} onClick={() => dismissToast(toast.id)} />
        </div>
      ))}
    </div>
  );
}
