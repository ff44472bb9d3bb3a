import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where Kiln keeps its data when nobody says otherwise: the same folder that Electron calls `appData`, so that every
 * host opens the same library.
 */
export function defaultDataDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return join(applicationData(environment), "Kiln");
}

function applicationData(environment: NodeJS.ProcessEnv): string {
  if (process.platform === "win32") {
    return environment.APPDATA ?? join(homedir(), "AppData", "Roaming");
  }
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support");
  return environment.XDG_CONFIG_HOME ?? join(homedir(), ".config");
}
