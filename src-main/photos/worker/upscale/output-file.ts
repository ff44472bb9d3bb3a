import { access, constants, open, rename, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { KilnError } from "../../../errors.ts";
import { errorCode } from "../source.ts";
import { outputFolderGone, outputForbidden, outputFull, outputUnwritable } from "./problems.ts";

/** A disk with less than this left is full for every encoder. */
const FULL_BYTES = 256 * 1024;

/**
 * Puts a file where the person wants it in one step: `write` makes it under a name that ends in `.partial`, and once
 * it is whole and on the disk it gets its own.
 *
 * @throws KilnError `disk-full`, `output-folder-gone`, `output-forbidden`, `output-unwritable`.
 */
export async function writeOutput<T>(
  file: string,
  write: (partial: string) => Promise<T>,
): Promise<T> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    // Here the system says by name what an encoder only says in words.
    await (await open(partial, "w")).close();
    const result = await write(partial);
    await using written = await open(partial, "r+");
    await written.sync();
    await rename(partial, file);
    return result;
  } catch (error) {
    const problem = await outputProblem(error, file);
    await Promise.allSettled([rm(partial, { force: true })]);
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
