import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactElement, useEffect, useRef } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { Thumbnail } from "../grid/thumbnail.tsx";
import { useMessages } from "../messages/language.ts";
import { focusOn } from "../state/view-store.ts";
import { Icon } from "../ui/icons.tsx";
import { useForecast } from "./settings.ts";
import css from "./stage.module.css";

const frameWidth = 92;

interface BatchStripProps {
  readonly photos: readonly PhotoRow[];
  /** Place of the one that is shown. */
  readonly at: number;
}

/** The photos of the batch in one line; what can't be made is marked. */
export function BatchStrip({ photos, at }: BatchStripProps): ReactElement {
  const messages = useMessages();
  const scroller = useRef<HTMLDivElement>(null);
  const forecasts = useForecast((state) => state.photos);
  const frames = useVirtualizer({
    horizontal: true,
    count: photos.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => frameWidth,
    overscan: 4,
  });
  useEffect(() => frames.scrollToIndex(at, { align: "auto" }), [frames, at]);
  const shown = photos[at];
  return (
    <div
      ref={scroller}
      className={css.strip}
      role="listbox"
      aria-label={messages.upscale.photoOf(at + 1, photos.length)}
      aria-activedescendant={shown === undefined ? undefined : `batch-${shown.id}`}
      tabIndex={0}
    >
      <div className={css.line} style={{ width: frames.getTotalSize() }} role="presentation">
        {frames.getVirtualItems().map(({ index, start }) => {
          const photo = photos[index];
          if (photo === undefined) return null;
          const hasProblem = forecasts.get(photo.id)?.problem != null;
          return (
            // The arrows go through it: keys of the whole room.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            <div
              key={photo.id}
              id={`batch-${photo.id}`}
              className={css.batchPhoto}
              style={{ left: start }}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              aria-label={photo.name}
              onClick={() => focusOn(photo.id)}
            >
              <Thumbnail photo={photo} edge={256} />
              {hasProblem && (
                <span className={css.problemMark}>
                  <Icon name="warning" />
                </span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
