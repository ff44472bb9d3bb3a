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
    last = { key, items };
  }
  return last.items;
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
