import { currentOrder } from "../state/navigation.ts";
import { activate, selectRange, toggleSelected } from "../state/view-store.ts";

/** The photo whose tile or frame an event happened in. */
export function photoAt(event: { readonly target: EventTarget | null }): number | null {
  const tile = event.target instanceof Element ? event.target.closest("[data-photo]") : null;
  return tile instanceof HTMLElement ? Number(tile.dataset.photo) : null;
}

interface Click {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** A click chooses one photo; with Shift all from the last one to it, with Ctrl (or ⌘) one more or one less. */
export function clickPhoto(photoId: number, click: Click): void {
  if (click.shiftKey) selectRange(photoId, currentOrder());
  else if (click.ctrlKey || click.metaKey) toggleSelected(photoId);
  else activate(photoId);
}
