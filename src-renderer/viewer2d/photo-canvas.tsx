import {
  type MouseEvent,
  type PointerEvent,
  type ReactElement,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { useView } from "../state/view-store.ts";
import type { Picture } from "./bitmap-cache.ts";
import { changeLook, lookOf, pointAt, setInterest, setStage, useLooks } from "./looks.ts";
import type { OverlayKind } from "./overlay-protocol.ts";
import css from "./photo-canvas.module.css";
import { PhotoPainter, type Shown } from "./photo-painter.ts";
import { pixelsOf } from "./pixels.ts";
import { type Marking, SubjectMarks } from "./subject-marks.tsx";
import { fitScale, type Point, pan, scaleOf, toggleZoom, turnBox, zoomAt } from "./viewport.ts";
import { ZoomMap } from "./zoom-map.tsx";

interface PhotoCanvasProps {
  readonly photo: PhotoRow;
  /** Name of the place on the screen: its zoom is kept under this name. */
  readonly pane: string;
  /** What a screen reader says. */
  readonly label: string;
  /** Photos that are likely to be seen here next, likeliest first. */
  readonly ahead?: readonly Picture[];
  /** Shows where in the photo one is while zoomed in, and the zoom. */
  readonly withMap?: boolean;
  /** Draws the subject on it, while the person wants that. */
  readonly marking?: Marking;
}

const noPictures: readonly Picture[] = [];
/** Per pixel of wheel: about 15 % a notch. */
const wheelZoom = 0.0015;
/** Pinching on a touchpad comes as small turns of the wheel with Ctrl. */
const pinchZoom = 0.01;

/** One photo that can be zoomed and panned: wheel and pinch at the pointer, drag, double-click for 100 %. */
export function PhotoCanvas(props: PhotoCanvasProps): ReactElement {
  const { photo, pane, label, ahead = noPictures, withMap = false, marking } = props;
  const look = useLooks((state) => lookOf(state, pane));
  const showClipping = useView((state) => state.showClipping);
  const showPeaking = useView((state) => state.showPeaking);
  const showSubject = useView((state) => state.showSubject);
  const [shown, setShown] = useState<Shown | null>(null);
  const element = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const painter = useRef<PhotoPainter>(null);

  useLayoutEffect(() => {
    const [stage, below, above] = [element.current, canvas.current, marks.current];
    if (stage === null || below === null || above === null) return;
    const created = new PhotoPainter(below, above, (next) => {
      setStage(pane, next);
      setShown((before) => (before !== null && isSame(before, next) ? before : next));
    });
    painter.current = created;
    const { width, height } = stage.getBoundingClientRect();
    created.resize({
      width: Math.round(width * devicePixelRatio),
      height: Math.round(height * devicePixelRatio),
    });
    const observer = new ResizeObserver(([entry]) => {
      const size = entry?.devicePixelContentBoxSize[0];
      if (size !== undefined) created.resize({ width: size.inlineSize, height: size.blockSize });
    });
    observer.observe(stage, { box: "device-pixel-content-box" });
    return () => {
      observer.disconnect();
      created.dispose();
      setStage(pane, null);
    };
  }, [pane]);

  const { id, version, rotation } = photo;
  const { width, height } = pixelsOf(photo);
  useLayoutEffect(() => {
    const overlays: OverlayKind[] = [];
    if (showPeaking) overlays.push("peaking");
    if (showClipping) overlays.push("clipping");
    const picture = { id, version, width, height };
    painter.current?.show({ picture, rotation, look, overlays, ahead });
  }, [id, version, width, height, rotation, look, ahead, showClipping, showPeaking]);

  const subject = photo.subject;
  useEffect(() => {
    if (subject === null || subject.kind === "frame") return;
    const [x, y, across, down] = turnBox(subject.box, rotation);
    setInterest(pane, { x: x + across / 2, y: y + down / 2 });
    return () => setInterest(pane, null);
  }, [pane, subject, rotation]);

  const hands = useHands(pane, element);
  const isZoomed = shown !== null && shown.scale !== null && !fits(shown);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard does all of this by commands
    <div
      ref={element}
      className={css.stage}
      data-zoomed={isZoomed || undefined}
      onPointerDown={hands.down}
      onPointerMove={hands.move}
      onPointerUp={hands.up}
      onPointerCancel={hands.up}
      onPointerLeave={hands.leave}
      onDoubleClick={hands.toggle}
    >
      <canvas ref={canvas} className={css.canvas} role="img" aria-label={label} />
      <canvas ref={marks} className={css.marks} />
      {marking !== undefined && showSubject && shown !== null && shown.scale !== null && (
        <SubjectMarks photo={photo} look={look} shown={shown} marking={marking} />
      )}
      {shown !== null && <Notice shown={shown} />}
      {withMap && shown !== null && isZoomed && (
        <ZoomMap photo={photo} pane={pane} look={look} shown={shown} />
      )}
    </div>
  );
}

function fits({ scale, photo, box }: Shown): boolean {
  return scale !== null && scale <= fitScale(photo, box);
}

function isSame(one: Shown, other: Shown): boolean {
  return (
    one.scale === other.scale &&
    one.isSharp === other.isSharp &&
    one.isEmpty === other.isEmpty &&
    one.isReduced === other.isReduced &&
    one.problem === other.problem &&
    one.photo.width === other.photo.width &&
    one.photo.height === other.photo.height &&
    one.box === other.box
  );
}

/** Why there is nothing to see, or nothing sharp. Waiting is only mentioned when it lasts. */
function Notice({ shown }: { readonly shown: Shown }): ReactElement | null {
  const messages = useMessages();
  const localized = useLocalized();
  const { problem, isEmpty, isSharp, isReduced, scale } = shown;
  if (problem !== null) {
    return (
      <div className={isEmpty ? css.failure : css.note} role="status">
        <p>{localized(problem.happened)}</p>
        {isEmpty && <p className={css.todo}>{localized(problem.todo)}</p>}
      </div>
    );
  }
  if (isEmpty || !isSharp) {
    return (
      <p key="loading" className={`${css.note} ${css.waiting}`} role="status">
        {messages.loadingPhoto}
      </p>
    );
  }
  if (isReduced && scale !== null && scale >= 1) {
    return <p className={css.note}>{messages.reducedPhoto}</p>;
  }
  return null;
}

interface Hands {
  readonly down: (event: PointerEvent) => void;
  readonly move: (event: PointerEvent) => void;
  readonly up: (event: PointerEvent) => void;
  readonly leave: () => void;
  readonly toggle: (event: MouseEvent) => void;
}

/** What pointers do: one drags, two pinch, the wheel zooms. */
function useHands(pane: string, element: RefObject<HTMLDivElement | null>): Hands {
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
