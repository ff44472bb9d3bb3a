import type { Preferences } from "../../src-preload/contract/preferences.ts";
import { door } from "../door/door.ts";
import { attempt } from "./edits.ts";
import { useLibrary } from "./library-store.ts";

/** Changes that main has not confirmed. */
let pending = 0;

/** Changes preferences: on the screen at once, in the file soon after. */
export async function setPreferences(patch: Partial<Preferences>): Promise<void> {
  const { preferences: before } = useLibrary.getState();
  useLibrary.setState({ preferences: { ...before, ...patch } });
  pending += 1;
  const saved = await attempt(() => door.preferences.set(patch));
  pending -= 1;
  if (pending === 0) useLibrary.setState({ preferences: saved ?? before });
}

/** What main tells of preferences. While a change is on its way that is older than what is on the screen. */
export function hearPreferences(preferences: Preferences): void {
  if (pending === 0) useLibrary.setState({ preferences });
}

/** Widths of tiles in CSS pixels. */
const tileSteps = [120, 160, 200, 260, 340, 440];

/** Tiles one step larger (1) or smaller (-1). */
export function resizeTiles(direction: 1 | -1): void {
  const { tileSize } = useLibrary.getState().preferences;
  const next =
    direction === 1
      ? tileSteps.find((size) => size > tileSize)
      : tileSteps.findLast((size) => size < tileSize);
  if (next !== undefined) void setPreferences({ tileSize: next });
}
