import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { KilnError } from "../errors.ts";
import { type Host, isAllowedLink } from "./host.ts";

/** The desktop behind a browser window or a terminal: what the system's own commands can do. */
export function nodeHost(locale: string): Host {
  return {
    kind: "browser",
    folderPicker: "list",
    locale,
    pickFolder: () => Promise.resolve(null),
    reveal(path) {
      if (process.platform === "win32") return run("explorer.exe", [`/select,${path}`]);
      if (process.platform === "darwin") return run("open", ["-R", path]);
      return run("xdg-open", [dirname(path)]);
    },
    openExternal(url) {
      if (!isAllowedLink(url)) throw new Error(`Not on the allow-list: ${url}`);
      if (process.platform === "win32") return run("explorer.exe", [url]);
      return run(process.platform === "darwin" ? "open" : "xdg-open", [url]);
    },
    // A browser tab has no taskbar button of its own, and the page shows its own toasts.
    showProgress: () => undefined,
    notify: () => undefined,
  };
}

function run(command: string, parameters: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { detached: true, stdio: "ignore" });
    child.once("spawn", () => {
      child.unref();
      resolve();
    });
    child.once("error", (cause) =>
      reject(
        new KilnError(
          "desktop-missing",
          {
            en: "This system has no way to show that from here.",
            ko: "이 시스템에서는 여기에서 보여 줄 방법이 없습니다.",
          },
          {
            en: "Look at the path in the info panel.",
            ko: "정보 패널의 경로를 확인하세요.",
          },
          { cause },
        ),
      ),
    );
  });
}
