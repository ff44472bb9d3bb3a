import type { ReactElement } from "react";
import { runCommand } from "../commands/registry.ts";
import { Marks } from "../grid/tile.tsx";
import { RankBadge } from "../loupe/verdict.tsx";
import { useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { useStanding } from "../state/standing.ts";
import { focusOn } from "../state/view-store.ts";
import { IconButton } from "../ui/button.tsx";
import { PhotoCanvas } from "../viewer2d/photo-canvas.tsx";
import css from "./survey.module.css";

interface SurveyTileProps {
  readonly photoId: number;
  readonly isActive: boolean;
}

/** One of the photos that are surveyed. */
export function SurveyTile({ photoId, isActive }: SurveyTileProps): ReactElement | null {
  const messages = useMessages();
  const photo = useLibrary((state) => state.photos.get(photoId));
  const { isPick, isTie, frame, frames } = useStanding(photo);
  if (photo === undefined) return null;
  return (
    <article
      className={css.tile}
      data-photo={photoId}
      data-active={isActive || undefined}
      aria-label={photo.name}
      aria-current={isActive}
      onPointerDown={() => focusOn(photoId)}
    >
      <PhotoCanvas
        photo={photo}
        pane={`tile-${photoId}`}
        label={photo.name}
        marking={{ withScore: frames > 1, focus: null }}
      />
      <footer className={css.caption}>
        {frames > 1 && <span className={css.frame}>#{frame}</span>}
        {frames > 1 && photo.rank !== null && (
          <RankBadge rank={photo.rank} isPick={isPick} isTie={isTie} />
        )}
        <span className={css.name}>{photo.name}</span>
        <Marks flag={photo.flag} stars={photo.stars} label={photo.label} />
        <IconButton
          icon="close"
          className={css.out}
          label={messages.leaveOut}
          shortcut="X"
          tabIndex={isActive ? 0 : -1}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => {
            focusOn(photoId);
            runCommand("photo.reject");
          }}
        />
      </footer>
    </article>
  );
}
