import type { ReactElement } from "react";
import css from "./ui.module.css";

interface ProgressProps {
  readonly label: string;
  /** 0..1 */
  readonly fraction: number;
}

export function Progress({ label, fraction }: ProgressProps): ReactElement {
  return <progress className={css.progress} aria-label={label} max={1} value={fraction} />;
}
