import {
  type CSSProperties,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { PhotoRow, Rotation } from "../../src-preload/contract/photos.ts";
import type { UpscaleRow } from "../../src-preload/contract/upscale.ts";
import { useMessages } from "../messages/language.ts";
import type { Layout } from "../state/upscale-room.ts";
import type { Picture } from "../viewer2d/bitmap-cache.ts";
import { useHands } from "../viewer2d/hands.ts";
import { lookOf, setStage, useLooks } from "../viewer2d/looks.ts";
import { PhotoPainter } from "../viewer2d/photo-painter.ts";
import { pixelsOf } from "../viewer2d/pixels.ts";
import type { Look, Size } from "../viewer2d/viewport.ts";
import css from "./result.module.css";
import { ResultPainter, type ShownResult } from "./result-painter.ts";
import { shownSize } from "./spot.ts";
import { WipeLine } from "./wipe-line.tsx";

/** Both sides are looked at alike: one zoom, counted in pixels of the result. */
export const resultPane = "result";

interface ResultStageProps {
  readonly row: UpscaleRow;
  /** Its original; undefined where that is in another folder. */
  readonly photo: PhotoRow | undefined;
  readonly layout: Layout;
}

/** A result and its original in the same frame, as deep as one wants to look. */
export function ResultStage({ row, photo, layout }: ResultStageProps): ReactElement {
  const messages = useMessages();
  const look = useLooks((state) => lookOf(state, resultPane));
  const before = row.photoId === null ? null : beforeOf(row, row.photoId, photo);
  const name = row.name ?? row.sourceName;
  const after = (box: Size | null): ReactNode => (
    <AfterCanvas key={`${row.id}/${row.version}`} row={row} look={look} box={box} label={name} />
  );
  if (before === null || layout === "after") {
    return (
      <div className={css.panes}>
        <Pane row={row}>{after}</Pane>
      </div>
    );
  }
  const { original } = messages.upscale;
  const under = (box: Size | null): ReactNode => (
    <BeforeCanvas
      before={before}
      row={row}
      look={look}
      box={box}
      label={original(row.sourceName)}
    />
  );
  if (layout === "side") {
    return (
      <div className={css.panes} data-side>
        <Pane row={row} caption={messages.upscale.before}>
          {under}
        </Pane>
        <Pane row={row} caption={messages.upscale.after}>
          {after}
        </Pane>
      </div>
    );
  }
  return (
    <div className={css.panes}>
      <Pane row={row}>
        {(box) => (
          <>
            {after(box)}
            <WipeLine label={messages.upscale.divider}>{under(box)}</WipeLine>
          </>
        )}
      </Pane>
    </div>
  );
}

interface Before {
  readonly picture: Picture;
  readonly rotation: Rotation;
}

/** The original as the painter of photos knows it, turned as it was when the result was made. */
function beforeOf(row: UpscaleRow, photoId: number, photo: PhotoRow | undefined): Before {
  const { sourceWidth, sourceHeight } = row;
  if (photo === undefined) {
    const size = { width: sourceWidth, height: sourceHeight };
    return { picture: { id: photoId, version: "any", ...size }, rotation: 0 };
  }
  const size = shownSize(photo);
  const isTurnedSince = size.width > size.height !== sourceWidth > sourceHeight;
  const picture = { id: photoId, version: photo.version, ...pixelsOf(photo) };
  return { picture, rotation: isTurnedSince ? quarterBack[photo.rotation] : photo.rotation };
}

const quarterBack: Record<Rotation, Rotation> = { 0: 270, 90: 0, 180: 90, 270: 180 };

/** A place on the screen that hands move in: wheel, pinch, drag, double-click. */
function Pane(props: {
  readonly row: UpscaleRow;
  readonly caption?: string;
  /** What is drawn in a box of so many device pixels; null before that is known. */
  readonly children: (box: Size | null) => ReactNode;
}): ReactElement {
  const { row, caption, children } = props;
  const element = useRef<HTMLDivElement>(null);
  const box = useBox(element);
  const { width, height } = row;
  useEffect(() => {
    if (box !== null) setStage(resultPane, { photo: { width, height }, box });
  }, [box, width, height]);
  useEffect(() => () => setStage(resultPane, null), []);
  const hands = useHands(resultPane, element);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard does all of this by commands
    <div
      ref={element}
      className={css.pane}
      onPointerDown={hands.down}
      onPointerMove={hands.move}
      onPointerUp={hands.up}
      onPointerCancel={hands.up}
      onPointerLeave={hands.leave}
      onDoubleClick={hands.toggle}
    >
      {children(box)}
      {caption !== undefined && <span className={css.caption}>{caption}</span>}
    </div>
  );
}

/** Size of an element in device pixels. */
function useBox(element: RefObject<HTMLElement | null>): Size | null {
  const [box, setBox] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const size = entry?.devicePixelContentBoxSize[0];
      if (size !== undefined) setBox({ width: size.inlineSize, height: size.blockSize });
    });
    observer.observe(current, { box: "device-pixel-content-box" });
    return () => observer.disconnect();
  }, [element]);
  return box;
}

interface SideProps {
  readonly row: UpscaleRow;
  readonly look: Look;
  readonly box: Size | null;
  readonly label: string;
}

const nothingShown: ShownResult = { hasFailed: false, isEmpty: true };

function isSame(one: ShownResult, other: ShownResult): boolean {
  return one.hasFailed === other.hasFailed && one.isEmpty === other.isEmpty;
}

function AfterCanvas({ row, look, box, label }: SideProps): ReactElement {
  const messages = useMessages();
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<ResultPainter>(null);
  const [{ hasFailed, isEmpty }, setShown] = useState<ShownResult>(nothingShown);
  const { id, version, width, height } = row;
  useLayoutEffect(() => {
    if (canvas.current === null) return;
    const created = new ResultPainter(canvas.current, { id, version, width, height }, (next) =>
      setShown((last) => (isSame(last, next) ? last : next)),
    );
    painter.current = created;
    return () => created.dispose();
  }, [id, version, width, height]);
  useLayoutEffect(() => {
    if (box !== null) painter.current?.resize(box);
    painter.current?.show(look);
  }, [box, look]);
  return (
    <>
      <canvas ref={canvas} className={css.canvas} role="img" aria-label={label} />
      {hasFailed && (
        <p className={css.note} role="status">
          {messages.upscale.tileFailed}
        </p>
      )}
      {isEmpty && !hasFailed && (
        <p className={`${css.note} ${css.waiting}`} role="status">
          {messages.loadingPhoto}
        </p>
      )}
    </>
  );
}

const hidden: CSSProperties = { display: "none" };

function BeforeCanvas(props: SideProps & { readonly before: Before }): ReactElement {
  const { before, row, look, box, label } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const painter = useRef<PhotoPainter>(null);
  useLayoutEffect(() => {
    if (canvas.current === null || marks.current === null) return;
    const created = new PhotoPainter(canvas.current, marks.current, () => undefined);
    painter.current = created;
    return () => created.dispose();
  }, []);
  const { id, version, width, height } = before.picture;
  const { rotation } = before;
  const { width: acrossFrame, height: downFrame } = row;
  useLayoutEffect(() => {
    if (box !== null) painter.current?.resize(box);
    painter.current?.show({
      picture: { id, version, width, height },
      rotation,
      look,
      overlays: [],
      ahead: [],
      frame: { width: acrossFrame, height: downFrame },
    });
  }, [box, look, id, version, width, height, rotation, acrossFrame, downFrame]);
  return (
    <>
      <canvas ref={canvas} className={css.canvas} role="img" aria-label={label} />
      <canvas ref={marks} style={hidden} />
    </>
  );
}
