import type { ReactElement } from "react";
import css from "./ui.module.css";

interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** The value as people say it; shown beside the slider and read out. */
  readonly text?: string;
  readonly onChange: (value: number) => void;
  /** It was let go: what it stands at is meant. */
  readonly onRelease?: () => void;
}

export function Slider(props: SliderProps): ReactElement {
  const { label, min, max, step, value, text, onChange, onRelease } = props;
  return (
    <span className={css.sliderBox}>
      <input
        type="range"
        className={css.slider}
        aria-label={label}
        aria-valuetext={text}
        data-tip={label}
        min={min}
        max={max}
        step={step}
        value={value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
        onPointerUp={onRelease}
        onKeyUp={onRelease}
        onBlur={onRelease}
      />
      {text !== undefined && <output className={css.sliderText}>{text}</output>}
    </span>
  );
}
