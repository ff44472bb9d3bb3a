import { type ReactElement, useEffect, useId, useState } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { papers, UpscaleTarget } from "../../src-preload/contract/upscale.ts";
import type { Language } from "../messages/language.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import ui from "../ui/ui.module.css";
import css from "./forms.module.css";
import { remember, useForecast } from "./settings.ts";
import { centimetresText, megapixelsText, pixelsText } from "./size-text.ts";
import { shownSize } from "./spot.ts";
import { kindOf, type SizeKind, sizeKinds, targetOf } from "./targets.ts";

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
        label={messages.upscale.scaleTimes}
        value={target.scale}
        min={1}
        max={16}
        step={0.1}
        onChange={(scale) => remember({ target: { by: "scale", scale } })}
      />
    );
  }
  if (target.by === "width" || target.by === "height") {
    const { by } = target;
    return (
      <NumberField
        label={by === "width" ? messages.upscale.widthPixels : messages.upscale.heightPixels}
        value={target.pixels}
        min={1}
        max={200_000}
        step={1}
        onChange={(pixels) => remember({ target: { by, pixels: Math.round(pixels) } })}
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
        min={36}
        max={1200}
        step={1}
        onChange={(dpi) => remember({ target: { ...target, dpi: Math.round(dpi) } })}
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

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
}

/** A number that is being typed may be nonsense for a moment: it counts once it lies between its limits. */
function NumberField(props: NumberFieldProps): ReactElement {
  const { label, value, min, max, step, onChange } = props;
  const id = useId();
  const [text, setText] = useState(String(value));
  useEffect(() => {
    setText((before) => (Number(before) === value ? before : String(value)));
  }, [value]);
  const number = Number(text);
  const isWrong = text.trim() === "" || !(number >= min && number <= max);
  return (
    <span className={css.fields}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        className={`${ui.field} ${css.number}`}
        value={text}
        min={min}
        max={max}
        step={step}
        aria-invalid={isWrong}
        onChange={({ target }) => {
          setText(target.value);
          const typed = target.valueAsNumber;
          if (typed >= min && typed <= max) onChange(typed);
        }}
        onBlur={() => setText(String(value))}
      />
    </span>
  );
}

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
  const { sourceWidth, sourceHeight, width, height, note } = forecast;
  return (
    <div className={css.outcome} aria-live="polite" data-stale={isStale || undefined}>
      {width > 0 && (
        <p>
          {messages.upscale.sizeFromTo(
            pixelsText(sourceWidth, sourceHeight, language),
            pixelsText(width, height, language),
          )}
          {" px · "}
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
