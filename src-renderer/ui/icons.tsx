import type { ReactElement } from "react";

/** Outlines on a 16 × 16 grid, drawn for Kiln. */
const paths = {
  grid: "M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z",
  loupe: "M2 3h12v10H2zM5 10l2.5-3 2 2 1.5-1.5L13 10",
  compare: "M2 3h5v10H2zM9 3h5v10H9z",
  survey: "M2 3h7v10H2zM11 3h3v4h-3zM11 9h3v4h-3z",
  pick: "M4 14V2h8l-2 3 2 3H4",
  reject: "M4 4l8 8M12 4l-8 8",
  close: "M4 4l8 8M12 4l-8 8",
  undo: "M6 4L3 7l3 3M3 7h6a4 4 0 0 1 0 7H7",
  redo: "M10 4l3 3-3 3M13 7H7a4 4 0 0 0 0 7h2",
  filter: "M2 3h12l-5 6v4l-2 1V9z",
  folder: "M2 4h4l2 2h6v7H2z",
  up: "M8 13V4M4 8l4-4 4 4",
  jobs: "M2 4h12M2 8h8M2 12h10",
  settings: "M3 5h6M11 5h2M3 11h2M7 11h6M9 3v4M5 9v4",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  stack: "M4 4h10v8H4zM2 6v8h10",
  warning: "M8 2l6 11H2zM8 6v4M8 11.8v.01",
  check: "M3 8.5l3.5 3.5L13 5",
  left: "M10 3L5 8l5 5",
  right: "M6 3l5 5-5 5",
  search: "M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l4 4",
  info: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 7v4M8 4.8v.01",
  sort: "M5 3v10M2.5 10.5L5 13l2.5-2.5M9 4h5M9 8h4M9 12h2",
  undecided: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z",
  rotateLeft: "M4 3v4h4M4.5 7A4.5 4.5 0 1 1 4 10.5",
  rotateRight: "M12 3v4H8M11.5 7A4.5 4.5 0 1 0 12 10.5",
  clipping: "M2 12l4-8 3 5 2-3 3 6zM2 2h12",
  peaking: "M2 5V2h3M11 2h3v3M14 11v3h-3M5 14H2v-3M8 6.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z",
  swap: "M3 5h9M9.5 2.5L12 5 9.5 7.5M13 11H4M6.5 8.5L4 11l2.5 2.5",
  crown: "M2.5 12.5h11M3 10.5L2 4.5l3.5 3L8 3l2.5 4.5 3.5-3-1 6z",
  link: "M7 5l1.5-1.5a2.8 2.8 0 0 1 4 4L11 9M9 11l-1.5 1.5a2.8 2.8 0 0 1-4-4L5 7M6.5 9.5l3-3",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  map: "M8 14c3-3.2 4.5-5.6 4.5-7.5a4.5 4.5 0 1 0-9 0C3.5 8.4 5 10.8 8 14zM8 5v3",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 9h6l.5-9M7 7v4M9 7v4",
  face: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM6 6.6v.01M10 6.6v.01M5.6 9.6c1.4 1.6 3.4 1.6 4.8 0",
  focus: "M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M8 6v4M6 8h4",
  subject: "M2.5 3.5h11v9h-11zM6 6h4v4H6z",
  tie: "M2.5 6.5c1.8-1.8 3.6-1.8 5.5-.4s3.7 1.4 5.5-.4M2.5 10.9c1.8-1.8 3.6-1.8 5.5-.4s3.7 1.4 5.5-.4",
  faces: "M2 4h5v8H2zM9 4h5v8H9zM4.5 7v.01M11.5 7v.01M3.7 9.4h1.6M10.7 9.4h1.6",
  similar: "M2 5h7v7H2zM7 5V3h7v7h-5",
  wipe: "M2 3h12v10H2zM8 3v10M5.5 6.5L4 8l1.5 1.5M10.5 6.5L12 8l-1.5 1.5",
  upscale: "M2.5 8.5h5v5h-5zM2.5 5.5v-3h11v11h-3M9 7l2.5-2.5M9 4.5h2.5V7",
  pause: "M6 3.5v9M10 3.5v9",
  play: "M5 3l8 5-8 5z",
  add: "M8 3v10M3 8h10",
  fetch: "M8 2v8M4.5 7L8 10.5 11.5 7M3 13.5h10",
  down: "M8 3v9M4 8l4 4 4-4",
  apply: "M8 2v8M4.5 7L8 10.5 11.5 7M3 13h10",
} as const;

export type IconName = keyof typeof paths;

/** Decoration only: what it stands beside, or its button's label, says what it means. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 2.4 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
