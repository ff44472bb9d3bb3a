import { spawnSync } from "node:child_process";

/** A user for whom permissions hold: as root nothing is unreadable, so a child under another uid stands in. */
export const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Whether that user can run this working copy's code: a clone below /root is closed to everybody else. */
export const canBeNobody =
  process.platform !== "win32" &&
  spawnSync(
    process.execPath,
    ["-e", `require("node:fs").accessSync(${JSON.stringify(import.meta.filename)})`],
    {
      ...nobody,
      stdio: "ignore",
    },
  ).status === 0;
