import { mkdirSync, statSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/*
 * One folder after the other: Node's own `recursive` never ends where a file system refuses a folder as if what is above
 * it were missing (Node 24 in /proc). So it is not for places that a person names.
 */

/**
 * Makes a folder and what is missing above it.
 *
 * @param path absolute
 * @param mode of what is made; the system's usual one unless told
 * @throws the system's error; EEXIST or ENOTDIR where something else has that name, or one above it
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, { mode }).catch(async (error: unknown) => {
      if (!isMissing(error) || dirname(path) === path) throw error;
      await makeFolder(dirname(path), mode);
      await mkdir(path, { mode });
    });
  } catch (error) {
    // It was there, or somebody else was quicker.
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() !== true) throw error;
  }
}

/** {@link makeFolder} at once. */
export function makeFolderSync(path: string): void {
  try {
    try {
      mkdirSync(path);
    } catch (error) {
      if (!isMissing(error) || dirname(path) === path) throw error;
      makeFolderSync(dirname(path));
      mkdirSync(path);
    }
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
