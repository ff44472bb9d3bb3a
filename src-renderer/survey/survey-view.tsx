import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { CommandButton } from "../commands/command-button.tsx";
import { provide, runCommand } from "../commands/registry.ts";
import { openItems, togetherWith } from "../compare/frames.ts";
import { DecisionStrip } from "../loupe/decision-strip.tsx";
import { useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { focusOn, useView } from "../state/view-store.ts";
import { LargeView } from "../viewer2d/large-view.tsx";
import { useLooks } from "../viewer2d/looks.ts";
import { ZoomButton } from "../viewer2d/zoom-button.tsx";
import { tile } from "./layout.ts";
import css from "./survey.module.css";
import { SurveyTile } from "./survey-tile.tsx";

/** More than these are too small to be judged, and their pixels would not fit into memory. */
const mostTiles = 24;
/** CSS pixels, as in the style sheet. */
const gap = 6;
const caption = 28;

/** Photos side by side, each as large as the window allows; what is rejected leaves. */
export function SurveyView(): ReactElement {
  const messages = useMessages();
  const activeId = useView((state) => state.activeId);
  const photos = useLibrary((state) => state.photos);
  const gathered = useGathered(activeId);
  const shown = useMemo(
    () =>
      gathered.ids.filter((id) => {
        const photo = photos.get(id);
        return photo !== undefined && (photo.flag !== "reject" || gathered.rejected.has(id));
      }),
    [gathered, photos],
  );
  const tiles = shown.slice(0, mostTiles);
  useFocusAmong(tiles, activeId);
  const { element, box } = useBox();
  const aspects = tiles.map((id) => aspectOf(photos.get(id)));
  const { columns, rows } = tile(aspects, box, gap, caption);
  const active = activeId === null ? undefined : photos.get(activeId);

  const go = (steps: number): void => {
    const at = activeId === null ? -1 : tiles.indexOf(activeId);
    const next = tiles[at + steps];
    if (next !== undefined) focusOn(next);
  };
  useWays(go);
  const goByRow = (event: KeyboardEvent): void => {
    const direction = { ArrowUp: -1, ArrowDown: 1 }[event.code];
    if (direction === undefined || event.shiftKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    go(direction * columns);
  };

  const style: CSSProperties & Record<`--${string}`, number> = {
    "--columns": columns,
    "--rows": rows,
  };
  return (
    <LargeView
      label={messages.survey}
      className={css.survey}
      primary={`tile-${activeId}`}
      hasPanes
      onKeyDown={goByRow}
    >
      <div ref={element} className={css.tiles} style={style}>
        {tiles.map((id) => (
          <SurveyTile key={id} photoId={id} isActive={id === activeId} />
        ))}
        {tiles.length === 0 && <p className={css.nothing}>{messages.surveyAlone}</p>}
      </div>
      <div className={css.bar}>
        <p className={css.count}>
          {shown.length > tiles.length
            ? messages.surveyMore(tiles.length, shown.length)
            : messages.photos(shown.length)}
        </p>
        {active !== undefined && tiles.includes(active.id) && <DecisionStrip photo={active} />}
        <Tools pane={`tile-${activeId}`} />
      </div>
    </LargeView>
  );
}

interface Gathered {
  readonly ids: readonly number[];
  /** Those that were rejects already when they were gathered: they were chosen to be seen. */
  readonly rejected: ReadonlySet<number>;
}

/** What is surveyed: gathered once, and again when a photo that is not part of it becomes the active one. */
function useGathered(activeId: number | null): Gathered {
  const [gathered, setGathered] = useState<Gathered>(() => gather(activeId));
  if (activeId !== null && !gathered.ids.includes(activeId)) setGathered(gather(activeId));
  return gathered;
}

function gather(activeId: number | null): Gathered {
  if (activeId === null) return { ids: [], rejected: new Set() };
  const { photos } = useLibrary.getState();
  const ids = togetherWith(openItems(), activeId, useView.getState().selection);
  const rejected = new Set(ids.filter((id) => photos.get(id)?.flag === "reject"));
  return { ids, rejected };
}

/** When the active photo leaves the survey, the one that takes its place is active. */
function useFocusAmong(tiles: readonly number[], activeId: number | null): void {
  const last = useRef(tiles);
  useLayoutEffect(() => {
    const before = last.current;
    last.current = tiles;
    if (activeId === null || tiles.includes(activeId)) return;
    const at = before.indexOf(activeId);
    const next = tiles[Math.min(Math.max(0, at), tiles.length - 1)];
    if (next !== undefined) focusOn(next);
  }, [tiles, activeId]);
}

function useWays(go: (steps: number) => void): void {
  const latest = useRef(go);
  useLayoutEffect(() => {
    latest.current = go;
  });
  useEffect(() => {
    const taken = [
      provide("next", () => latest.current(1)),
      provide("previous", () => latest.current(-1)),
      // A decision leaves the focus where it is: one looks at all of them at once.
      provide("advance", () => undefined),
    ];
    return () => {
      for (const giveBack of taken) giveBack();
    };
  }, []);
}

interface Box {
  readonly width: number;
  readonly height: number;
}

/** Size of the tiles' area in CSS pixels. */
function useBox(): { element: RefObject<HTMLDivElement | null>; box: Box } {
  const element = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState<Box>({ width: 1200, height: 700 });
  useLayoutEffect(() => {
    const area = element.current;
    if (area === null) return;
    const measure = (): void => setBox({ width: area.clientWidth, height: area.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(area);
    return () => observer.disconnect();
  }, []);
  return { element, box };
}

function aspectOf(
  photo: { readonly width: number; readonly height: number; readonly rotation: number } | undefined,
): number {
  if (photo === undefined || photo.width === 0 || photo.height === 0) return 1.5;
  const aspect = photo.width / photo.height;
  return photo.rotation % 180 === 0 ? aspect : 1 / aspect;
}

function Tools({ pane }: { readonly pane: string }): ReactElement {
  const isLinked = useLooks((state) => state.isLinked);
  const showClipping = useView((state) => state.showClipping);
  const showPeaking = useView((state) => state.showPeaking);
  const showSubject = useView((state) => state.showSubject);
  return (
    <div className={css.tools}>
      <CommandButton id="view.linkZoom" icon="link" pressed={isLinked} />
      <CommandButton id="view.subject" icon="subject" pressed={showSubject} />
      <CommandButton id="view.clipping" icon="clipping" pressed={showClipping} />
      <CommandButton id="view.peaking" icon="peaking" pressed={showPeaking} />
      <ZoomButton pane={pane} onToggle={() => runCommand("view.zoom")} />
    </div>
  );
}
