import type { Preferences } from "../../src-preload/contract/preferences.ts";
import { door } from "../door/door.ts";
import { attempt } from "./edits.ts";
import { useLibrary } from "./library-store.ts";

/** Changes preferences: on the screen at once, in the file soon after. */
export async function setPreferences(patch: Partial<Preferences>): Promise<void> {
  const { preferences } = useLibrary.getState();
  useLibrary.setState({ preferences: { ...preferences, ...patch } });
  const saved = await attempt(() => door.preferences.set(patch));
  if (saved === null) useLibrary.setState({ preferences });
}
