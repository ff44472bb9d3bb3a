import { create } from "zustand";
import type { Flag, Label } from "../../src-preload/contract/photos.ts";

export type ViewMode = "grid" | "loupe" | "compare" | "survey" | "upscale";
export type SortKey = "time" | "name" | "stars" | "score";
/** Dialogs and drawers; at most one is open. */
export type Panel =
  | "palette"
  | "settings"
  | "keys"
  | "jobs"
  | "apply"
  | "skipped"
  | "similar"
  | "undo"
  | "redo";

export interface Filters {
  readonly minStars: number;
  readonly flags: readonly Flag[];
  readonly labels: readonly Label[];
  readonly camera: string | null;
  readonly lens: string | null;
  readonly isoFrom: number | null;
  readonly isoTo: number | null;
  /** Only the pick of every burst. */
  readonly picksOnly: boolean;
  /** Only bursts whose best frames are too close to call, until they are decided. */
  readonly tiesOnly: boolean;
  readonly text: string;
}

export const noFilters: Filters = {
  minStars: 0,
  flags: [],
  labels: [],
  camera: null,
  lens: null,
  isoFrom: null,
  isoTo: null,
  picksOnly: false,
  tiesOnly: false,
  text: "",
};

/** What the person looks at. Grid, loupe, compare, survey and filmstrip share one selection. */
export interface ViewState {
  readonly mode: ViewMode;
  /** The photo that keys act on; always in the selection when there is one. */
  readonly activeId: number | null;
  /** Where a range that is being selected began. */
  readonly anchorId: number | null;
  readonly selection: ReadonlySet<number>;
  readonly filters: Filters;
  readonly showFilters: boolean;
  readonly sort: { readonly key: SortKey; readonly descending: boolean };
  /** Stacks that are open although stacks are collapsed, or closed although they are not. */
  readonly toggledBursts: ReadonlySet<number>;
  readonly panel: Panel | null;
  readonly showClipping: boolean;
  readonly showPeaking: boolean;
  /** Draws on large photos where they were compared, and where the camera focused. */
  readonly showSubject: boolean;
  /** Compare shows the same face of every frame side by side. */
  readonly showFaces: boolean;
  /** Compare goes from tie to tie and shows only the tied frames. */
  readonly comparesTies: boolean;
}

export const useView = create<ViewState>(() => ({
  mode: "grid",
  activeId: null,
  anchorId: null,
  selection: new Set(),
  filters: noFilters,
  showFilters: false,
  sort: { key: "time", descending: false },
  toggledBursts: new Set(),
  panel: null,
  showClipping: false,
  showPeaking: false,
  showSubject: true,
  showFaces: true,
  comparesTies: false,
}));

/** What these are about is the folder that is shown. */
const panelsOfFolder: readonly (Panel | null)[] = ["apply", "skipped", "similar"];

/** Another folder is shown: what was chosen, filtered or asked in the one before means nothing here. */
export function forgetPlace(): void {
  useView.setState(({ panel }) => ({
    activeId: null,
    anchorId: null,
    selection: new Set(),
    filters: noFilters,
    toggledBursts: new Set(),
    panel: panelsOfFolder.includes(panel) ? null : panel,
  }));
}

export function setMode(mode: ViewMode): void {
  useView.setState({ mode, comparesTies: false });
}

/** Compare, with nothing but the frames among which best cut could not tell the best. */
export function compareTies(): void {
  useView.setState({ mode: "compare", comparesTies: true });
}

export function openPanel(panel: Panel | null): void {
  useView.setState({ panel });
}

/** Opens a closed stack, or closes an open one. */
export function toggleBurst(burstId: number): void {
  const next = new Set(useView.getState().toggledBursts);
  if (!next.delete(burstId)) next.add(burstId);
  useView.setState({ toggledBursts: next });
}

/** Makes one photo the active one and the whole selection. */
export function activate(photoId: number | null): void {
  useView.setState({
    activeId: photoId,
    anchorId: photoId,
    selection: new Set(photoId === null ? [] : [photoId]),
  });
}

/** Makes one photo the active one and keeps a selection that it is part of: a large view goes through the selection. */
export function focusOn(photoId: number): void {
  const { selection } = useView.getState();
  if (selection.size > 1 && selection.has(photoId)) useView.setState({ activeId: photoId });
  else activate(photoId);
}

/** Adds a photo to the selection or takes it out (Ctrl-click). */
export function toggleSelected(photoId: number): void {
  const { selection, activeId } = useView.getState();
  const next = new Set(selection);
  if (!next.delete(photoId)) next.add(photoId);
  const isIn = next.has(photoId);
  useView.setState({
    selection: next,
    activeId: isIn ? photoId : activeId === photoId ? ([...next].at(-1) ?? null) : activeId,
    anchorId: photoId,
  });
}

/** Selects from the anchor to this photo, along the order given (Shift-click, Shift-arrow). */
export function selectRange(photoId: number, order: readonly number[]): void {
  const { anchorId } = useView.getState();
  const from = order.indexOf(anchorId ?? photoId);
  const to = order.indexOf(photoId);
  if (from < 0 || to < 0) {
    activate(photoId);
    return;
  }
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  useView.setState({ activeId: photoId, selection: new Set(range) });
}

export function selectAll(order: readonly number[]): void {
  useView.setState({
    selection: new Set(order),
    activeId: useView.getState().activeId ?? order[0] ?? null,
  });
}
