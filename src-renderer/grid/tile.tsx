import { memo, type ReactElement } from "react";
import type { Label, PhotoRow } from "../../src-preload/contract/photos.ts";
import {
  captureTime,
  type Language,
  messagesIn,
  sentenceIn,
  type TimeSpan,
} from "../messages/language.ts";
import type { Item } from "../state/derive.ts";
import { Icon } from "../ui/icons.tsx";
import ui from "../ui/ui.module.css";
import { FileKinds } from "./file-kinds.tsx";
import { Thumbnail } from "./thumbnail.tsx";
import css from "./tile.module.css";

/** A thumbnail may be shown a little larger than it is before the next size is asked for. */
const stretch = 1.15;
/** In narrower tiles (CSS pixels) five stars would leave no room for the name. */
const roomForStars = 240;
/** In narrower ones neither would flag, colour and place. */
const roomForMarks = 170;

interface TileProps {
  readonly item: Item;
  readonly photo: PhotoRow;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly language: Language;
  /** Width in CSS pixels. */
  readonly width: number;
  /** How far apart the photos of the folder are. */
  readonly span: TimeSpan;
  /** Place in the whole list, from 1, and its length: what a screen reader says. */
  readonly position: number;
  readonly count: number;
}

/** One place of the grid. Everything comes as properties: thousands of tiles listen to nothing by themselves. */
export const Tile = memo(function Tile(props: TileProps): ReactElement {
  const { item, photo, isSelected, isActive, language, width, span, position, count } = props;
  const inBurst = item.burstSize > 1;
  const [place, second] = captionOf(item, photo, language, span);
  return (
    <div
      id={`photo-${photo.id}`}
      className={css.tile}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-posinset={position}
      aria-setsize={count}
      data-photo={photo.id}
      data-active={isActive || undefined}
      data-narrow={width < roomForMarks || undefined}
      data-flag={photo.flag}
      data-stack={item.isStack || undefined}
      data-burst={!item.isStack && inBurst ? edgeOf(item) : undefined}
    >
      <span className={ui.spoken}>{spokenText(item, photo, language, span)}</span>
      <div className={css.picture}>
        <Thumbnail photo={photo} edge={width * devicePixelRatio > 256 * stretch ? 512 : 256} />
      </div>
      <div className={css.caption} aria-hidden="true">
        <Marks
          flag={photo.flag}
          stars={photo.stars}
          label={photo.label}
          isShort={width < roomForStars}
        />
        <Name name={photo.name} width={width} />
        {inBurst && (
          <span
            className={css.badge}
            data-stack-badge={item.burstId}
            data-tip={tipOf(item, photo, language)}
          >
            {item.isTie && (item.isStack || item.isPick) && (
              <span className={css.tie}>
                <Icon name="tie" />
              </span>
            )}
            {item.isStack && <Icon name="stack" />}
            {place}
          </span>
        )}
      </div>
      <div
        className={css.second}
        aria-hidden="true"
        data-best={inBurst && item.isPick ? (item.isTie ? "tentative" : "sure") : undefined}
        data-tip={inBurst ? second : undefined}
      >
        <FileKinds photo={photo} isShort={width < roomForMarks} />
        {second}
      </div>
    </div>
  );
});

/** Letters at a name's end that are kept while its beginning is cut: what tells "KILN_0006.JPG" from the next one. */
const keptLetters = 8;

/** About as much as a wide letter takes. A name of less than half a tile is never cut: most are, and thousands go by. */
const letterWidth = 8;

function Name({ name, width }: { readonly name: string; readonly width: number }): ReactElement {
  if (name.length * letterWidth < width / 2) return <span className={css.name}>{name}</span>;
  // Composed, as some systems write a Hangul syllable as two or three letters.
  const letters = [...name.normalize("NFC")];
  return (
    <span className={css.name}>
      <span className={css.nameStart}>{letters.slice(0, -keptLetters).join("")}</span>
      <span className={css.nameEnd}>{letters.slice(-keptLetters).join("")}</span>
    </span>
  );
}

/** What stands under the picture besides the name: the burst's place, then why or when. */
function captionOf(
  item: Item,
  photo: PhotoRow,
  language: Language,
  span: TimeSpan,
): [string, string] {
  const time = captureTime(photo.capturedAt, language, span);
  if (item.burstSize === 1) return ["", time];
  const place = item.isStack ? `${item.burstSize}` : `#${item.frame}/${item.burstSize}`;
  return [place, photo.reason === null ? time : sentenceIn(language, photo.reason)];
}

/** What the burst's badge stands for, and why its best frame leads. */
function tipOf(item: Item, photo: PhotoRow, language: Language): string {
  const messages = messagesIn(language);
  const parts = [
    item.isStack ? messages.stack(item.burstSize) : messages.inBurst(item.frame, item.burstSize),
    item.isTie ? messages.tooClose : "",
    item.isPick && photo.reason !== null ? sentenceIn(language, photo.reason) : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

/** What can be read, first and as it is written, then what only colours and signs say. */
function spokenText(item: Item, photo: PhotoRow, language: Language, span: TimeSpan): string {
  const messages = messagesIn(language);
  const [place, second] = captionOf(item, photo, language, span);
  // A reason is a sentence; here it is one part of many.
  const written = [photo.name, place, second.replace(/\.$/, "")].filter((part) => part !== "");
  const parts = [written.join(" ")];
  if (item.burstSize > 1) {
    parts.push(
      item.isStack ? messages.stack(item.burstSize) : messages.inStack(item.frame, item.burstSize),
    );
    if (item.isPick) parts.push(item.isTie ? messages.tentativeBest : messages.bestFrame);
    if (item.isTie && item.isPick) parts.push(messages.tooClose);
  }
  parts.push(messages.flags[photo.flag]);
  if (photo.stars > 0) parts.push(messages.stars(photo.stars));
  if (photo.label !== "none") parts.push(messages.labels[photo.label]);
  return parts.join(", ");
}

/** Where the band that holds an open stack together begins and ends. */
export function edgeOf(item: Item): "first" | "last" | "inside" {
  if (item.burstPosition === 1) return "first";
  return item.burstPosition === item.burstSize ? "last" : "inside";
}

/** Flag, stars and colour as signs; their words are in the tile's label. */
export function Marks(props: {
  readonly flag: "pick" | "none" | "reject";
  readonly stars: number;
  readonly label: Label;
  /** One star and their number, where there is no room for all. */
  readonly isShort?: boolean;
}): ReactElement | null {
  const { flag, stars, label, isShort = false } = props;
  if (flag === "none" && stars === 0 && label === "none") return null;
  return (
    <span className={css.marks}>
      {flag !== "none" && (
        <span className={css[flag]}>
          <Icon name={flag} />
        </span>
      )}
      {stars > 0 && <span className={css.stars}>{isShort ? `★${stars}` : "★".repeat(stars)}</span>}
      {label !== "none" && <span className={css.label} data-label={label} />}
    </span>
  );
}
