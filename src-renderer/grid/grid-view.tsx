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
import { useMessages } from "../messages/language.ts";
import { useItems } from "../state/items.ts";
import { useLibrary } from "../state/library-store.ts";
import { currentOrder, move } from "../state/navigation.ts";
import { activate, selectRange, setMode, toggleSelected, useView } from "../state/view-store.ts";
import css from "./grid.module.css";
import { Tile } from "./tile.tsx";

const gap = 8;
const padding = 12;

/** All photos as tiles. Only rows near the view exist in the page. */
export function GridView(): ReactElement {
  const items = useItems();
  const tileSize = useLibrary((state) => state.preferences.tileSize);
  const activeId = useView((state) => state.activeId);
  const messages = useMessages();
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const columns = Math.max(1, Math.floor((width - 2 * padding + gap) / (tileSize + gap)));
  // Tiles grow a little, so that a row fills the width.
  const size = Math.max(1, Math.floor((width - 2 * padding - gap * (columns - 1)) / columns));
  const rowCount = Math.ceil(items.length / columns);
  const rows = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => size + gap,
    overscan: 2,
    paddingStart: padding,
    paddingEnd: padding,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the size decides what was measured
  useEffect(() => rows.measure(), [rows, size]);

  const activeIndex = activeId === null ? -1 : items.findIndex((item) => item.photoId === activeId);
  const activeRow = activeIndex < 0 ? -1 : Math.floor(activeIndex / columns);
  useEffect(() => {
    if (activeRow >= 0) rows.scrollToIndex(activeRow, { align: "auto" });
  }, [rows, activeRow]);
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
      <div className={css.canvas} style={{ height: rows.getTotalSize() }} role="presentation">
        {rows.getVirtualItems().map((row) => {
          const style: CSSProperties & Record<"--tile" | "--gap", string> = {
            "--tile": `${size}px`,
            "--gap": `${gap}px`,
            transform: `translateY(${row.start}px)`,
          };
          return (
            <div key={row.key} className={css.row} style={style} role="presentation">
              {items.slice(row.index * columns, (row.index + 1) * columns).map((item, column) => (
                <Tile
                  key={item.photoId}
                  item={item}
                  size={size}
                  position={row.index * columns + column + 1}
                  count={items.length}
                />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function photoAt(event: MouseEvent): number | null {
  const tile = event.target instanceof Element ? event.target.closest("[data-photo]") : null;
  return tile instanceof HTMLElement ? Number(tile.dataset.photo) : null;
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
  if (event.shiftKey) selectRange(photoId, currentOrder());
  else if (event.ctrlKey || event.metaKey) toggleSelected(photoId);
  else activate(photoId);
}

function toggleBurst(burstId: number): void {
  const next = new Set(useView.getState().toggledBursts);
  if (!next.delete(burstId)) next.add(burstId);
  useView.setState({ toggledBursts: next });
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
