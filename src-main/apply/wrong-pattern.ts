import type { Problem } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import { problemOf } from "../jobs/index.ts";
import { parseFolderPattern, parseNamePattern } from "./name-pattern.ts";

/** What is wrong with the patterns, and with which: the name's first. Null when both can be used. */
export function wrongPattern(
  pattern: string,
  subfolders: string,
): { readonly problem: Problem; readonly wrongField: "pattern" | "subfolders" } | null {
  const inName = problemIn(() => parseNamePattern(pattern));
  if (inName !== null) return { problem: inName, wrongField: "pattern" };
  const inFolders = problemIn(() => parseFolderPattern(subfolders));
  return inFolders === null ? null : { problem: inFolders, wrongField: "subfolders" };
}

function problemIn(parse: () => unknown): Problem | null {
  try {
    parse();
    return null;
  } catch (error) {
    if (error instanceof KilnError) return problemOf(error);
    throw error;
  }
}
