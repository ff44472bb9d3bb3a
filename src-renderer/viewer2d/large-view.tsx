import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useRef } from "react";
import { provide } from "../commands/registry.ts";
import {
  lookOf,
  panStep,
  toggleFill,
  toggleLinked,
  toggleZoomIn,
  useLooks,
  zoomStep,
} from "./looks.ts";

interface LargeViewProps {
  readonly label: string;
  readonly className: string | undefined;
  /** The pane that zoom commands mean while the pointer is over none. */
  readonly primary: string;
  /** Whether there is more than one pane, so that they may zoom apart. */
  readonly hasPanes?: boolean;
  /** Hears keys before everybody else; what it handles it says by `preventDefault`. */
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly children: ReactNode;
}

/** A view of large photos: has the focus while it is shown, and does the commands of zoom and panning. */
export function LargeView(props: LargeViewProps): ReactElement {
  const { label, className, primary, hasPanes = false, onKeyDown, children } = props;
  const element = useRef<HTMLElement>(null);
  const isZoomed = useLooks((state) => lookOf(state, primary).zoom !== "fit");

  useEffect(() => element.current?.focus({ preventScroll: true }), []);

  useEffect(() => {
    const taken = [
      provide("view.zoom", () => toggleZoomIn(primary)),
      provide("view.fill", () => toggleFill(primary)),
      provide("view.zoomIn", () => zoomStep(primary, 1)),
      provide("view.zoomOut", () => zoomStep(primary, -1)),
    ];
    if (hasPanes) taken.push(provide("view.linkZoom", () => toggleLinked(primary)));
    return () => {
      for (const giveBack of taken) giveBack();
    };
  }, [primary, hasPanes]);

  useEffect(() => {
    if (!isZoomed) return;
    const taken = [
      provide("view.panLeft", () => panStep(primary, -1, 0)),
      provide("view.panRight", () => panStep(primary, 1, 0)),
      provide("view.panUp", () => panStep(primary, 0, -1)),
      provide("view.panDown", () => panStep(primary, 0, 1)),
    ];
    return () => {
      for (const giveBack of taken) giveBack();
    };
  }, [primary, isZoomed]);

  return (
    <section
      ref={element}
      className={className}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard's home while photos are large
      tabIndex={0}
      data-keys="photos"
      onKeyDown={onKeyDown}
    >
      {children}
    </section>
  );
}
