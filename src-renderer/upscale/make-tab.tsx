import { type ReactElement, useEffect, useMemo } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { provide } from "../commands/registry.ts";
import { useLibrary } from "../state/library-store.ts";
import { useUpscaleRoom } from "../state/upscale-room.ts";
import { focusOn, useView } from "../state/view-store.ts";
import { BatchStrip } from "./batch-strip.tsx";
import { useCrops } from "./crops.ts";
import { FileForm } from "./file-form.tsx";
import { LookCards } from "./look-cards.tsx";
import { PhotoStage } from "./photo-stage.tsx";
import { paceOf, useProviders } from "./providers.ts";
import css from "./room.module.css";
import { askForecast, questionOf, useForecast } from "./settings.ts";
import { SizeForm } from "./size-form.tsx";
import { StartBar } from "./start-bar.tsx";

/** Whether a photo can have transparency, by its format; HEIC from cameras has none. */
function mayBeTransparent({ format }: PhotoRow): boolean {
  return format === "png" || format === "webp" || format === "avif" || format === "tiff";
}

/** Typing and dragging settle for this long before main is asked. */
const settleMs = 180;

/** A photo, looks to choose from, how large, where to, and the start. */
export function MakeTab({ photos }: { readonly photos: readonly PhotoRow[] }): ReactElement | null {
  const activeId = useView((state) => state.activeId);
  const at = Math.max(
    0,
    photos.findIndex(({ id }) => id === activeId),
  );
  const photo = photos[at];
  useForecasts(photos);
  useWays(photos, at);
  const crops = useCrops(photo);
  if (photo === undefined) return null;
  return (
    <div className={css.make}>
      <div className={css.left}>
        <PhotoStage photo={photo} crops={crops} />
        {photos.length > 1 && <BatchStrip photos={photos} at={at} />}
      </div>
      <aside className={css.panel}>
        <div className={css.scroller}>
          <LookCards photo={photo} crops={crops} />
          <SizeForm photo={photo} />
          <FileForm photo={photo} mayBeTransparent={photos.some(mayBeTransparent)} />
        </div>
        <StartBar photos={photos} />
      </aside>
    </div>
  );
}

/** Keeps what main forecasts true of the answers. */
function useForecasts(photos: readonly PhotoRow[]): void {
  const answers = useLibrary((state) => state.preferences.upscale);
  const destination = useUpscaleRoom((state) => state.destination);
  // Stars and flags change rows that mean the same here.
  const which = photos.map(({ id, version }) => `${id}/${version}`).join(" ");
  const isStarting = useForecast((state) => state.isStarting);
  const pace = useProviders(({ known }) => paceOf(known));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `which` says which photos they are, `pace` how long they take
  const question = useMemo(
    () => questionOf(photos, answers, destination?.token ?? null),
    [which, answers, destination, pace],
  );
  useEffect(() => {
    if (isStarting) return;
    useForecast.setState({ isStale: true });
    const timer = setTimeout(() => void askForecast(question), settleMs);
    return () => clearTimeout(timer);
  }, [question, isStarting]);
}

/** The arrows go through the batch. */
function useWays(photos: readonly PhotoRow[], at: number): void {
  useEffect(() => {
    const go = (index: number) => () => {
      const photo = photos[Math.min(photos.length - 1, Math.max(0, index))];
      if (photo !== undefined) focusOn(photo.id);
    };
    const taken = [
      provide("next", go(at + 1)),
      provide("previous", go(at - 1)),
      provide("stack.next", go(at + 1)),
      provide("stack.previous", go(at - 1)),
      provide("view.first", go(0)),
      provide("view.last", go(photos.length - 1)),
    ];
    return () => {
      for (const giveBack of taken) giveBack();
    };
  }, [photos, at]);
}
