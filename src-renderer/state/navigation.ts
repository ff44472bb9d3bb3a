import { useEffect, useRef } from "react";
import { clearFilters } from "./filters.ts";
import { currentItems, useItems } from "./items.ts";
import { useLibrary } from "./library-store.ts";
import { activate, selectRange, toggleBurst, useView } from "./view-store.ts";

/** Photos in the order in which arrows go through them. */
export function currentOrder(): number[] {
  return currentItems().map((item) => item.photoId);
}

/**
 * Goes `steps` photos on (or back), not past the ends. With nothing active, or what was active filtered away, it goes to
 * the first.
 * @param extend keep selecting from the anchor, as Shift does
 */
export function move(steps: number, extend = false): void {
  const order = currentOrder();
  const { activeId } = useView.getState();
  const at = activeId === null ? -1 : order.indexOf(activeId);
  const next = order[at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + steps))];
  if (next === undefined) return;
  if (extend) selectRange(next, order);
  else activate(next);
}

/** Goes to the first photo, or to the last. */
export function moveToEnd(end: "first" | "last"): void {
  const photoId = currentOrder().at(end === "first" ? 0 : -1);
  if (photoId !== undefined) activate(photoId);
}

/** Makes a photo the active one wherever it is: filters that hide it are cleared, the stack that it is in is opened. */
export function reach(photoId: number): void {
  if (!currentOrder().includes(photoId)) clearFilters();
  const burstId = useLibrary.getState().photos.get(photoId)?.burstId ?? null;
  if (burstId !== null && !currentOrder().includes(photoId)) toggleBurst(burstId);
  activate(photoId);
}

/** Goes to the first shown frame of the next burst (1), or of the one before (-1). */
export function moveBurst(direction: 1 | -1): void {
  const items = currentItems();
  const { activeId } = useView.getState();
  const at = items.findIndex((item) => item.photoId === activeId);
  const current = items[at];
  if (current === undefined) {
    move(0);
    return;
  }
  const isSame = (index: number): boolean => {
    const item = items[index];
    return item !== undefined && current.burstId !== null && item.burstId === current.burstId;
  };
  let index = at + direction;
  while (isSame(index)) index += direction;
  // Backwards one arrives at the last frame of a burst: go on to its first.
  const burstId = items[index]?.burstId ?? null;
  if (direction === -1 && burstId !== null) {
    while (items[index - 1]?.burstId === burstId) index -= 1;
  }
  const target = items[index];
  if (target !== undefined) activate(target.photoId);
}

/**
 * Goes to the next burst that `isWanted`, from the active photo on and round to the beginning. Where one looks at single
 * photos it is the proposed frame that one goes to, else the first one. False when there is no other such burst.
 */
export function moveToBurst(isWanted: (burstId: number) => boolean): boolean {
  const items = currentItems();
  const { activeId, mode } = useView.getState();
  const at = items.findIndex((item) => item.photoId === activeId);
  const here = items[at]?.burstId ?? null;
  const round = [...items.slice(at + 1), ...items.slice(0, Math.max(0, at))];
  const first = round.find(
    ({ burstId }) => burstId !== null && burstId !== here && isWanted(burstId),
  );
  if (first === undefined) return false;
  const members = items.filter(({ burstId }) => burstId === first.burstId);
  const pick = mode === "grid" ? undefined : members.find(({ isPick }) => isPick);
  activate((pick ?? members[0] ?? first).photoId);
  return true;
}

/**
 * The photos that a decision is about: the selection in the grid, the one photo that is looked at elsewhere. What a
 * filter or a closed stack keeps out of sight is never decided on.
 */
export function targetIds(): number[] {
  const { mode, activeId } = useView.getState();
  // What is looked at there is results, and looks: a key that decides would mean a photo that nobody sees.
  if (mode === "upscale") return [];
  if (mode === "grid") return selectedIds();
  return activeId !== null && useLibrary.getState().photos.has(activeId) ? [activeId] : [];
}

/** The bursts that a stack command is about. */
export function targetBurstIds(): number[] {
  const { photos } = useLibrary.getState();
  const { activeId, mode } = useView.getState();
  if (mode === "upscale") return [];
  const selected = selectedIds();
  const ids = selected.length > 0 || activeId === null ? selected : [activeId];
  return [...new Set(ids.flatMap((id) => photos.get(id)?.burstId ?? []))];
}

/** The selection, as far as it is in sight, in the order of the grid. */
function selectedIds(): number[] {
  const { selection } = useView.getState();
  return currentOrder().filter((id) => selection.has(id));
}

/**
 * Begins a folder at its first photo, so that keys mean something at once. While photos still arrive and nothing was
 * done yet, the first one may change.
 */
export function useFirstPlace(): void {
  const items = useItems();
  const rootId = useLibrary((state) => state.rootId);
  const activeId = useView((state) => state.activeId);
  /** The folder that was begun, and its first photo for as long as the person has gone nowhere else. */
  const begun = useRef<{ readonly rootId: number; readonly photoId: number | null } | null>(null);
  useEffect(() => {
    const [first] = items;
    // Nothing to begin with yet; a folder that one comes back to begins anew.
    if (begun.current?.rootId !== rootId) begun.current = null;
    if (rootId === null || first === undefined) return;
    if (begun.current === null) {
      const isElsewhere = items.some((item) => item.photoId === activeId);
      begun.current = { rootId, photoId: isElsewhere ? null : first.photoId };
    } else if (begun.current.photoId !== activeId) {
      begun.current = { rootId, photoId: null };
    } else if (activeId !== null) {
      begun.current = { rootId, photoId: first.photoId };
    }
    const { photoId } = begun.current;
    if (photoId !== null && photoId !== activeId) activate(photoId);
  }, [items, rootId, activeId]);
}

/**
 * Keeps the place when the active photo goes out of sight (filtered away, folded into a stack, gone): the photo that
 * took its place becomes active.
 */
export function useKeepPlace(): void {
  const items = useItems();
  const activeId = useView((state) => state.activeId);
  const place = useRef(0);
  useEffect(() => {
    if (activeId === null) return;
    const at = items.findIndex((item) => item.photoId === activeId);
    if (at >= 0) {
      place.current = at;
      return;
    }
    const next = items[Math.min(place.current, items.length - 1)];
    activate(next?.photoId ?? null);
  }, [items, activeId]);
}
