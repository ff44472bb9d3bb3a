import { type ReactElement, useEffect, useState } from "react";
import { door } from "../door/door.ts";
import { Thumbnail } from "../grid/thumbnail.tsx";
import { timeSpanOf } from "../grid/time-span.ts";
import { captureTime, useLanguage, useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { clearFilters } from "../state/filters.ts";
import { useLibrary } from "../state/library-store.ts";
import { reach } from "../state/navigation.ts";
import { activate, openPanel, selectAll, setMode, useView } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import css from "./similar-dialog.module.css";

/** Nearer than this nobody sees a difference at a glance. */
const sameLook = 0.1;

interface Similar {
  readonly photoId: number;
  readonly distance: number;
}

/** Near-duplicates of the active photo in other bursts: to go to, or to look at all of them side by side. */
export function SimilarDialog(): ReactElement | null {
  const messages = useMessages();
  // Of the photo that was active when it was asked for.
  const [photoId] = useState(() => useView.getState().activeId);
  const [similar, setSimilar] = useState<readonly Similar[] | null>(null);
  const name = useLibrary(({ photos }) =>
    photoId === null ? "" : (photos.get(photoId)?.name ?? ""),
  );
  useEffect(() => {
    let isWanted = true;
    if (photoId === null) return;
    void attempt(() => door.photos.similar({ photoId })).then((answer) => {
      if (isWanted && answer !== null) setSimilar(answer.photos);
    });
    return () => {
      isWanted = false;
    };
  }, [photoId]);
  const survey = (): void => {
    if (photoId === null || similar === null) return;
    openPanel(null);
    clearFilters();
    activate(photoId);
    selectAll([photoId, ...similar.map((one) => one.photoId)]);
    setMode("survey");
  };
  return (
    <Dialog
      title={messages.similarTo(name)}
      width={720}
      onClose={() => openPanel(null)}
      {...(similar !== null && similar.length > 0
        ? {
            footer: (
              <Button tone="primary" icon="survey" onClick={survey}>
                {messages.similarSurvey}
              </Button>
            ),
          }
        : {})}
    >
      {similar === null ? (
        <p className={css.none}>{messages.loadingPhoto}</p>
      ) : similar.length === 0 ? (
        <p className={css.none}>{messages.similarNone}</p>
      ) : (
        <ul className={css.list}>
          {similar.map((one) => (
            <Found key={one.photoId} {...one} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function Found({ photoId, distance }: Similar): ReactElement | null {
  const messages = useMessages();
  const language = useLanguage();
  const photo = useLibrary((state) => state.photos.get(photoId));
  const span = useLibrary((state) => timeSpanOf(state.photos));
  if (photo === undefined) return null;
  return (
    <li>
      <button
        type="button"
        className={css.found}
        onClick={() => {
          openPanel(null);
          reach(photoId);
        }}
      >
        <span className={css.picture}>
          <Thumbnail photo={photo} edge={256} />
        </span>
        <span className={css.name}>{photo.name}</span>
        <small>
          {[
            captureTime(photo.capturedAt, language, span),
            distance < sameLook ? messages.similarSame : messages.similarNear,
          ]
            .filter((part) => part !== "")
            .join(" · ")}
        </small>
      </button>
    </li>
  );
}
