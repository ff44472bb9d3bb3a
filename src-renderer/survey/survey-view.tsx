import type { ReactElement } from "react";

/** The selected photos side by side, each as large as possible. */
export function SurveyView(): ReactElement {
  return <section aria-label="Survey" />;
}
