import { type MouseEvent, type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { changeLook, pointAt } from "./looks.ts";
import { type Point, pan, scaleOf, toggleZoom, zoomAt } from "./viewport.ts";

/** Per pixel of wheel: about 15 % a notch. */
const wheelZoom = 0.0015;
/** Pinching on a touchpad comes as small turns of the wheel with Ctrl. */
const pinchZoom = 0.01;

export interface Hands {
  readonly down: (event: PointerEvent) => void;
  readonly move: (event: PointerEvent) => void;
  readonly up: (event: PointerEvent) => void;
  readonly leave: () => void;
  readonly toggle: (event: MouseEvent) => void;
}

/** What pointers do: one drags, two pinch, the wheel zooms. */
export function useHands(pane: string, element: RefObject<HTMLElement | null>): Hands {
  const held = useRef(new Map<number, Point>());

  useEffect(() => {
    const stage = element.current;
    if (stage === null) return;
    // Not React's: that one is passive, and the page would scroll or zoom.
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const at = placeIn(stage, event);
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
      const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? pinchZoom : wheelZoom));
      changeLook(pane, (look, photo, box) =>
        zoomAt(look, scaleOf(look, photo, box) * factor, at, photo, box),
      );
    };
    stage.addEventListener("wheel", wheel, { passive: false });
    return () => stage.removeEventListener("wheel", wheel);
  }, [pane, element]);

  return {
    down: (event) => {
      if (event.button !== 0) return;
      held.current.set(event.pointerId, placeIn(event.currentTarget, event));
    },
    move: (event) => {
      const at = placeIn(event.currentTarget, event);
      pointAt(pane, at);
      const from = held.current.get(event.pointerId);
      if (from === undefined) return;
      // Only once it moves: a captured pointer takes clicks away from what lies on the photo.
      if (!event.currentTarget.hasPointerCapture(event.pointerId)) {
        event.currentTarget.setPointerCapture(event.pointerId);
      }
      held.current.set(event.pointerId, at);
      const other = [...held.current].find(([id]) => id !== event.pointerId)?.[1];
      if (other !== undefined) {
        const factor = distance(at, other) / Math.max(1, distance(from, other));
        const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
        changeLook(pane, (look, photo, box) =>
          zoomAt(look, scaleOf(look, photo, box) * factor, middle, photo, box),
        );
        return;
      }
      const by = { x: at.x - from.x, y: at.y - from.y };
      changeLook(pane, (look, photo, box) => pan(look, by, photo, box));
    },
    up: (event) => {
      held.current.delete(event.pointerId);
    },
    leave: () => pointAt(pane, null),
    toggle: (event) => {
      const at = placeIn(event.currentTarget, event);
      changeLook(pane, (look, photo, box) => toggleZoom(look, at, photo, box));
    },
  };
}

/** A place of the window in device pixels of the stage. */
function placeIn(
  stage: Element,
  event: { readonly clientX: number; readonly clientY: number },
): Point {
  const { left, top } = stage.getBoundingClientRect();
  return {
    x: (event.clientX - left) * devicePixelRatio,
    y: (event.clientY - top) * devicePixelRatio,
  };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
