import type { ReactElement } from "react";

/** King of the hill: a frozen reference beside a candidate. */
export function CompareView(): ReactElement {
  return <section aria-label="Compare" />;
}
