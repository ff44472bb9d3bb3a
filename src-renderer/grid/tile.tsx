import { memo, type ReactElement } from "react";
import type { Label } from "../../src-preload/contract/photos.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import type { Item } from "../state/derive.ts";
import { useLibrary } from "../state/library-store.ts";
import { useView } from "../state/view-store.ts";
import { Icon } from "../ui/icons.tsx";
import { Thumbnail } from "./thumbnail.tsx";
import css from "./tile.module.css";

const thumbnailLimit = 256;

interface TileProps {
  readonly item: Item;
  /** CSS pixels; the tile is square. */
  readonly size: number;
  /** Place in the whole list, from 1, and its length: what a screen reader says. */
  readonly position: number;
  readonly count: number;
}

export const Tile = memo(function Tile({
  item,
  size,
  position,
  count,
}: TileProps): ReactElement | null {
  const { photoId } = item;
  const photo = useLibrary((state) => state.photos.get(photoId));
  const isSelected = useView((state) => state.selection.has(photoId));
  const isActive = useView((state) => state.activeId === photoId);
  const messages = useMessages();
  const localized = useLocalized();
  if (photo === undefined) return null;
  const inBurst = item.burstSize > 1;
  const description = [
    photo.name,
    inBurst
      ? item.isStack
        ? messages.stack(item.burstSize)
        : messages.inStack(item.burstPosition, item.burstSize)
      : "",
    inBurst && item.isPick ? messages.bestFrame : "",
    messages.flags[photo.flag],
    photo.stars > 0 ? messages.stars(photo.stars) : "",
    photo.label === "none" ? "" : messages.labels[photo.label],
  ];
  return (
    <div
      id={`photo-${photoId}`}
      className={css.tile}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-label={description.filter((part) => part !== "").join(", ")}
      aria-posinset={position}
      aria-setsize={count}
      data-photo={photoId}
      data-active={isActive || undefined}
      data-flag={photo.flag}
      data-stack={item.isStack || undefined}
      data-burst={!item.isStack && inBurst ? edgeOf(item) : undefined}
      title={inBurst && photo.reason !== null ? localized(photo.reason) : undefined}
    >
      <div className={css.picture}>
        <Thumbnail
          photo={photo}
          edge={size * devicePixelRatio > thumbnailLimit * 1.2 ? 512 : thumbnailLimit}
        />
      </div>
      {inBurst && (
        <span className={css.badge} data-stack-badge={item.burstId}>
          {item.isStack ? (
            <>
              <Icon name="stack" /> {item.burstSize}
            </>
          ) : (
            `${item.burstPosition}/${item.burstSize}`
          )}
          {item.isPick && <span className={css.best} />}
        </span>
      )}
      <span className={css.caption}>
        <Marks flag={photo.flag} stars={photo.stars} label={photo.label} />
        <span className={css.name}>{photo.name}</span>
      </span>
    </div>
  );
});

/** Where the band that holds an open stack together begins and ends. */
function edgeOf(item: Item): "first" | "last" | "inside" {
  if (item.burstPosition === 1) return "first";
  return item.burstPosition === item.burstSize ? "last" : "inside";
}

/** Flag, stars and colour as signs; their words are in the tile's label. */
export function Marks(props: {
  readonly flag: "pick" | "none" | "reject";
  readonly stars: number;
  readonly label: Label;
}): ReactElement | null {
  const { flag, stars, label } = props;
  if (flag === "none" && stars === 0 && label === "none") return null;
  return (
    <span className={css.marks}>
      {flag !== "none" && (
        <span className={css[flag]}>
          <Icon name={flag} />
        </span>
      )}
      {stars > 0 && <span className={css.stars}>{"★".repeat(stars)}</span>}
      {label !== "none" && <span className={css.label} data-label={label} />}
    </span>
  );
}
