import { create } from "zustand";
import type { Job } from "../../src-preload/contract/jobs.ts";
import type { Root } from "../../src-preload/contract/library.ts";
import type { BurstRow, PhotoRow } from "../../src-preload/contract/photos.ts";
import { type Preferences, preferencesSchema } from "../../src-preload/contract/preferences.ts";
import type { Localized, Problem } from "../../src-preload/contract/problem.ts";
import { type Door, door } from "../door/door.ts";
import { withHeldDecisions } from "./pending.ts";
import { dismissOtherRoots } from "./toasts.ts";
import { forgetPlace } from "./view-store.ts";

export type AppInfo = Awaited<ReturnType<Door["app"]["info"]>>;

/** What main knows, mirrored: nothing here is true because the page says so. */
export interface LibraryState {
  readonly info: AppInfo | null;
  readonly roots: readonly Root[];
  /** The root that is shown; null before anything was dropped. */
  readonly rootId: number | null;
  /** Revision up to which `photos` and `bursts` are true. */
  readonly revision: number;
  readonly photos: ReadonlyMap<number, PhotoRow>;
  readonly bursts: ReadonlyMap<number, BurstRow>;
  readonly jobs: readonly Job[];
  readonly preferences: Preferences;
  readonly undo: Localized | null;
  readonly redo: Localized | null;
  /** Redo would copy, move or export files again. */
  readonly redoTouchesFiles: boolean;
  /** Why Kiln could not start; null when all is well. */
  readonly startProblem: Problem | null;
  /** Whether the first news have come. */
  readonly isReady: boolean;
  /** Nobody answers any more: what is shown is how things were. */
  readonly isHostLost: boolean;
}

export const useLibrary = create<LibraryState>(() => ({
  info: null,
  roots: [],
  rootId: null,
  revision: 0,
  photos: new Map(),
  bursts: new Map(),
  jobs: [],
  preferences: preferencesSchema.parse({}),
  undo: null,
  redo: null,
  redoTouchesFiles: false,
  startProblem: null,
  isReady: false,
  isHostLost: false,
}));

const nothingShown = { revision: 0, photos: new Map(), bursts: new Map() };

/** The root that is shown, as main last told of it. */
export function useRoot(): Root | null {
  return useLibrary(({ roots, rootId }) => roots.find((root) => root.id === rootId) ?? null);
}

/** Rows that changed, laid over what is known. The same maps are answered when nothing changed. */
export function withChanges(
  state: Pick<LibraryState, "photos" | "bursts">,
  changes: { readonly photos: readonly PhotoRow[]; readonly bursts: readonly BurstRow[] },
): Pick<LibraryState, "photos" | "bursts"> {
  return {
    photos: overlay(state.photos, changes.photos, (photo) => photo.state === "gone"),
    bursts: overlay(state.bursts, changes.bursts, (burst) => burst.gone),
  };
}

function overlay<Row extends { readonly id: number }>(
  known: ReadonlyMap<number, Row>,
  changed: readonly Row[],
  isGone: (row: Row) => boolean,
): ReadonlyMap<number, Row> {
  if (changed.length === 0) return known;
  const next = new Map(known);
  for (const row of changed) {
    if (isGone(row)) next.delete(row.id);
    else next.set(row.id, row);
  }
  return next;
}

/** Shows a root: its photos are asked for anew, and main watches its folder. */
export async function showRoot(rootId: number): Promise<void> {
  if (useLibrary.getState().rootId === rootId) return;
  forgetPlace();
  dismissOtherRoots(rootId);
  useLibrary.setState({ rootId, ...nothingShown });
  await Promise.all([door.library.open({ rootId }), pullChanges()]);
}

/** The shown root left the library: the newest that is left is shown. */
export async function leaveRoot(): Promise<void> {
  const [latest] = useLibrary.getState().roots;
  dismissOtherRoots(null);
  useLibrary.setState({ rootId: null, ...nothingShown });
  if (latest !== undefined) await showRoot(latest.id);
}

/** Main answers others between two parts of so many rows. */
const rowsAtOnce = 500;

/** Brings photos and bursts of the shown root up to date. False when it did not: another answer came first. */
export async function pullChanges(): Promise<boolean> {
  const { rootId, revision } = useLibrary.getState();
  if (rootId === null) return false;
  const ask = (after: number) =>
    door.photos.changes({ rootId, since: revision, page: { after, limit: rowsAtOnce } });
  // Another root was shown, or an earlier call answered later: what is newer stays.
  const isWanted = (): boolean => {
    const now = useLibrary.getState();
    return now.rootId === rootId && now.revision === revision;
  };
  const changes = await ask(0);
  // The first screen of a new folder waits for nobody. One that was read before comes as a whole: parts are in no order.
  const isNew = changes.photos.every(({ state }) => state === "found");
  if (isNew && changes.next !== null && isWanted() && useLibrary.getState().photos.size === 0) {
    useLibrary.setState((state) => layOver(state, changes));
  }
  // Rows that change meanwhile have a newer revision than the first part's, and come again.
  for (let { next } = changes; next !== null && isWanted(); ) {
    const more = await ask(next);
    changes.photos.push(...more.photos);
    next = more.next;
  }
  if (!isWanted()) return false;
  useLibrary.setState((state) => ({ ...layOver(state, changes), revision: changes.revision }));
  return true;
}

function layOver(
  state: LibraryState,
  {
    photos,
    bursts,
  }: { readonly photos: readonly PhotoRow[]; readonly bursts: readonly BurstRow[] },
): Pick<LibraryState, "photos" | "bursts"> {
  return withChanges(state, { photos: photos.map(withHeldDecisions), bursts });
}
