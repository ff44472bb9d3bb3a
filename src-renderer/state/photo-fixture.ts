import type { BurstRow, PhotoRow } from "../../src-preload/contract/photos.ts";

/** A measured photo, taken `id` seconds after midnight; for tests. */
export function photo(id: number, rest: Partial<PhotoRow> = {}): PhotoRow {
  return {
    id,
    name: `P${id}.JPG`,
    directoryId: 1,
    state: "measured",
    format: "jpeg",
    hasRaw: false,
    hasPicture: true,
    preview: null,
    width: 6000,
    height: 4000,
    version: `v${id}`,
    capturedAt: id * 1000,
    camera: "Camera A",
    lens: null,
    iso: 100,
    stars: 0,
    flag: "none",
    label: "none",
    rotation: 0,
    burstId: id,
    rank: 1,
    score: id,
    reason: null,
    subject: null,
    isTied: false,
    ...rest,
  };
}

export function burst(id: number, pickId: number | null): BurstRow {
  return { id, pickId, pickIsManual: false, verdict: null, isManual: false, gone: false };
}

export function byId<Row extends { readonly id: number }>(
  ...rows: readonly Row[]
): ReadonlyMap<number, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}
