import { type ReactElement, useMemo } from "react";
import { CommandButton } from "../commands/command-button.tsx";
import { runCommand } from "../commands/registry.ts";
import { FileKinds } from "../grid/file-kinds.tsx";
import { useLocalized, useMessages } from "../messages/language.ts";
import { detailQuestion } from "../panels/questions.ts";
import { useAnswer } from "../panels/settled.ts";
import { useItems } from "../state/items.ts";
import { useLibrary } from "../state/library-store.ts";
import { useStanding } from "../state/standing.ts";
import { useView } from "../state/view-store.ts";
import { UpscaledButton } from "../upscale/upscaled-button.tsx";
import { useAhead } from "../viewer2d/ahead.ts";
import { LargeView } from "../viewer2d/large-view.tsx";
import { useTurnedLook } from "../viewer2d/looks.ts";
import { PhotoCanvas } from "../viewer2d/photo-canvas.tsx";
import { ZoomButton } from "../viewer2d/zoom-button.tsx";
import { DecisionStrip } from "./decision-strip.tsx";
import css from "./loupe.module.css";
import { PreviewNote } from "./preview-note.tsx";
import { TieActions } from "./tie-actions.tsx";
import { Verdict } from "./verdict.tsx";

const pane = "loupe";

/** One photo, as large as the window allows, and what is decided on it. */
export function LoupeView(): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const items = useItems();
  const activeId = useView((state) => state.activeId);
  const photo = useLibrary((state) => (activeId === null ? undefined : state.photos.get(activeId)));
  const order = useMemo(() => items.map((item) => item.photoId), [items]);
  const ahead = useAhead(order, activeId);
  useTurnedLook(pane, photo);
  const index = activeId === null ? -1 : order.indexOf(activeId);
  const standing = useStanding(photo);
  const focus = useAnswer(detailQuestion, photo)?.focus ?? null;
  const marking = { withScore: standing.frames > 1, focus };

  return (
    <LargeView label={messages.loupe} className={css.loupe} primary={pane}>
      <div className={css.stage}>
        {photo === undefined ? (
          <p className={css.nothing}>{messages.nothingActive}</p>
        ) : photo.state === "skipped" || photo.state === "missing" ? (
          <div className={css.nothing} role="status">
            <p>{photo.name}</p>
            <p>{photo.reason === null ? messages.photoMissing : localized(photo.reason)}</p>
          </div>
        ) : (
          <>
            <PhotoCanvas
              photo={photo}
              pane={pane}
              label={photo.name}
              ahead={ahead}
              marking={marking}
              withMap
            />
            {photo.preview !== null && (
              <div className={css.preview}>
                <PreviewNote photo={photo} />
              </div>
            )}
            {standing.frames > 1 && (
              <div className={css.verdict} data-verdict>
                <Verdict photo={photo} isPick={standing.isPick} isTie={standing.isTie} />
                {standing.isTie && photo.burstId !== null && <TieActions burstId={photo.burstId} />}
              </div>
            )}
          </>
        )}
      </div>
      {photo !== undefined && (
        <footer className={css.strip}>
          <div className={css.which}>
            <span className={css.name}>{photo.name}</span>
            <FileKinds photo={photo} />
            {index >= 0 && (
              <span className={css.place}>
                {standing.frames > 1 && (
                  <span>{messages.inBurst(standing.frame, standing.frames)}</span>
                )}
                <span className={css.spare}>
                  {index + 1} / {order.length.toLocaleString()}
                </span>
              </span>
            )}
          </div>
          <DecisionStrip photo={photo} />
          <div className={css.tools}>
            <span className={css.spare}>
              <CommandButton id="photo.rotateLeft" icon="rotateLeft" />
              <CommandButton id="photo.rotateRight" icon="rotateRight" />
            </span>
            <UpscaledButton photo={photo} />
            <Overlays />
            <ZoomButton pane={pane} onToggle={() => runCommand("view.zoom")} />
          </div>
        </footer>
      )}
    </LargeView>
  );
}

/** Which warnings are drawn on the photo. */
function Overlays(): ReactElement {
  const showClipping = useView((state) => state.showClipping);
  const showPeaking = useView((state) => state.showPeaking);
  const showSubject = useView((state) => state.showSubject);
  return (
    <>
      <CommandButton id="view.subject" icon="subject" pressed={showSubject} />
      <CommandButton id="view.clipping" icon="clipping" pressed={showClipping} />
      <CommandButton id="view.peaking" icon="peaking" pressed={showPeaking} />
    </>
  );
}
