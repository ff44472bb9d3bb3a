import { type ReactElement, useMemo } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { isMac } from "../commands/keyboard.ts";
import { showKey } from "../commands/keys.ts";
import type { Messages } from "../messages/en.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { Button } from "../ui/button.tsx";
import { ProviderButton } from "./provider-button.tsx";
import css from "./room.module.css";
import { batchLimit, startUpscale, tallyOf, useForecast } from "./settings.ts";
import { useWrongFields } from "./wrong-fields.ts";

/** Rows of what is left out that are shown; the rest is counted. */
const shownRows = 50;

/** What will be made, what won't and why, how long it takes and on what; and the start. */
export function StartBar({ photos }: { readonly photos: readonly PhotoRow[] }): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const localized = useLocalized();
  const forecasts = useForecast((state) => state.photos);
  const seconds = useForecast((state) => state.seconds);
  const isStale = useForecast((state) => state.isStale);
  const isStarting = useForecast((state) => state.isStarting);
  const problem = useForecast((state) => state.problem);
  const isWrong = useWrongFields(({ ids }) => ids.size > 0);
  const existing = useLibrary((state) => state.preferences.upscale.existing);
  const { made, leftOut } = useMemo(
    () =>
      tallyOf(
        photos.flatMap(({ id }) => forecasts.get(id) ?? []),
        existing,
      ),
    [photos, forecasts, existing],
  );
  const isKnown = forecasts.size > 0;
  const several = made.filter(({ runs }) => runs > 1).length;
  return (
    <footer className={css.start}>
      {leftOut.length > 0 && <LeftOut photos={photos} leftOut={leftOut} />}
      <div className={css.startLine}>
        <p className={css.summary} aria-live="polite">
          {problem !== null && (
            <span className={css.startProblem}>
              {localized(problem.happened)} {localized(problem.todo)}
            </span>
          )}
          {isWrong && <span className={css.startProblem}>{messages.upscale.wrongFields}</span>}
          {isKnown && problem === null && !isWrong && (
            <>
              <span>{messages.upscale.willMake(made.length, photos.length)}</span>
              {made.length > 0 && <span>{timeText(seconds, language, messages)}</span>}
              {photos.length > 1 && several > 0 && (
                <span>{messages.upscale.runSeveralTimes(several)}</span>
              )}
              {photos.length > batchLimit && <span>{messages.upscale.onlyFirst(batchLimit)}</span>}
            </>
          )}
        </p>
        <ProviderButton />
        <Button
          tone="primary"
          icon="upscale"
          disabled={
            isStarting || isWrong || problem !== null || (isKnown && !isStale && made.length === 0)
          }
          data-keys={showKey("Mod+Enter", isMac)}
          data-tip={messages.upscale.startPlain}
          onClick={() => void startUpscale(photos)}
        >
          {isStarting
            ? messages.upscale.starting
            : made.length > 0
              ? messages.upscale.start(made.length)
              : messages.upscale.startPlain}
        </Button>
      </div>
    </footer>
  );
}

function timeText(seconds: number | null, language: "en" | "ko", messages: Messages): string {
  if (seconds === null) return messages.upscale.takesUnknown;
  if (seconds < 90) return messages.upscale.takesSeconds(Math.max(1, Math.round(seconds)));
  if (seconds < 90 * 60) return messages.upscale.takesMinutes(Math.round(seconds / 60));
  const hours = (seconds / 3600).toLocaleString(language, { maximumFractionDigits: 1 });
  return messages.upscale.takesHours(hours);
}

function LeftOut(props: {
  readonly photos: readonly PhotoRow[];
  readonly leftOut: ReturnType<typeof tallyOf>["leftOut"];
}): ReactElement {
  const { photos, leftOut } = props;
  const messages = useMessages();
  const localized = useLocalized();
  const names = useMemo(() => new Map(photos.map(({ id, name }) => [id, name])), [photos]);
  return (
    <details className={css.leftOut}>
      <summary>{messages.upscale.leftOut(leftOut.length)}</summary>
      <ul>
        {leftOut.slice(0, shownRows).map(({ photoId, name, problem }) => (
          <li key={photoId}>
            <b>{names.get(photoId)}</b>{" "}
            {problem === null
              ? messages.upscale.thereAlready(name)
              : `${localized(problem.happened)} ${localized(problem.todo)}`}
          </li>
        ))}
        {leftOut.length > shownRows && <li>{messages.upscale.more(leftOut.length - shownRows)}</li>}
      </ul>
    </details>
  );
}
