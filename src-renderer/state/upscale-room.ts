import { create } from "zustand";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { ChosenFolder } from "./folder-choice.ts";
import { useLibrary } from "./library-store.ts";
import { setMode, useView, type ViewMode } from "./view-store.ts";

/** Which photos are to be made larger; picks and all are those of the shown folder, as they come and go. */
export type Batch =
  | { readonly kind: "photos"; readonly photoIds: readonly number[] }
  | { readonly kind: "picks" }
  | { readonly kind: "all" };

export type RoomTab = "make" | "results";
/** How a result is laid beside its original. */
export type Layout = "wipe" | "side" | "after";

interface UpscaleRoom {
  readonly batch: Batch;
  readonly tab: RoomTab;
  /** The result that is looked at; null while the lists are shown. */
  readonly resultId: number | null;
  /** It was opened from a photo, past the list: one step back leads to that photo. */
  readonly isDirect: boolean;
  readonly layout: Layout;
  /** Where before turns to after, 0..1 of the way across. */
  readonly wipe: number;
  /** The place that is tried is shown large. */
  readonly isCloseUp: boolean;
  /** Where results go; null is the library's own folder. Its token lives as long as the window. */
  readonly destination: ChosenFolder | null;
  /** The view to go back to. */
  readonly cameFrom: ViewMode;
}

export const useUpscaleRoom = create<UpscaleRoom>(() => ({
  batch: { kind: "photos", photoIds: [] },
  tab: "make",
  resultId: null,
  isDirect: false,
  layout: "wipe",
  wipe: 0.5,
  isCloseUp: false,
  destination: null,
  cameFrom: "grid",
}));

export function chooseBatch(batch: Batch): void {
  useUpscaleRoom.setState({ batch, tab: "make", resultId: null, isCloseUp: false });
}

/** Goes to the room as it was left. */
export function showUpscaleRoom(): void {
  const { mode } = useView.getState();
  if (mode === "upscale") return;
  useUpscaleRoom.setState({ cameFrom: mode });
  setMode("upscale");
}

/** Goes to the room with these photos. */
export function upscale(batch: Batch): void {
  chooseBatch(batch);
  showUpscaleRoom();
}

export function showResults(): void {
  useUpscaleRoom.setState({ tab: "results", resultId: null });
  showUpscaleRoom();
}

/** Shows a result; from inside the room another one takes the place of the one that is shown. */
export function showResult(resultId: number): void {
  const { isDirect, resultId: shown } = useUpscaleRoom.getState();
  const isInRoom = useView.getState().mode === "upscale";
  useUpscaleRoom.setState({
    tab: "results",
    resultId,
    isDirect: !isInRoom || (isDirect && shown !== null),
  });
  showUpscaleRoom();
}

/** One step back: out of a result, out of the close-up, out of the room. */
export function leaveRoom(): void {
  const { resultId, isDirect, isCloseUp, tab, cameFrom } = useUpscaleRoom.getState();
  useUpscaleRoom.setState({ resultId: null });
  if (resultId !== null && !isDirect) return;
  if (isCloseUp && tab === "make") useUpscaleRoom.setState({ isCloseUp: false });
  else setMode(cameFrom === "upscale" ? "grid" : cameFrom);
}

/** Photos of a batch that are there; picks and all in the order in which they were taken. */
export function photosOf(batch: Batch, photos: ReadonlyMap<number, PhotoRow>): readonly PhotoRow[] {
  switch (batch.kind) {
    case "photos":
      return batch.photoIds.flatMap((id) => photos.get(id) ?? []);
    case "picks":
      return [...photos.values()].filter((photo) => photo.flag === "pick").toSorted(asTaken);
    case "all":
      return [...photos.values()].toSorted(asTaken);
  }
}

function asTaken(one: PhotoRow, other: PhotoRow): number {
  return (
    (one.capturedAt ?? 0) - (other.capturedAt ?? 0) ||
    one.name.localeCompare(other.name, "en", { numeric: true })
  );
}

/** Another folder is shown: photos that were chosen one by one mean nothing in it. */
useLibrary.subscribe(({ rootId }, before) => {
  const { batch } = useUpscaleRoom.getState();
  if (rootId !== before.rootId && batch.kind === "photos") {
    useUpscaleRoom.setState({ batch: { kind: "photos", photoIds: [] } });
  }
});
