import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { attempt, undo } from "./edits.ts";
import { type LibraryState, pullChanges, useLibrary } from "./library-store.ts";
import { currentOrder } from "./navigation.ts";
import { activate, useView } from "./view-store.ts";

/** What a step of undo may change of the rows that the page has. */
export type Rows = Pick<LibraryState, "photos" | "bursts">;

/** Takes the last step back, and goes to what that changed. */
export async function undoAndGo(): Promise<void> {
  const { rootId, photos, bursts } = useLibrary.getState();
  await undo();
  if (rootId === null) return;
  const isThere = await attempt(() => catchUp(rootId));
  if (isThere === true) goToChanged({ photos, bursts });
}

/** Brings the rows of a root up to date; false when another one is shown meanwhile. */
async function catchUp(rootId: number): Promise<boolean> {
  while (useLibrary.getState().rootId === rootId) {
    // The news may have asked at the same time, and before the step was taken.
    if (await pullChanges()) return true;
  }
  return false;
}

/**
 * Where one looks at photos one after the other, goes to the first that changed and selects all that did, as far as they
 * are in sight. Nobody is taken away from a photo that is among them.
 */
function goToChanged(before: Rows): void {
  const { mode, activeId } = useView.getState();
  if (mode !== "grid" && mode !== "loupe") return;
  const changed = changedPhotos(before, useLibrary.getState());
  const seen = currentOrder().filter((id) => changed.has(id));
  const [first] = seen;
  if (first === undefined || seen.some((id) => id === activeId)) return;
  activate(first);
  if (mode === "grid") useView.setState({ selection: new Set(seen) });
}

/** Photos on which a decision is another than before, or that the person's word put elsewhere or made the best frame. */
export function changedPhotos(before: Rows, now: Rows): ReadonlySet<number> {
  const changed = new Set<number>();
  for (const photo of now.photos.values()) {
    const old = before.photos.get(photo.id);
    if (old === undefined || old === photo) continue;
    if (isDecidedOtherwise(old, photo) || isMovedByHand(old, photo, before, now)) {
      changed.add(photo.id);
    }
  }
  for (const burst of now.bursts.values()) {
    const old = before.bursts.get(burst.id);
    if (old === undefined || burst.pickId === null) continue;
    const isByHand = old.pickIsManual || burst.pickIsManual;
    if (isByHand && (old.pickId !== burst.pickId || old.pickIsManual !== burst.pickIsManual)) {
      changed.add(burst.pickId);
    }
  }
  return changed;
}

function isDecidedOtherwise(one: PhotoRow, other: PhotoRow): boolean {
  return (
    one.stars !== other.stars ||
    one.flag !== other.flag ||
    one.label !== other.label ||
    one.rotation !== other.rotation
  );
}

/** What a reading regroups meanwhile is no step of the person's. */
function isMovedByHand(one: PhotoRow, other: PhotoRow, before: Rows, now: Rows): boolean {
  const isManual = ({ burstId }: PhotoRow, { bursts }: Rows): boolean =>
    burstId !== null && bursts.get(burstId)?.isManual === true;
  return one.burstId !== other.burstId && (isManual(one, before) || isManual(other, now));
}
