import {
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  ipcMain,
  type MessagePortMain,
} from "electron";
import { appOrigin } from "./app.ts";

/**
 * The two things that the preload may send, checked once: a port to serve, and the paths of dropped files. There is
 * no other channel.
 */
export function serveWindowDoor(door: {
  readonly onPort: (port: MessagePortMain) => void;
  readonly onDropped: (paths: string[]) => { token: string };
}): void {
  ipcMain.on("kiln:connect", (event) => {
    const [port] = event.ports;
    if (!isOwnPage(event) || port === undefined) return;
    door.onPort(port);
    port.start();
  });
  ipcMain.handle("kiln:dropped", (event, paths: unknown) => {
    if (!isOwnPage(event)) throw new Error("Refused: not Kiln's own page.");
    if (!Array.isArray(paths) || !paths.every((path) => typeof path === "string")) {
      throw new TypeError("Dropped paths are strings.");
    }
    return door.onDropped(paths);
  });
}

function isOwnPage(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && frame.origin === appOrigin;
}
