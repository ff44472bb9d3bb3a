/** Steps into every call of the file system that this process makes through node:fs/promises, for tests of crashes. */
import { promises as fs } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const names = ["link", "unlink", "rename", "open", "mkdir", "rmdir", "lstat", "stat"] as const;
const handleNames = ["read", "writeFile", "sync", "utimes", "chmod"] as const;

/** Awaited before and after each call; `call` counts from 1. What it never resolves stops the caller there. */
export type OnFileCall = (call: number, when: "before" | "after") => Promise<void> | void;

export interface FileCalls {
  /** Starts counting again. */
  restart(): void;
  count(): number;
  /** From now on the disk is like FAT, exFAT and many network drives: link() is not permitted. */
  withoutHardLinks(): void;
  /** Closes the files of callers that were stopped. */
  closeLeft(): Promise<void>;
  /** Gives node:fs/promises its own functions back. */
  [Symbol.asyncDispose](): Promise<void>;
}

export async function interceptFileCalls(on: OnFileCall): Promise<FileCalls> {
  let hasHardLinks = true;
  let calls = 0;
  const left = new Set<FileHandle>();
  const undo: (() => void)[] = [];
  const patch = (target: object, keys: readonly string[]) => {
    for (const key of keys) {
      const work: unknown = Reflect.get(target, key);
      if (typeof work !== "function") continue;
      Reflect.set(target, key, async function (this: unknown, ...values: unknown[]) {
        calls += 1;
        const call = calls;
        await on(call, "before");
        if (key === "link" && !hasHardLinks) {
          throw Object.assign(new Error("EPERM: as FAT says it"), { code: "EPERM" });
        }
        const result: unknown = await Reflect.apply(work, this, values);
        if (key === "open" && isFileHandle(result)) left.add(result);
        await on(call, "after");
        return result;
      });
      undo.push(() => Reflect.set(target, key, work));
    }
  };
  const handle = await fs.open(process.execPath, "r");
  const prototype: object = Object.getPrototypeOf(handle);
  await handle.close();
  patch(prototype, handleNames);
  patch(fs, names);
  syncBuiltinESMExports();
  const closeLeft = async () => {
    // Harmless for those that were closed.
    for (const open of left) await open.close();
    left.clear();
  };
  return {
    restart: () => {
      calls = 0;
    },
    count: () => calls,
    withoutHardLinks: () => {
      hasHardLinks = false;
    },
    closeLeft,
    async [Symbol.asyncDispose]() {
      await closeLeft();
      for (const back of undo) back();
      syncBuiltinESMExports();
    },
  };
}

function isFileHandle(value: unknown): value is FileHandle {
  return typeof value === "object" && value !== null && "fd" in value && "close" in value;
}
