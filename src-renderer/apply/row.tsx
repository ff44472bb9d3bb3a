import type { ReactElement, ReactNode } from "react";
import css from "./apply.module.css";

/** A line of the form: what it is about on the left, the answer on the right. */
export function Row(props: {
  readonly label: string;
  readonly htmlFor?: string;
  readonly children: ReactNode;
}): ReactElement {
  const { label, htmlFor, children } = props;
  return (
    <div className={css.row}>
      {htmlFor === undefined ? <span>{label}</span> : <label htmlFor={htmlFor}>{label}</label>}
      <div className={css.value}>{children}</div>
    </div>
  );
}
