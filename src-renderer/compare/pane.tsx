import type { ReactElement } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { FileKinds } from "../grid/file-kinds.tsx";
import { Marks } from "../grid/tile.tsx";
import { PreviewNote } from "../loupe/preview-note.tsx";
import { Verdict } from "../loupe/verdict.tsx";
import { useMessages } from "../messages/language.ts";
import { detailQuestion } from "../panels/questions.ts";
import { useAnswer } from "../panels/settled.ts";
import { useStanding } from "../state/standing.ts";
import type { Picture } from "../viewer2d/bitmap-cache.ts";
import { PhotoCanvas } from "../viewer2d/photo-canvas.tsx";
import css from "./pane.module.css";
import { PaneMeasures } from "./pane-measures.tsx";

interface PaneProps {
  readonly pane: "king" | "candidate";
  readonly title: string;
  readonly photo: PhotoRow;
  /** Number in its burst, as reasons call it; null for photos of several bursts. */
  readonly position: number | null;
  readonly isKing: boolean;
  /** Whether keys decide on this photo. */
  readonly isFocused: boolean;
  /** Whether both photos are of one burst: only then do sharpness and rank compare. */
  readonly inBurst: boolean;
  /** The photo that the measures are compared with; null for the reference itself. */
  readonly against: PhotoRow | null;
  readonly ahead?: readonly Picture[];
  readonly onFocus: () => void;
}

/** One side of the comparison: the photo, who it is, what was measured on it. */
export function Pane(props: PaneProps): ReactElement {
  const { pane, title, photo, position, isKing, isFocused, inBurst, against, onFocus } = props;
  const { ahead } = props;
  const messages = useMessages();
  const { isPick, isTie } = useStanding(photo);
  const focus = useAnswer(detailQuestion, photo)?.focus ?? null;
  return (
    <article className={css.pane} aria-label={`${title}: ${photo.name}`} data-side={pane}>
      <div className={css.stage}>
        <PhotoCanvas
          photo={photo}
          pane={pane}
          label={`${title}: ${photo.name}`}
          {...(ahead === undefined ? {} : { ahead })}
          marking={{ withScore: inBurst, focus }}
          withMap={!isKing}
        />
        <button
          type="button"
          className={css.title}
          aria-pressed={isFocused}
          data-tip={messages.decidingHere}
          data-keys="Q"
          onMouseDown={(event) => event.preventDefault()}
          onClick={onFocus}
        >
          {title}
        </button>
      </div>
      <footer className={css.foot}>
        <div className={css.head}>
          {position !== null && <span className={css.position}>#{position}</span>}
          <span className={css.name}>{photo.name}</span>
          <FileKinds photo={photo} />
          <PreviewNote photo={photo} />
          <Marks flag={photo.flag} stars={photo.stars} label={photo.label} />
        </div>
        <PaneMeasures photo={photo} against={against} inBurst={inBurst} />
        {inBurst && (
          <div className={css.verdict}>
            <Verdict photo={photo} isPick={isPick} isTie={isTie} />
          </div>
        )}
      </footer>
    </article>
  );
}
