import { useEffect, useMemo, useState } from "react";
import { create } from "zustand";
import type { Model } from "../../src-preload/contract/models.ts";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { door, problemOf } from "../door/door.ts";
import { useLibrary } from "../state/library-store.ts";
import { useModels } from "../state/models.ts";
import type { Point } from "../viewer2d/viewport.ts";
import { type CropAnswer, type CropQuestion, CropQueue } from "./crop-queue.ts";
import { firstSpot, firstSpotEdge, hasPixels, settleSpot, shownSize } from "./spot.ts";

/** Where photos are tried. */
interface Spots {
  /** By photo: the person's own places. */
  readonly places: ReadonlyMap<number, Point>;
  /** Of the square, in pixels of the photo. */
  readonly edge: number;
}

export const useSpots = create<Spots>(() => ({ places: new Map(), edge: firstSpotEdge }));

export function setSpot(photoId: number, spot: Point): void {
  useSpots.setState(({ places }) => ({ places: new Map(places).set(photoId, spot) }));
}

/** The square that is tried on a photo. */
export interface Spot {
  readonly middle: Point;
  /** In pixels of the photo; what it has room for. */
  readonly edge: number;
}

export function useSpot(photo: PhotoRow | undefined): Spot | null {
  const place = useSpots(({ places }) => (photo === undefined ? undefined : places.get(photo.id)));
  const edge = useSpots((state) => state.edge);
  return useMemo(() => {
    if (photo === undefined || !hasPixels(photo)) return null;
    const size = shownSize(photo);
    const fitting = Math.min(edge, size.width, size.height);
    return { middle: settleSpot(place ?? firstSpot(photo), fitting, size), edge: fitting };
  }, [photo, place, edge]);
}

/** A dragged square is tried once it rests for so long. */
const settleMs = 140;

/** Bumped whenever an answer came. */
const useNews = create<{ readonly count: number }>(() => ({ count: 0 }));

const queue = new CropQueue({
  ask: ({ photoId, model, denoise, x, y, edge }, signal) =>
    door.upscales.crop({ photoId, model, denoise, x, y, edge: Math.max(16, edge) }, { signal }),
  problemOf,
  onChange: () => useNews.setState(({ count }) => ({ count: count + 1 })),
});

/** Every model's work on the square, by the model's id; null where there is no photo to try. */
export type Crops = ReadonlyMap<string, CropAnswer> | null;

/** How strongly a model removes noise, as far as it leaves that open. */
export function denoiseOf(model: Model, denoise: number): number {
  return model.denoisesWith === null ? 1 : denoise;
}

/** Tries every model at hand on the photo's square, the chosen one first. */
export function useCrops(photo: PhotoRow | undefined): Crops {
  const models = useModels((state) => state.models);
  const chosen = useLibrary((state) => state.preferences.upscale.model);
  const denoise = useLibrary((state) => state.preferences.upscale.denoise);
  const spot = useSpot(photo);
  const news = useNews((state) => state.count);
  const photoId = photo?.id ?? null;
  // A turned photo is another picture.
  const version = photo === undefined ? "" : `${photo.version}-${photo.rotation}`;
  const questions = useMemo((): readonly CropQuestion[] => {
    if (photoId === null || spot === null || models === null) return [];
    return models
      .filter(({ isAtHand }) => isAtHand)
      .toSorted((a, b) => Number(b.id === chosen) - Number(a.id === chosen))
      .map((model) => ({
        photoId,
        version,
        model: model.id,
        digest: model.digest,
        denoise: denoiseOf(model, denoise),
        x: spot.middle.x,
        y: spot.middle.y,
        edge: spot.edge,
      }));
  }, [photoId, version, spot, models, chosen, denoise]);
  const [settled, setSettled] = useState<readonly CropQuestion[]>([]);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(questions), settleMs);
    return () => clearTimeout(timer);
  }, [questions]);
  useEffect(() => queue.want(settled), [settled]);
  // Nobody waits for what is not on the screen.
  useEffect(() => () => queue.want([]), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `news` says that more is known
  return useMemo(
    () =>
      spot === null
        ? null
        : new Map(questions.map((question) => [question.model, queue.answer(question)])),
    [questions, spot, news],
  );
}
