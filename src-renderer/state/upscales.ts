import { create } from "zustand";
import type { UpscaleRow } from "../../src-preload/contract/upscale.ts";
import { door } from "../door/door.ts";

/** Results of the library as main last told of them. */
interface Upscales {
  /** Revision up to which `rows` are true. */
  readonly revision: number;
  readonly rows: ReadonlyMap<number, UpscaleRow>;
}

export const useUpscales = create<Upscales>(() => ({ revision: 0, rows: new Map() }));

/** Rows that changed, laid over what is known. */
export function withUpscales(
  known: ReadonlyMap<number, UpscaleRow>,
  changed: readonly UpscaleRow[],
): ReadonlyMap<number, UpscaleRow> {
  if (changed.length === 0) return known;
  const next = new Map(known);
  for (const row of changed) {
    if (row.gone) next.delete(row.id);
    else next.set(row.id, row);
  }
  return next;
}

/** Brings the results up to date. */
export async function pullUpscales(): Promise<void> {
  const { revision } = useUpscales.getState();
  const changes = await door.upscales.changes({ since: revision });
  const state = useUpscales.getState();
  // An earlier call answered later: what is newer stays.
  if (state.revision !== revision) return;
  useUpscales.setState({
    revision: changes.revision,
    rows: withUpscales(state.rows, changes.upscales),
  });
}

/** Newest first; of one batch in the order in which they are made. */
export function newestFirst(rows: ReadonlyMap<number, UpscaleRow>): readonly UpscaleRow[] {
  return [...rows.values()].toSorted((a, b) => b.createdAt - a.createdAt || a.id - b.id);
}

/** Finished results of one photo, newest first. */
export function resultsOf(
  rows: ReadonlyMap<number, UpscaleRow>,
  photoId: number,
): readonly UpscaleRow[] {
  return newestFirst(rows).filter((row) => row.photoId === photoId && row.status === "completed");
}
