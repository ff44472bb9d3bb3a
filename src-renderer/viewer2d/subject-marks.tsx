import type { CSSProperties, ReactElement } from "react";
import type { Box, PhotoRow, Subject } from "../../src-preload/contract/photos.ts";
import { useMessages } from "../messages/language.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import type { Shown } from "./photo-painter.ts";
import css from "./subject-marks.module.css";
import { type Look, place, type Rect, turnBox } from "./viewport.ts";

/** What is drawn on a photo besides its subject. */
export interface Marking {
  /** The subject's score belongs on it: it was compared with other frames. */
  readonly withScore: boolean;
  /** Where the camera says that it focused. */
  readonly focus: Box | null;
}

interface SubjectMarksProps {
  readonly photo: Pick<PhotoRow, "subject" | "score" | "rotation">;
  readonly look: Look;
  readonly shown: Shown;
  readonly marking: Marking;
}

const icons = {
  face: "face",
  focusPoint: "focus",
  salient: "subject",
} as const satisfies Record<Exclude<Subject["kind"], "frame">, IconName>;

/** Height of the label and its distance from the edge, CSS pixels: see the style sheet. */
const labelHeight = 20;
const margin = 4;
/** From this width on the box has room for the word beside its sign. */
const wordWidth = 120;

/** Where best cut looked, with what it found there; and where the camera focused, if that is somewhere else. */
export function SubjectMarks(props: SubjectMarksProps): ReactElement {
  const { photo, look, shown, marking } = props;
  const { subject, rotation } = photo;
  const rectOf = (box: Box): Rect => rectIn(look, shown, turnBox(box, rotation));
  const { focus } = marking;
  return (
    <>
      {focus !== null && subject?.kind !== "focusPoint" && <FocusMark rect={rectOf(focus)} />}
      {subject !== null && subject.kind !== "frame" && (
        <SubjectMark
          kind={subject.kind}
          score={marking.withScore ? photo.score : null}
          rect={rectOf(subject.box)}
          box={shown.box}
        />
      )}
    </>
  );
}

function SubjectMark(props: {
  readonly kind: keyof typeof icons;
  readonly score: number | null;
  readonly rect: Rect;
  readonly box: Shown["box"];
}): ReactElement {
  const { kind, score, rect, box } = props;
  const messages = useMessages();
  const word = messages.subjects[kind];
  const value = score === null ? null : Math.round(score);
  const stage = { width: box.width / devicePixelRatio, height: box.height / devicePixelRatio };
  const bottom = rect.y + rect.height;
  const right = rect.x + rect.width;
  const isSeen = right > 0 && bottom > 0 && rect.x < stage.width && rect.y < stage.height;
  const label: CSSProperties = {
    left: Math.max(margin, rect.x),
    // Below the box; inside it where the box goes on below the window.
    top: Math.min(bottom + margin, stage.height - labelHeight - margin),
  };
  return (
    <>
      <div className={css.box} data-kind={kind} style={styleOf(rect)} />
      {isSeen && (
        <div
          className={css.label}
          style={label}
          role="img"
          aria-label={value === null ? word : messages.subjectScore(word, value)}
          data-subject={kind}
        >
          <Icon name={icons[kind]} />
          {rect.width >= wordWidth && <span>{word}</span>}
          {value !== null && <b>{value}</b>}
        </div>
      )}
    </>
  );
}

/** A small cross in the middle of the camera's focus area. */
function FocusMark({ rect }: { readonly rect: Rect }): ReactElement {
  const messages = useMessages();
  const style: CSSProperties = { left: rect.x + rect.width / 2, top: rect.y + rect.height / 2 };
  return <div className={css.focus} style={style} role="img" aria-label={messages.cameraFocus} />;
}

/** A part of the photo, given as shares of the photo as shown, in CSS pixels of the stage. */
function rectIn(look: Look, { photo, box }: Shown, [x, y, width, height]: Box): Rect {
  const placement = place(look, photo, box);
  const perShare = {
    x: placement.width / devicePixelRatio,
    y: placement.height / devicePixelRatio,
  };
  return {
    x: placement.x / devicePixelRatio + x * perShare.x,
    y: placement.y / devicePixelRatio + y * perShare.y,
    width: width * perShare.x,
    height: height * perShare.y,
  };
}

function styleOf({ x, y, width, height }: Rect): CSSProperties {
  return { left: x, top: y, width, height };
}
