import type { ReactElement } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import css from "./verdict.module.css";

interface VerdictProps {
  readonly photo: PhotoRow;
  /** Whether it is the best frame of its burst, by proposal or by choice. */
  readonly isPick: boolean;
  /** Whether that proposal is tentative: others are as good. */
  readonly isTie: boolean;
}

/** What best cut says of a frame: its place in the burst, its score, and why. */
export function Verdict({ photo, isPick, isTie }: VerdictProps): ReactElement | null {
  const messages = useMessages();
  const localized = useLocalized();
  if (photo.rank === null) return <p className={css.verdict}>{messages.notMeasured}</p>;
  return (
    <p className={css.verdict}>
      <RankBadge rank={photo.rank} isPick={isPick} isTie={isTie} />
      {photo.score !== null && <span className={css.score}>{Math.round(photo.score)}</span>}
      {photo.reason !== null && <span className={css.reason}>{localized(photo.reason)}</span>}
    </p>
  );
}

interface RankBadgeProps {
  readonly rank: number | null;
  readonly isPick: boolean;
  readonly isTie: boolean;
}

/** The place of a frame in its burst; filled for the best one, only outlined while that is too close to call. */
export function RankBadge({ rank, isPick, isTie }: RankBadgeProps): ReactElement {
  const messages = useMessages();
  const name = rank === null ? messages.notMeasured : messages.rank(rank);
  const best = isTie ? messages.tentativeBest : messages.bestFrame;
  return (
    <span
      className={css.rank}
      data-pick={isPick ? (isTie ? "tentative" : "sure") : undefined}
      role="img"
      aria-label={isPick ? `${best}, ${name}` : name}
    >
      {isPick && (isTie ? "≈ " : "★ ")}
      {rank ?? "–"}
    </span>
  );
}
