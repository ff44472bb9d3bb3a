import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, type ReactElement, useEffect, useRef } from "react";
import { clickPhoto, photoAt } from "../grid/click.ts";
import { Thumbnail } from "../grid/thumbnail.tsx";
import { edgeOf, Marks } from "../grid/tile.tsx";
import { useMessages } from "../messages/language.ts";
import type { Item } from "../state/derive.ts";
import { useItems } from "../state/items.ts";
import { useLibrary } from "../state/library-store.ts";
import { move } from "../state/navigation.ts";
import { useView } from "../state/view-store.ts";
import css from "./filmstrip.module.css";

const frameWidth = 104;

/** All photos in one line, the active one in the middle. */
export function Filmstrip(): ReactElement {
  const items = useItems();
  const activeId = useView((state) => state.activeId);
  const selection = useView((state) => state.selection);
  const messages = useMessages();
  const scroller = useRef<HTMLDivElement>(null);
  const frames = useVirtualizer({
    horizontal: true,
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => frameWidth,
    overscan: 4,
  });
  const activeIndex = activeId === null ? -1 : items.findIndex((item) => item.photoId === activeId);
  useEffect(() => {
    if (activeIndex >= 0) frames.scrollToIndex(activeIndex, { align: "center" });
  }, [frames, activeIndex]);
  return (
    <div
      ref={scroller}
      className={css.scroller}
      role="listbox"
      aria-label={messages.filmstrip}
      aria-activedescendant={activeIndex < 0 ? undefined : `frame-${activeId}`}
      tabIndex={0}
      data-keys="photos"
      onClick={onClick}
      onKeyDown={(event) => {
        const steps = { Home: -items.length, End: items.length }[event.code];
        if (steps === undefined) return;
        event.preventDefault();
        move(steps, event.shiftKey);
      }}
    >
      <div className={css.line} style={{ width: frames.getTotalSize() }} role="presentation">
        {frames.getVirtualItems().map((frame) => {
          const item = items[frame.index];
          return item === undefined ? null : (
            <Frame
              key={item.photoId}
              item={item}
              left={frame.start}
              isActive={item.photoId === activeId}
              isSelected={selection.has(item.photoId)}
            />
          );
        })}
      </div>
    </div>
  );
}

function onClick(event: MouseEvent): void {
  const photoId = photoAt(event);
  if (photoId !== null) clickPhoto(photoId, event);
}

function Frame(props: {
  readonly item: Item;
  readonly left: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
}): ReactElement | null {
  const { item, left, isActive, isSelected } = props;
  const photo = useLibrary((state) => state.photos.get(item.photoId));
  if (photo === undefined) return null;
  // Of a closed stack how many there are, else which one it is, as reasons call it.
  const number = item.isStack ? `${item.burstSize}` : `#${item.frame}`;
  const place = item.burstSize > 1 ? number : null;
  return (
    <div
      id={`frame-${item.photoId}`}
      className={css.frame}
      style={{ left }}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-label={place === null ? photo.name : `${place} ${photo.name}`}
      data-flag={photo.flag}
      data-photo={item.photoId}
      data-active={isActive || undefined}
      data-burst={item.burstSize > 1 && !item.isStack ? edgeOf(item) : undefined}
    >
      <div className={css.picture}>
        <Thumbnail photo={photo} edge={256} />
      </div>
      <span className={css.marks}>
        <Marks flag={photo.flag} stars={photo.stars} label={photo.label} />
        {item.isPick && item.burstSize > 1 && (
          <span className={css.best} data-tentative={item.isTie || undefined} />
        )}
        {place !== null && <span className={css.place}>{place}</span>}
      </span>
    </div>
  );
}
