import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { isShown } from "./derive.ts";
import { type Filters, noFilters, useView } from "./view-store.ts";

export function setFilters(patch: Partial<Filters>): void {
  useView.setState(({ filters }) => ({ filters: { ...filters, ...patch } }));
}

export function clearFilters(): void {
  useView.setState({ filters: noFilters });
}

/** Whether anything is kept out of sight. */
export function isFiltering(filters: Filters): boolean {
  return (
    filters.minStars > 0 ||
    filters.flags.length > 0 ||
    filters.labels.length > 0 ||
    filters.camera !== null ||
    filters.lens !== null ||
    filters.isoFrom !== null ||
    filters.isoTo !== null ||
    filters.picksOnly ||
    filters.tiesOnly ||
    filters.text.trim() !== ""
  );
}

/** What there is to choose from in the photos of a folder. */
export interface FilterChoices {
  readonly cameras: readonly string[];
  readonly lenses: readonly string[];
  /** Rising. */
  readonly isos: readonly number[];
}

export function filterChoices(photos: ReadonlyMap<number, PhotoRow>): FilterChoices {
  const cameras = new Set<string>();
  const lenses = new Set<string>();
  const isos = new Set<number>();
  for (const photo of photos.values()) {
    if (!isShown(photo)) continue;
    if (photo.camera !== null) cameras.add(photo.camera);
    if (photo.lens !== null) lenses.add(photo.lens);
    if (photo.iso !== null) isos.add(photo.iso);
  }
  return {
    cameras: [...cameras].sort(),
    lenses: [...lenses].sort(),
    isos: [...isos].sort((a, b) => a - b),
  };
}
