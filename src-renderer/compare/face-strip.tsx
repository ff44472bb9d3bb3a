import { type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import type { Box, PhotoDetail, PhotoRow } from "../../src-preload/contract/photos.ts";
import { CommandButton } from "../commands/command-button.tsx";
import { provide } from "../commands/registry.ts";
import { Marks } from "../grid/tile.tsx";
import { RankBadge } from "../loupe/verdict.tsx";
import { useMessages } from "../messages/language.ts";
import { detailQuestion } from "../panels/questions.ts";
import { useAnswers } from "../panels/settled.ts";
import { useLibrary } from "../state/library-store.ts";
import { useStanding } from "../state/standing.ts";
import ui from "../ui/ui.module.css";
import { CloseUp } from "../viewer2d/close-up.tsx";
import { pixelsOf } from "../viewer2d/pixels.ts";
import { type Duel, pointTo } from "./duel.ts";
import { commonBurst, play } from "./duel-store.ts";
import css from "./face-strip.module.css";
import { closeUp, type FaceRow, faceRows } from "./faces.ts";

/** The faces of a duel inside one burst, each through all its frames; the reference says which there are. */
export function useFaces(duel: Duel): readonly FaceRow[] {
  const { frames, kingId } = duel;
  const photos = useLibrary((state) => state.photos);
  const rows = useMemo(() => {
    if (commonBurst(frames) === null) return [];
    return [kingId, ...frames.filter((id) => id !== kingId)].flatMap((id) => photos.get(id) ?? []);
  }, [frames, kingId, photos]);
  const details: ReadonlyMap<number, PhotoDetail> = useAnswers(detailQuestion, rows);
  return useMemo(
    () => faceRows(rows.map((photo) => ({ photo, detail: details.get(photo.id) ?? null }))),
    [rows, details],
  );
}

/** The same face of every frame side by side, all at one scale; a click makes its frame the candidate. */
export function FaceStrip(props: {
  readonly duel: Duel;
  /** At least one. */
  readonly faces: readonly FaceRow[];
}): ReactElement {
  const { duel, faces } = props;
  const messages = useMessages();
  const [chosen, setChosen] = useState(0);
  const index = chosen % faces.length;
  const face = faces[index];
  useEffect(() => provide("compare.nextFace", () => setChosen(index + 1)), [index]);
  return (
    <div className={css.faces}>
      {faces.length > 1 && (
        <div className={css.which}>
          <span>{messages.faceOf(index + 1, faces.length)}</span>
          <CommandButton id="compare.nextFace" icon="right" />
        </div>
      )}
      <ol className={css.strip} aria-label={messages.compareFaces}>
        {face !== undefined &&
          duel.frames.map((id) => (
            <Face
              key={id}
              photoId={id}
              box={face.boxes.get(id) ?? null}
              side={face.side}
              role={id === duel.kingId ? "king" : id === duel.candidateId ? "candidate" : null}
            />
          ))}
      </ol>
    </div>
  );
}

interface FaceProps {
  readonly photoId: number;
  readonly box: Box | null;
  readonly side: number;
  readonly role: "king" | "candidate" | null;
}

function Face({ photoId, box, side, role }: FaceProps): ReactElement | null {
  const messages = useMessages();
  const photo = useLibrary((state) => state.photos.get(photoId));
  const { frame, isPick, isTie } = useStanding(photo);
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (role === "candidate")
      element.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [role]);
  if (photo === undefined) return null;
  return (
    <li ref={element}>
      <button
        type="button"
        className={css.face}
        data-role={role ?? undefined}
        data-flag={photo.flag}
        aria-current={role === "candidate"}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => play((duel) => pointTo(duel, photoId))}
      >
        <span className={ui.spoken}>{spokenText(photo, frame, role, messages)}</span>
        {box === null ? (
          <span className={css.absent}>{messages.faceAbsent}</span>
        ) : (
          <CloseUp
            picture={{ id: photo.id, version: photo.version, ...pixelsOf(photo) }}
            part={closeUp(box, side, photo)}
            rotation={photo.rotation}
          />
        )}
        <span className={css.line} aria-hidden="true">
          <span className={css.frame}>#{frame}</span>
          <RankBadge rank={photo.rank} isPick={isPick} isTie={isTie} />
          {photo.score !== null && <b>{Math.round(photo.score)}</b>}
          <Marks flag={photo.flag} stars={photo.stars} label={photo.label} isShort />
        </span>
      </button>
    </li>
  );
}

function spokenText(
  photo: PhotoRow,
  frame: number,
  role: FaceProps["role"],
  messages: ReturnType<typeof useMessages>,
): string {
  const roles = { king: messages.reference, candidate: messages.candidate };
  const score =
    photo.score === null
      ? null
      : messages.subjectScore(messages.subjects.face, Math.round(photo.score));
  const parts = [`#${frame}`, photo.name, role === null ? null : roles[role], score];
  return [...parts, messages.flags[photo.flag]].filter((part) => part !== null).join(", ");
}
