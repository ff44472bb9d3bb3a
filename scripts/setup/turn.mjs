// One set-up or build at a time in a working copy: two commands started together must not install over each other.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { cacheFolder } from "./project.mjs";
import { SetupFailure, say } from "./words.mjs";

/** @param {number} pid */
function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Takes the lock file if nobody living holds it.
 * @param {string} file
 * @returns {number | undefined} the pid of who holds it, or undefined when it is ours now
 */
function holder(file) {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return undefined;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
    let pid;
    try {
      pid = Number(readFileSync(file, "utf8"));
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") continue;
      throw error;
    }
    // Empty: its owner is between creating and writing it.
    if (pid === 0 || lives(pid)) return pid;
    rmSync(file, { force: true });
  }
}

/**
 * Runs `body` while no other process of this working copy does.
 * @template T
 * @param {() => Promise<T>} body
 * @param {string} [folder] where the lock file lies
 * @returns {Promise<T>}
 */
export async function inTurn(body, folder = cacheFolder) {
  const file = path.join(folder, "setup.lock");
  try {
    mkdirSync(folder, { recursive: true });
    let told = false;
    for (let pid = holder(file); pid !== undefined; pid = holder(file)) {
      if (!told) {
        say({
          en: `Another Kiln command (process ${pid}) is setting up; waiting for it.`,
          ko: `다른 Kiln 명령(프로세스 ${pid})이 준비 중입니다. 끝나기를 기다립니다.`,
        });
      }
      told = true;
      await wait(200);
    }
  } catch (error) {
    throw new SetupFailure(
      {
        en: `Kiln can't write to ${folder} (${/** @type {Error} */ (error).message}). Make the folder writable and try again.`,
        ko: `${folder}에 쓸 수 없습니다(${/** @type {Error} */ (error).message}). 쓰기 권한을 준 뒤 다시 시도하세요.`,
      },
      { cause: error },
    );
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await body();
  } finally {
    process.off("exit", release);
    release();
  }
}
