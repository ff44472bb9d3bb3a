import Conf from "conf";
import type { PreferencesFile } from "./preferences.ts";

/** Name of the file, without its extension, in Kiln's data folder: the same in every host. */
export const preferencesFileName = "preferences";

/**
 * The preferences file for hosts without Electron. A damaged file counts as empty: preferences are not work. It is
 * opened when it is first asked for: the library opens first, and is the one to say what is wrong with its folder.
 */
export function openPreferencesFile(directory: string): PreferencesFile {
  let opened: PreferencesFile | null = null;
  const file = (): PreferencesFile => {
    opened ??= new Conf<Record<string, unknown>>({
      cwd: directory,
      configName: preferencesFileName,
      projectName: "kiln",
      clearInvalidConfig: true,
    });
    return opened;
  };
  return {
    get store() {
      return file().store;
    },
    set store(value) {
      file().store = value;
    },
  };
}
