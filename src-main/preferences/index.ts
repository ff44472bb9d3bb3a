export { openPreferencesFile, preferencesFileName } from "./conf-file.ts";
export { Preferences, type PreferencesFile } from "./preferences.ts";
