import { access, constants, open, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KilnError } from "../../../errors.ts";
import { libraryFull } from "../../../upscale/rasters/index.ts";
import { errorCode } from "../source.ts";
import { outputFolderGone, outputForbidden, outputFull, outputUnwritable } from "./problems.ts";

/** A disk with less than this left is full for every encoder. */
const FULL_BYTES = 256 * 1024;

/**
 * Writes a file where the person wants one, under a name that nobody knows yet: whoever asked for it gives it its own
 * once it is whole. `write` makes it; a file that is there is replaced. It is on the disk then, or nothing is left of it.
 *
 * @throws KilnError `disk-full`, `output-folder-gone`, `output-forbidden`, `output-unwritable`.
 */
export async function writeOutput<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    // Here the system says by name what an encoder only says in words.
    await (await open(file, "w")).close();
    const result = await write();
    await using written = await open(file, "r+");
    await written.sync();
    return result;
  } catch (error) {
    const problem = await outputProblem(error, file);
    await Promise.allSettled([rm(file, { force: true })]);
    throw problem;
  }
}

/** Why something could not be written, by what the system or an encoder says and by what the folder is like now. */
export async function outputProblem(error: unknown, file: string): Promise<unknown> {
  if (error instanceof KilnError || error instanceof TypeError) return error;
  if (error instanceof Error && error.name === "AbortError") return error;
  const folder = dirname(file);
  const said = errorCode(error);
  if (/^(ENOSPC|EDQUOT)$|no space left|disk quota/i.test(said)) return outputFull(error);
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < FULL_BYTES) return outputFull(error);
  } catch (gone) {
    const code = errorCode(gone);
    if (code === "ENOENT" || code === "ENOTDIR") return outputFolderGone(error);
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") return outputForbidden(error);
    return outputUnwritable(code, error);
  }
  if (said === "EACCES" || said === "EPERM" || said === "EROFS") return outputForbidden(error);
  return outputUnwritable(said.split("\n")[0]?.slice(0, 120) ?? said, error);
}

/** The same of what is written into the library: the person did not choose that folder, so only a full disk is named. */
export async function rasterProblem(error: unknown, directory: string): Promise<unknown> {
  const problem = await outputProblem(error, join(directory, "raster"));
  const isFull = problem !== error && problem instanceof KilnError && problem.code === "disk-full";
  return isFull ? libraryFull(error) : error;
}
