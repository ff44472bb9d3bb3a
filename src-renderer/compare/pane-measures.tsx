import type { ReactElement, ReactNode } from "react";
import type { PhotoDetail, PhotoRow } from "../../src-preload/contract/photos.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { apertureText, differenceText, shareText, shutterText } from "../panels/exposure.ts";
import { detailQuestion } from "../panels/questions.ts";
import { useAnswer } from "../panels/settled.ts";
import css from "./pane.module.css";

interface PaneMeasuresProps {
  readonly photo: PhotoRow;
  readonly against: PhotoRow | null;
  readonly inBurst: boolean;
}

/** What was measured, in the same columns on both sides; the score with its difference from the reference's. */
export function PaneMeasures({ photo, against, inBurst }: PaneMeasuresProps): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const detail = useAnswer(detailQuestion, photo);
  const measures = detail?.measures ?? null;
  const ratio = scoreRatio(photo, against);
  return (
    <dl className={css.measures}>
      {inBurst && (
        <Measure name={messages.score}>
          {photo.score !== null && (
            <>
              {Math.round(photo.score)}
              {ratio !== null && (
                <span
                  data-better={ratio > 1.02 || undefined}
                  data-worse={ratio < 0.98 || undefined}
                >
                  {` (${differenceText(ratio, language)})`}
                </span>
              )}
            </>
          )}
        </Measure>
      )}
      <Measure name={messages.noise}>{measures?.noise.toFixed(1)}</Measure>
      <Measure name={messages.clipped}>
        {measures !== null &&
          `◣ ${shareText(measures.clippedShadows, language)} ◢ ${shareText(measures.clippedHighlights, language)}`}
      </Measure>
      <Measure name={messages.exposure}>{detail !== null && exposureOf(detail)}</Measure>
    </dl>
  );
}

function Measure(props: { readonly name: string; readonly children: ReactNode }): ReactElement {
  const { name, children } = props;
  const isKnown = children !== null && children !== undefined && children !== false;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{isKnown ? children : "–"}</dd>
    </div>
  );
}

/** How the scores of two frames of one burst compare; null while one is unknown. */
function scoreRatio(photo: PhotoRow, reference: PhotoRow | null): number | null {
  const one = photo.score ?? 0;
  const other = reference?.score ?? 0;
  return one > 0 && other > 0 ? one / other : null;
}

function exposureOf({ exposureSeconds, fNumber, iso }: PhotoDetail): string | null {
  const parts = [
    exposureSeconds === null ? "" : shutterText(exposureSeconds),
    fNumber === null ? "" : apertureText(fNumber),
    iso === null ? "" : `ISO ${iso}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? null : parts.join(" ");
}
