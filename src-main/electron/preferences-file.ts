import ElectronStore from "electron-store";
import { type PreferencesFile, preferencesFileName } from "../preferences/index.ts";

/** The preferences file in Electron: the very file that `conf` reads in the other hosts. */
export function openElectronPreferences(directory: string): PreferencesFile {
  return new ElectronStore<Record<string, unknown>>({
    cwd: directory,
    name: preferencesFileName,
    clearInvalidConfig: true,
  });
}
