import { useMemo, useState } from "react";
import { useLibrary } from "../state/library-store.ts";
import type { Picture } from "./bitmap-cache.ts";
import { pixelsOf } from "./pixels.ts";
import { likelyNext } from "./prefetch.ts";

/**
 * Photos that are likely to be seen next, likeliest first, from the way in which the person goes through `order`. The
 * same array as long as it is the same pictures.
 */
export function useAhead(order: readonly number[], activeId: number | null): readonly Picture[] {
  const photos = useLibrary((state) => state.photos);
  const index = activeId === null ? -1 : order.indexOf(activeId);
  const [travel, setTravel] = useState<{ readonly index: number; readonly direction: 1 | -1 }>({
    index,
    direction: 1,
  });
  if (index !== travel.index) {
    setTravel({ index, direction: index < travel.index ? -1 : 1 });
  }
  const burstId = activeId === null ? null : (photos.get(activeId)?.burstId ?? null);
  const next = likelyNext(
    order,
    index,
    travel.direction,
    (id) => burstId !== null && photos.get(id)?.burstId === burstId,
  ).flatMap((id): Picture[] => {
    const photo = photos.get(id);
    if (photo === undefined) return [];
    return [{ id, version: photo.version, ...pixelsOf(photo) }];
  });
  const key = JSON.stringify(next);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what `next` holds
  return useMemo(() => next, [key]);
}
