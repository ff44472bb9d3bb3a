import { type ReactElement, useEffect, useRef } from "react";
import { Thumbnail } from "../grid/thumbnail.tsx";
import { Marks } from "../grid/tile.tsx";
import { RankBadge } from "../loupe/verdict.tsx";
import { useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { useStanding } from "../state/standing.ts";
import ui from "../ui/ui.module.css";
import { type Duel, pointTo } from "./duel.ts";
import { commonBurst, play } from "./duel-store.ts";
import css from "./frame-strip.module.css";

/** All frames that take part, with their ranks; a click makes one the candidate. */
export function FrameStrip({ duel }: { readonly duel: Duel }): ReactElement {
  const messages = useMessages();
  const inBurst = commonBurst(duel.frames) !== null;
  return (
    <ol className={css.strip} aria-label={messages.compareFrames}>
      {duel.frames.map((id) => (
        <Frame
          key={id}
          photoId={id}
          withRank={inBurst}
          role={id === duel.kingId ? "king" : id === duel.candidateId ? "candidate" : null}
        />
      ))}
    </ol>
  );
}

interface FrameProps {
  readonly photoId: number;
  readonly role: "king" | "candidate" | null;
  /** Ranks compare only inside one burst. */
  readonly withRank: boolean;
}

function Frame({ photoId, role, withRank }: FrameProps): ReactElement | null {
  const messages = useMessages();
  const photo = useLibrary((state) => state.photos.get(photoId));
  const { frame, isPick, isTie } = useStanding(photo);
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (role === "candidate")
      element.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [role]);
  if (photo === undefined) return null;
  const roleName =
    role === "king" ? messages.reference : role === "candidate" ? messages.candidate : null;
  const words = [withRank ? `#${frame}` : null, photo.name, roleName, messages.flags[photo.flag]];
  return (
    <li ref={element}>
      <button
        type="button"
        className={css.frame}
        data-role={role ?? undefined}
        data-flag={photo.flag}
        aria-current={role === "candidate"}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => play((duel) => pointTo(duel, photoId))}
      >
        <span className={ui.spoken}>{words.filter((word) => word !== null).join(", ")}</span>
        <span className={css.picture}>
          <Thumbnail photo={photo} edge={256} />
        </span>
        <span className={css.line} aria-hidden="true">
          {withRank && <span className={css.position}>#{frame}</span>}
          {withRank ? (
            <RankBadge rank={photo.rank} isPick={isPick} isTie={isTie} />
          ) : (
            role === "king" && "★"
          )}
          <Marks flag={photo.flag} stars={photo.stars} label={photo.label} isShort />
        </span>
      </button>
    </li>
  );
}
