import { join } from "node:path";
import { BrowserWindow } from "electron";
import { appOrigin } from "./app.ts";

let window: BrowserWindow | null = null;

/** Opens Kiln's window, or brings it to the front. It is shown when its first frame is painted: no white flash. */
export function openWindow(preloadDirectory: string): void {
  if (window !== null) {
    if (window.isMinimized()) window.restore();
    window.focus();
    return;
  }
  window = new BrowserWindow({
    name: "main",
    windowStatePersistence: true,
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    title: "Kiln",
    backgroundColor: "#2b2b2b",
    show: false,
    webPreferences: {
      preload: join(preloadDirectory, "preload.cjs"),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once("ready-to-show", () => window?.show());
  window.on("closed", () => {
    window = null;
  });
  void window.loadURL(`${appOrigin}/`);
}

export function currentWindow(): BrowserWindow | null {
  return window;
}
