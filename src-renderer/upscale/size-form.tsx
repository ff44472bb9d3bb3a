import { type ReactElement, useId, useState } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { papers, UpscaleTarget } from "../../src-preload/contract/upscale.ts";
import type { Language } from "../messages/language.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { useModels } from "../state/models.ts";
import ui from "../ui/ui.module.css";
import css from "./forms.module.css";
import { NumberField } from "./number-field.tsx";
import type { NumberRange } from "./number-text.ts";
import { remember, useForecast } from "./settings.ts";
import { centimetresText, megapixelsText, pixelsText } from "./size-text.ts";
import { shownSize } from "./spot.ts";
import { kindOf, type SizeKind, sizeKinds, targetOf } from "./targets.ts";
import { useWrongFields } from "./wrong-fields.ts";

/** How large the result is to be, and what that means for the photo that is shown. */
export function SizeForm({ photo }: { readonly photo: PhotoRow }): ReactElement {
  const messages = useMessages();
  const target = useLibrary((state) => state.preferences.upscale.target);
  const kind = kindOf(target);
  // 'Scale' may stand at 2 or 4 for a while: which of the choices is meant is the person's to say.
  const [chosen, setChosen] = useState<SizeKind>(kind);
  const shown = chosen === "scale" && target.by === "scale" ? "scale" : kind;
  const choose = (next: SizeKind): void => {
    setChosen(next);
    remember({ target: targetOf(next, target, shownSize(photo)) });
  };
  return (
    <fieldset className={css.section}>
      <legend>{messages.upscale.size}</legend>
      <div className={css.segments}>
        {sizeKinds.map((each) => (
          <label key={each} className={css.segment}>
            <input
              type="radio"
              name="size"
              value={each}
              checked={shown === each}
              onChange={() => choose(each)}
            />
            <span>{messages.upscale.sizes[each]}</span>
          </label>
        ))}
      </div>
      <TargetFields kind={shown} target={target} />
      <Outcome photo={photo} target={target} />
    </fieldset>
  );
}

/** As the contract has them. */
const scales: NumberRange = { min: 1, max: 16, isWhole: false };
const lengths: NumberRange = { min: 1, max: 200_000, isWhole: true };
const densities: NumberRange = { min: 36, max: 1200, isWhole: true };

function TargetFields(props: {
  readonly kind: SizeKind;
  readonly target: UpscaleTarget;
}): ReactElement | null {
  const { kind, target } = props;
  const messages = useMessages();
  const paperId = useId();
  if (kind === "scale" && target.by === "scale") {
    return (
      <NumberField
        key="scale"
        label={messages.upscale.scaleTimes}
        value={target.scale}
        range={scales}
        step={0.1}
        onChange={(scale) => remember({ target: { by: "scale", scale } })}
      />
    );
  }
  if (target.by === "width" || target.by === "height") {
    const { by } = target;
    return (
      <NumberField
        key={by}
        label={by === "width" ? messages.upscale.widthPixels : messages.upscale.heightPixels}
        value={target.pixels}
        range={lengths}
        step={1}
        onChange={(pixels) => remember({ target: { by, pixels } })}
      />
    );
  }
  if (target.by !== "print") return null;
  return (
    <div className={css.fields}>
      <label htmlFor={paperId}>{messages.upscale.paper}</label>
      <select
        id={paperId}
        className={ui.select}
        value={target.paper}
        onChange={(event) => {
          const paper = paperNames.find((name) => name === event.target.value);
          if (paper !== undefined) remember({ target: { ...target, paper } });
        }}
      >
        {paperNames.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <NumberField
        label={messages.upscale.dpi}
        value={target.dpi}
        range={densities}
        step={1}
        onChange={(dpi) => remember({ target: { ...target, dpi } })}
      />
    </div>
  );
}

const paperNames = [
  "A0",
  "A1",
  "A2",
  "A3",
  "A4",
  "A5",
  "A6",
] as const satisfies readonly (keyof typeof papers)[];

/** The size of the photo that is shown: what comes out, on paper too. */
function Outcome(props: {
  readonly photo: PhotoRow;
  readonly target: UpscaleTarget;
}): ReactElement {
  const { photo, target } = props;
  const messages = useMessages();
  const language = useLanguage();
  const localized = useLocalized();
  const forecast = useForecast((state) => state.photos.get(photo.id));
  const problem = useForecast((state) => state.problem);
  const isStale = useForecast((state) => state.isStale);
  const isWrong = useWrongFields(({ ids }) => ids.size > 0);
  const model = useLibrary((state) => state.preferences.upscale.model);
  const scale = useModels(({ models }) => models?.find(({ id }) => id === model)?.scale ?? null);
  if (forecast === undefined) {
    return (
      <p className={css.outcome} aria-live="polite">
        {problem === null ? (
          messages.upscale.sizeWaits
        ) : (
          <span className={css.problem}>
            {localized(problem.happened)} {localized(problem.todo)}
          </span>
        )}
      </p>
    );
  }
  const { sourceWidth, sourceHeight, width, height, runs, note } = forecast;
  return (
    <div className={css.outcome} aria-live="polite" data-stale={isStale || isWrong || undefined}>
      {width > 0 && (
        <p>
          {messages.upscale.sizeFromTo(
            pixelsText(sourceWidth, sourceHeight, language),
            pixelsText(width, height, language),
          )}
          {" · "}
          {megapixelsText(width, height, language)}
          {target.by === "print" &&
            ` · ${paperText(width, height, target.dpi, language, messages)}`}
        </p>
      )}
      {forecast.problem !== null && (
        <p className={css.problem}>
          {localized(forecast.problem.happened)} {localized(forecast.problem.todo)}
        </p>
      )}
      {width > 0 && width <= sourceWidth && (
        <p className={css.quiet}>{messages.upscale.makesSmaller}</p>
      )}
      {runs > 1 && scale !== null && (
        <p className={css.quiet}>{messages.upscale.severalRuns(runs, scale)}</p>
      )}
      {note !== null && <p className={css.quiet}>{localized(note)}</p>}
    </div>
  );
}

function paperText(
  width: number,
  height: number,
  dpi: number,
  language: Language,
  messages: ReturnType<typeof useMessages>,
): string {
  return messages.upscale.printCentimetres(centimetresText(width, height, dpi, language));
}
