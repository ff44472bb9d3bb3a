import { type ReactElement, useEffect, useRef } from "react";
import { useLocalized, useMessages } from "../messages/language.ts";
import { dismissToast, useToasts } from "../state/toasts.ts";
import { Button, IconButton } from "./button.tsx";
import { Progress } from "./progress.tsx";
import css from "./ui.module.css";

/** What just happened, above everything, dialogs too. */
export function Toasts(): ReactElement {
  const toasts = useToasts((state) => state.toasts);
  const localized = useLocalized();
  const messages = useMessages();
  const element = useRef<HTMLDivElement>(null);
  const newestId = toasts.at(-1)?.id ?? null;
  // A popover that is shown again goes above a dialog that was opened meanwhile.
  useEffect(() => {
    element.current?.hidePopover();
    if (newestId !== null) element.current?.showPopover();
  }, [newestId]);
  return (
    <div ref={element} popover="manual" className={css.toasts} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className={`${css.toast} ${toast.tone === "problem" ? css.toastProblem : ""}`}
        >
          <div className={css.toastText}>
            {localized(toast.text)}
            {toast.detail !== null && <small>{localized(toast.detail)}</small>}
            {toast.progress !== null && (
              <Progress label={localized(toast.text)} fraction={toast.progress} />
            )}
          </div>
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
