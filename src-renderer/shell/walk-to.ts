import type { FolderListing } from "../../src-preload/contract/library.ts";

/** As far as the way went, and the name that was not there; null where all were. */
export interface Walked {
  readonly listing: FolderListing;
  readonly missing: string | null;
}

/**
 * Goes to a typed folder by the host's list alone, level by level: the page never names a path to main. A path may be
 * absolute, begin with `~` for the home folder, or lead on from `here`; quotes around it are what file managers copy.
 *
 * @param list the folder that a token stands for; without one the home folder
 */
export async function walkTo(
  typed: string,
  here: FolderListing,
  list: (token: string | null) => Promise<FolderListing>,
): Promise<Walked> {
  const text = typed.trim().replace(/^(["'])(.*)\1$/, "$2");
  const isFromHome = /^~($|[\\/])/.test(text);
  const from = isFromHome ? await list(null) : here;
  const wanted = partsOf(isFromHome ? text.slice(1) : text);
  const isAbsolute = !isFromHome && (text.startsWith("/") || /^[a-z]:/i.test(text));
  const target = resolved(isAbsolute ? wanted : [...partsOf(from.path), ...wanted]);
  let listing = from;
  for (;;) {
    const depth = partsOf(listing.path);
    if (depth.every((part, level) => isSameName(part, target[level]))) break;
    // Another drive: this list doesn't lead there.
    if (listing.parent === null) return { listing, missing: target[0] ?? text };
    listing = await list(listing.parent);
  }
  for (const name of target.slice(partsOf(listing.path).length)) {
    const folder =
      listing.folders.find((one) => one.name === name) ??
      listing.folders.find((one) => isSameName(one.name, name));
    if (folder === undefined) return { listing, missing: name };
    listing = await list(folder.token);
  }
  return { listing, missing: null };
}

function partsOf(path: string): string[] {
  return path.split(/[\\/]/).filter((part) => part !== "");
}

function resolved(parts: readonly string[]): string[] {
  const way: string[] = [];
  for (const part of parts) {
    if (part === "..") way.pop();
    else if (part !== ".") way.push(part);
  }
  return way;
}

/** File systems differ in letter case, and in how they spell a syllable like 한. */
function isSameName(a: string, b: string | undefined): boolean {
  return b !== undefined && a.normalize().toLowerCase() === b.normalize().toLowerCase();
}
