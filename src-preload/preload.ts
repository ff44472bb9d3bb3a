import { contextBridge, ipcRenderer, webUtils } from "electron";
import { connectMessage, type KilnWindow } from "./contract/window.ts";

/** Forwards one port a page load. contextBridge can't pass a port, `window.postMessage` can. */
function forwardPort(event: MessageEvent<unknown>): void {
  if (event.source !== window || event.origin !== location.origin) return;
  if (event.data !== connectMessage || event.ports.length !== 1) return;
  window.removeEventListener("message", forwardPort);
  ipcRenderer.postMessage("kiln:connect", null, [...event.ports]);
}

const kiln: KilnWindow<File> = {
  dropped(files) {
    const paths = files.map((file) => webUtils.getPathForFile(file));
    // What a page made up itself has no path, and what has none is no drop.
    return ipcRenderer.invoke(
      "kiln:dropped",
      paths.filter((path) => path !== ""),
    );
  },
};

window.addEventListener("message", forwardPort);
contextBridge.exposeInMainWorld("kiln", kiln);
