// Chromium's sandbox, in Electron and in the browser: on wherever the system lets it.
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { run } from "./run.mjs";
import { asAdministrator } from "./system.mjs";

/**
 * Chromium's sandbox is for ordinary users: root can't have it. So root becomes one, in a user namespace of its own,
 * in which what is root's stays its own.
 * @returns {Promise<string[] | undefined>} what goes before the command (nothing for an ordinary user); undefined where
 *   root can't become one
 */
export async function asOrdinaryUser() {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return [];
  const prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"];
  const trial = await run("unshare", [...prefix.slice(1), "true"]);
  return trial.code === 0 ? prefix : undefined;
}

/**
 * Whether Chromium's sandbox needs its setuid helper: some kernels keep user namespaces from ordinary programs.
 * @param {(file: string) => string | undefined} read the content of a file below /proc/sys/kernel
 */
export function needsSetuidSandbox(read) {
  return (
    read("apparmor_restrict_unprivileged_userns")?.trim() === "1" ||
    read("unprivileged_userns_clone")?.trim() === "0"
  );
}

/**
 * Gives Electron's sandbox helper the rights it needs where it needs them, as far as we may.
 * @param {string} executable
 */
export async function ensureSandbox(executable) {
  if (process.platform !== "linux" || process.getuid?.() === 0) return;
  const restricted = needsSetuidSandbox((name) => {
    const file = `/proc/sys/kernel/${name}`;
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  });
  const helper = path.join(path.dirname(executable), "chrome-sandbox");
  const entry = statSync(helper, { throwIfNoEntry: false });
  if (!restricted || !entry || (entry.uid === 0 && (entry.mode & 0o4755) === 0o4755)) return;
  await asAdministrator({
    what: {
      en: "On this system Electron's sandbox works only if its helper belongs to root.",
      ko: "이 시스템에서는 Electron 샌드박스 도우미가 root 소유여야 동작합니다.",
    },
    commands: [
      ["chown", "root:root", helper],
      ["chmod", "4755", helper],
    ],
  });
}
