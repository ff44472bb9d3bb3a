import { dialog, Notification, shell } from "electron";
import { type Host, isAllowedLink } from "../host/index.ts";
import { currentWindow } from "./window.ts";

/** The desktop behind the window. */
export function electronHost(locale: string): Host {
  return {
    kind: "electron",
    folderPicker: "native",
    locale,
    async pickFolder(purpose) {
      const window = currentWindow();
      const properties: ("openDirectory" | "createDirectory")[] =
        purpose === "destination" ? ["openDirectory", "createDirectory"] : ["openDirectory"];
      const answer =
        window === null
          ? await dialog.showOpenDialog({ properties })
          : await dialog.showOpenDialog(window, { properties });
      return answer.filePaths[0] ?? null;
    },
    async reveal(path) {
      shell.showItemInFolder(path);
    },
    async openExternal(url) {
      if (!isAllowedLink(url)) throw new Error(`Not on the allow-list: ${new URL(url).origin}`);
      await shell.openExternal(url);
    },
    showProgress(fraction) {
      currentWindow()?.setProgressBar(fraction ?? -1);
    },
    notify(title, body) {
      if (currentWindow()?.isFocused() === true) return;
      new Notification({ title, body }).show();
    },
  };
}

/** The system's trash where Kiln has no way of its own to use it (Windows, macOS): files go in, not back out. */
export function trashItem(path: string): Promise<void> {
  return shell.trashItem(path);
}
