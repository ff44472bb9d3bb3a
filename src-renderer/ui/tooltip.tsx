import { type ReactElement, useEffect, useRef, useState } from "react";
import css from "./ui.module.css";

const waitMs = 450;
/** Right after one tooltip the next comes at once: the person is reading along a toolbar. */
const warmMs = 300;

interface Tip {
  readonly text: string;
  readonly keys: string;
}

/**
 * The one tooltip of the window. Any element with `data-tip` (and `data-keys` for its shortcut) has it, on hover and on
 * keyboard focus. It repeats what labels say: screen readers don't need it.
 */
export function Tooltip(): ReactElement {
  const [tip, setTip] = useState<Tip | null>(null);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let owner: HTMLElement | null = null;
    let hiddenAt = Number.NEGATIVE_INFINITY;

    const hide = (): void => {
      clearTimeout(timer);
      if (element.current?.matches(":popover-open") === true) {
        element.current.hidePopover();
        hiddenAt = performance.now();
      }
      owner = null;
    };
    const show = (target: HTMLElement): void => {
      const { current } = element;
      if (current === null || !target.isConnected) return;
      setTip({ text: target.dataset.tip ?? "", keys: target.dataset.keys ?? "" });
      // Placed once its text has its size.
      requestAnimationFrame(() => {
        if (owner !== target) return;
        current.showPopover();
        place(current, target.getBoundingClientRect());
      });
    };
    const follow = (event: Event): void => {
      const target =
        event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tip]") : null;
      if (target === owner) return;
      hide();
      if (target === null) return;
      // A field that was gone to with keys is read about beside it; over it the tip hides just that.
      const isField = target.matches("input, select, textarea");
      if (event.type === "focusin" && (isField || !target.matches(":focus-visible"))) return;
      owner = target;
      const isWarm = performance.now() - hiddenAt < warmMs;
      timer = setTimeout(() => show(target), isWarm ? 0 : waitMs);
    };
    const abort = new AbortController();
    const { signal } = abort;
    document.addEventListener("pointerover", follow, { signal });
    document.addEventListener("focusin", follow, { signal });
    document.addEventListener("focusout", hide, { signal });
    document.addEventListener("pointerdown", hide, { signal });
    document.addEventListener("keydown", hide, { signal, capture: true });
    return () => {
      hide();
      abort.abort();
    };
  }, []);
  return (
    <div ref={element} className={css.tooltip} popover="manual" aria-hidden="true">
      {tip?.text}
      {tip !== null && tip.keys !== "" && <kbd className={css.kbd}>{tip.keys}</kbd>}
    </div>
  );
}

const margin = 6;

/** Below its owner, above it where there is no room; never past the window's edge. */
function place(tooltip: HTMLElement, owner: DOMRect): void {
  const { width, height } = tooltip.getBoundingClientRect();
  const left = owner.left + owner.width / 2 - width / 2;
  const below = owner.bottom + margin;
  const top = below + height > innerHeight ? owner.top - margin - height : below;
  tooltip.style.left = `${Math.max(margin, Math.min(left, innerWidth - width - margin))}px`;
  tooltip.style.top = `${top}px`;
}
