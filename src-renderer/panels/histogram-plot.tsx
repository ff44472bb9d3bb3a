import type { ReactElement } from "react";
import type { Histogram, Measures } from "../../src-preload/contract/photos.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { shareText } from "./exposure.ts";
import css from "./histogram.module.css";

const width = 256;
const height = 96;
/** Below this share nobody calls it clipping: a glint, a black button. */
const noticeable = 0.0005;

interface HistogramPlotProps {
  readonly histogram: Histogram | null;
  /** Of the photo once it is measured: then the shares of lost tones are those that it was ranked by. */
  readonly measures: Measures | null;
}

/** The photo's histogram: the three colours, luma as a line, with triangles in the corners where tones are lost. */
export function HistogramPlot({ histogram, measures }: HistogramPlotProps): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const lost = measures ?? histogram;
  const shadows = lost?.clippedShadows ?? 0;
  const highlights = lost?.clippedHighlights ?? 0;
  return (
    <figure className={css.histogram}>
      <svg
        className={css.plot}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={
          histogram === null
            ? messages.histogram
            : `${messages.histogram}. ${messages.histogramText(shareText(shadows, language), shareText(highlights, language))}`
        }
      >
        <path className={css.grid} d="M64 0V96M128 0V96M192 0V96" />
        {histogram !== null && <Curves histogram={histogram} />}
      </svg>
      <figcaption className={css.ends}>
        <span data-lost={shadows > noticeable || undefined}>
          ◣ {lost === null ? "–" : shareText(shadows, language)}
        </span>
        <span data-lost={highlights > noticeable || undefined}>
          {lost === null ? "–" : shareText(highlights, language)} ◢
        </span>
      </figcaption>
    </figure>
  );
}

function Curves({ histogram }: { readonly histogram: Histogram }): ReactElement {
  const { red, green, blue, luma } = histogram;
  const top = peakOf([red, green, blue, luma]);
  return (
    <>
      <path className={css.red} d={areaOf(red, top)} />
      <path className={css.green} d={areaOf(green, top)} />
      <path className={css.blue} d={areaOf(blue, top)} />
      <path className={css.luma} d={areaOf(luma, top)} />
    </>
  );
}

/** The highest count that is drawn in full. The ends are left out: what is clipped there would flatten all the rest. */
function peakOf(channels: readonly (readonly number[])[]): number {
  return Math.max(1e-9, ...channels.flatMap((bins) => bins.slice(2, -2)));
}

/** An area below the counts. Their square roots, so that small amounts can be seen beside large ones. */
function areaOf(bins: readonly number[], top: number): string {
  const points = bins.map((count, level) => {
    const share = Math.min(1, Math.sqrt(count / top));
    return `L${level} ${(height - share * (height - 2)).toFixed(1)}`;
  });
  return `M0 ${height}${points.join("")}L255 ${height}Z`;
}
