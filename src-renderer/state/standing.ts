import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { frameNumber, framesOf, tiesIn } from "./bursts.ts";
import { useLibrary } from "./library-store.ts";

/** What a view of one frame says of its place in its burst. */
export interface Standing {
  /** As `frameNumber`. */
  readonly frame: number;
  /** Frames of the burst; a lone photo is compared with nobody. */
  readonly frames: number;
  readonly isPick: boolean;
  /** The proposal is tentative: others are as good, and the person has neither chosen nor decided. */
  readonly isTie: boolean;
}

export function useStanding(photo: PhotoRow | undefined): Standing {
  const burstId = photo?.burstId ?? null;
  const burst = useLibrary(({ bursts }) => (burstId === null ? undefined : bursts.get(burstId)));
  const frame = useLibrary(({ photos }) => (photo === undefined ? 1 : frameNumber(photos, photo)));
  const frames = useLibrary(({ photos }) =>
    burstId === null ? 1 : framesOf(photos, burstId).length,
  );
  const isOpen = useLibrary(
    ({ photos, bursts }) => burstId !== null && tiesIn(photos, bursts).has(burstId),
  );
  return {
    frame,
    frames,
    isPick: photo !== undefined && burst?.pickId === photo.id,
    isTie: isOpen && burst?.pickIsManual === false,
  };
}
