import { type ReactElement, type ReactNode, useDeferredValue, useMemo } from "react";
import type {
  Measures,
  PhotoDetail,
  PhotoRow,
  Subject,
} from "../../src-preload/contract/photos.ts";
import { CommandButton } from "../commands/command-button.tsx";
import { door } from "../door/door.ts";
import { FileKinds } from "../grid/file-kinds.tsx";
import { DecisionStrip } from "../loupe/decision-strip.tsx";
import { PreviewNote } from "../loupe/preview-note.tsx";
import { TieActions } from "../loupe/tie-actions.tsx";
import { Verdict } from "../loupe/verdict.tsx";
import { bytesText } from "../messages/bytes.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { useSidecarWriting } from "../state/sidecar-writing.ts";
import { useStanding } from "../state/standing.ts";
import { showToast } from "../state/toasts.ts";
import { showResult } from "../state/upscale-room.ts";
import { resultsOf, useUpscales } from "../state/upscales.ts";
import { useView } from "../state/view-store.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { megapixelsText, timesText } from "../upscale/size-text.ts";
import {
  apertureText,
  captureText,
  focalText,
  megapixelText,
  offsetText,
  percentText,
  placeText,
  shareText,
  shutterText,
} from "./exposure.ts";
import { HistogramPlot } from "./histogram-plot.tsx";
import css from "./info-panel.module.css";
import { contrastLevel, noiseLevel, toneOf } from "./measure-words.ts";
import { detailQuestion, histogramQuestion, unwrittenQuestion } from "./questions.ts";
import { useAnswer } from "./settled.ts";

/** What is known about the active photo: histogram, decisions, best cut, how it was taken, its files. */
export function InfoPanel(): ReactElement {
  const messages = useMessages();
  const activeId = useView((state) => state.activeId);
  const selected = useView((state) => state.selection.size);
  const mode = useView((state) => state.mode);
  const now = useLibrary((state) => (activeId === null ? undefined : state.photos.get(activeId)));
  // The photo itself is shown first; what is known about it may follow a frame later.
  const photo = useDeferredValue(now);
  const detail = useAnswer(detailQuestion, photo);
  const histogram = useAnswer(histogramQuestion, photo);
  if (photo === undefined) return <p className={css.nothing}>{messages.nothingActive}</p>;
  return (
    <div className={css.panel}>
      <HistogramPlot histogram={histogram} measures={detail?.measures ?? null} />
      <header className={css.head}>
        <h2 className={css.name}>
          {photo.name} <FileKinds photo={photo} />
        </h2>
        <CommandButton id="photo.reveal" icon="folder" />
      </header>
      {mode === "grid" && selected > 1 && (
        <p className={css.quiet}>{messages.selectedMore(selected)}</p>
      )}
      {mode === "grid" && <DecisionStrip photo={photo} />}
      <BestCut photo={photo} detail={detail} />
      <Shot photo={photo} detail={detail} />
      <Upscaled photo={photo} />
      {detail !== null && <Files detail={detail} photo={photo} />}
      {detail !== null && <Location detail={detail} />}
    </div>
  );
}

function Section(props: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <section className={css.section}>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}

/** A line of the panel; nothing where nothing is known. */
function Fact(props: { readonly name: string; readonly children: ReactNode }): ReactElement | null {
  const { name, children } = props;
  if (children === null || children === undefined || children === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

interface PhotoAndDetail {
  readonly photo: PhotoRow;
  readonly detail: PhotoDetail | null;
}

function BestCut({ photo, detail }: PhotoAndDetail): ReactElement {
  const messages = useMessages();
  // In compare Enter means the candidate.
  const mode = useView((state) => state.mode);
  const localized = useLocalized();
  const { isPick, isTie, frame, frames } = useStanding(photo);
  if (photo.state === "skipped") {
    return (
      <Section title={messages.notReadTitle}>
        <p>{photo.reason === null ? messages.photoMissing : localized(photo.reason)}</p>
      </Section>
    );
  }
  return (
    <Section title={messages.bestCut}>
      {frames > 1 && (
        <p className={css.quiet}>
          {messages.inBurst(frame, frames)}
          {isTie && photo.isTied && <> · {messages.tooClose}</>}
        </p>
      )}
      <Verdict photo={photo} isPick={isPick} isTie={isTie} />
      {isTie && mode !== "compare" && photo.burstId !== null && (
        <TieActions burstId={photo.burstId} />
      )}
      {detail?.measures != null && (
        <MeasureFacts measures={detail.measures} subject={frames > 1 ? photo.subject : null} />
      )}
    </Section>
  );
}

function MeasureFacts(props: {
  readonly measures: Measures;
  readonly subject: Subject | null;
}): ReactElement {
  const { measures, subject } = props;
  const messages = useMessages();
  const language = useLanguage();
  return (
    <dl className={css.facts}>
      {subject !== null && (
        <Fact name={messages.comparedOn}>{messages.subjects[subject.kind]}</Fact>
      )}
      <Fact name={messages.noise}>
        {messages.noiseLevels[noiseLevel(measures.noise)]}{" "}
        <span className={css.figure}>{measures.noise.toFixed(1)}</span>
      </Fact>
      <Fact name={messages.contrast}>
        {messages.contrastLevels[contrastLevel(measures.contrast)]}{" "}
        <span className={css.figure}>{Math.round(measures.contrast)}</span>
      </Fact>
      <Fact name={messages.brightness}>
        {messages.tones[toneOf(measures.brightness)]}{" "}
        <span className={css.figure}>
          {percentText(Math.round(measures.brightness * 100), language)}
        </span>
      </Fact>
      <Fact name={messages.lostHighlights}>{shareText(measures.clippedHighlights, language)}</Fact>
      <Fact name={messages.lostShadows}>{shareText(measures.clippedShadows, language)}</Fact>
    </dl>
  );
}

function Shot({ photo, detail }: PhotoAndDetail): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  return (
    <Section title={messages.shot}>
      {detail !== null && <Exposure detail={detail} />}
      <dl className={css.facts}>
        <Fact name={messages.camera}>{photo.camera}</Fact>
        <Fact name={messages.lens}>{photo.lens}</Fact>
        {detail?.capturedLocal != null && (
          <Fact name={messages.captured}>
            {captureText(detail.capturedLocal, language)}
            {detail.offsetMinutes !== null && (
              <span className={css.figure}> {offsetText(detail.offsetMinutes)}</span>
            )}
          </Fact>
        )}
        {detail !== null && detail.capturedLocal === null && photo.burstId !== null && (
          <Fact name={messages.captured}>{messages.noTime}</Fact>
        )}
        {photo.width > 0 && (
          <Fact name={messages.size}>
            {photo.width} × {photo.height}
            <span className={css.figure}> {megapixelText(photo.width, photo.height)}</span>
            <div>
              <PreviewNote photo={photo} />
            </div>
          </Fact>
        )}
      </dl>
    </Section>
  );
}

/** Shutter, aperture, ISO and focal length in one line, as photographers say it. */
function Exposure({ detail }: { readonly detail: PhotoDetail }): ReactElement | null {
  const { exposureSeconds, fNumber, iso, focalLengthMm } = detail;
  const parts = [
    exposureSeconds === null ? "" : shutterText(exposureSeconds),
    fNumber === null ? "" : apertureText(fNumber),
    iso === null ? "" : `ISO ${iso}`,
    focalLengthMm === null ? "" : focalText(focalLengthMm),
  ].filter((part) => part !== "");
  if (parts.length === 0) return null;
  return (
    <p className={css.exposure}>
      {parts.map((part) => (
        <span key={part}>{part}</span>
      ))}
    </p>
  );
}

/** What was made larger of this photo. */
function Upscaled({ photo }: { readonly photo: PhotoRow }): ReactElement | null {
  const messages = useMessages();
  const language = useLanguage();
  const rows = useUpscales((state) => state.rows);
  const results = useMemo(() => resultsOf(rows, photo.id), [rows, photo.id]);
  if (results.length === 0) return null;
  return (
    <Section title={messages.upscale.upscaled}>
      <ul className={css.upscaled}>
        {results.map((row) => (
          <li key={row.id}>
            <span>
              {timesText(row.sourceWidth, row.width, language)}
              <span className={css.figure}> {megapixelsText(row.width, row.height, language)}</span>
              <span className={css.figure}> {row.modelName}</span>
            </span>
            <Button tone="quiet" onClick={() => showResult(row.id)}>
              {messages.upscale.view}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Files({
  detail,
  photo,
}: {
  readonly detail: PhotoDetail;
  readonly photo: PhotoRow;
}): ReactElement {
  const messages = useMessages();
  return (
    <Section title={messages.file}>
      <ul className={css.files}>
        {detail.files.map((file) => (
          <li key={file.name}>
            <span>{file.name}</span>
            <span className={css.figure}>{bytesText(file.bytes)}</span>
          </li>
        ))}
      </ul>
      <InNoSidecar photo={photo} />
      <dl className={css.facts}>
        {photo.format !== null && (
          <Fact name={messages.colourProfile}>{detail.iccName ?? messages.noProfile}</Fact>
        )}
      </dl>
      <p className={css.path}>{detail.path}</p>
    </Section>
  );
}

/** Why the decisions on a photo are in no sidecar. */
function InNoSidecar({ photo }: { readonly photo: PhotoRow }): ReactElement | null {
  const localized = useLocalized();
  const writing = useSidecarWriting();
  const answer = useAnswer(unwrittenQuestion, {
    ...photo,
    version: `${photo.version} ${writing}`,
  });
  if (answer === null || answer.reason === null) return null;
  return <p className={css.quiet}>{localized(answer.reason)}</p>;
}

function Location({ detail }: { readonly detail: PhotoDetail }): ReactElement | null {
  const messages = useMessages();
  const { id: photoId, latitude, longitude } = detail;
  if (latitude === null || longitude === null) return null;
  const place = placeText(latitude, longitude);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(`${latitude}, ${longitude}`);
    showToast({ text: { en: "Location copied.", ko: "위치를 복사했습니다." } });
  };
  return (
    <Section title={messages.location}>
      <div className={css.location}>
        <span className={css.place}>{place}</span>
        <IconButton icon="copy" label={messages.copyLocation} onClick={() => void copy()} />
        <IconButton
          icon="map"
          label={messages.showOnMap}
          onClick={() => void attempt(() => door.photos.showOnMap({ photoId }))}
        />
      </div>
    </Section>
  );
}
