import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isCode } from "../library/index.ts";
import { folderNotMade } from "./upscale-problems.ts";

/**
 * Makes a folder and what is missing above it. One after the other: Node's own `recursive` never ends where a file
 * system refuses a folder as if what is above it were missing (Node 24 in /proc).
 *
 * @param path absolute
 * @throws KilnError `folder-not-made`
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await make(path);
    // Whatever else may have that name.
    if (!(await stat(path)).isDirectory()) throw new Error("not a folder");
  } catch (error) {
    throw folderNotMade(path, error);
  }
}

async function make(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (isCode(error, "EEXIST")) return;
    // What is above a drive's top?
    if (!isCode(error, "ENOENT") || dirname(path) === path) throw error;
    await make(dirname(path));
    await mkdir(path).catch((again: unknown) => {
      // Somebody else was quicker.
      if (!isCode(again, "EEXIST")) throw again;
    });
  }
}
