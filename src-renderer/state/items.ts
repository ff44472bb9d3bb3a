import { deriveItems, type Item } from "./derive.ts";
import { useLibrary } from "./library-store.ts";
import { useView } from "./view-store.ts";

let last: { readonly key: readonly unknown[]; readonly items: readonly Item[] } | null = null;

/** What grid and filmstrip show now. Computed again only when something that it is made of changed. */
export function currentItems(): readonly Item[] {
  const { photos, bursts, preferences } = useLibrary.getState();
  const { filters, sort, toggledBursts } = useView.getState();
  const { stacksCollapsed } = preferences;
  const key = [photos, bursts, filters, sort, toggledBursts, stacksCollapsed];
  if (last === null || key.some((part, index) => part !== last?.key[index])) {
    const items = deriveItems({ photos, bursts, filters, sort, toggledBursts, stacksCollapsed });
    last = { key, items: keepSame(last?.items ?? [], items) };
  }
  return last.items;
}

/** Items that say the same as before stay the same objects: their tiles need not be drawn again. */
function keepSame(before: readonly Item[], now: readonly Item[]): readonly Item[] {
  const known = new Map(before.map((item) => [item.photoId, item]));
  const kept = now.map((item) => {
    const old = known.get(item.photoId);
    return old !== undefined && isSame(old, item) ? old : item;
  });
  const isAllSame =
    kept.length === before.length && kept.every((item, index) => item === before[index]);
  return isAllSame ? before : kept;
}

function isSame(a: Item, b: Item): boolean {
  return (
    a.burstId === b.burstId &&
    a.burstSize === b.burstSize &&
    a.burstPosition === b.burstPosition &&
    a.isStack === b.isStack &&
    a.isPick === b.isPick &&
    a.frame === b.frame &&
    a.isTie === b.isTie
  );
}

/** `currentItems` for components: renders again when it changes. */
export function useItems(): readonly Item[] {
  useLibrary((state) => state.photos);
  useLibrary((state) => state.bursts);
  useLibrary((state) => state.preferences.stacksCollapsed);
  useView((state) => state.filters);
  useView((state) => state.sort);
  useView((state) => state.toggledBursts);
  return currentItems();
}
