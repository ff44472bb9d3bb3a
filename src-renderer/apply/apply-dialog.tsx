import type { ReactElement } from "react";

/** Picks become files: options, then the plan, then the job. */
export function ApplyDialog(): ReactElement {
  return <section aria-label="Apply" />;
}
