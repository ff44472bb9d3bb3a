import { framesOf } from "./bursts.ts";
import { useLibrary } from "./library-store.ts";
import { targetIds } from "./navigation.ts";

/**
 * The frames that a split puts into a stack of their own: this one and all behind it in its burst, whatever the filters;
 * of several selected frames those themselves. Empty where nothing would stay behind.
 */
export function framesToSplit(): number[] {
  const { photos } = useLibrary.getState();
  const ids = targetIds();
  const [first] = ids;
  const burstId = first === undefined ? null : (photos.get(first)?.burstId ?? null);
  if (first === undefined || burstId === null) return [];
  const frames = framesOf(photos, burstId).map(({ id }) => id);
  const at = frames.indexOf(first);
  const wanted = ids.length > 1 || at < 0 ? ids : frames.slice(at);
  return frames.every((id) => wanted.includes(id)) ? [] : wanted;
}
