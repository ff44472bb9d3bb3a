import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { cacheUnwritable, diskFull } from "./problems.ts";
import { errorCode } from "./source.ts";

/**
 * Puts a file into the cache in one step: it is there as a whole or not at all. What a killed worker leaves ends in
 * `.partial`.
 *
 * @throws KilnError `disk-full` or `cache-unwritable`.
 */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(partial, bytes);
    await rename(partial, file);
  } catch (error) {
    // Whether or not this works: what went wrong first is what counts.
    await Promise.allSettled([rm(partial, { force: true })]);
    const code = errorCode(error);
    throw code === "ENOSPC" || code === "EDQUOT" ? diskFull(error) : cacheUnwritable(code, error);
  }
}
