import { deriveItems, type Item } from "../state/derive.ts";
import { useLibrary } from "../state/library-store.ts";
import { useView } from "../state/view-store.ts";

/** What passes the filters, in order, with every stack open: a duel goes through the frames of closed stacks too. */
export function openItems(): Item[] {
  const { photos, bursts } = useLibrary.getState();
  const { filters, sort } = useView.getState();
  const closed = { stacksCollapsed: false, toggledBursts: new Set<number>() };
  return deriveItems({ photos, bursts, filters, sort, ...closed });
}

/** The photos that are looked at together: the selection when it is more than one, else the burst of the active one. */
export function togetherWith(
  items: readonly Item[],
  activeId: number,
  selection: ReadonlySet<number>,
): number[] {
  const isChosen = selection.size > 1 && selection.has(activeId);
  const { burstId = null } = items.find((item) => item.photoId === activeId) ?? {};
  const together = items.filter((item) =>
    isChosen ? selection.has(item.photoId) : burstId !== null && item.burstId === burstId,
  );
  const ids = together.map((item) => item.photoId);
  return ids.includes(activeId) ? ids : [activeId];
}

/** Bursts of more than one frame, in order. */
export function realBursts(items: readonly Item[]): number[] {
  const bursts = items.flatMap(({ burstId, burstSize }) =>
    burstId !== null && burstSize > 1 ? [burstId] : [],
  );
  return [...new Set(bursts)];
}

/**
 * The first frame of the next burst of more than one frame (1), or of the one before (-1); null where there is none.
 * @param photoId a photo of the burst that is left, or a lone one
 * @param isWanted bursts that may be gone to
 */
export function burstBeside(
  items: readonly Item[],
  photoId: number,
  direction: 1 | -1,
  isWanted: (burstId: number) => boolean = () => true,
): number | null {
  const at = items.findIndex((item) => item.photoId === photoId);
  if (at < 0) return null;
  const left = items[at]?.burstId ?? null;
  const isOther = ({ burstId, burstSize }: Item): boolean =>
    burstSize > 1 && burstId !== null && burstId !== left && isWanted(burstId);
  const found =
    direction === 1 ? items.slice(at + 1).find(isOther) : items.slice(0, at).findLast(isOther);
  return (
    items.find(({ burstId }) => found !== undefined && burstId === found.burstId)?.photoId ?? null
  );
}
