import { type ReactElement, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { useView } from "../state/view-store.ts";
import type { Picture } from "./bitmap-cache.ts";
import { useHands } from "./hands.ts";
import { lookOf, setInterest, setStage, useLooks } from "./looks.ts";
import type { OverlayKind } from "./overlay-protocol.ts";
import css from "./photo-canvas.module.css";
import { PhotoPainter, type Shown } from "./photo-painter.ts";
import { pixelsOf } from "./pixels.ts";
import { type Marking, SubjectMarks } from "./subject-marks.tsx";
import { fitScale, turnBox } from "./viewport.ts";
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
