import type { ReactElement, ReactNode } from "react";
import css from "./ui.module.css";

interface ToggleProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onToggle: () => void;
  /** The state that it stands for: its colour while it is on. */
  readonly tone?: "star" | "pick" | "reject" | "none";
  /** Its content says the label itself. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Toggle(props: ToggleProps): ReactElement {
  const { label, isOn, onToggle, tone, wide, children } = props;
  return (
    <button
      type="button"
      className={css.toggle}
      aria-pressed={isOn}
      aria-label={wide === true ? undefined : label}
      data-tip={wide === true ? undefined : label}
      data-tone={tone}
      onClick={onToggle}
    >
      {children}
    </button>
  );
}
