import Conf from "conf";
import type { PreferencesFile } from "./preferences.ts";

/** Name of the file, without its extension, in Kiln's data folder: the same in every host. */
export const preferencesFileName = "preferences";

/** The preferences file for hosts without Electron. A damaged file counts as empty: preferences are not work. */
export function openPreferencesFile(directory: string): PreferencesFile {
  return new Conf<Record<string, unknown>>({
    cwd: directory,
    configName: preferencesFileName,
    projectName: "kiln",
    clearInvalidConfig: true,
  });
}
