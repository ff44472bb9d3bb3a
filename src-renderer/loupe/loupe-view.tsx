import type { ReactElement } from "react";

/** One photo, as large as the window allows. */
export function LoupeView(): ReactElement {
  return <section aria-label="Loupe" />;
}
