import {
  type CSSProperties,
  type PointerEvent,
  type ReactElement,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { commands } from "../../src-preload/contract/commands.ts";
import { cropUrl, previewUrl } from "../../src-preload/contract/media.ts";
import type { PhotoRow, Rotation } from "../../src-preload/contract/photos.ts";
import { isMac } from "../commands/keyboard.ts";
import { showKey } from "../commands/keys.ts";
import { provide, runCommand } from "../commands/registry.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { useModels } from "../state/models.ts";
import { useUpscaleRoom } from "../state/upscale-room.ts";
import { Button } from "../ui/button.tsx";
import type { Size } from "../viewer2d/viewport.ts";
import { type Crops, type Spot, setSpot, useSpot, useSpots } from "./crops.ts";
import { pixelsText } from "./size-text.ts";
import { moveSpot, nextEdge, settleSpot, shownSize } from "./spot.ts";
import css from "./stage.module.css";
import { WipeLine } from "./wipe-line.tsx";

interface PhotoStageProps {
  readonly photo: PhotoRow;
  readonly crops: Crops;
}

/** The photo with the square that looks are tried on, or that square large, before and after. */
export function PhotoStage({ photo, crops }: PhotoStageProps): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const isCloseUp = useUpscaleRoom((state) => state.isCloseUp);
  const spot = useSpot(photo);
  const { width, height } = shownSize(photo);
  useSpotKeys(photo, spot);
  return (
    <section className={css.stage} aria-label={photo.name}>
      {spot === null ? (
        <Unreadable photo={photo} />
      ) : isCloseUp ? (
        <CloseUp crops={crops} />
      ) : (
        <Whole photo={photo} spot={spot} />
      )}
      <footer className={css.caption}>
        <span className={css.name}>{photo.name}</span>
        {width > 0 && <span>{pixelsText(width, height, language)} px</span>}
        {spot !== null && (
          <>
            <span className={css.hint}>{messages.upscale.placeHint}</span>
            <Button
              tone="quiet"
              aria-pressed={isCloseUp}
              data-tip={messages.upscale.triedPixels(spot.edge)}
              data-keys={showKey(commands["view.zoom"].keys[0], isMac)}
              onClick={() => runCommand("view.zoom")}
            >
              {isCloseUp ? messages.upscale.wholePhoto : messages.upscale.closeUp}
            </Button>
          </>
        )}
      </footer>
    </section>
  );
}

function Unreadable({ photo }: { readonly photo: PhotoRow }): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  if (photo.state === "found") {
    return (
      <div className={css.unreadable} role="status">
        <p>{messages.reading}</p>
      </div>
    );
  }
  return (
    <div className={css.unreadable} role="status">
      <p>{photo.reason === null ? messages.photoMissing : localized(photo.reason)}</p>
      <p>{messages.upscale.unreadable}</p>
    </div>
  );
}

/** What share of itself one press of an arrow moves the square. */
const keyStep = 0.25;

/** Keys that move the square, change its size, and show it large. */
function useSpotKeys(photo: PhotoRow, spot: Spot | null): void {
  useEffect(() => {
    if (spot === null) return;
    const size = shownSize(photo);
    const move = (x: number, y: number) => () =>
      setSpot(photo.id, moveSpot(spot.middle, x * keyStep, y * keyStep, spot.edge, size));
    const resize = (direction: 1 | -1) => () =>
      useSpots.setState({ edge: nextEdge(spot.edge, direction, size) });
    const taken = [
      provide("view.panLeft", move(-1, 0)),
      provide("view.panRight", move(1, 0)),
      provide("view.panUp", move(0, -1)),
      provide("view.panDown", move(0, 1)),
      // Less of the photo is more of its pixels.
      provide("view.zoomIn", resize(-1)),
      provide("view.zoomOut", resize(1)),
      provide("view.zoom", () =>
        useUpscaleRoom.setState(({ isCloseUp }) => ({ isCloseUp: !isCloseUp })),
      ),
    ];
    return () => {
      for (const giveBack of taken) giveBack();
    };
  }, [photo, spot]);
}

/** All of the photo; a press or a drag puts the square where the pointer is. */
function Whole({ photo, spot }: { readonly photo: PhotoRow; readonly spot: Spot }): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  const box = useSize(element);
  const size = shownSize(photo);
  const shrink = Math.min(box.width / size.width, box.height / size.height, 1.5);
  const shown = { width: size.width * shrink, height: size.height * shrink };
  const put = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const frame = event.currentTarget.getBoundingClientRect();
    const at = {
      x: (event.clientX - frame.left) / frame.width,
      y: (event.clientY - frame.top) / frame.height,
    };
    setSpot(photo.id, settleSpot(at, spot.edge, size));
  };
  useWheel(element, spot, size);
  const edge = spot.edge * shrink;
  return (
    <div ref={element} className={css.frame}>
      {box.width > 0 && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard does all of this by commands
        <div
          className={css.photo}
          style={shown}
          onPointerDown={put}
          onPointerMove={put}
          onDoubleClick={() => runCommand("view.zoom")}
        >
          <img
            key={previewUrl(photo)}
            className={css.turnable}
            style={turned(photo.rotation, shown)}
            src={previewUrl(photo)}
            alt={photo.name}
            decoding="async"
            draggable={false}
          />
          <div
            className={css.spot}
            aria-hidden="true"
            style={{
              left: spot.middle.x * shown.width - edge / 2,
              top: spot.middle.y * shown.height - edge / 2,
              width: edge,
              height: edge,
            }}
          />
        </div>
      )}
    </div>
  );
}

/** Lays a picture that is turned about its middle over its frame. */
function turned(rotation: Rotation, { width, height }: Size): CSSProperties {
  const isAcross = rotation === 90 || rotation === 270;
  return {
    width: isAcross ? height : width,
    height: isAcross ? width : height,
    rotate: `${rotation}deg`,
  };
}

/** The wheel changes the square's size. */
function useWheel(element: RefObject<HTMLElement | null>, { edge }: Spot, size: Size): void {
  const { width, height } = size;
  const turning = useRef(0);
  useEffect(() => {
    const stage = element.current;
    if (stage === null) return;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const isLines = event.deltaMode === WheelEvent.DOM_DELTA_LINE;
      turning.current += isLines ? event.deltaY * 33 : event.deltaY;
      if (Math.abs(turning.current) < 60) return;
      const direction = turning.current > 0 ? 1 : -1;
      turning.current = 0;
      useSpots.setState({ edge: nextEdge(edge, direction, { width, height }) });
    };
    // Not React's: that one is passive.
    stage.addEventListener("wheel", wheel, { passive: false });
    return () => stage.removeEventListener("wheel", wheel);
  }, [element, edge, width, height]);
}

/** Size of an element in CSS pixels. */
function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) {
        setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
      }
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** The square as large as the window allows, made by the chosen model. */
function CloseUp({ crops }: { readonly crops: Crops }): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const model = useLibrary((state) => state.preferences.upscale.model);
  const name = useModels(({ models }) => models?.find(({ id }) => id === model)?.name ?? model);
  const answer = crops?.get(model);
  if (answer?.state === "failed") {
    return (
      <div className={css.unreadable} role="status">
        <p>{localized(answer.problem.happened)}</p>
        <p>{localized(answer.problem.todo)}</p>
      </div>
    );
  }
  return (
    <div className={css.frame}>
      <div className={css.closeUp}>
        {answer?.state === "done" ? (
          <>
            <img
              className={css.picture}
              src={cropUrl(answer.crop.key, "after")}
              alt={messages.upscale.closeUpOf(name)}
              draggable={false}
            />
            <WipeLine label={messages.upscale.divider}>
              <img
                className={css.picture}
                src={cropUrl(answer.crop.key, "before")}
                alt={messages.upscale.before}
                draggable={false}
              />
            </WipeLine>
          </>
        ) : (
          <p className={css.waiting} role="status">
            {messages.upscale.tryingLook(name)}
          </p>
        )}
      </div>
    </div>
  );
}
