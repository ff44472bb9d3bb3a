import type { ReactElement } from "react";

/** What is known about the focused photo. */
export function InfoPanel(): ReactElement {
  return <section aria-label="Photo" />;
}
