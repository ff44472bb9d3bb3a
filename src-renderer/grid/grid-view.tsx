import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  useEffect,
  useRef,
  useState,
} from "react";
import { useLanguage, useMessages } from "../messages/language.ts";
import { useItems } from "../state/items.ts";
import { useLibrary } from "../state/library-store.ts";
import { move } from "../state/navigation.ts";
import { activate, setMode, toggleBurst, useView } from "../state/view-store.ts";
import { clickPhoto, photoAt } from "./click.ts";
import css from "./grid.module.css";
import { Tile } from "./tile.tsx";
import { timeSpanOf } from "./time-span.ts";

const padding = 10;
/** What a tile has besides its picture: padding to the sides, and above and below with its three lines of text. */
const frameX = 24;
const frameY = 79;
/** Height of the picture's box by its width: between landscape and portrait, so that neither wastes much. */
const pictureAspect = 0.75;

/** All photos as tiles. Only rows near the view exist in the page. */
export function GridView(): ReactElement {
  const items = useItems();
  const tileSize = useLibrary((state) => state.preferences.tileSize);
  const photos = useLibrary((state) => state.photos);
  const span = timeSpanOf(photos);
  const activeId = useView((state) => state.activeId);
  const selection = useView((state) => state.selection);
  const language = useLanguage();
  const messages = useMessages();
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const columns = Math.max(1, Math.floor((width - 2 * padding) / tileSize));
  // Tiles grow a little, so that a row fills the width.
  const tileWidth = Math.max(1, Math.floor((width - 2 * padding) / columns));
  const tileHeight = Math.round((tileWidth - frameX) * pictureAspect) + frameY;
  const rowCount = Math.ceil(items.length / columns);
  const rows = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => tileHeight,
    overscan: 2,
    paddingStart: padding,
    paddingEnd: padding,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height decides what was measured
  useEffect(() => rows.measure(), [rows, tileHeight]);

  const activeIndex = activeId === null ? -1 : items.findIndex((item) => item.photoId === activeId);
  const activeRow = activeIndex < 0 ? -1 : Math.floor(activeIndex / columns);
  // Followed when the person goes there, not when photos that arrive move it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (activeRow >= 0) rows.scrollToIndex(activeRow, { align: "auto" });
  }, [rows, activeId, columns]);
  // Coming back from another view, keys go on working here.
  useEffect(() => scroller.current?.focus({ preventScroll: true }), []);

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps = {
      ArrowUp: -columns,
      ArrowDown: columns,
      Home: -items.length,
      End: items.length,
    }[event.code];
    if (steps === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move(steps, event.shiftKey);
  };

  const canvas: CSSProperties & Record<"--tile" | "--tile-height", string> = {
    "--tile": `${tileWidth}px`,
    "--tile-height": `${tileHeight}px`,
    height: rows.getTotalSize(),
  };
  return (
    // The page hears the arrow keys of the whole window; up and down mean a row only here.
    <div
      ref={scroller}
      className={css.scroller}
      role="listbox"
      aria-label={messages.grid}
      aria-multiselectable="true"
      aria-activedescendant={activeIndex < 0 ? undefined : `photo-${activeId}`}
      tabIndex={0}
      data-keys="photos"
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDoubleClick={(event) => {
        if (photoAt(event) !== null) setMode("loupe");
      }}
    >
      <div className={css.canvas} style={canvas} role="presentation">
        {rows.getVirtualItems().map((row) => (
          <div
            key={row.key}
            className={css.row}
            style={{ transform: `translateY(${row.start}px)` }}
            role="presentation"
          >
            {items.slice(row.index * columns, (row.index + 1) * columns).map((item, column) => {
              const photo = photos.get(item.photoId);
              if (photo === undefined) return null;
              return (
                <Tile
                  key={item.photoId}
                  item={item}
                  photo={photo}
                  isSelected={selection.has(item.photoId)}
                  isActive={item.photoId === activeId}
                  language={language}
                  width={tileWidth}
                  span={span}
                  position={row.index * columns + column + 1}
                  count={items.length}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

function onClick(event: MouseEvent): void {
  const photoId = photoAt(event);
  if (photoId === null) {
    activate(null);
    return;
  }
  const badge = event.target instanceof Element ? event.target.closest("[data-stack-badge]") : null;
  if (badge instanceof HTMLElement) {
    toggleBurst(Number(badge.dataset.stackBadge));
    return;
  }
  clickPhoto(photoId, event);
}

function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    setWidth(current.clientWidth);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
