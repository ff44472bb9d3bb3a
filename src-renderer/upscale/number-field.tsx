import { type ReactElement, useEffect, useId, useState } from "react";
import { useLanguage, useMessages } from "../messages/language.ts";
import ui from "../ui/ui.module.css";
import css from "./forms.module.css";
import { type NumberRange, numberOf } from "./number-text.ts";
import { useWrongField } from "./wrong-fields.ts";

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly range: NumberRange;
  readonly step: number;
  readonly onChange: (value: number) => void;
}

/**
 * A number between two limits. What is typed stays as it was typed; what can't be used is marked, with what can, and
 * keeps the work from being begun.
 */
export function NumberField({
  label,
  value,
  range,
  step,
  onChange,
}: NumberFieldProps): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const id = useId();
  const rangeId = useId();
  const [text, setText] = useState(String(value));
  useEffect(() => {
    setText((before) => (Number(before) === value ? before : String(value)));
  }, [value]);
  const isWrong = numberOf(text, range) === null;
  useWrongField(isWrong);
  const { min, max, isWhole } = range;
  const [from, to] = [min, max].map((limit) => limit.toLocaleString(language));
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
        aria-describedby={rangeId}
        onChange={({ target }) => {
          setText(target.value);
          const typed = numberOf(target.value, range);
          if (typed !== null) onChange(typed);
        }}
      />
      <span id={rangeId} className={css.problem} role="status">
        {isWrong && messages.upscale.numberRange(from ?? "", to ?? "", isWhole)}
      </span>
    </span>
  );
}
